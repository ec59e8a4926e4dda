"""The leak guard at work on a table with some honest and some disguised columns."""

import numpy as np
import pandas as pd
import pytest

from churn.errors import TableError
from churn.leak import guard
from churn.params import Data

COUNT = 1200


@pytest.fixture
def table():
    """Twelve hundred rows: an honest column, a copy of the answer, and one that only a name makes suspicious."""
    random = np.random.default_rng(0)
    label = (random.random(COUNT) < 0.3).astype(np.int64)
    frame = pd.DataFrame({"honest": random.normal(label, 1.5), "copy": label * 1.0, "exit_score": random.normal(size=COUNT)})
    return frame, label


def guarded(table, snapshot=None, **how):
    frame, label = table
    data = Data(target="t", positive="1", missing_words=("",), columns=dict.fromkeys(frame.columns, "number"), **how)
    names = np.full(COUNT, "base", dtype=object) if snapshot is None else snapshot
    return guard(frame, label, np.arange(COUNT, dtype=np.uint64), names, data)


def test_the_accused_is_left_out_and_told(table):
    """A copy of the answer is no feature any more, its line says why, and a name alone only warns."""
    found = guarded(table)
    assert list(found.data.features) == ["honest", "exit_score"]
    assert found.lines == ["copy: left out, it may be the answer in disguise: alone it ranks churners with an AUC of 1.00"]
    assert found.warned == {"exit_score": "its name speaks of leaving, a reason or a score"}


def test_one_switch_keeps_what_is_accused(table):
    """With suspects: keep nothing is left out, and the accused are told all the same."""
    found = guarded(table, suspects="keep")
    assert list(found.data.features) == ["honest", "copy", "exit_score"]
    assert found.lines[0].startswith("copy: kept although it may be the answer in disguise")


def test_a_trusted_column_is_not_judged(table):
    """A column that the user trusts stays, whether it was accused before or not, and nothing is told about it."""
    for accused in ({}, {"copy": "an old reason"}):
        found = guarded(table, trusted=("copy",), accused=accused)
        assert "copy" in found.data.features
        assert found.lines == []


def test_what_params_yaml_accuses_stays_out(table):
    """A column that stands under accused is left out without being judged again, and its reason is repeated."""
    found = guarded(table, accused={"honest": "seen by churn init", "copy": "so is this"})
    assert list(found.data.features) == ["exit_score"]
    assert "honest: left out, it may be the answer in disguise, as params.yaml says: seen by churn init" in found.lines


def test_a_column_that_becomes_the_answer_in_one_snapshot_is_caught(table):
    """A column that leaks only in the newest of four snapshots is accused, and the line names the snapshot."""
    frame, label = table
    snapshot = np.repeat([f"2024-0{month}" for month in range(1, 5)], COUNT // 4).astype(object)
    late = frame["honest"].where(snapshot != "2024-04", label)
    found = guarded((frame[["honest"]].assign(late=late), label), snapshot)
    assert list(found.data.accused) == ["late"]
    assert found.lines[0].endswith(" in 2024-04")


def test_chance_in_many_small_snapshots_accuses_nothing():
    """Twenty-four months of few churners are so many tries of chance; noise that is often missing stays in all of them."""
    names = np.repeat([f"2024-{at:02}" for at in range(24)], 50).astype(object)
    for seed in range(6):
        random = np.random.default_rng(seed)
        label = (random.random(COUNT) < 0.22).astype(np.int64)
        noise = pd.DataFrame(random.normal(size=(COUNT, 8)), columns=list("abcdefgh"))
        frame = noise.mask(random.random(noise.shape) < 0.5)
        assert guarded((frame, label), names).lines == []


def test_a_table_of_answers_is_refused(table):
    """Where every column is the answer there is nothing to learn from, which is said with what to do."""
    frame, label = table
    with pytest.raises(TableError, match="every column looks like the answer"):
        guarded((frame[["copy"]], label))


def test_a_protected_column_is_not_judged(table):
    """A column that is not predicted from cannot leak."""
    assert guarded(table, protected=("copy",)).lines == []
