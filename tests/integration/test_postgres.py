"""The store on SQLite and on a real PostgreSQL server: the same facts of both."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from churn.errors import DeploymentUnderWay, HistoryAltered, StoreUnavailable, UnknownPrediction
from churn.store import Event, KeptAnswer, Outcome, Prediction, Store, Window
from churn.store.kept import KEPT_FOR
from churn.store.stream import Share

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    """An empty store."""
    on_postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres").database() if on_postgres else f"sqlite:///{tmp_path / 'store.db'}"
    store = Store(url)
    store.create()
    store.create()
    yield store
    store.close()


def predict(number, snapshot="2026-03", version="1", **features):
    return Prediction(
        id=f"00000000-0000-4000-8000-{number:012d}",
        time=START + timedelta(seconds=number),
        snapshot=snapshot,
        customer=f"C{number}",
        features={"tenure": number, "class": "ä'; drop", "charge": None, "family": True} | features,
        probability=number / 7919,
        contact=number % 2 == 0,
        model_version=version,
        data_hash="hash",
    )


def outcome(number, churned, days=30):
    return Outcome(predict(number).id, churned, START + timedelta(days=days))


def test_a_window_is_what_was_logged(store):
    """Predictions come back in order of time, value for value, with no outcome yet."""
    made = [predict(number) for number in range(1200)]
    store.log(made[600:])
    store.log(made[:600])
    store.log([predict(5000, "2026-02"), predict(5001, "2026-03", "2")])
    assert store.snapshots() == ["2026-03", "2026-02"]  # by the first prediction of each
    window = store.window("2026-03", "1")
    assert [row["id"] for row in window] == [prediction.id for prediction in made]
    for row, prediction in zip(window, made, strict=True):
        assert row.pop("churned") is None
        assert row.pop("time").replace(tzinfo=UTC) == prediction.time
        assert row == {name: getattr(prediction, name) for name in row}
    assert len(store.window("2026-03")) == 1201
    assert store.window("2026-04") == []


def test_a_window_comes_in_pieces(store):
    """As JSON text, with times that sort; where outcomes are asked for only rows that have one come, with the last."""
    store.log([predict(number) for number in (2, 0, 1)])
    store.add_outcomes([outcome(0, churned=True), outcome(2, churned=True)])
    store.add_outcomes([outcome(2, churned=False)])
    (whole,) = store.pieces("2026-03", "1")
    order = sorted(range(3), key=lambda place: whole.time[place])
    assert [whole.customer[place] for place in order] == ["C0", "C1", "C2"]
    assert [json.loads(whole.features[place]) for place in order] == [predict(number).features for number in range(3)]
    (known,) = store.pieces("2026-03", known=True)
    assert dict(zip(known.customer, map(bool, known.churned), strict=True)) == {"C0": True, "C2": False}
    tally = store.tally("2026-03", "1")
    assert (tally.rows, tally.known, tally.newest) == (3, 2, predict(2).time)
    assert list(store.pieces("2026-04")) == []
    shares = [piece for number in range(3) for piece in store.pieces("2026-03", "1", share=Share(number, 3))]
    assert sorted(text for one in shares for text in one.features) == sorted(whole.features)
    assert store.tally("2026-04").newest is None


def test_outcomes_are_written_once(store):
    """An outcome that repeats the last known value is not written again, in one report or in two."""
    store.log([predict(number) for number in range(1200)])
    reported = [outcome(number, number % 3 == 0) for number in range(1200)]
    assert store.add_outcomes([*reported, reported[0]]) == 1200
    assert store.add_outcomes(reported) == 0
    assert [row["churned"] for row in store.window("2026-03")] == [number % 3 == 0 for number in range(1200)]


def test_an_outcome_can_be_corrected(store):
    """The newest report counts, also when it takes an older one back."""
    store.log([predict(1), predict(2)])
    assert store.add_outcomes([outcome(1, True), outcome(2, False)]) == 2
    assert store.add_outcomes([outcome(1, False, days=40)]) == 1
    assert store.add_outcomes([outcome(1, True, days=50), outcome(1, False, days=60)]) == 2
    assert [row["churned"] for row in store.window("2026-03")] == [False, False]


def test_unknown_predictions_are_refused(store):
    """One unknown prediction is named by its place, and nothing of the report is written."""
    store.log([predict(1)])
    with pytest.raises(UnknownPrediction) as refused:
        store.add_outcomes([outcome(1, True), outcome(2, True)])
    assert [error.field for error in refused.value.errors] == ["outcomes.1.prediction_id"]
    assert store.window("2026-03")[0]["churned"] is None


def test_predictions_are_written_all_or_none(store):
    """A prediction that cannot be written takes the others of its call with it."""
    store.log([predict(1)])
    with pytest.raises(StoreUnavailable):
        store.log([predict(2), predict(1)])
    assert len(store.window("2026-03")) == 1


def test_the_newest_finding_of_a_window_counts(store):
    """Windows come back in the order of what was found last, one for each snapshot and version."""
    figures = {"rows": 300, "comparisons": [{"p_value": 1e-300}], "live_auc": None}
    for snapshot, version, verdict in (
        ("02", "1", "steady"),
        ("01", "1", "suspected"),
        ("02", "2", "steady"),
        ("02", "1", "drifted"),
    ):
        store.add_window(Window(snapshot, version, verdict, figures, START))
    found = [(window.snapshot, window.model_version, window.verdict) for window in store.windows()]
    assert found == [("01", "1", "suspected"), ("02", "2", "steady"), ("02", "1", "drifted")]
    assert all(window.figures == figures for window in store.windows())


def test_history_keeps_its_order(store):
    """Lines come back oldest first, with what they tell."""
    lines = [Event("registered", "1", {"data": "ü"}), Event("promoted", "1", {"before": None}), Event("drifted", "1")]
    for line in lines:
        store.record(line)
    found = store.history()
    assert [(line.kind, line.version, line.detail) for line in found] == [
        (line.kind, line.version, line.detail) for line in lines
    ]


def test_times_come_back_with_their_zone(store):
    """A moment written in any time zone is read as the same moment."""
    moment = datetime.fromisoformat("2026-03-01T14:00:00+02:00")
    store.record(Event("promoted", "1", {}, moment))
    assert store.history()[0].time == moment


def test_a_figure_that_is_no_number_is_kept(store):
    """The gate's reason to refuse can be a figure that is not a number, and it is written down all the same."""
    store.record(Event("gated", "1", {"criteria": [{"figure": float("nan")}]}))
    assert store.history()[0].detail["criteria"][0]["figure"] is None


def test_outcomes_that_are_reported_twice_at_once_are_written_once(store):
    """Of reports that race, one finds the outcome new."""
    store.log([predict(number) for number in range(600)])
    reported = [outcome(number, number % 2 == 0) for number in range(600)]

    def report(writer):
        return store.add_outcomes(reported if writer % 2 else reported[::-1])

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(report, range(4))) == 600


def kept(number, name="me:1", answer=b"first", **changes):
    """An answer with one prediction."""
    made = [predict(number)]
    return replace(KeptAnswer(name, f"{number:064d}", answer, made[0].time, made), **changes)


def customers(store):
    return [row["customer"] for row in store.window("2026-03")]


def test_the_first_answer_under_a_name_stays(store):
    """A second one is not kept and its prediction is not written; other names of the same call are."""
    assert store.kept("me:1") is None
    assert store.keep([kept(1)]) == set()
    assert store.keep([kept(2, answer=b"second"), kept(3, name="you:1")]) == {"me:1"}
    assert store.kept("me:1") == kept(1, made=())
    assert customers(store) == ["C1", "C3"]


def test_an_answer_is_kept_with_its_predictions_or_not_at_all(store):
    """If a prediction cannot be written, the name stays free, and the error does not quote the row."""
    store.log([predict(1)])
    with pytest.raises(StoreUnavailable) as failed:
        store.keep([kept(2, name="me:2"), kept(1)])
    assert predict(1).id not in str(failed.value)
    assert store.kept("me:2") is None
    assert customers(store) == ["C1"]


def test_of_many_writers_one_keeps_each_name(store):
    """Writers that race for the same names in any order agree on one answer for each, whose prediction alone is written."""
    stores = [Store(store._engine.url.render_as_string(hide_password=False)) for _ in range(4)]

    def race(writer):
        lost = set()
        for turn in range(20):
            answers = [kept(1000 * writer + 10 * turn + name, f"me:{turn}-{name}", b"%d" % writer) for name in range(3)]
            lost |= stores[writer].keep(answers if writer % 2 else answers[::-1])
        return lost

    with ThreadPoolExecutor(4) as pool:
        lost = list(pool.map(race, range(4)))
    for other in stores:
        other.close()
    names = [f"me:{turn}-{name}" for turn in range(20) for name in range(3)]
    winners = {name: int(store.kept(name).answer) for name in names}
    assert sum(map(len, lost)) == 3 * len(names)
    assert all(name not in lost[winner] for name, winner in winners.items())
    assert sorted(customers(store)) == sorted(
        f"C{1000 * winners[f'me:{turn}-{name}'] + 10 * turn + name}" for turn in range(20) for name in range(3)
    )


def test_answers_are_kept_for_a_day(store):
    """Those that are older go, a few with each that comes; their predictions stay."""
    store.keep([kept(number, f"me:{number}") for number in range(10)])
    late = {"time": START + KEPT_FOR + timedelta(seconds=8)}
    for number in range(10, 14):
        store.keep([kept(number, f"me:{number}", **late)])
    assert [number for number in range(14) if store.kept(f"me:{number}")] == [8, 9, 10, 11, 12, 13]
    assert len(customers(store)) == 14


def test_two_stores_share_one_database(store):
    """What one process writes another one reads at once."""
    other = Store(store._engine.url.render_as_string(hide_password=False))
    store.log([predict(1)])
    assert other.add_outcomes([outcome(1, True)]) == 1
    assert store.window("2026-03")[0]["churned"] is True
    other.close()


def test_a_stopped_server_is_named_and_a_started_one_is_found_again(postgres):
    """While the server is down every call says so in one line; after a restart the same store goes on."""
    store = Store(postgres.database())
    store.create()
    store.log([predict(1)])
    postgres.stop()
    try:
        for _ in range(2):
            begun = time.monotonic()
            with pytest.raises(StoreUnavailable, match="check CHURN_STORE_URL") as failed:
                store.log([predict(2)])
            assert time.monotonic() - begun < 5
            assert "\n" not in str(failed.value)
            assert f"postgresql://churn@127.0.0.1:{postgres.port}" in str(failed.value)
    finally:
        postgres.start()
    store.log([predict(3)])
    assert [row["customer"] for row in store.window("2026-03")] == ["C1", "C3"]
    store.close()


def test_a_password_is_not_told(postgres):
    """The line that names the store hides the password."""
    store = Store("postgresql://churn:secret-word@127.0.0.1:9/churn")
    with pytest.raises(StoreUnavailable) as failed:
        store.create()
    assert "secret-word" not in str(failed.value)


def test_a_store_of_an_older_version_gets_its_new_columns(store):
    """What was written before stays, without a value for what was not kept then; what follows has it."""
    store.log([predict(1)])
    with store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE predictions DROP COLUMN latency")
    store.create()
    store.log([predict(2)._replace(latency=0.25)])
    assert [row["latency"] for row in store.window("2026-03")] == [None, 0.25]


def test_the_history_is_a_chain_whoever_writes(store):
    """Writers of several stores append one after another; a line that is changed afterwards is named."""
    stores = [Store(store._engine.url.render_as_string(hide_password=False)) for _ in range(4)]

    def write(writer):
        for i in range(15):
            stores[writer].record(Event("retrained", str(i), {"figure": 0.1 * i, "text": "ä"}))
            stores[writer].take_turn(f"turn {i}", Event("taken", str(i)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    for other in stores:
        other.close()
    store.check_history()
    assert store.history_head()[0] == len(store.history()) == 75
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE history SET version = 'x' WHERE number = 40")
    with pytest.raises(HistoryAltered, match="line 40 "):
        store.check_history()


def test_one_holds_a_lock_for_as_long_as_it_lives(store):
    """Another store is told so while one holds it, and gets it afterwards."""
    other = Store(store._engine.url.render_as_string(hide_password=False))
    with store.alone("deployment"):
        with pytest.raises(DeploymentUnderWay), other.alone("deployment"):
            pass
        with other.alone("something else"):
            pass
    with other.alone("deployment"):
        pass
    other.close()
