"""The problem in plain words, and what is missing from it."""

from churn.decision import Decision
from churn.params import Problem

WORDS = ("goal", "users", "action")
COSTS = {
    "saved_value": "the value of a saved customer",
    "offer_cost": "the cost of the offer",
    "contact_cost": "the cost of a contact",
    "save_rate": "the chance that the offer works",
}


def in_words(problem: Problem, decision: Decision) -> list[str]:
    """What is asked, as sentences."""
    many = (
        f"at most {problem.contacts_a_month:,} customers a month"
        if problem.contacts_a_month
        else "as many as it pays to contact"
    )
    worth = (
        f"Contacting a customer who would leave brings {decision.churner_gain:,.4g} on average: with a chance of "
        f"{problem.save_rate:.0%} the customer stays, which is worth {problem.saved_value:,.4g} less the offer of "
        f"{problem.offer_cost:,.4g}; the contact costs {problem.contact_cost:,.4g}. Contacting one who would have stayed "
        f"costs {decision.stayer_loss:,.4g}. So a contact pays above a churn probability of {decision.threshold:.1%}."
    )
    return [
        f"{problem.goal} Used by: {problem.users} Action: {problem.action}",
        f"Who leaves is known {problem.horizon_days} days after a snapshot. The action reaches {many}.",
        worth,
    ]


def missing(problem: Problem, shipped: Problem) -> list[str]:
    """What the reader must still say, or confirm since it stands as `shipped` with the program."""
    gaps = [f"{name}: nothing is said" for name in WORDS if not getattr(problem, name).strip()]
    same = [text for name, text in COSTS.items() if getattr(problem, name) == getattr(shipped, name)]
    if len(same) == len(COSTS):
        gaps.append("the costs are those that ship with the program; the verdict is about money, so put in your own")
    elif same:
        gaps.append(f"{', '.join(same)} as shipped with the program; confirm")
    if problem.contacts_a_month is None:
        gaps.append("contacts_a_month: how many customers can be contacted is not said; taken as no limit")
    if Decision.of(problem).churner_gain <= 0:
        gaps.append("with these costs no contact can ever pay: even a saved customer brings less than the action costs")
    return gaps
