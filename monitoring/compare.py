"""Every comparison of two tables made by `as_table`: distributions, missing values, levels unknown to the model."""

from collections.abc import Mapping

import pandas as pd

from churn.contract import Contract
from monitoring.figures import Comparison, Kind
from monitoring.table import PREDICTION
from monitoring.twosample import category_moved, in_words, number_moved, shares_differ


def comparable(contract: Contract, reference: pd.DataFrame, current: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Number and text columns with a distribution to test: those that are not missing everywhere in one of the tables."""
    numbers = [column.name for column in contract.columns if column.kind == "number"] + [PREDICTION]
    texts = [column.name for column in contract.columns if column.kind != "number"]
    filled = {name for name in reference.columns if reference[name].notna().any() and current[name].notna().any()}
    return [name for name in numbers if name in filled], [name for name in texts if name in filled]


def distributions(p_values: Mapping[str, float], reference: pd.DataFrame, current: pd.DataFrame) -> list[Comparison]:
    """Comparisons of the columns whose p-value is known, missing values left out."""
    comparisons = []
    for name, p_value in p_values.items():
        moved = number_moved if reference[name].dtype == float else category_moved
        kind: Kind = "prediction" if name == PREDICTION else "distribution"
        comparisons.append(Comparison(name, kind, p_value, *moved(reference[name].dropna(), current[name].dropna())))
    return comparisons


def missing(contract: Contract, reference: pd.DataFrame, current: pd.DataFrame) -> list[Comparison]:
    """Comparisons of the share of missing values, one for each feature that lacks some but not all."""
    found = (_counted(name, "missing", reference[name].isna(), current[name].isna()) for name in contract.features)
    return [comparison for comparison in found if comparison]


def unseen(contract: Contract, reference: pd.DataFrame, current: pd.DataFrame) -> list[Comparison]:
    """Comparisons of the share of levels that the contract does not know, one for each category that has any."""
    found = []
    for column in contract.columns:
        if column.kind == "category":
            before, after = (t[column.name].notna() & ~t[column.name].isin(column.levels) for t in (reference, current))
            found.append(_counted(column.name, "unseen", before, after))
    return [comparison for comparison in found if comparison]


def _counted(name: str, kind: Kind, before: "pd.Series[bool]", after: "pd.Series[bool]") -> Comparison | None:
    p_value = shares_differ(int(before.sum()), len(before), int(after.sum()), len(after))
    if p_value is None:
        return None
    shares = float(before.mean()), float(after.mean())
    return Comparison(name, kind, p_value, *shares, in_words(*shares))
