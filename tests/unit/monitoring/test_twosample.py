import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp

from monitoring.twosample import contingency, kolmogorov_smirnov, shares_differ


def counted(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_kolmogorov_smirnov() -> None:
    """On counts of single values the p-value is that of scipy on the values."""
    random = np.random.default_rng(0)
    one, other = random.integers(0, 40, 500), random.integers(2, 42, 700)
    counts = [np.bincount(values, minlength=50) for values in (one, other)]
    assert kolmogorov_smirnov(*counts) == pytest.approx(ks_2samp(one, other, method="asymp").pvalue, rel=0.05)


def test_kolmogorov_smirnov_of_nothing() -> None:
    """Without values on one side nothing differs."""
    assert kolmogorov_smirnov(counted(0, 0), counted(3, 4)) == 1.0


def test_contingency() -> None:
    """The p-value is that of scipy on the table of both samples."""
    expected = chi2_contingency([[50, 30, 20], [40, 40, 30]], correction=False).pvalue
    assert contingency(counted(50, 30, 20), counted(40, 40, 30)) == pytest.approx(expected)


def test_rare_levels() -> None:
    """Levels with fewer than ten rows of both samples count as one."""
    pooled = chi2_contingency([[50, 4], [60, 6]], correction=False).pvalue
    assert contingency(counted(50, 2, 2), counted(60, 3, 3)) == pytest.approx(pooled)


def test_one_level() -> None:
    """A column with one level cannot differ."""
    assert contingency(counted(50), counted(90)) == 1.0


def test_contingency_false_alarms() -> None:
    """With 50 levels and equal sample sizes, about 5 % of null samples are below 0.05."""
    random = np.random.default_rng(4)
    draws = [random.multinomial(1000, [0.02] * 50, 2) for _ in range(400)]
    assert np.mean([contingency(*draw) < 0.05 for draw in draws]) < 0.09


def test_shares() -> None:
    """Few counts are compared exactly; without any, or with all, there is nothing to compare."""
    exact = fisher_exact([[3, 97], [30, 70]]).pvalue
    assert exact / 2 <= shares_differ(3, 100, 30, 100) <= 2 * exact
    assert shares_differ(0, 100, 0, 50) is None
    assert shares_differ(100, 100, 50, 50) is None


def test_many_shares() -> None:
    """Many counts are compared by the normal approximation, which agrees with the exact test."""
    exact = fisher_exact([[1000, 9000], [640, 5360]]).pvalue
    assert shares_differ(1000, 10_000, 640, 6000) == pytest.approx(exact, rel=0.1)
