"""Confidence sequences: intervals of a mean that hold at every moment at once, so that one may look as often as one likes."""

from dataclasses import dataclass
from math import inf, log, sqrt


@dataclass(frozen=True)
class Sample:
    """How many values, their sum, and the sum of their squares."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """The mean; 0 of none."""
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation; 0 of none."""
        return sqrt(max(0.0, self.squares / self.count - self.mean**2)) if self.count else 0.0


def half_width(sample: Sample, alpha: float, tight_at: int) -> float:
    """Half the width of an asymptotic confidence sequence that ever misses the mean with probability `alpha`.

    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence
    sequences" (2024), theorem 2.2; their tuning makes it tightest at about `tight_at` values. Infinite below two values.
    """
    if sample.count < 2:
        return inf
    chance = -2 * log(alpha)
    rho = (chance + log(chance) + 1) / tight_at  # the square of their rho
    t = sample.count
    return sample.deviation * sqrt(2 * (t * rho + 1) / (t * t * rho) * log(sqrt(t * rho + 1) / alpha))


def difference(one: Sample, other: Sample, alpha: float, tight_at: int) -> tuple[float, float]:
    """Interval of the mean of `one` minus that of `other`: each misses with half of `alpha`, so both hold together."""
    half = half_width(one, alpha / 2, tight_at) + half_width(other, alpha / 2, tight_at)
    middle = one.mean - other.mean
    return middle - half, middle + half
