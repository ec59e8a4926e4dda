from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from churn import feedback
from churn.data.labelled import load
from churn.params import Reading
from churn.store import Outcome, Prediction, Store, Window
from churn.store.stream import Tally

FEATURES = {"tenure": 5, "charge": None, "plan": "básico", "family": True}
MATURE = {"share": 0.8, "horizon_days": 30}


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.create()
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def predict(store, number, customer="", snapshot="2026-01", churned=None, **features):
    time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    made = Prediction(f"p{number}", time, snapshot, customer or None, FEATURES | features, 0.5, True, "1", "data")
    store.log([made])
    if churned is not None:
        store.add_outcomes([Outcome(made.id, churned)])


def test_a_file_holds_the_rows_with_an_outcome(store, folder, data):
    """A snapshot's file holds the declared features, the id and the target, for matured predictions only."""
    predict(store, 1, "C1", churned=True)
    predict(store, 2, "C2", churned=False)
    predict(store, 3, "C3")
    (path,) = feedback.write(store, data, folder, **MATURE)
    assert path == folder / "feedback-2026-01.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == ["tenure,charge,plan,family,id,left", "5,,básico,True,C1,Yes", "5,,básico,True,C2,No"]


def test_only_files_that_changed_are_written(store, folder, data):
    """Writing again writes nothing, and a new outcome rewrites the file of its own snapshot."""
    predict(store, 1, "C1", snapshot="2026-01", churned=True)
    predict(store, 2, "C2", snapshot="2026-02", churned=True)
    assert len(feedback.write(store, data, folder, **MATURE)) == 2
    assert feedback.write(store, data, folder, **MATURE) == []
    store.add_outcomes([Outcome("p2", False)])
    assert feedback.write(store, data, folder, **MATURE) == [folder / "feedback-2026-02.csv"]


def test_a_snapshot_without_outcomes_has_no_file(store, folder, data):
    """Predictions that have not matured write nothing."""
    predict(store, 1, "C1")
    assert feedback.write(store, data, folder, **MATURE) == []
    assert list(folder.iterdir()) == []


def test_the_newest_row_of_a_customer_counts(store, folder, data):
    """A customer who was scored twice in a snapshot has one row, the newer."""
    predict(store, 1, "C1", churned=True, tenure=1)
    predict(store, 2, "C1", churned=False, tenure=2)
    (path,) = feedback.write(store, data, folder, **MATURE)
    assert pd.read_csv(path)[["tenure", "left"]].to_numpy().tolist() == [[2, "No"]]


def test_a_customer_nobody_named_is_his_own(store, folder, data):
    """Predictions without a customer stay apart, each under its own id."""
    predict(store, 1, churned=True)
    predict(store, 2, churned=False)
    (path,) = feedback.write(store, data, folder, **MATURE)
    assert pd.read_csv(path)["id"].tolist() == ["p1", "p2"]


def test_without_an_id_column_every_row_counts(store, folder, data):
    """Where customers have no id all matured rows are kept, and no id is written."""
    predict(store, 1, "C1", churned=True)
    predict(store, 2, "C1", churned=True)
    (path,) = feedback.write(store, data.model_copy(update={"id": None}), folder, **MATURE)
    table = pd.read_csv(path)
    assert len(table) == 2
    assert "id" not in table


@pytest.mark.parametrize(("positive", "negative"), [("Yes", "No"), ("1", "0"), ("true", "false"), ("gone", "not gone")])
def test_stayers_get_the_opposite_of_the_positive_value(store, folder, data, positive, negative):
    """The target is written in the words of the table."""
    predict(store, 1, "C1", churned=True)
    predict(store, 2, "C2", churned=False)
    (path,) = feedback.write(store, data.model_copy(update={"positive": positive}), folder, **MATURE)
    assert pd.read_csv(path, dtype=str)["left"].tolist() == [positive, negative]


def test_a_feedback_file_loads_as_a_labelled_snapshot(store, folder, data):
    """What feedback writes, training reads, with the snapshot it was made for."""
    monthly = data.model_copy(update={"snapshot": "month"})
    predict(store, 1, "C1", churned=True)
    predict(store, 2, "C2", churned=False)
    feedback.write(store, monthly, folder, **MATURE)
    rows = load(folder, monthly)
    assert rows.label.tolist() == [1, 0]
    assert set(rows.snapshot) == {"2026-01"}
    assert rows.frame["plan"].tolist() == ["básico"] * 2


@pytest.mark.parametrize("snapshot", ["2026/01", "../../2026-01"])
def test_any_snapshot_name_gives_a_file_in_the_folder(store, folder, data, snapshot):
    """A snapshot named with a slash is written into the folder like any other."""
    predict(store, 1, "C1", snapshot=snapshot, churned=True)
    (path,) = feedback.write(store, data, folder, **MATURE)
    assert path.parent == folder


@pytest.mark.parametrize(("known", "ripe"), [(7, False), (8, True), (10, True)])
def test_a_running_snapshot_waits_until_most_outcomes_are_known(known, ripe):
    """Who leaves is known first, so a snapshot of the last days is learned from only when most outcomes are in."""
    assert feedback.matured(Tally(10, known, 1, datetime.now(UTC)), 0.8, 30) is ripe


def test_an_old_snapshot_gives_what_is_known():
    """Once the horizon has passed, the outcomes that came are all that will come, unless they are of leavers alone."""
    long_ago = datetime.now(UTC) - timedelta(days=31)
    assert feedback.matured(Tally(3, 1, 1, long_ago), 0.8, 30)
    assert not feedback.matured(Tally(3, 1, 0, long_ago), 0.8, 30)
    assert not feedback.matured(Tally(3, 0, 0, long_ago), 0.8, 30)


def test_a_feed_stays_broken_whatever_another_version_sees_of_it(store):
    """A window of few rows, answered by the next version, takes nothing back; the same version's next look does."""
    store.add_window(Window("2026-02", "1", "broken", {}))
    store.add_window(Window("2026-02", "2", "insufficient", {}))
    assert feedback.broken(store) == {"2026-02"}
    store.add_window(Window("2026-02", "1", "steady", {}))
    assert feedback.broken(store) == set()


def test_a_file_is_written_like_the_others_in_the_folder(store, folder, data):
    """Delimiter and decimal sign of feedback are those of params.yaml, and training reads the numbers that were sent."""
    german = data.model_copy(update={"reading": Reading(delimiter=";", decimal=",", other_decimal=("tenure",))})
    predict(store, 1, "C1", churned=True, charge=2.5, tenure=1.5)
    predict(store, 2, "C2", churned=False, charge=3.0, tenure=2.0)
    (path,) = feedback.write(store, german, folder, **MATURE)
    assert path.read_text(encoding="utf-8").splitlines()[1] == "1.5;2,5;básico;True;C1;Yes"
    rows = load(folder, german)
    assert rows.frame[["tenure", "charge"]].to_numpy().tolist() == [[1.5, 2.5], [2.0, 3.0]]


def test_a_broken_feed_is_not_learned_from(store, folder, data):
    """A snapshot whose feed was last called broken has no file, also if it had one; repaired, it is written again."""
    predict(store, 1, "C1", snapshot="2026-01", churned=True)
    predict(store, 2, "C2", snapshot="2026-02", churned=True)
    assert len(feedback.write(store, data, folder, **MATURE)) == 2
    store.add_window(Window("2026-02", "1", "broken", {}))
    assert feedback.broken(store) == {"2026-02"}
    assert feedback.write(store, data, folder, **MATURE, without=feedback.broken(store)) == []
    assert [path.name for path in folder.iterdir()] == ["feedback-2026-01.csv"]
    store.add_window(Window("2026-02", "1", "steady", {}))
    assert feedback.write(store, data, folder, **MATURE, without=feedback.broken(store)) == [folder / "feedback-2026-02.csv"]
