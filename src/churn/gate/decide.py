"""The decision: every criterion must hold, and whoever is simplest among those who are as good wins."""

from churn.gate.against import against
from churn.gate.alone import alone
from churn.gate.contestants import Candidate, Contestant
from churn.gate.criterion import Criterion, Decision
from churn.params import Gate

SIMPLER = "may earn more than a rule"


def decide(candidate: Candidate, champion: Contestant | None, policy: Gate) -> Decision:
    """Promote only when every criterion holds; a figure that is not a number holds none.

    champion: None while there is none; a first candidate is then judged by itself, and against the rule. The rule wins
    where nothing else speaks against the candidate and the rule is shown to earn as much.
    """
    criteria = alone(candidate, champion, policy) + _against_rule(candidate, policy)
    if champion is not None:
        criteria += against(candidate, champion, policy)
    failed = [one for one in criteria if not one.holds]
    if [one.name for one in failed] == [SIMPLER] and candidate.rule:
        reason = f'refused: the rule "{candidate.rule.sentence}" earns as much; serve it with train.learners: [rule]'
        return Decision(False, "rule", reason, criteria)
    if failed:
        told = ", ".join(f"{one.name} ({one.figure:.4g}; {one.limit})" for one in failed)
        return Decision(False, "champion" if champion else "nobody", f"refused: {told}", criteria)
    return Decision(True, "candidate", _why(criteria, champion), criteria)


def _against_rule(candidate: Candidate, policy: Gate) -> list[Criterion]:
    """Whether the candidate may earn more than the best rule by what a model is worth, a share of what can be earned."""
    if candidate.rule is None:
        return []
    value, low, high = candidate.rule.gain
    worth = policy.rule_margin * candidate.rule.ceiling
    return [Criterion(SIMPLER, value, f"upper end of the gain above {worth:.4g} per 1,000", bool(high > worth), low, high)]


def _why(criteria: list[Criterion], champion: Contestant | None) -> str:
    if champion is None:
        return "the first champion"
    last = next(one for one in criteria if "champion" in one.name or "newer" in one.name)
    better = last.high is not None and last.high < 0
    return "better than the champion" if better else "as good as the champion, on newer data"
