"""The pointer, and the watcher that keeps the slot at it."""

import logging
import shutil
import time

import pytest

from churn.bundle.manifest import Manifest
from churn.errors import BundleCorrupt, NoModel
from serving.app import create_app
from serving.champion import Watcher
from serving.pointer import NAME, Pointer, read_pointer, write_pointer
from serving.slot import ModelSlot
from support.tiny import alter, recorded_elsewhere, without_number


@pytest.fixture
def bundles(tmp_path):
    return tmp_path


@pytest.fixture
def empty():
    return ModelSlot()


@pytest.fixture
def watcher(empty, bundles):
    return Watcher(empty, bundles)


def test_a_pointer_is_read_as_written(bundles):
    """Writing leaves the pointer alone in the folder."""
    pointer = Pointer(version="3", folder="/some/where")
    write_pointer(bundles, pointer)
    assert read_pointer(bundles) == pointer
    assert [path.name for path in bundles.iterdir()] == [NAME]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "1"}', '{"version": 1, "folder": "x"}'])
def test_what_is_no_pointer_is_refused(bundles, content):
    """A pointer that cannot be read is named."""
    (bundles / NAME).write_text(content)
    with pytest.raises(BundleCorrupt, match=NAME):
        read_pointer(bundles)


def test_without_a_pointer_nothing_happens(watcher, empty):
    """No champion is no failure."""
    watcher.check()
    with pytest.raises(NoModel, match="run `churn deploy`"):
        empty.current()
    assert empty.failures == 0


def test_a_pointer_is_loaded_once(watcher, empty, bundles, bundle_folder):
    """The same pointer is not opened again."""
    write_pointer(bundles, Pointer(version="7", folder=str(bundle_folder)))
    watcher.check()
    live = empty.current()
    assert live.version == "7"
    watcher.check()
    assert empty.current() is live


def test_a_relative_folder_lies_beside_the_pointer(watcher, empty, bundles, bundle_folder):
    """The state folder can be moved as a whole."""
    shutil.copytree(bundle_folder, bundles / "v7")
    write_pointer(bundles, Pointer(version="7", folder="v7"))
    watcher.check()
    assert empty.current().version == "7"


def test_a_corrupt_bundle_keeps_the_last_good_model(watcher, empty, bundles, bundle_folder, caplog):
    """The failure is kept, counted and logged once, and a rewritten pointer is tried again."""
    write_pointer(bundles, Pointer(version="1", folder=str(bundle_folder)))
    watcher.check()
    shutil.copytree(bundle_folder, bundles / "broken")
    graph = bundles / "broken" / "model.onnx"
    good = graph.read_bytes()
    graph.write_bytes(good[:-1])
    write_pointer(bundles, Pointer(version="2", folder="broken"))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            watcher.check()
    assert empty.current().version == "1"
    assert (empty.failure.version, empty.failures) == ("2", 1)
    assert "sha256" in empty.failure.reason
    assert len(caplog.records) == 1
    graph.write_bytes(good)
    write_pointer(bundles, Pointer(version="2", folder="broken"))
    watcher.check()
    assert empty.current().version == "2"
    assert empty.failure is None


BAD = {
    "hash": "does not match its sha256",
    "NaN": "nan away from the recorded scores",
    "scores": "2e-05 away from the recorded scores",
    "contract": "version 2 would refuse requests that version 1 takes: '_score' would be unknown. Tell the callers",
}


@pytest.fixture
def challengers(bundle_folder, other_bundle, tmp_path):
    """A bad challenger of each kind."""
    torn = alter(bundle_folder, tmp_path / "torn", "model.onnx", without_number)
    Manifest.verified(bundle_folder).save(torn)
    return {
        "hash": torn,
        "NaN": alter(bundle_folder, tmp_path / "NaN", "model.onnx", without_number),
        "scores": alter(bundle_folder, tmp_path / "scores", "reference.jsonl", recorded_elsewhere),
        "contract": other_bundle.folder,
    }


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_challenger_is_refused_with_its_reason(watcher, empty, bundles, bundle_folder, challengers, bad):
    """Altered files, no numbers, other scores than recorded, and another contract leave the live model where it is."""
    write_pointer(bundles, Pointer(version="1", folder=str(bundle_folder)))
    watcher.check()
    live = empty.current()
    write_pointer(bundles, Pointer(version="2", folder=str(challengers[bad])))
    watcher.check()
    assert empty.current() is live
    assert empty.failure.version == "2"
    assert BAD[bad] in empty.failure.reason


def test_scores_that_differ_by_less_are_taken(watcher, empty, bundles, bundle_folder, tmp_path):
    """What is recorded with fewer digits is the same score."""
    near = alter(bundle_folder, tmp_path / "near", "reference.jsonl", lambda old: recorded_elsewhere(old, by=5e-6))
    write_pointer(bundles, Pointer(version="2", folder=str(near)))
    watcher.check()
    assert empty.current().version == "2"


def test_a_server_that_starts_takes_any_contract(watcher, empty, bundles, other_bundle):
    """The contract changes by a restart."""
    write_pointer(bundles, Pointer(version="2", folder=str(other_bundle.folder)))
    watcher.check()
    assert empty.current().version == "2"


def test_without_a_live_model_the_failure_is_in_the_error(watcher, empty, bundles):
    """Whoever asks for a model learns why there is none."""
    write_pointer(bundles, Pointer(version="1", folder="nowhere"))
    watcher.check()
    with pytest.raises(NoModel, match=r"the last load failed: .*nowhere"):
        empty.current()


def test_a_path_that_cannot_be_is_a_refused_load(watcher, empty, bundles):
    """A path that no bundle can have is a refused load, not the end of watching."""
    write_pointer(bundles, Pointer(version="1", folder="a\x00b"))
    watcher.check()
    assert "no readable manifest" in empty.failure.reason


def test_the_first_check_is_done_before_the_app_answers(settings, store, talk, bundle_folder, row):
    """An app with a champion is ready from its first answer, and follows a later pointer."""
    write_pointer(settings.bundles, Pointer(version="1", folder=str(bundle_folder)))
    with talk(create_app(settings, ModelSlot(), store)) as client:
        assert client.get("/ready").json()["model_version"] == "1"
        write_pointer(settings.bundles, Pointer(version="2", folder=str(bundle_folder)))
        deadline = time.monotonic() + 10
        while client.get("/ready").json()["model_version"] != "2":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.post("/predict", json=row).json()["model_version"] == "2"
