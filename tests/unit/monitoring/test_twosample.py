import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from monitoring.twosample import category_moved, contingency, number_moved, shares_differ


def levels(**counts: int) -> "pd.Series[str]":
    return pd.Series([level for level, count in counts.items() for _ in range(count)], dtype=object)


def test_contingency() -> None:
    """The p-value is that of scipy on the table of both samples."""
    expected = chi2_contingency([[50, 30, 20], [40, 40, 30]], correction=False).pvalue
    assert contingency(levels(a=50, b=30, c=20), levels(a=40, b=40, c=30)) == pytest.approx(expected)


def test_rare_levels() -> None:
    """Levels with fewer than ten rows of both samples count as one."""
    pooled = chi2_contingency([[50, 4], [60, 6]], correction=False).pvalue
    assert contingency(levels(a=50, b=2, c=2), levels(a=60, c=3, d=3)) == pytest.approx(pooled)


def test_one_level() -> None:
    """A column with one level cannot differ."""
    assert contingency(levels(a=50), levels(a=9)) == 1.0


def test_contingency_false_alarms() -> None:
    """With 50 levels and equal sample sizes, about 5 % of null samples are below 0.05."""
    random = np.random.default_rng(4)
    draws = [[pd.Series(random.integers(0, 50, 1000)) for _ in range(2)] for _ in range(200)]
    assert np.mean([contingency(*draw) < 0.05 for draw in draws]) < 0.10


def test_shares() -> None:
    """Counts are compared by Fisher's exact test; without any, or with all, there is nothing to compare."""
    assert shares_differ(3, 100, 30, 100) == pytest.approx(fisher_exact([[3, 97], [30, 70]]).pvalue)
    assert shares_differ(0, 100, 0, 50) is None
    assert shares_differ(100, 100, 50, 50) is None


def test_number_moved() -> None:
    """A number tells its mean, or its spread where that moved more."""
    flat, wide = pd.Series([10.0, 10.0]), pd.Series([0.0, 20.0])
    assert number_moved(flat, flat + 5) == (10.0, 15.0, "mean 10 to 15")
    assert number_moved(flat, wide) == (0.0, 10.0, "spread 0 to 10")


def test_category_moved() -> None:
    """A category tells the level whose share changed most, also when it is new."""
    before, after, effect = category_moved(levels(a=8, b=2), levels(a=6, b=1, c=3))
    assert (before, after, effect) == (0.0, pytest.approx(0.3), "c 0.0% to 30.0%")
    assert category_moved(levels(a=8, b=2), levels(a=3, b=4, c=3))[2] == "a 80.0% to 30.0%"
