"""Numbers as people write them: one decimal sign, thousands in groups, a unit beside them."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import numpy as np

from churn.contract.encode import numbers_among
from churn.data.words import Column, by_value, is_text
from churn.params.data import Sign

SIMPLE = re.compile(r"[+-]?[0-9]{1,300}(?:\.[0-9]*)?")
GROUPS = {".": ",'\u2019 \u00a0\u202f", ",": ".'\u2019 \u00a0\u202f"}  # what may stand between thousands, by decimal sign
NUMBER = {
    sign: re.compile(
        rf"[+-]?(?:\d+|[1-9]\d{{0,2}}(?P<group>[{groups}])\d{{3}}(?:(?P=group)\d{{3}})*)?(?:{re.escape(sign)}\d*)?(?:[eE][+-]?\d+)?"
    )
    for sign, groups in GROUPS.items()
}


def to_numbers(column: Column, sign: Sign = ".", unit: str = "", missing_words: Collection[str] = ()) -> Column:
    """Parse numbers, with `unit` in front of or behind them or not. float64; NaN where a value is missing or no finite number.

    Values that are numbers already are taken as they are, whatever the sign.
    """
    if not is_text(column):
        numbers = by_value(column, lambda value: _typed(value, sign)) if column.dtype.kind not in "biuf" else column
        floats = numbers.astype(float)
        return floats.where(np.isfinite(floats) & ~floats.isin(numbers_among(missing_words)), np.nan)
    absent = {word.strip().casefold() for word in missing_words}
    nothing = {parse(word, sign, unit) for word in absent}  # params.yaml may call -999 missing
    return by_value(column, lambda value: _known(_typed(value, sign, unit), nothing)).astype(float)


def parse(text: str, sign: Sign, unit: str = "") -> float:
    """The number that a text spells, NaN if it spells none."""
    if sign == "." and SIMPLE.fullmatch(text):
        return float(text)
    core = bare(text, unit)
    if not NUMBER[sign].fullmatch(core) or not any(map(str.isdigit, core)):
        return np.nan
    for group in GROUPS[sign]:
        core = core.replace(group, "")
    try:
        number = float(core.replace(sign, "."))
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def bare(text: str, unit: str) -> str:
    """A number without its unit and outer space; one in parentheses is negative, as accountants write."""
    core = text.strip()
    if core.startswith("(") and core.endswith(")"):
        core = f"-{core[1:-1].strip()}"
    if unit:
        minus = "-" if core.startswith("-") else ""
        core = core.removeprefix("-").strip()
        for written in _writings(unit):
            core = core.removeprefix(written).removesuffix(written).strip()
        core = minus + core
    return core


def _writings(unit: str) -> tuple[str, ...]:
    """'Rs. 500' as well as 'Rs 500'; the point behind a sign such as $, or a code such as USD, is that of the number."""
    abbreviated = unit.isalpha() and not (len(unit) == len("USD") and unit.isupper())
    return (f"{unit}.", unit) if abbreviated else (unit,)


def _typed(value: Any, sign: Sign, unit: str = "") -> float:
    if isinstance(value, str):
        return parse(value, sign, unit)
    if isinstance(value, (int, float, Decimal, np.number, np.bool_)):
        return number if np.isfinite(number := float(value)) else np.nan
    return parse(str(value), sign, unit)


def _known(number: float, nothing: set[float]) -> float:
    return np.nan if number in nothing else number
