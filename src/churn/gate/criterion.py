"""Criteria and the decision that follows from them."""

from dataclasses import dataclass, field

Interval = tuple[float, float, float]  # value, low, high


@dataclass(frozen=True)
class Criterion:
    """One condition: its figure, the interval of it where it has one, its limit in words, and whether it holds."""

    name: str
    figure: float
    limit: str
    holds: bool
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Decision:
    """Whether to promote, who wins, why, and every criterion behind it.

    winner: candidate, champion, rule, or nobody where a first candidate fails.
    """

    promote: bool
    winner: str
    reason: str
    criteria: list[Criterion] = field(default_factory=list)


def at_most(name: str, figure: float, limit: float, words: str = "at most {limit:.4g}") -> Criterion:
    """A figure that must not be above a limit; one that is not a number is not below it either."""
    return Criterion(name, figure, words.format(limit=limit), bool(figure <= limit))


def within(name: str, found: Interval, limit: float, words: str) -> Criterion:
    """A figure that must not be shown to be farther from 0 than a limit: its interval must reach below it."""
    value, low, high = found
    return Criterion(name, value, words.format(limit=limit), bool(max(low, -high) <= limit), low, high)
