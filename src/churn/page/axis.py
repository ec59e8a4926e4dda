"""From numbers to places in a picture, and round numbers to write beside them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axis:
    """Maps low..high to start..end, in units of the picture."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Iterable[float], start: float, end: float, zero: bool = False) -> "Axis":
        """An axis on which all values have a place, and 0 too if `zero`; it begins and ends at ticks."""
        known = [value for value in values if np.isfinite(value)] or [0.0, 1.0]
        low, high = min(known), max(known)
        low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
        if low == high:
            low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
        step = _step(high - low)
        return cls(float(np.floor(low / step) * step), float(np.ceil(high / step) * step), start, end)

    def at(self, value: float) -> float:
        """Where a value is."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values from low to high."""
        step = _step(self.high - self.low)
        count = int(np.floor((self.high - self.low) / step + 1e-9))
        return [round(float(np.ceil(self.low / step - 1e-9) * step + i * step), 10) for i in range(count + 1)]


def short(value: float, percent: bool = False) -> str:
    """A number for an axis: 0.25, 1,200, 35 %."""
    return f"{100 * value:.4g} %" if percent else f"{value:,.6g}"


def _step(width: float) -> float:
    """A step of 1, 2 or 5 times a power of ten, of which four or five fit."""
    power = 10 ** np.floor(np.log10(width / 4))
    return float(next(power * factor for factor in (1, 2, 5, 10) if width / (power * factor) <= 5))
