"""One retraining, whoever asks for it and however often: real processes, a real store."""

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from churn.store import Store

ASK = """
from pipelines.retraining import begin
answers = [begin.fn("it moved", {key!r}) for _ in range({times})]
print(answers.count(None), *sorted({{answer for answer in answers if answer}}), sep="|")
"""
KEY = "version 1, 2026-01, drifted"


@pytest.fixture
def folder(tmp_path):
    text = (files("churn") / "templates" / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "state").mkdir()
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ask(command, folder):
    """Ask some times for a retraining under a key, in a process of its own: how many began, and why the others did not."""

    def run(key, times=1):
        code = ASK.format(key=key, times=times)
        began, *reasons = command(sys.executable, "-c", code, cwd=folder).stdout.splitlines()[-1].split("|")
        return int(began), reasons

    return run


def test_many_events_to_two_schedulers_begin_one_retraining(ask, folder):
    """Of two hundred equal events that two processes answer at the same time one begins a retraining."""
    with ThreadPoolExecutor(2) as pool:
        began = [count for count, _ in pool.map(ask, [KEY] * 2, [100] * 2)]
    assert sorted(began) == [0, 1]
    store = Store(f"sqlite:///{folder / 'state' / 'store.db'}")
    assert [line.kind for line in store.history()] == ["retraining"]
    store.close()


def test_a_finding_that_is_told_again_is_not_answered_again(ask, folder):
    """A monitoring run that was killed after its event and repeated asks again, in vain; so does another finding."""
    assert ask(KEY) == (1, [])
    assert ask(KEY) == (0, [f"{KEY} has been answered"])
    began, (reason,) = ask("version 1, 2026-02, decayed")
    assert (began, reason.startswith("another retraining began at")) == (0, True)
