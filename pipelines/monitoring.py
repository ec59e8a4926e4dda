"""Monitoring: the newest window of predictions, its Evidently report, the verdict, and the events that follow from it."""

from dataclasses import asdict

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.events import emit_event

from churn import params, settings
from churn.bundle.open import Bundle, open_bundle
from churn.params import Params
from churn.registry import Version
from churn.store import Event, Window
from churn.store.tables import now
from monitoring.figures import Figures
from monitoring.incidents import follow
from monitoring.reports import folder_of, forget
from monitoring.retrain import Choice, decide
from monitoring.told import told
from monitoring.verdict import Verdict, judge
from pipelines import alerts
from pipelines.common import OUTSIDE, registry, store
from pipelines.observed import Observed, known_windows, observe
from pipelines.outlook import markdown
from pipelines.overview import draw_overview
from pipelines.standing import occasion

TOLD = {"broken", "drifted", "decayed"}  # states that people are told of


@flow(name="monitoring", log_prints=True)
def monitoring(snapshot: str | None = None) -> str:
    """Judge one snapshot of predictions, the newest unless named. Returns the state of the verdict.

    A snapshot that ended since anybody last looked is judged once more before, now that it is whole.
    """
    champion = find_champion()
    windows = [snapshot] if snapshot else to_judge(champion)
    if not windows:
        print("no prediction has been made yet")  # noqa: T201 - Prefect logs what a flow prints
        return "insufficient"
    for window in windows:
        figures = report(window, champion)
        verdict = conclude(figures, champion)
        tell(window, verdict, champion)
        alert(window, verdict, champion, return_state=True)  # a receiver that is down holds up no retraining
    choice = consider(window, verdict, champion)
    publish(figures, verdict, choice, champion)
    draw_overview(return_state=True)  # a page that cannot be written is a failed task and hides no verdict
    return verdict.state


@task(**OUTSIDE)
def find_champion() -> Version:
    """The champion, with its bundle at hand."""
    version, _ = registry().open_champion(settings.load().bundles)
    return version


@task(**OUTSIDE)
def to_judge(champion: Version) -> list[str]:
    """The newest snapshot anyone asked a prediction for, and the one before unless it was judged after it had ended."""
    log = store()
    names, own = log.snapshots(), log.snapshots(champion.version)
    known = known_windows(log, champion.version, names[-1]) if names else []
    finished = {figures.snapshot for _, figures in known if figures.complete}
    return [name for name in names[-2:-1] if name in own and name not in finished] + names[-1:]


@task(**OUTSIDE)
def report(snapshot: str, champion: Version) -> Figures:
    """Measure the champion's predictions in a snapshot and draw them, here and in the Evidently workspace."""
    knobs, places = params.load(), settings.load()
    bundle = open_bundle(registry().download(champion.version, places.bundles))
    seen = observe(store(), bundle, champion.version, snapshot, knobs)
    if seen.figures.comparisons:
        new = not known_windows(store(), champion.version, snapshot)
        _draw(bundle, seen, champion.version, knobs, new_model=new)
    return seen.figures


def _draw(bundle: Bundle, seen: Observed, version: str, knobs: Params, *, new_model: bool) -> None:
    from monitoring.dashboard import publish as show  # noqa: PLC0415 - Evidently takes seconds to import
    from monitoring.draw import draw  # noqa: PLC0415

    places, policy = settings.load(), knobs.monitoring
    drawn = draw(bundle, seen.rows, seen.figures, knobs, places.reports / folder_of(version))
    forget(places.reports, policy.kept_reports)
    figures = told(seen.figures, policy.false_discovery_rate, new_model=new_model)
    tags, kept = [f"version {version}"], policy.kept_reports
    show(places.state / "evidently", knobs.name, drawn.run, bundle.contract.features, figures, tags=tags, kept=kept)


@task(**OUTSIDE)
def conclude(figures: Figures, champion: Version) -> Verdict:
    """Judge the window in the light of the champion's earlier ones, and keep the finding."""
    log = store()
    before = [known for _, known in known_windows(log, champion.version, figures.snapshot)]
    verdict = judge([*before, figures], params.load().monitoring)
    log.add_window(Window(figures.snapshot, champion.version, verdict.state, figures.to_json()))
    return verdict


@task(**OUTSIDE)
def tell(snapshot: str, verdict: Verdict, champion: Version) -> None:
    """Tell people what was found, once for each version, snapshot and state; a broken feed once until it is repaired."""
    log = store()
    history = log.history()
    broken_since = next((e for e in reversed(history) if e.kind in {"broken", "repaired"}), None)
    incident = broken_since is not None and broken_since.kind == "broken"
    if incident and verdict.state not in {"broken", "insufficient"}:
        _say("repaired", snapshot, verdict, champion)
    told = any((e.kind, e.version, e.detail.get("snapshot")) == (verdict.state, champion.version, snapshot) for e in history)
    if verdict.state in TOLD and not told and not (incident and verdict.state == "broken"):
        _say(verdict.state, snapshot, verdict, champion)


def _say(kind: str, snapshot: str, verdict: Verdict, champion: Version) -> None:
    _emit(kind, {"snapshot": snapshot, "version": champion.version, "evidence": verdict.evidence, "advice": verdict.advice})
    store().record(Event(kind, champion.version, {"snapshot": snapshot, **asdict(verdict)}))


@task(**OUTSIDE)
def alert(snapshot: str, verdict: Verdict, champion: Version) -> None:
    """Open or close an incident, and send what is due; what cannot be sent is tried again, at the next look at the latest."""
    log = store()
    alerts.note(log, follow(log.history(), verdict, snapshot, champion.version))
    alerts.send(log, settings.load().alerts.get_secret_value(), params.load().name)


@task(**OUTSIDE)
def consider(snapshot: str, verdict: Verdict, champion: Version) -> Choice:
    """Decide on a retraining; the event asks Prefect, whose automation starts it, until one has begun."""
    log, knobs = store(), params.load()
    history = log.history()
    asks = occasion(log, champion, snapshot, verdict)
    choice = decide(history, asks, knobs.retraining, now())
    if choice.start:
        asked = {"key": choice.key(asks), "reason": choice.reason}
        _emit("retrain", {"key": asked["key"], "evidence": asked["reason"]})
        if not any(line.kind == "asked" and line.detail == asked for line in history):
            log.record(Event("asked", champion.version, asked))
    return choice


@task(**OUTSIDE)
def publish(figures: Figures, verdict: Verdict, choice: Choice, champion: Version) -> None:
    """Write the report as an artifact."""
    text = markdown(figures, verdict, choice, champion.version)
    create_markdown_artifact(markdown=text, key="monitoring", description="Is the model well?")


def _emit(kind: str, payload: dict[str, str]) -> None:
    name = params.load().name
    resource = {"prefect.resource.id": f"churn.model.{name}", "prefect.resource.name": name}
    emit_event(f"churn.model.{kind}", resource=resource, payload=payload)
