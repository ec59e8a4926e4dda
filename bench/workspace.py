"""Make the workspace of the benchmark: the simulated company with a registered champion, ready to be served.

`python -m bench.workspace FOLDER` works in FOLDER; a workspace that is there already is kept.
"""

import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from churn import params, settings, stages, versioning, workspace
from churn.bundle.open import open_bundle
from churn.console import progress
from churn.registry import Registry
from churn.registry.track import register, track
from churn.simulate import write
from churn.stages.places import BUNDLE, EVALUATION
from serving.pointer import NAME, Pointer, write_pointer

SEED, CUSTOMERS, MONTHS = 7, 5000, 4


def main(folder: Path) -> None:
    """Train, register and promote, unless a champion is there that was made with today's params."""
    text = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    if (folder / "state" / "bundles" / NAME).exists() and (folder / "params.yaml").read_text(encoding="utf-8") == text:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    workspace.scaffold(Path(), text, own_git=True)
    write(Path("data"), SEED, CUSTOMERS, MONTHS)
    versioning.pin()
    for name in stages.STAGES:
        if name != "track":  # which `_promote` does, to have the version
            stages.run(name, progress)
    _promote(settings.load().bundles)


def _promote(bundles: Path) -> None:
    """Register the bundle, make it champion, and point the server at it as the follower would."""
    chosen = params.load()
    models = Registry(settings.load().tracking_uri, chosen.name)
    bundle = open_bundle(BUNDLE)
    run = track(models, bundle, chosen.model_dump(mode="json"), EVALUATION)
    version = register(models, bundle, run).version
    models.promote(version)
    bundles.mkdir(parents=True, exist_ok=True)
    write_pointer(bundles, Pointer(version=version, folder=str(models.download(version, bundles).absolute())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
