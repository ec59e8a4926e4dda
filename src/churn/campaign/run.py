"""A campaign from a scored base: choose, write the list, tell what it is worth."""

import json
from pathlib import Path
from typing import Any

from churn.bundle.open import Bundle, open_bundle
from churn.campaign import base as scored
from churn.campaign.choice import Base, Rows, Worth, best, everybody, riskiest
from churn.campaign.profit import Outlook, Residuals
from churn.campaign.report import render
from churn.campaign.write import write_csv, write_excel
from churn.decision import Decision
from churn.errors import TableError
from churn.params import Params
from churn.score.plan import Plan
from churn.score.write import PLAN, Target

REASONS = 3  # in a line of the list


def campaign(place: str, budget: float, folder: Path, params: Params) -> str:
    """Write list.csv, list.xlsx, campaign.json and report.html into a folder; the campaign in one line."""
    bundle, policy, decision = _bundle(place), params.campaign, Decision.of(params.problem)
    base = scored.numbers(place, policy, decision.saved_value)
    worth = Worth.of(base, decision)
    chosen = best(base, worth, budget, policy.most)
    ways = {"this list": chosen, "the riskiest": riskiest(base, worth, budget), "everybody": everybody(base)}
    outlooks = _outlooks(bundle, base, worth, ways, decision, params)
    folder.mkdir(parents=True, exist_ok=True)
    head, rows = _lines(place, bundle, base, worth, chosen, decision)
    write_csv(folder / "list.csv", head, rows)
    shown = write_excel(folder / "list.xlsx", head, rows)
    remarks = _remarks(place, shown, len(rows), head)
    found = {"budget": budget, "outlooks": [one._asdict() for one in outlooks]}
    (folder / "campaign.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    page = render(params.name, budget, outlooks, base, worth, chosen, remarks)
    (folder / "report.html").write_text(page, encoding="utf-8")
    ours = outlooks[0]
    return (
        f"{ours.contacts:,} customers to contact for {ours.cost:,.2f} of {budget:,.2f}; expected profit {ours.profit:,.0f} "
        f"({ours.low:,.0f} to {ours.high:,.0f}). {' '.join(remarks)} The list and the report: {folder}"
    )


def _bundle(place: str) -> Bundle:
    """The bundle that the base was scored by, of which the held-out customers are needed."""
    target = Target(place)
    if not target.exists(PLAN):
        raise TableError(f"{place} is no result of `churn score`: it has no {PLAN}; score first")
    return open_bundle(Path(Plan.model_validate_json(target.read_text(PLAN)).asked.bundle))


def _outlooks(
    bundle: Bundle, base: Base, worth: Worth, ways: dict[str, Rows], decision: Decision, params: Params
) -> list[Outlook]:
    reference = bundle.reference()
    residuals = Residuals(reference.label, reference.probability)
    level = params.evaluate.level
    return [residuals.outlook(name, base, worth, rows, decision, level) for name, rows in ways.items()]


def _lines(
    place: str, bundle: Bundle, base: Base, worth: Worth, chosen: Rows, decision: Decision
) -> tuple[list[str], list[list[Any]]]:
    """The header and the lines of the list, in order."""
    identity = bundle.contract.id or "row"
    words = scored.words(place, chosen, [identity, "reasons"])
    explained = any("reasons" in line for line in words.values())
    head = [identity, "segment", "probability", "expected_cost", "expected_profit", "expected_saved_value"]
    rows = []
    for rank, at in enumerate(chosen.tolist(), 1):
        saved = base.probability[at] * decision.save_rate * base.value[at]
        money = [round(float(value), 2) for value in (worth.cost[at], worth.gain[at], saved)]
        line = [words[at].get(identity), base.segments[base.segment[at]], round(float(base.probability[at]), 4), *money]
        rows.append([rank, *line, *(_sentences(words[at].get("reasons")) if explained else [])])
    return ["rank", *head, *([f"reason_{i + 1}" for i in range(REASONS)] if explained else [])], rows


def _sentences(reasons: list[dict[str, Any]] | None) -> list[str]:
    found = [one["sentence"] for one in reasons or []][:REASONS]
    return found + [""] * (REASONS - len(found))


def _remarks(place: str, shown: int, rows: int, head: list[str]) -> list[str]:
    remarks = []
    if not scored.has_control(place):
        remarks.append(f"No column '{scored.CONTROL}' keeps a control group out, so nobody will know what the campaign saved.")
    if not any(name.startswith("reason_") for name in head):
        remarks.append("The list has no reasons; score with `--reasons 3` for them.")
    if shown < rows:
        remarks.append(f"Excel holds the first {shown:,} of {rows:,} lines.")
    return remarks
