"""Deployment: candidate against champion, promotion, verification; a promotion that cannot be verified is undone."""

import time
from dataclasses import asdict

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.transactions import Transaction, get_transaction, transaction

from churn import gate, params, settings
from churn.bundle.open import open_bundle
from churn.errors import ChurnError, NoModel, RegistryUnavailable
from churn.evaluate import calibration_noise, figures, paired
from churn.registry import Version
from churn.stages import BUNDLE
from churn.store import Event
from pipelines.common import OUTSIDE, registry, store, table
from pipelines.overview import draw_overview
from pipelines.verification import await_server

ATTEMPTS = 4  # to undo a promotion; Prefect does not repeat a rollback


@flow(name="deployment", log_prints=True)
def deployment(version: str | None = None) -> bool:
    """Promote a version (by default the one made from artifacts/bundle) if the gate lets it. Returns whether it did."""
    candidate = version or find_candidate()
    champion = find_champion()
    if champion and champion.version == candidate:
        publish(candidate, champion, gate.Decision(False, "it is the champion already"))
        return False
    decision = compare(candidate, champion)
    note("gated", candidate, asdict(decision))
    if decision.promote:
        replace(candidate, champion, decision)
    publish(candidate, champion, decision)
    draw_overview(return_state=True)  # the page shows who is live; without it the promotion stands
    return decision.promote


def replace(candidate: str, champion: Version | None, decision: gate.Decision) -> None:
    """Promote and verify, or leave everything as it was and tell why."""
    before = champion.version if champion else None
    try:
        with transaction():
            promote(candidate, before)
            verify(candidate)
    except ChurnError as error:
        note("undone", candidate, {"before": before, "reason": str(error)})
        publish(candidate, champion, gate.Decision(False, f"promotion undone: {error}", decision.criteria))
        raise
    note("promoted", candidate, {"before": before, "reason": decision.reason})


def reason(version: str) -> str:
    """Why the gate let a version pass or refused it the last time."""
    told = [line.detail for line in store().history() if line.kind == "gated" and line.version == version]
    return f"{'promoted' if told[-1]['promote'] else 'not promoted'}, {told[-1]['reason']}"


@task(**OUTSIDE)
def find_candidate() -> str:
    """The version registered from artifacts/bundle."""
    known = registry().version_of(BUNDLE) if BUNDLE.is_dir() else None
    if known is None:
        raise NoModel("artifacts/bundle is not registered; run `dvc repro` and the development flow (`churn deploy`)")
    return known.version


@task(**OUTSIDE)
def find_champion() -> Version | None:
    """The version that is served now, if any."""
    return registry().champion()


@task(**OUTSIDE)
def compare(candidate: str, champion: Version | None) -> gate.Decision:
    """Score the candidate's reference rows with both bundles and let the gate decide."""
    knobs, folder = params.load(), settings.load().bundles
    bundle = open_bundle(registry().download(candidate, folder))
    rows = bundle.reference()
    difference = None
    if champion:
        other = open_bundle(registry().download(champion.version, folder)).score(list(rows.rows))
        difference = paired(rows.label, rows.probability, other.probability, bundle.decision, knobs.evaluate, knobs.train.seed)
    alone = figures(rows.label, rows.probability, bundle.decision)
    noise = calibration_noise(rows.probability, knobs.evaluate.bootstrap, knobs.train.seed)
    return gate.decide(gate.Evidence(len(rows.label), alone, noise, difference), knobs.gate)


@task(**OUTSIDE)
def promote(candidate: str, before: str | None) -> None:
    """Move the champion alias, remembering where it was."""
    current = get_transaction()
    if current:
        current.set("before", before)
    registry().promote(candidate)


@promote.on_rollback
def restore(promotion: Transaction) -> None:
    """Move the alias back to where it was."""
    before = promotion.get("before")
    for attempt in range(ATTEMPTS):
        try:
            registry().promote(before) if before else registry().withdraw()
        except RegistryUnavailable:
            time.sleep(2**attempt)
        else:
            return
    raise RegistryUnavailable(f"the alias could not be moved back to version {before or 'none'}; move it in MLflow")


@task(**OUTSIDE)
def verify(candidate: str) -> None:
    """Open the promoted bundle as the server will, and wait for the running server, if there is one, to answer with it."""
    models, places = registry(), settings.load()
    open_bundle(models.download(candidate, places.bundles))
    known = {item.version: item.fingerprint for item in models.versions()}
    await_server(places.api_url, known[candidate], known.values(), places.client_key.get_secret_value())


@task(**OUTSIDE)
def note(kind: str, version: str, detail: dict[str, object]) -> None:
    """Append to the history of the model."""
    store().record(Event(kind, version, detail))


@task(**OUTSIDE)
def publish(candidate: str, champion: Version | None, decision: gate.Decision) -> None:
    """Write the report as an artifact."""
    text = report(candidate, champion.version if champion else "none", decision)
    create_markdown_artifact(markdown=text, key="deployment", description="The gate's decision")


def report(candidate: str, champion: str, decision: gate.Decision) -> str:
    """What a person reads."""
    rows: list[list[object]] = [[c.name, c.figure, c.limit, "yes" if c.holds else "**no**"] for c in decision.criteria]
    criteria = table(["criterion", "figure", "limit", "holds"], rows)
    verdict = "promoted" if decision.promote else "not promoted"
    return f"# Version {candidate}: {verdict}\n\n{decision.reason.capitalize()}. Champion before: {champion}.\n\n{criteria}\n"
