"""Two-sample tests that take both samples as samples, and what moved between them in words."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp

FEW = 10  # rows of both samples together, below which a level is pooled: chi-squared needs 5 expected in a cell


def kolmogorov_smirnov(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> float:
    """p-value of the two-sample Kolmogorov-Smirnov test; ties make it cautious."""
    return float(ks_2samp(reference, current, method="asymp").pvalue)


def contingency(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> float:
    """p-value of the chi-squared test on the 2 x levels table of both samples; rare levels count as one."""
    counts = pd.DataFrame({"before": reference.value_counts(), "after": current.value_counts()}).fillna(0.0)
    rare = counts.sum(axis=1) < FEW
    table = counts[~rare].to_numpy().tolist()
    if rare.any():
        table.append(counts[rare].sum().tolist())
    if len(table) == 1:
        return 1.0
    return float(chi2_contingency(np.asarray(table), correction=False).pvalue)


def shares_differ(before: int, before_rows: int, after: int, after_rows: int) -> float | None:
    """p-value of Fisher's exact test on two counts; None where no row or every row of both is counted."""
    if before + after in {0, before_rows + after_rows}:
        return None
    return float(fisher_exact([[before, before_rows - before], [after, after_rows - after]]).pvalue)


def number_moved(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> tuple[float, float, str]:
    """Mean before and after, or the standard deviation where that moved more."""
    mean = float(reference.mean()), float(current.mean())
    spread = float(reference.std(ddof=0)), float(current.std(ddof=0))
    name, (before, after) = ("mean", mean) if abs(mean[1] - mean[0]) >= abs(spread[1] - spread[0]) else ("spread", spread)
    return before, after, f"{name} {before:.4g} to {after:.4g}"


def category_moved(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> tuple[float, float, str]:
    """Share before and after of the level whose share changed most."""
    counts = {"before": reference.value_counts(normalize=True), "after": current.value_counts(normalize=True)}
    shares = pd.DataFrame(counts).fillna(0.0).sort_index()
    level = (shares["after"] - shares["before"]).abs().idxmax()
    before, after = float(shares["before"][level]), float(shares["after"][level])
    return before, after, f"{level} {in_words(before, after)}"


def in_words(before: float, after: float) -> str:
    """Two shares as percentages."""
    return f"{before:.1%} to {after:.1%}"
