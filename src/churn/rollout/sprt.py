"""Wald's sequential probability ratio test (1945) of a share: how often something goes wrong, judged after every event."""

from dataclasses import dataclass
from math import log

from churn.params import ErrorRule


@dataclass(frozen=True)
class Sprt:
    """The test of a rule. Evidence is the log of a likelihood ratio: "as bad as `bad`" against "as good as `good`".

    A true share of `good` is refused at most about `false_alarm` of the time, one of `bad` is accepted at most about
    `missed` of the time, however often one looks (Wald, Annals of Mathematical Statistics 16, 1945, 117-186).
    """

    rule: ErrorRule

    def evidence(self, wrong: int, right: int) -> float:
        """The evidence of so many events."""
        rule = self.rule
        return wrong * log(rule.bad / rule.good) + right * log((1 - rule.bad) / (1 - rule.good))

    def after(self, evidence: float, wrong: bool) -> float:
        """The evidence after one more event, never below what accepts: nothing done well excuses failures much later."""
        return self.after_many(evidence, int(wrong), int(not wrong))

    def after_many(self, evidence: float, wrong: int, right: int) -> float:
        """The evidence after events whose order is not known: as if what went right came first."""
        return max(self._accepting, evidence + self.evidence(0, right)) + self.evidence(wrong, 0)

    def refuses(self, evidence: float) -> bool:
        """Whether the share is too large."""
        return evidence >= log((1 - self.rule.missed) / self.rule.false_alarm)

    def accepts(self, evidence: float) -> bool:
        """Whether the share is small enough."""
        return evidence <= self._accepting

    @property
    def _accepting(self) -> float:
        return log(self.rule.missed / (1 - self.rule.false_alarm))
