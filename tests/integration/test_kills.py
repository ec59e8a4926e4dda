"""A deployment that is killed at any point leaves one champion, and the next one goes on where it was."""

import multiprocessing
import os
import random
import shutil
import time
from contextlib import closing
from importlib.resources import files

import pytest

from churn.bundle.manifest import fingerprint
from churn.history import PROMOTED, reigns
from churn.registry import Registry, Version
from churn.registry.ask import FileDesk
from churn.registry.registry import ALIAS, FINGERPRINT, place
from churn.store import Store
from pipelines.deployment.attempts import BEGUN, ENDED, under_way
from support.killed import deploy
from support.quick import with_knobs
from support.tiny import build_bundle

KILLS = int(os.environ.get("CHURN_TEST_KILLS", "8"))
HEAVY = ["mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store", "pipelines.deployment.flow"]
PROCESSES = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace with two versions, whose bundles are at hand: the first has learned nothing, the second something."""
    folder = tmp_path_factory.mktemp("killed")
    text = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    (folder / "params.yaml").write_text(with_knobs(text, gate={"resamples": 100}))
    registry = Registry(f"sqlite:///{folder / 'state' / 'mlflow.db'}", "churn")
    registry.client.create_registered_model("churn")
    experiment = registry.client.create_experiment("churn", (folder / "state" / "mlartifacts").as_uri())
    for name, blind in (("worse", True), ("better", False)):
        bundle = build_bundle(folder / name, blind=blind)
        run, mark = registry.client.create_run(experiment).info.run_id, fingerprint(bundle)
        made = registry.client.create_model_version("churn", bundle.as_uri(), run, tags={FINGERPRINT: mark})
        shutil.copytree(bundle, place(folder / "state" / "bundles", Version(str(made.version), mark, run)))
    PROCESSES.set_forkserver_preload(HEAVY)
    return folder


class Run:
    """A deployment in a process of its own."""

    def __init__(self, folder, candidate, override):
        self.log = folder / "log.txt"
        self.process = PROCESSES.Process(target=deploy, args=(folder, candidate, override))
        self.process.start()
        self.begun = time.monotonic()

    def ended(self, seconds):
        """Whether it ends by itself in so many seconds; else it is killed."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
            return False
        assert self.process.exitcode == 0, self.log.read_text()[-2000:]
        return True


def test_kills_at_random_points(folder):
    """After each kill there is one champion, the old or the new, and in the end the new one and a whole history.

    CHURN_TEST_KILLS=200 kills that often.
    """
    uri = f"sqlite:///{folder / 'state' / 'mlflow.db'}"
    chance, kills, before, took, attempts = random.Random(7), 0, None, 20.0, 0
    with closing(Store(f"sqlite:///{folder / 'state' / 'store.db'}")) as log:
        log.create()
        while kills < KILLS:
            candidate = "2" if before == "1" else "1"
            override = "a drill" if candidate == "1" else ""
            attempts += 1
            while True:
                run = Run(folder, candidate, override)
                whole = run.ended(chance.uniform(0, took) if attempts > 1 else 300)
                found = FileDesk(uri, "churn").named(ALIAS)
                champion = found and found.version.version
                assert champion in (before, candidate)
                if whole:
                    took = time.monotonic() - run.begun
                    break
                kills += 1
                took *= 1.1  # of a run that is never let end only the beginning would be killed
            assert champion == candidate
            log.check_history()
            history = log.history()
            assert under_way(history) is None
            assert [one.version for one in reigns(history)][-1] == candidate
            counts = {kind: sum(line.kind == kind for line in history) for kind in (BEGUN, PROMOTED, ENDED)}
            assert set(counts.values()) == {attempts}
            before = candidate
