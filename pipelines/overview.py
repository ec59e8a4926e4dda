"""The page for managers, state/reports/index.html, written anew after each look and each change of the champion."""

import os
from datetime import datetime
from pathlib import Path

from prefect import task

from churn import params, settings
from churn.registry import Version
from churn.store import Store
from churn.store.tables import now
from monitoring.figures import Figures
from monitoring.overview import Known, Seen, render
from monitoring.reports import address
from monitoring.retrain import decide
from pipelines.common import OUTSIDE, registry, store
from pipelines.runs import next_run
from pipelines.standing import occasion, standing

PAGE = "index.html"


@task(**OUTSIDE)
def draw_overview() -> None:
    """Write the page; nothing before there is a champion."""
    draw(next_run("monitoring"))


def draw(next_look: datetime | None) -> None:
    """Write the page; nothing before there is a champion. next_look: when monitoring runs again, as far as that is known."""
    champion = registry().champion()
    if champion:
        reports = settings.load().reports
        write(reports / PAGE, render(known(store(), champion, reports, next_look)))


def known(log: Store, champion: Version, reports: Path, next_look: datetime | None) -> Known:
    """What the store and the registry tell about the model."""
    knobs, history, moment = params.load(), log.history(), now()
    found = standing(log, champion.version)
    choice = decide(history, occasion(log, champion, *found), knobs.retraining, moment) if found else None
    verdict = found[1] if found else None
    return Known(knobs, champion.version, seen(log, reports), history, verdict, choice, moment, next_look)


def seen(log: Store, reports: Path) -> list[Seen]:
    """Every window that was judged, in the order of their snapshots; what an older program wrote is left out."""
    names = {name: position for position, name in enumerate(log.snapshots())}
    windows = sorted(log.windows(), key=lambda one: (names.get(one.snapshot, -1), one.time))
    read = [(one, Figures.from_json(one.figures)) for one in windows]
    return [
        Seen(figures, one.model_version, one.verdict, one.time, address(reports, one.model_version, one.snapshot))
        for one, figures in read
        if figures is not None
    ]


def write(path: Path, text: str) -> None:
    """Whole or not at all, so that nobody reads half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
