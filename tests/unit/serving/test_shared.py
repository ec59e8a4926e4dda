"""The slot that workers share."""

from churn.bundle.open import open_bundle
from serving.champion import Watcher
from serving.pointer import NAME, Pointer, write_pointer
from serving.shared import SharedSlot
from serving.slot import Live


def test_a_later_worker_begins_with_the_model_of_the_others(bundle_folder, tmp_path):
    """The first one finds nothing; what it serves is what the next one starts with."""
    first = SharedSlot(tmp_path)
    assert first.live is None
    first.swap(Live.of("7", open_bundle(bundle_folder)))
    later = SharedSlot(tmp_path)
    assert (later.live.version, later.live.bundle.folder) == ("7", bundle_folder)


def test_a_later_worker_refuses_what_the_others_refused(bundle_folder, other_bundle, tmp_path):
    """A champion without a column that callers send is not served by the one worker that never served another."""
    SharedSlot(tmp_path).swap(Live.of("1", open_bundle(bundle_folder)))
    later = SharedSlot(tmp_path)
    champions = tmp_path / "bundles"
    champions.mkdir()
    write_pointer(champions, Pointer(version="2", folder=str(other_bundle.folder)))
    Watcher(later, champions).check()
    assert (later.live.version, later.failure.version) == ("1", "2")


def test_a_lost_model_is_no_obstacle(tmp_path):
    """A pointer that leads nowhere leaves the slot empty, for any champion."""
    write_pointer(tmp_path, Pointer(version="1", folder=str(tmp_path / "gone")))
    assert SharedSlot(tmp_path).live is None
    (tmp_path / NAME).write_text("nonsense")
    assert SharedSlot(tmp_path).live is None
