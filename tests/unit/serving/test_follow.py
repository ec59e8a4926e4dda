"""The follower, with a registry that does as it is told."""

import logging
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import pytest

from churn.errors import RegistryUnavailable
from serving.follow import Follower, Patient, follow
from serving.pointer import NAME, Pointer, read_pointer, write_pointer


class FakeRegistry:
    """`now` is the champion's version or the error to raise."""

    def __init__(self, now=None):
        self.now = now
        self.downloads = []

    def champion(self):
        if isinstance(self.now, Exception):
            raise self.now
        return self.now and SimpleNamespace(version=self.now)

    def download(self, version, folder):
        self.downloads.append(version)
        return folder / f"bundle-{version}"


@pytest.fixture
def registry():
    return FakeRegistry()


@pytest.fixture
def follower(registry, tmp_path):
    return Patient("champion", Follower(registry, tmp_path).step)


def test_the_pointer_follows_the_champion(follower, registry, tmp_path):
    """Each change is downloaded once and pointed at."""
    for version in ("1", "1", "2", "2"):
        registry.now = version
        follower.step()
        assert read_pointer(tmp_path) == Pointer(version=version, folder=str(tmp_path / f"bundle-{version}"))
    assert registry.downloads == ["1", "2"]


def test_without_a_champion_there_is_no_pointer(follower, tmp_path):
    """Nothing is written before the first promotion."""
    follower.step()
    assert not (tmp_path / NAME).exists()


def test_a_withdrawn_champion_leaves_the_pointer(follower, registry, tmp_path):
    """The server keeps what it has."""
    registry.now = "1"
    follower.step()
    registry.now = None
    follower.step()
    assert read_pointer(tmp_path).version == "1"


def test_a_deleted_pointer_is_written_again(follower, registry, tmp_path):
    """Deleting the pointer is the way to make the server load afresh."""
    registry.now = "1"
    follower.step()
    (tmp_path / NAME).unlink()
    follower.step()
    assert read_pointer(tmp_path).version == "1"


@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_a_broken_pointer_is_replaced(registry, tmp_path, content):
    """A new follower trusts the registry, not what it finds."""
    (tmp_path / NAME).write_bytes(content)
    registry.now = "1"
    Follower(registry, tmp_path).step()
    assert read_pointer(tmp_path).version == "1"


def test_a_restart_does_not_touch_a_right_pointer(follower, registry, tmp_path):
    """The server need not load the same champion again because the follower started again."""
    write_pointer(tmp_path, Pointer(version="1", folder=str(tmp_path / "bundle-1")))
    before = (tmp_path / NAME).stat().st_ino
    registry.now = "1"
    follower.step()
    assert (tmp_path / NAME).stat().st_ino == before


def test_an_outage_is_logged_once_and_survived(follower, registry, tmp_path, caplog):
    """Polls during an outage say one line in all, its end another, and then the champion is followed."""
    caplog.set_level(logging.INFO)
    registry.now = "1"
    follower.step()
    caplog.clear()
    registry.now = RegistryUnavailable("the registry is down; start it")
    for _ in range(5):
        follower.step()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the registry is down; start it" in caplog.text
    assert read_pointer(tmp_path).version == "1"
    registry.now = "2"
    follower.step()
    assert "the registry answers again" in caplog.text
    assert read_pointer(tmp_path).version == "2"


def test_a_failed_download_is_tried_again(follower, registry, tmp_path):
    """The pointer moves only once the bundle is there."""
    registry.now = "1"
    whole, registry.download = registry.download, lambda *_: (_ for _ in ()).throw(OSError("disk full"))
    follower.step()
    assert not (tmp_path / NAME).exists()
    registry.download = whole
    follower.step()
    assert read_pointer(tmp_path).version == "1"


def test_it_steps_while_alive(follower, registry):
    """The loop ends when `alive` says so, pausing after each step."""
    registry.now = "1"
    lives, pauses = iter([True, True, False]), []
    follow([follower], alive=lambda: next(lives), pause=lambda: pauses.append(1))
    assert len(pauses) == 2


ORPHAN = """
    import os, subprocess, sys
    child = '''
    import sys, time
    from serving.follow import follow, is_parent
    parent = int(sys.argv[1])
    class Idle:
        def step(self): pass
    follow([Idle()], alive=lambda: is_parent(parent), pause=lambda: time.sleep(0.05))
    '''
    import textwrap
    command = [sys.executable, "-c", textwrap.dedent(child), str(os.getpid())]
    print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True)
    sys.stdin.read()
"""


def test_it_ends_with_its_parent():
    """A follower whose parent was killed ends by itself."""
    command = [sys.executable, "-c", textwrap.dedent(ORPHAN)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        time.sleep(1)
        assert lives(child)
        parent.kill()
    deadline = time.monotonic() + 60
    while lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lives(process):
    try:
        with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
