"""Make the contract from the rows a model learns from."""

import pandas as pd

from churn.contract import Column as Described
from churn.contract import Contract, Value
from churn.data.words import Column
from churn.params import Data, Kind
from churn.params.data import days_since

OTHER = "(other)"


def describe(frame: pd.DataFrame, data: Data) -> Contract:
    """The contract of a conformed training frame: levels, ranges and what may be missing as seen there."""
    dates = {days_since(name): formats for name, formats in data.dates.items()}
    columns = tuple(
        _column(name, kind, frame[name], data).model_copy(update={"dates": dates.get(name, ())})
        for name, kind in data.features.items()
    )
    return Contract(
        target=data.target,
        positive=data.positive,
        id=data.id,
        snapshot=data.snapshot,
        missing_words=data.missing_words,
        reading=data.reading,
        columns=columns,
    )


def _column(name: str, kind: Kind, values: Column, data: Data) -> Described:
    known = values.dropna()
    nullable = len(known) < len(values)
    if kind == "category":
        levels, rare = _levels(known, data.most_levels)
        spelt = {text: OTHER if level in rare else level for text, level in data.spellings.get(name, {}).items()}
        read_as = spelt | dict.fromkeys(rare, OTHER)
        return Described(name=name, kind=kind, nullable=nullable, example=_most_common(known), levels=levels, read_as=read_as)
    if kind == "boolean":
        return Described(name=name, kind=kind, nullable=nullable, example=bool(_most_common(known)) if len(known) else None)
    if known.empty:
        return Described(name=name, kind=kind, nullable=True, example=None)
    low, middle, high = (float(v) for v in known.astype(float).quantile([0, 0.5, 1], interpolation="nearest"))
    return Described(name=name, kind=kind, nullable=nullable, example=middle, minimum=low, maximum=high)


def _levels(known: Column, most: int) -> tuple[tuple[str, ...], list[str]]:
    """The levels that a model tells apart, and the rare ones that it reads as one. The commonest stay; ties go by name."""
    counts = known.astype(str).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if len(counts) <= most:
        return tuple(sorted(counts.index)), []
    return (*sorted(counts.index[: most - 1]), OTHER), sorted(counts.index[most - 1 :])


def _most_common(known: Column) -> Value:
    return known.value_counts().sort_index(kind="stable").idxmax() if len(known) else None
