"""Monitoring: the newest window of predictions, its Evidently report, the verdict, and the event that follows from it."""

from dataclasses import asdict

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event

from churn import params, settings
from churn.bundle.open import open_bundle
from churn.feedback import matured
from churn.params import Params
from churn.registry import Version
from churn.store import Event, Window
from monitoring.figures import Figures
from monitoring.verdict import Verdict, judge
from monitoring.window import Rows, examine
from pipelines.common import OUTSIDE, registry, store, table


@flow(name="monitoring", log_prints=True)
def monitoring(snapshot: str | None = None) -> str:
    """Judge one snapshot of predictions, the newest unless named. Returns the state of the verdict."""
    champion = find_champion()
    window = snapshot or newest_snapshot()
    if window is None:
        print("no prediction has been made yet")  # noqa: T201 - Prefect logs what a flow prints
        return "insufficient"
    figures = report(window, champion)
    verdict = conclude(figures, champion)
    publish(figures, verdict, champion)
    if verdict.retrain:
        raise_event(window, verdict, champion)
    return verdict.state


@task(**OUTSIDE)
def find_champion() -> Version:
    """The champion, with its bundle at hand."""
    version, _ = registry().open_champion(settings.load().bundles)
    return version


@task(**OUTSIDE)
def newest_snapshot() -> str | None:
    """The newest snapshot anyone asked a prediction for."""
    names = store().snapshots()
    return names[-1] if names else None


@task(**OUTSIDE)
def report(snapshot: str, champion: Version) -> Figures:
    """Write the report of the champion's predictions in a snapshot, here and in the Evidently workspace."""
    knobs, places = params.load(), settings.load()
    bundle = open_bundle(registry().download(champion.version, places.bundles))
    rows = store().window(snapshot, champion.version)
    outcomes = _matured(champion.version, knobs)
    found = examine(bundle, snapshot, rows, outcomes, params=knobs, folder=places.reports / f"version-{champion.version}")
    if found.report:
        from monitoring.dashboard import publish as show  # noqa: PLC0415 - Evidently takes seconds to import

        tags = [f"version {champion.version}"]
        show(places.state / "evidently", knobs.name, found.report.run, bundle.contract.features, tags=tags)
    return found.figures


@task(**OUTSIDE)
def conclude(figures: Figures, champion: Version) -> Verdict:
    """Judge the window in the light of the champion's earlier ones, and keep the finding."""
    log = store()
    known = [w for w in log.windows() if w.model_version == champion.version and w.snapshot != figures.snapshot]
    verdict = judge([*(Figures.from_json(window.figures) for window in known), figures], params.load().monitoring)
    log.add_window(Window(figures.snapshot, champion.version, verdict.state, figures.to_json()))
    return verdict


@task(**OUTSIDE)
def publish(figures: Figures, verdict: Verdict, champion: Version) -> None:
    """Write the report as an artifact."""
    text = markdown(figures, verdict, champion.version)
    create_markdown_artifact(markdown=text, key="monitoring", description="Is the model well?")


@task(**OUTSIDE)
def raise_event(snapshot: str, verdict: Verdict, champion: Version) -> None:
    """Tell Prefect, whose automation starts one retraining; once for each version, snapshot and state."""
    name, log = params.load().name, store()
    if any((e.kind, e.version, e.detail.get("snapshot")) == (verdict.state, champion.version, snapshot) for e in log.history()):
        print(f"{verdict.state} in {snapshot} has been told already")  # noqa: T201 - Prefect logs what a flow prints
        return
    emit_event(
        f"churn.model.{verdict.state}",
        resource={"prefect.resource.id": f"churn.model.{name}", "prefect.resource.name": name},
        payload={"snapshot": snapshot, "version": champion.version, "evidence": verdict.evidence},
    )
    log.record(Event(verdict.state, champion.version, {"snapshot": snapshot, **asdict(verdict)}))


def markdown(figures: Figures, verdict: Verdict, version: str) -> str:
    """What a person reads."""
    live, promised = figures.live_auc, figures.promised_auc
    outcomes = "No outcome of this version has arrived yet."
    if live and promised:
        outcomes = f"On {figures.outcomes:,} known outcomes the AUC is {live.value:.3f}; {promised.value:.3f} was promised."
    tests = table(
        ["column", "test", "p-value", "change"],
        [[c.column, c.kind, c.p_value, c.effect] for c in sorted(figures.comparisons, key=lambda c: c.p_value)],
    )
    return f"""# {figures.snapshot}: {verdict.state}

**{verdict.evidence}** {verdict.advice}

{figures.rows:,} predictions by version {version}. {outcomes}

{tests}
"""


def _matured(version: str, knobs: Params) -> Rows:
    """The version's predictions in the newest snapshot whose outcomes have matured."""
    log = store()
    for snapshot in reversed(log.snapshots()):
        rows = matured(log.window(snapshot, version), knobs.retraining.known_share, knobs.problem.horizon_days)
        if len(rows) >= knobs.monitoring.min_outcomes:
            return rows
    return []
