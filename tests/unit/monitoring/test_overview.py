"""What the page for managers says, state by state."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from churn.store import Event
from monitoring.figures import Comparison, Figures, Interval, Promise, Segment
from monitoring.overview import Known, Seen, render
from monitoring.retrain import BEGUN, ENDED, Choice
from monitoring.verdict import State, Verdict
from support.policy import params

NOW = datetime(2026, 4, 1, 6, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
AUC = Promise("auc", "", Interval(0.781, 0.77, 0.79), Interval(0.8, 0.79, 0.81), 0.5)
MOVED = Comparison("charge", "distribution", 1e-9, 50.0, 60.0, "mean 50 to 60")
STILL = Comparison("calls", "missing", 0.7, 0.1, 0.11, "10 % to 11 %")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def figures(snapshot: str = "2026-03", **changed: Any) -> Figures:
    known = Figures(
        snapshot,
        1200,
        comparisons=(STILL,),
        outcomes=900,
        promises=(AUC,),
        estimate=Interval(0.79, 0.78, 0.8),
        segments=(Segment("plan", "monthly", 400, 0.2, 300, 0.25),),
        worth=Interval(12345.0, 11000.0, 13700.0),
    )
    return replace(known, **changed)


def seen(one: Figures, state: State = "steady", version: str = "2", report: str = "version-2/2026-03.html") -> Seen:
    return Seen(one, version, state, ago(1), report)


HISTORY = (
    Event("registered", "2", {}, ago(41)),
    Event("promoted", "2", {"before": "1", "reason": "every criterion holds"}, ago(40)),
)


def known(state: State = "steady", **changed: Any) -> Known:
    verdict = Verdict(state, (), "This is the evidence.", "This is the advice.", retrain=state in {"drifted", "decayed"})
    made = Known(
        params(), "2", [seen(figures(), state)], HISTORY, verdict, Choice(None, "nothing"), NOW, NOW + timedelta(days=1)
    )
    return replace(made, **changed)


def text(page: str) -> str:
    """What a person reads of the page, pictures left out."""
    without = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without).split())


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("steady", "yes"),
        ("suspected", "yes, with one odd window"),
        ("insufficient", "too few customers to tell"),
        ("drifted", "customers have changed"),
        ("decayed", "no"),
        ("broken", "the feed is broken"),
    ],
)
def test_the_first_line_answers_the_question(state: State, word: str) -> None:
    """In every state the head says how the model is, why, and what to do."""
    assert f"Is the model well? {word} This is the evidence. This is the advice." in text(render(known(state)))


def test_ten_seconds() -> None:
    """The tiles say since when which version is live, its worth with interval, its AUC, what changed, and what is next."""
    shown = text(render(known()))
    for said in (
        "live since 2026-02-20 version 2, 40 days",
        "worth in 2026-03 12,345 11,000 to 13,700, expected profit",
        "AUC 0.781 0.770 to 0.790 on 900 outcomes; 0.800 promised",
        "changed columns 0 none stands out",
        "what happens next nothing to do look again 2026-04-02 06:00 UTC",
    ):
        assert said in shown


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "approval asked",
            {"until": "2026-04-03T06:00:00+00:00"},
            "waits for the approval of a person, until 2026-04-03 06:00 UTC",
        ),
        ("shadow begun", {}, "scores what the champion answers, unseen by the callers"),
        ("canary begun", {"share": 0.1}, "answers 10% of the customers, and the champion all others"),
    ],
)
def test_a_candidate_on_its_way_is_told_of(kind: str, detail: dict[str, Any], said: str) -> None:
    """While it is tried, and no longer once its attempt has ended."""
    begun = (*HISTORY, Event(kind, "3", {"attempt": 2, **detail}, ago(0.1)))
    shown = text(render(known(history=begun)))
    assert f"Candidate Version 3 {said}." in shown
    assert "what happens next a candidate is tried" in shown
    ended = (*begun, Event("deployment ended", "3", {"attempt": 2}, ago(0.05)))
    assert "Candidate" not in text(render(known(history=ended)))


def test_who_went_back_is_told_of() -> None:
    """The version is live since then."""
    back = Event("rolled back", "2", {"before": "3", "reason": "complaints"}, ago(2))
    shown = text(render(known(history=(*HISTORY, back))))
    assert "live since 2026-03-30 version 2, 2 days" in shown
    assert "2026-03-30 Version 2 answers again in place of version 3: complaints." in shown


def test_a_worth_that_cannot_be_believed_is_not_claimed() -> None:
    """On a broken feed no profit is named; after decay it says that the outcomes contradict."""
    assert "worth in 2026-03 not known no prediction on a broken feed can be believed" in text(render(known("broken")))
    assert "11,000 to 13,700, as predicted, which the outcomes contradict" in text(render(known("decayed")))


def test_before_outcomes_the_estimate_stands_in() -> None:
    """It is called an estimate."""
    alone = figures(promises=(), outcomes=0)
    assert "AUC, estimated 0.790 0.780 to 0.800; no outcome is known yet" in text(render(known(windows=[seen(alone)])))


def test_columns_that_stand_out_are_named() -> None:
    """Each once, by the false discovery rate of the policy."""
    moved = figures(comparisons=(MOVED, replace(MOVED, kind="missing"), STILL))
    assert "changed columns 1 charge" in text(render(known(windows=[seen(moved)])))


def test_before_the_first_look() -> None:
    """A champion without a window, promoted by hand, has a page that says so."""
    shown = text(render(known(windows=[], history=(), verdict=None, choice=None, next_look=None)))
    assert "nobody has looked yet No window of this version has been judged." in shown
    assert "live since unknown version 2 was promoted by hand" in shown
    assert "worth not known too few customers yet" in shown
    assert "what happens next the first look" in shown
    assert "prefect deployment run monitoring/churn" in shown


def test_windows_of_another_version_are_not_the_champions() -> None:
    """Right after a promotion the tiles claim nothing for the new version."""
    shown = text(render(known(windows=[seen(figures(), version="1")], verdict=None, choice=None)))
    assert "worth not known" in shown
    assert "2026-03 steady 1 1,200" in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"choice": Choice("decayed", "It decayed.")}, "Retraining One has been asked for: the model has decayed."),
        (
            {"choice": Choice("days", "It is old.", "the feed is broken")},
            "One is held back: the feed is broken. What asks for it: It is old.",
        ),
        ({"history": (*HISTORY, Event(BEGUN, "", {}, ago(0.1)))}, "One is running: another retraining began at 2026-04-01"),
        (
            {"history": (Event(BEGUN, "", {"key": "k, drifted"}, ago(9)), Event(ENDED, "", {"promoted": True}, ago(9)))},
            "Nothing asks for one, and none would start now: one has just been; the next may start at 2026-04-17 06:00.",
        ),
        ({}, "Retraining Nothing asks for one."),
        ({}, "Routine The last training was on 2026-02-19; the next one falls due on 2026-05-20, every 90 days."),
    ],
)
def test_what_happens_next(changed: dict[str, Any], said: str) -> None:
    """A retraining is running, asked for, held back, in its cooldown, or not asked for; and the routine one has a day."""
    assert said in text(render(known(**changed)))


def test_what_changed() -> None:
    """The history in plain words, newest first."""
    lines = (
        *HISTORY,
        Event("decayed", "2", {"evidence": "The AUC fell."}, ago(3)),
        Event(BEGUN, "", {"reason": "The AUC fell.", "key": "version 2, 2026-03, decayed"}, ago(3)),
        Event("gated", "3", {"promote": False, "reason": "it is no better"}, ago(3)),
        Event(ENDED, "", {"promoted": False}, ago(3)),
    )
    shown = text(render(known(history=lines)))
    order = [
        "2026-03-29 Version 3 was refused: it is no better.",
        "2026-03-29 A retraining began: the model has decayed.",
        "2026-03-29 The AUC fell.",
        "2026-02-20 Version 2 went live in place of version 1: every criterion holds.",
        "2026-02-19 Version 2 was trained.",
    ]
    places = [shown.index(one) for one in order]
    assert places == sorted(places)


def test_windows_lead_to_their_reports() -> None:
    """In the table and in the pictures, where there is a report."""
    windows = [seen(figures("2026-02"), report=""), seen(figures())]
    page = render(known(windows=windows))
    assert page.count('<td><a href="version-2/2026-03.html">Evidently</a></td>') == 1
    assert '<a href="version-2/2026-03.html"><circle' in page
    assert 'href=""' not in page


def test_promotions_and_refusals_are_marks() -> None:
    """Between the windows before and after them; those before the first window are left out."""
    windows = [
        replace(seen(figures("2026-01")), time=ago(60)),
        replace(seen(figures("2026-02")), time=ago(30)),
        seen(figures()),
    ]
    lines = (
        Event("promoted", "1", {}, ago(99)),
        *HISTORY,
        Event(BEGUN, "", {}, ago(20)),
        Event(ENDED, "", {"promoted": False}, ago(20)),
    )
    page = render(known(windows=windows, history=lines))
    first = page[page.index("How well it ranks") : page.index("What it is worth")]
    assert [title for title in re.findall(r"<title>(.*?)</title>", first) if "version" in title or "refused" in title] == [
        "version 2 went live on 2026-02-20",
        "the challenger of 2026-03-12 was refused",
    ]


def test_segments_have_lines_of_their_own() -> None:
    """Predicted and observed rate of each part of the newest window."""
    page = render(known())
    assert "plan = monthly" in page
    assert "400 customers. Blue: predicted; orange: observed" in page


def test_names_are_text() -> None:
    """Whoever names a snapshot, a level or a reason writes no HTML."""
    part = Segment("plan", HOSTILE, 400, 0.2, 0, None)
    page = render(
        known(
            windows=[seen(figures(HOSTILE, segments=(part,)))],
            history=(*HISTORY, Event("decayed", "2", {"evidence": HOSTILE}, ago(1))),
            verdict=Verdict("decayed", (), HOSTILE, HOSTILE),
        )
    )
    assert "<script" not in page


def test_equal_facts_give_equal_bytes() -> None:
    """The page is a pure function."""
    assert render(known()) == render(known())


def test_a_year_of_days_stays_small() -> None:
    """365 windows are one page of less than a megabyte."""
    days = [replace(seen(figures(f"{ago(i):%Y-%m-%d}")), time=ago(i)) for i in range(365, 0, -1)]
    page = render(known(windows=days))
    assert len(page) < 1_000_000
    assert "365 windows" in page
