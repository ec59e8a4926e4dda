"""Development: run the stages that dvc.yaml lists, and register what they made as a candidate."""

from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from churn import params, versioning
from churn.bundle.open import Bundle, open_bundle
from churn.discovery.record import demand_worthwhile, overrule
from churn.history import REGISTERED
from churn.registry import Registry, Version
from churn.registry.track import register, track
from churn.stages.places import BUNDLE, EVALUATION, tries
from churn.store import Event
from pipelines.candidates import TUNES, side_by_side, try_candidates
from pipelines.common import OUTSIDE, registry, store, table


@flow(name="development", log_prints=True, task_runner=side_by_side())
def development(anyway: bool = False) -> str:
    """Bring the bundle up to date and register it. Returns the version of the candidate.

    Refuses where discovery said no-go of this data, unless a person wants it `anyway`.
    """
    heed_discovery(pin_data(), anyway)
    for name in list_stages():
        if name == TUNES:
            try_candidates()
        run_stage.with_options(task_run_name=f"stage {name}")(name)
    version = register_candidate()
    publish(version)
    return version.version


@task(**OUTSIDE)
def pin_data() -> str:
    """Pin data/ as it is, so that the lineage names what is learned from; returns its hash."""
    return versioning.pin()


@task(**OUTSIDE)
def heed_discovery(data: str, anyway: bool) -> None:
    """Raise NotWorthwhile after the verdict no-go on the data with this hash, or record that it is overruled."""
    problem = params.load().problem
    if anyway and overrule(data, problem):
        print("discovery says no-go; going on anyway")  # noqa: T201
    demand_worthwhile(data, problem)


@task(**OUTSIDE)
def list_stages() -> list[str]:
    """Ask DVC for the stages in their order."""
    return versioning.stage_names()


@task(**OUTSIDE)
def run_stage(name: str) -> bool:
    """Run one DVC stage if what it depends on changed; returns whether it ran."""
    ran = versioning.reproduce(name)
    print(f"stage {name}: {'done' if ran else 'unchanged'}")  # noqa: T201 - Prefect logs what a flow prints
    return ran


@task(**OUTSIDE)
def register_candidate() -> Version:
    """Register the bundle, once however often it is asked for."""
    bundle = open_bundle(BUNDLE)
    models = registry()
    version = models.version_of(BUNDLE) or register(models, bundle, _run(models, bundle))
    lineage = bundle.manifest.lineage
    made_of = {"bundle": version.fingerprint, "run": version.run_id, **lineage.model_dump()}
    made_of |= {"changed": versioning.committed_at(lineage.commit)}
    made_of |= {"learned_from": bundle.metrics["learned_from"]["rows"]}
    store().take_turn(f"{REGISTERED} {version.version} {version.run_id}", Event(REGISTERED, version.version, made_of))
    return version


def _run(models: Registry, bundle: Bundle) -> str:
    return track(models, bundle, params.load().model_dump(mode="json"), EVALUATION, tries())


@task(**OUTSIDE)
def publish(version: Version) -> None:
    """Write the report as an artifact."""
    create_markdown_artifact(markdown=report(version, open_bundle(BUNDLE)), key="development", description="The candidate")


def report(version: Version, bundle: Bundle) -> str:
    """What a person reads."""
    test, lineage = bundle.metrics["test"], bundle.manifest.lineage
    figures = table(["figure", "value", "low", "high"], [[name, f["value"], f["low"], f["high"]] for name, f in test.items()])
    return f"""# Candidate: version {version.version}

**{bundle.metrics["chosen"]}**, judged on {bundle.metrics["tested_on"]["rows"]:,} held-out rows.
Cross-validated AUC {bundle.metrics["cv"]["auc"]:.4f}, that of a winner; the figures below are of customers that took no part.

{figures}

{_later(bundle.metrics)}Contact above a probability of {bundle.decision.threshold:.3f}.

| made of | |
| --- | --- |
| data | `{lineage.data}` |
| params | `{lineage.params[:12]}` |
| commit | `{lineage.commit or "none"}` |
| MLflow run | `{version.run_id}` |
"""


def _later(metrics: dict[str, Any]) -> str:
    """A sentence on the snapshot after those learned from, where there are several."""
    found = metrics.get("out_of_time")
    if not found:
        return ""
    auc = found["auc"]
    told = f"{auc['value']:.4f} [{auc['low']:.4f}, {auc['high']:.4f}]"
    return f"Learned from earlier snapshots alone, the AUC on the newest is {told}.\n\n"
