"""A state folder for a server with a challenger in its shadow: the champion's twin, so that both cost the same."""

import shutil
from pathlib import Path

from churn import params
from churn.bundle.manifest import Manifest
from churn.bundle.open import open_bundle
from churn.registry import Registry
from churn.registry.track import register, track
from churn.rollout.plan import Plan


def shadowed(workspace: Path, champion: Path) -> Path:
    """Copy the state of the workspace, and there make the twin of the bundle `champion` the challenger."""
    state = workspace / "state-shadow"
    shutil.rmtree(state, ignore_errors=True)
    shutil.copytree(workspace / "state", state, ignore=shutil.ignore_patterns("*.db-*", "ours*", "workers"))
    knobs = params.load(workspace / "params.yaml")
    models = Registry(f"sqlite:///{(state / 'mlflow.db').absolute()}", knobs.name)
    bundle = open_bundle(_twin(champion, state / "twin"))
    version = register(models, bundle, track(models, bundle, {}, workspace / "artifacts" / "evaluation")).version
    policy = knobs.rollout
    plan = Plan(
        mode="shadow",
        share=policy.shadow.share,
        slow_seconds=policy.shadow.slow_ms / 1000,
        errors=policy.canary.errors,
        most_per_second=policy.shadow.most_per_second,
    )
    models.challenge(version, plan.model_dump_json())
    return state


def _twin(champion: Path, folder: Path) -> Path:
    """A bundle that differs by a space, so that the registry takes it for another version."""
    shutil.copytree(champion, folder)
    with (folder / "metrics.json").open("a", encoding="utf-8") as file:
        file.write(" \n")
    Manifest.of(folder, Manifest.verified(champion).lineage).save(folder)
    return folder
