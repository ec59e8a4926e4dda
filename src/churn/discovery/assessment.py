"""What discovery found out, as values."""

from dataclasses import asdict, dataclass, field
from typing import Any

from churn.discovery.compare import Estimate
from churn.discovery.growth import Growth
from churn.discovery.judge import Verdict
from churn.discovery.power import Power
from churn.discovery.profile import Part, Profile
from churn.discovery.quality import Finding

NEXT_STEPS = {
    "go": "Train it: dvc repro, then churn deploy.",
    "no-go": "Change the question, the costs or the data, and look again. Development stops here; --anyway goes on.",
    "not yet": "Collect more outcomes and look again. Development may go on, and its intervals will be wide.",
}


@dataclass(frozen=True)
class Step:
    """A rung of the ladder with intervals. gain: its profit less that of the better of nobody and everybody."""

    name: str
    learner: str | None
    auc: Estimate
    log_loss: Estimate
    profit_per_1000: Estimate
    gain_per_1000: Estimate


@dataclass(frozen=True)
class Assessment:
    """What discovery found out.

    rows, customers, churners: of those that models may learn from. quality: what is odd about the table. suspects: columns
    that may be the answer in disguise, with the reason, and whether they are accused. growth: what fewer rows would have
    brought; more_rows: what more may. judged_on: the snapshots that judge, empty where there is one. perfect_per_1000:
    profit of whoever knew the future. threshold: churn probability above which a contact pays. rule: the best one-line
    rule, and few: the columns of the small logistic regression, on all rows.
    """

    verdict: Verdict
    problem: list[str]
    missing: list[str]
    rows: int
    customers: int
    churners: int
    snapshots: list[Part]
    power: Power
    columns: list[Profile]
    quality: list[Finding]
    suspects: list[tuple[str, str, bool]]
    ladder: list[Step]
    growth: list[Growth]
    more_rows: str
    judged_on: list[str]
    perfect_per_1000: float
    threshold: float
    rule: str
    few: list[str]
    notes: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Churners for each row."""
        return self.churners / self.rows

    @property
    def next_step(self) -> str:
        """What to do after the verdict."""
        if self.verdict.word == "simpler":
            rule = f" and train.rule.break_even: {self.threshold:.4g}" if self.verdict.learner == "rule" else ""
            return f"Put train.learners: [{self.verdict.learner}]{rule} into params.yaml, then dvc repro and churn deploy."
        return NEXT_STEPS[self.verdict.word]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, text and numbers."""
        return asdict(self)
