"""What people do in the workspace's process: bring candidates, and deploy them at the same moment."""

import json
import time
from pathlib import Path

from churn.bundle.open import open_bundle
from churn.registry.track import register, track
from pipelines.common import registry
from support.tiny import alter

BUNDLE, PLOTS = Path("artifacts/bundle"), Path("artifacts/evaluation")


def bring(saved_value: float) -> str:
    """Register a candidate like that of artifacts/bundle to which a saved customer is worth something else; its version."""

    def change(decision: bytes) -> bytes:
        return json.dumps(json.loads(decision) | {"saved_value": saved_value}).encode()

    bundle, models = open_bundle(alter(BUNDLE, Path(f"candidate-{saved_value}"), "decision.json", change)), registry()
    return register(models, bundle, track(models, bundle, {}, PLOTS)).version


def deploy_when(sign: str, version: str) -> bool:
    """Be ready, wait until the file `sign` is there, and deploy."""
    from pipelines.deployment import deployment  # noqa: PLC0415

    while not Path(sign).exists():
        time.sleep(0.01)
    return deployment(version, False, "a drill")
