"""What the history of the model tells, by function and by command."""

import sqlite3
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from churn.cli import main
from churn.errors import NoModel
from churn.history import lineage, on, reigns
from churn.store import Event, Prediction, Store


def at(month, day, hour=12):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def made(data):
    return {"bundle": f"b-{data}", "data": data, "params": f"p-{data}", "commit": f"c-{data}", "run": f"r-{data}"}


COMPLAINTS = "customers complain " * 9 + "since Tuesday"
LINES = [
    Event("registered", "1", made("old"), at(1, 5), "ann"),
    Event("promoted", "1", {"before": None, "reason": "the first champion", **made("old")}, at(1, 6), "ann"),
    Event("registered", "2", made("new"), at(2, 9), "bob"),
    Event("promoted", "2", {"before": "1", "reason": "better than the champion", **made("new")}, at(2, 10), "bob"),
    Event("rolled back", "1", {"before": "2", "reason": COMPLAINTS}, at(2, 20), "ann"),
    Event("registered", "1", made("rebuilt"), at(3, 1), "ann"),
    Event("promoted", "1", {"before": None, "reason": "the first champion", **made("rebuilt")}, at(3, 2), "ann"),
]


def versions(day):
    return [one.version for one in on(LINES, day)]


def test_every_day_knows_its_champion():
    """Before the first there is none; on the day of a change there are both; a rollback counts as well."""
    assert versions(date(2026, 1, 5)) == []
    assert versions(date(2026, 1, 6)) == versions(date(2026, 2, 9)) == ["1"]
    assert versions(date(2026, 2, 10)) == ["1", "2"]
    assert versions(date(2026, 2, 15)) == ["2"]
    assert versions(date(2026, 2, 21)) == ["1"]
    assert [one.until for one in reigns(LINES)][-1] is None


def test_a_lineage_survives_a_rebuilt_registry():
    """Numbers begin anew; the hash of the data tells versions with the same number apart."""
    assert lineage(LINES, "1").data == "rebuilt"
    assert lineage(LINES, "1", "old").run == "r-old"
    assert (lineage(LINES, "2").commit, lineage(LINES, "2").who) == ("c-new", "bob")
    with pytest.raises(NoModel, match="knows no version 9"):
        lineage(LINES, "9")
    with pytest.raises(NoModel, match="made of the data lost"):
        lineage(LINES, "1", "lost")


@pytest.fixture
def churn(tmp_path, monkeypatch):
    """The command in a workspace with this history and a prediction of the first version."""
    monkeypatch.setenv("CHURN_STATE", str(tmp_path))
    log = Store(f"sqlite:///{tmp_path / 'store.db'}")
    log.create()
    for line in LINES:
        log.record(line)
    log.log([Prediction("abc-1", at(1, 7), "2026-01", "C1", {}, 0.25, True, "1", "old")])
    log.close()
    return lambda *words: CliRunner().invoke(main, words)


def test_history_is_printed_with_who_why_data_and_commit(churn):
    """One line for each event, oldest first."""
    done = churn("history")
    head, *lines = done.output.splitlines()
    assert done.exit_code == 0
    assert head.split() == ["time", "(UTC)", "what", "version", "by", "data", "commit", "why"]
    assert " ".join(lines[3].split()) == "2026-02-10 12:00 promoted 2 bob new c-new better than the champion"
    assert len(lines) == len(LINES)


def test_a_long_reason_is_shortened_unless_asked_for(churn):
    """A line stays a line; `--full` has every word."""
    assert lines_of(churn("history"))[4].endswith("customers complain ...")
    assert lines_of(churn("history", "--full"))[4].endswith(COMPLAINTS)


def lines_of(done):
    return done.output.splitlines()[1:]


def test_history_on_a_day_names_the_version(churn):
    """The version, since when, until when and of what; a day without a champion is an error that says so."""
    done = churn("history", "--on", "2026-02-15")
    told = "version 2, champion from 2026-02-10 12:00 UTC until 2026-02-20 12:00 UTC: bundle b-new, data new, commit c-new"
    assert done.output.strip() == told
    assert churn("history", "--on", "2026-01-01").exit_code == 1


def test_a_prediction_leads_back_to_what_made_it(churn):
    """By its id to data, parameters, commit and run of the version that had this number then."""
    done = churn("lineage", "abc-1")
    told = dict(line.split(maxsplit=1) for line in done.output.splitlines())
    assert told["prediction"].startswith("abc-1, made 2026-01-07")
    assert {name: told[name] for name in ("data", "params", "commit", "run")} == {
        "data": "old", "params": "p-old", "commit": "c-old", "run": "r-old",
    }  # fmt: skip
    assert churn("lineage", "nobody").exit_code == 1


def test_an_altered_history_is_told(churn, tmp_path):
    """What is there is printed all the same, and the command fails with one line."""
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("UPDATE history SET version = '3' WHERE number = 4")
    connection.close()
    done = churn("history")
    assert done.exit_code == 1
    assert "line 4 (promoted, 2026-02-10 12:00 UTC) is not what was written there" in done.output
    assert len(done.output.splitlines()) == len(LINES) + 2


def test_dora_prints_each_definition(churn):
    """Four figures, each with what it means beside it."""
    lines = churn("dora", "--days", "3650").output.splitlines()
    assert [line[:22].strip() for line in lines] == [
        "deployment frequency", "lead time for changes", "change failure rate", "time to restore",
    ]  # fmt: skip
    assert all(line.endswith(".") for line in lines)
