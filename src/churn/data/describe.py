"""Make the contract from the rows a model learns from."""

import pandas as pd

from churn.contract import Column as Described
from churn.contract import Contract, Value
from churn.data.conform import Column
from churn.params import Data, Kind


def describe(frame: pd.DataFrame, data: Data) -> Contract:
    """The contract of a conformed training frame: levels, ranges and what may be missing as seen there."""
    columns = tuple(_column(name, kind, frame[name]) for name, kind in data.features.items())
    return Contract(
        target=data.target,
        positive=data.positive,
        id=data.id,
        snapshot=data.snapshot,
        missing_words=data.missing_words,
        columns=columns,
    )


def _column(name: str, kind: Kind, values: Column) -> Described:
    known = values.dropna()
    nullable = len(known) < len(values)
    if kind == "category":
        levels = tuple(sorted(known.unique().astype(str)))
        return Described(name=name, kind=kind, nullable=nullable, example=_most_common(known), levels=levels)
    if kind == "boolean":
        return Described(name=name, kind=kind, nullable=nullable, example=bool(_most_common(known)) if len(known) else None)
    if known.empty:
        return Described(name=name, kind=kind, nullable=True, example=None)
    low, middle, high = (float(v) for v in known.astype(float).quantile([0, 0.5, 1], interpolation="nearest"))
    return Described(name=name, kind=kind, nullable=nullable, example=middle, minimum=low, maximum=high)


def _most_common(known: Column) -> Value:
    return known.value_counts().sort_index(kind="stable").idxmax() if len(known) else None
