"""One line of the table: what happened in a life under the policy, and what it earned beside the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from monitoring.replay.policies import Lives

CHANGED = {"drifted", "decayed"}
HEAD = (
    "world",
    "windows",
    "false alarms",
    "found",
    "delay",
    "right kind",
    "retrained",
    "never",
    "monthly",
    "policy",
    "bound",
    "oracle a year",
)
SHARES = ("never", "monthly", "policy", "bound")


@dataclass(frozen=True)
class Account:
    """name: of the world or the table. windows: that were judged. alarms: verdicts `drifted` or `decayed` before anything
    changed, None where nobody knows whether anything did.

    changes: how often something changed; found: how often it was noticed; delays: after how many windows; right: how
    often by its right name. retrained, monthly: trainings a year under the policy and of each period. money: a year, by
    life; "bound" is what nobody who must wait for outcomes can exceed, where that is known.
    """

    name: str
    windows: int
    alarms: int | None
    changes: int
    found: int
    delays: tuple[int, ...]
    right: int
    retrained: float
    monthly: float
    money: dict[str, float]


def account(
    name: str, lives: Lives, money: dict[str, float], right: str | None, change: int | None, year: float = 12.0
) -> Account:
    """The account of one life. right: what it should be called, None where nobody knows. change: the window from which on
    it is no longer `steady`. year: periods in a year.
    """
    states = [(lived.verdict.state, lived.verdict.retrain) for lived in lives.policy]
    calm = states if change is None else states[:change]
    hits = [] if change is None else [i for i, (state, _) in enumerate(states[change:]) if _noticed(state, right)]
    first = next((i for i, (state, retrain) in enumerate(states[change:]) if state == "broken" or retrain), None)
    named = bool(hits) and first == hits[0]
    share = year / len(states)
    return Account(
        name=name,
        windows=len(states),
        alarms=None if right is None else sum(state in CHANGED for state, _ in calm),
        changes=int(change is not None),
        found=int(bool(hits)),
        delays=tuple(hits[:1]),
        right=int(named),
        retrained=share * sum(lived.promoted is not None for lived in lives.policy),
        monthly=share * (len(states) - 1),
        money={life: share * total for life, total in money.items()},
    )


def joined(accounts: Sequence[Account]) -> Account:
    """Several lives of one world as one line: counts add up, money and trainings are means."""
    return Account(
        name=accounts[0].name,
        windows=sum(one.windows for one in accounts),
        alarms=sum(one.alarms or 0 for one in accounts),
        changes=sum(one.changes for one in accounts),
        found=sum(one.found for one in accounts),
        delays=tuple(delay for one in accounts for delay in one.delays),
        right=sum(one.right for one in accounts),
        retrained=mean(one.retrained for one in accounts),
        monthly=mean(one.monthly for one in accounts),
        money={life: mean(one.money[life] for one in accounts) for life in accounts[0].money},
    )


def row(one: Account) -> list[str]:
    """The cells of its line in the table; money as a share of the oracle's."""
    best = one.money["oracle"]
    shares = [f"{one.money[life] / best:.1%}" if best > 0 and life in one.money else "-" for life in SHARES]
    noticed = [f"{one.found}/{one.changes}", f"{mean(one.delays):.1f}" if one.delays else "-", f"{one.right}/{one.changes}"]
    told = noticed if one.changes else ["-"] * 3
    trained = f"{one.retrained:.1f} of {one.monthly:.0f}"
    return [one.name, str(one.windows), "-" if one.alarms is None else str(one.alarms), *told, trained, *shares, f"{best:,.0f}"]


def lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table of text, the first column to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join([cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])
        for cells in rows
    ]


def _noticed(state: str, right: str | None) -> bool:
    return state == "broken" if right == "broken" else state in CHANGED
