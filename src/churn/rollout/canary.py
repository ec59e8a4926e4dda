"""The verdict on a canary, at any moment: promote it, withdraw it, or wait for more answers."""

from dataclasses import dataclass

from churn.params import Canary, ErrorRule
from churn.rollout.finding import Finding, State, Verdict, state_of
from churn.rollout.sequence import Sample, difference
from churn.rollout.sprt import Sprt


@dataclass(frozen=True)
class Arm:
    """What one model answered since the canary began.

    scores: its probabilities. late: answers that took longer than allowed. losses: (probability - outcome)^2 of those
    whose outcome is known.
    """

    scores: Sample
    late: int
    losses: Sample


def judge(challenger: Arm, champion: Arm, failed: int, policy: Canary) -> Verdict:
    """Judge by rules that hold however often they are asked. failed: calls of the challenger that the champion answered."""
    answered = challenger.scores.count
    return Verdict(
        [
            Finding("answers", answered, f"at least {policy.requests}", "holds" if answered >= policy.requests else "open"),
            _share("failed calls", failed, answered, policy.errors),
            _share("late answers", challenger.late, answered - challenger.late, _raised(policy.late, champion)),
            _shift(challenger, champion, policy),
            _outcomes(challenger, champion, policy),
        ]
    )


def _share(name: str, wrong: int, right: int, rule: ErrorRule) -> Finding:
    test = Sprt(rule)
    evidence = test.evidence(wrong, right)
    state: State = "fails" if test.refuses(evidence) else "holds" if test.accepts(evidence) else "open"
    return Finding(name, wrong / max(1, wrong + right), f"{rule.good:.3g} rather than {rule.bad:.3g}", state)


def _raised(rule: ErrorRule, champion: Arm) -> ErrorRule:
    """The rule on a machine where the champion is late as well: the challenger may be as late, and no later by more."""
    usual = min(champion.late / max(1, champion.scores.count), 0.5)
    good = max(rule.good, usual)
    return rule.model_copy(update={"good": good, "bad": min(good + rule.bad - rule.good, 0.99)})


def _shift(challenger: Arm, champion: Arm, policy: Canary) -> Finding:
    """Customers are drawn by hash, so both arms would have equal means if the models had."""
    low, high = difference(challenger.scores, champion.scores, policy.uncertainty, policy.requests)
    state: State = "open"
    if -policy.shift < low and high < policy.shift:
        state = "holds"
    elif low > policy.shift or high < -policy.shift:
        state = "fails"
    figure = challenger.scores.mean - champion.scores.mean
    return Finding("score shift", figure, f"between -{policy.shift:g} and {policy.shift:g}", state, low, high)


def _outcomes(challenger: Arm, champion: Arm, policy: Canary) -> Finding:
    """Outcomes arrive late, so a canary is not held up for them; those that are known must not speak against it."""
    limit = f"not certain to exceed {policy.loss_margin:g}"
    if not (challenger.losses.count and champion.losses.count):
        return Finding("Brier score lost", 0.0, f"{limit}; no outcomes are known yet", "holds")
    low, high = difference(challenger.losses, champion.losses, policy.uncertainty, policy.requests)
    figure = challenger.losses.mean - champion.losses.mean
    return Finding("Brier score lost", figure, limit, state_of(low <= policy.loss_margin), low, high)
