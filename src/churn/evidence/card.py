"""The model card (Mitchell et al., 2019, "Model Cards for Model Reporting"): the same parts as HTML and as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from churn.evidence.facts import Facts
from churn.evidence.figures import fairness, figures, gate, slices


@dataclass(frozen=True)
class Part:
    """A section of the card: sentences, and a table where it has one, of pairs where the table has no head.

    A cell that begins with '!' stands out.
    """

    title: str
    words: Sequence[str]
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def parts(facts: Facts) -> list[Part]:
    """The whole card, from the bundle and what is known of it."""
    return [
        _purpose(facts),
        Part("How good it is", *figures(facts)),
        Part("What the gate says", *gate(facts.gated)),
        Part("Parts of the customers", *slices(facts)),
        Part("Fairness", *fairness(facts)),
        _data(facts),
        _money(facts),
        _limits(facts),
        _lineage(facts),
    ]


def _purpose(facts: Facts) -> Part:
    problem = facts.problem
    rows = [
        ["goal", problem.goal],
        ["for whom", problem.users],
        ["what is done with it", problem.action],
        ["what is predicted", f"that a customer leaves within {problem.horizon_days} days"],
        ["contacted", f"above a probability of {facts.bundle.threshold:.1%}"],
        ["kind of model", str(facts.bundle.metrics.get("chosen", "not written down"))],
    ]
    return Part("What it is for", [], (), rows)


def _data(facts: Facts) -> Part:
    metrics, contract = facts.bundle.metrics, facts.bundle.contract
    learned, tested = metrics.get("made_of", {}).get("learned", []), metrics.get("tested_on", {})
    words = [f"Learned from the snapshots {', '.join(learned)}."] if learned else []
    sample = metrics.get("sample")
    if sample:
        words.append(f"It knows a sample of the customers, chosen by hash: {sample['drawn']:,} of {sample['read']:,} rows.")
    if tested:
        words.append(
            f"Judged on {tested['rows']:,} rows of customers that it never learned from, {tested['churners']:,} of whom left."
        )
    rows = [
        [column.name, column.kind, _range(column.levels, column.minimum, column.maximum), "yes" if column.nullable else "no"]
        for column in contract.columns
    ]
    return Part("Data and population", words, ["column", "kind", "seen in training", "may be missing"], rows)


def _range(levels: Sequence[str], minimum: float | None, maximum: float | None) -> str:
    if levels:
        shown = ", ".join(levels[:6])
        return f"{shown} and {len(levels) - 6} more" if len(levels) > 6 else shown
    return "" if minimum is None or maximum is None else f"{minimum:,.6g} to {maximum:,.6g}"


def _money(facts: Facts) -> Part:
    costs, rule = facts.bundle.decision, facts.bundle.metrics.get("rule", {})
    rows = [
        ["worth of a customer who stays", f"{costs.saved_value:,.6g}"],
        ["offer", f"{costs.offer_cost:,.6g}"],
        ["contact", f"{costs.contact_cost:,.6g}"],
        ["chance that a contacted churner stays", f"{costs.save_rate:.0%}"],
        ["a contacted churner brings", f"{costs.churner_gain:,.4g}"],
        ["a contacted stayer costs", f"{costs.stayer_loss:,.4g}"],
    ]
    words = ["The threshold follows from these assumptions; a change of them needs no training."]
    if rule.get("sentence"):
        words.append(f'The best one-line rule is "{rule["sentence"]}"; the gate asks whether the model earns more.')
    return Part("Money", words, ["assumption", "per customer, in one currency"], rows)


def _limits(facts: Facts) -> Part:
    contract = facts.bundle.contract
    words = [
        f"It says who leaves within {facts.problem.horizon_days} days, not why, and not whom a contact would keep.",
        "It knows customers like those of the snapshots above; where monitoring tells of drift, its figures no longer hold.",
        "A category that training never saw, and a number outside the range above, is scored all the same.",
        f"Parts with fewer than {facts.policy.slice_rows} rows, or without both outcomes, are not judged by themselves.",
    ]
    if not facts.bundle.metrics.get("fairness"):
        words.append("No column is declared as protected, so nobody has looked at fairness between groups.")
    if contract.snapshot is None:
        words.append("The table names no period, so that nothing is known of how the model does on a later one.")
    return Part("Limits", words)


def _lineage(facts: Facts) -> Part:
    lineage = facts.bundle.manifest.lineage
    lines, mark = facts.history
    rows = [
        ["bundle", facts.bundle.fingerprint],
        ["data", lineage.data],
        ["parameters", lineage.params],
        ["commit", lineage.commit or "none"],
        ["MLflow run", facts.run or "none"],
        ["history", f"{lines} lines, the last with the hash {mark}"],
    ]
    return Part("Lineage", ["Beside this card: gate.json, lineage.json and materials.json."], (), rows)
