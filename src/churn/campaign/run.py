"""A campaign from a scored base: choose, write the list, tell what it is worth."""

import json
from pathlib import Path
from typing import Any

from churn.bundle.open import Bundle
from churn.campaign import base as scored
from churn.campaign.choice import Base, Rows, Worth, best, everybody, riskiest
from churn.campaign.finished import explained, whole
from churn.campaign.profit import Outlook, Residuals
from churn.campaign.report import render
from churn.campaign.write import write_csv, write_excel
from churn.decision import Decision
from churn.params import Params
from churn.score.part import bundle_of
from churn.score.plan import Plan
from churn.score.write import Target

SHOWN = 10  # segments that a remark names
REASONS = 3  # in a line of the list


def campaign(place: str, budget: float, folder: Path, params: Params) -> str:
    """Write list.csv, list.xlsx, campaign.json and report.html into a folder; the campaign in one line."""
    run = whole(Target(place))
    bundle, policy, decision = bundle_of(run.asked), params.campaign, Decision.of(params.problem)
    base = scored.numbers(place, policy, decision.saved_value)
    worth = Worth.of(base, decision)
    chosen = best(base, worth, budget, policy.most)
    ways = {"this list": chosen, "the riskiest": riskiest(base, worth, budget), "everybody": everybody(base)}
    outlooks = _outlooks(bundle, base, worth, ways, decision, params)
    head, rows = _lines(Target(place), run, base, worth, chosen, decision)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "list.csv", head, rows)
    remarks = [*_remarks(base, write_excel(folder / "list.xlsx", head, rows), len(rows)), *_idle(base, policy.most)]
    found = {"budget": budget, "outlooks": [one._asdict() for one in outlooks]}
    (folder / "campaign.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    page = render(params.name, budget, outlooks, base, worth, chosen, remarks)
    (folder / "report.html").write_text(page, encoding="utf-8")
    ours = outlooks[0]
    return (
        f"{ours.contacts:,} customers to contact for {ours.cost:,.2f} of {budget:,.2f}; expected profit {ours.profit:,.0f} "
        f"({ours.low:,.0f} to {ours.high:,.0f}). {' '.join([*remarks, ''])}The list and the report: {folder}"
    )


def _outlooks(
    bundle: Bundle, base: Base, worth: Worth, ways: dict[str, Rows], decision: Decision, params: Params
) -> list[Outlook]:
    reference = bundle.reference()
    residuals = Residuals(reference.label, reference.probability)
    level = params.evaluate.level
    return [residuals.outlook(name, base, worth, rows, decision, level) for name, rows in ways.items()]


def _lines(
    target: Target, run: Plan, base: Base, worth: Worth, chosen: Rows, decision: Decision
) -> tuple[list[str], list[list[Any]]]:
    """The header and the lines of the list, in order."""
    identity = bundle_of(run.asked).contract.id or "row"
    names, reasons = scored.names(target.address, chosen, identity), explained(target, run, chosen, REASONS)
    head = ["rank", identity, "segment", "probability", "expected_cost", "expected_profit", "expected_saved_value"]
    rows = []
    for rank, at in enumerate(chosen.tolist(), 1):
        saved = base.probability[at] * decision.save_rate * base.value[at]
        money = [round(float(value), 2) for value in (worth.cost[at], worth.gain[at], saved)]
        told = [one["sentence"] for one in reasons[at]]
        about = [names[at], base.segments[base.segment[at]], round(float(base.probability[at]), 4)]
        rows.append([rank, *about, *money, *told, *[""] * (REASONS - len(told))])
    return [*head, *(f"reason_{number + 1}" for number in range(REASONS))], rows


def _idle(base: Base, caps: dict[str, int]) -> list[str]:
    """A cap on a segment that nobody is in may be misspelt."""
    return [
        f"campaign.most caps '{name}', and nobody is in it; there are {', '.join(base.segments[:SHOWN])}."
        for name in caps
        if name not in base.segments
    ]


def _remarks(base: Base, shown: int, rows: int) -> list[str]:
    remarks = []
    if base.free.all():
        remarks.append(
            "No control group is kept out (problem.control in params.yaml): nobody will know what the campaign saved."
        )
    if shown < rows:
        remarks.append(f"Excel holds the first {shown:,} of {rows:,} lines.")
    return remarks
