"""One canary: who meets it, its score of a row, and how its calls have gone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite
from time import perf_counter

from churn.errors import NoAnswer
from churn.rollout.plan import Plan
from churn.rollout.share import canary_salt, place
from churn.rollout.sprt import Sprt
from serving.row import Row
from serving.scoring import Scores, score
from serving.slot import Live

ROWS = 100  # that share the time of one call


@dataclass(eq=False)
class Challenger:
    """A challenger that answers a share of the customers. `ratio` is the running evidence of the rule for errors."""

    live: Live
    plan: Plan
    ratio: float = 0.0
    answered: int = 0
    failed: int = 0
    salt: str = field(init=False)

    def __post_init__(self) -> None:
        self.salt = canary_salt(self.live.version)

    def takes(self, row: Row) -> bool:
        """Whether a customer is one of its share."""
        return place(row.identity, self.salt) < self.plan.share

    def score(self, rows: Sequence[Row], features: tuple[str, ...], arrived: float) -> Scores:
        """Score rows whose values are in the order of `features`. Raises NoAnswer if that gives no number or takes long."""
        wanted = self.live.bundle.contract.features
        began = perf_counter()
        scores = score(self.live, rows if features == wanted else [row.ordered(wanted) for row in rows], arrived)
        if not all(isfinite(made.probability) for made in scores.made):
            raise NoAnswer("its score is not a number")
        if perf_counter() - began > self.patience(len(rows)):
            raise NoAnswer(f"it took longer than {self.patience(len(rows)):g} s")
        return scores

    def score_among(self, rows: Sequence[Row], features: tuple[str, ...], arrived: float) -> tuple[list[int], Scores | None]:
        """The places of its customers among rows, and their scores; None if there are none. Raises as `score` does."""
        places = [place for place, row in enumerate(rows) if self.takes(row)]
        return places, self.score([rows[place] for place in places], features, arrived) if places else None

    def patience(self, rows: int) -> float:
        """Seconds that a call may take: the plan's for each hundred rows that it begins."""
        return self.plan.slow_seconds * ceil(rows / ROWS)

    def note(self, failed: bool) -> bool:
        """Count a call; tells whether its failures are too many now."""
        self.failed += failed
        self.answered += not failed
        rule = Sprt(self.plan.errors)
        self.ratio = rule.after(self.ratio, failed)
        return rule.refuses(self.ratio)
