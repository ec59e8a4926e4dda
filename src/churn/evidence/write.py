"""Write the folder."""

import json
import shutil
from pathlib import Path
from typing import Any

from churn.evidence.facts import Facts
from churn.evidence.materials import materials
from churn.evidence.render import html, markdown

CARD = "card.html"


def write(folder: Path, facts: Facts, report: Path | None) -> Path:
    """card.html, card.md, gate.json, lineage.json, materials.json, and the evaluation `report` where it is at hand.

    Whole or not at all: it is made beside its place and then put there. Returns the folder.
    """
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    (fresh / CARD).write_text(html(facts), encoding="utf-8")
    (fresh / "card.md").write_text(markdown(facts), encoding="utf-8")
    lines, mark = facts.history
    lineage = facts.bundle.manifest.lineage.model_dump() | {"bundle": facts.bundle.fingerprint, "run": facts.run}
    _json(fresh / "gate.json", facts.gated or {})
    _json(fresh / "lineage.json", lineage | {"history": {"lines": lines, "hash": mark}})
    _json(fresh / "materials.json", materials(facts.name, facts.version))
    if report is not None:
        shutil.copytree(report, fresh / "evaluation")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return folder


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
