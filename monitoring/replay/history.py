"""A dated table as a life: its periods in time, trained on the first and lived through to the last."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, in_time, load
from churn.errors import TableError
from churn.params import Params
from monitoring.replay.account import Account, account
from monitoring.replay.learner import Learner, Rows
from monitoring.replay.policies import Lives, ledger, live_all

FEWEST = 3  # periods to live through, below which no window follows another


def replay(folder: Path, by: str, params: Params, learned: int, days: float) -> tuple[Lives, Account]:
    """Train on the first `learned` periods of the tables in a folder, and live through the others.

    by: the column that names the period of a row. days: how long one lasts. Money is what the known outcomes earned; the
    oracle knows who leaves. Raises TableError when there are too few periods, or the first ones lack a class.
    """
    columns = {name: kind for name, kind in params.data.columns.items() if name != by}
    data = params.data.model_copy(update={"snapshot": by, "columns": columns})
    rows = load(folder, data)
    periods = in_time(rows.snapshot)
    if len(periods) < learned + FEWEST:
        told = f"'{by}' names {len(periods)} periods; {learned} to learn from and {FEWEST} to live through are needed"
        raise TableError(f"{told}: name another column, or fewer with --learn")
    first = rows.where(np.isin(rows.snapshot.astype(str), periods[:learned]))
    if len(np.unique(first.label)) < 2:
        raise TableError(f"the first {learned} periods of '{by}' have one class only; learn from more with --learn")
    learner = Learner(describe(first.frame, data), params)
    parts = [_rows(learner, rows, name) for name in periods]
    lives = live_all(learner, parts[:learned], parts[learned:], days)
    money = ledger(lives, parts[learned:], [part.label.astype(np.float64) for part in parts[learned:]], learner.decision)
    return lives, account(folder.name, lives, money, None, None, year=365 / days)


def diary(lives: Lives) -> list[Sequence[str]]:
    """Period by period: what was said, and what followed."""
    lines: list[Sequence[str]] = [("period", "rows", "verdict", "AUC before", "what followed", "evidence")]
    for lived in lives.policy:
        auc = lived.figures.promise("auc")
        followed = {None: lived.choice.held or "", True: "retrained", False: "challenger lost"}[lived.promoted]
        shown = "-" if auc is None else f"{auc.live.value:.3f}"
        lines.append((lived.name, f"{lived.figures.rows:,}", lived.verdict.state, shown, followed, lived.verdict.evidence))
    return lines


def _rows(learner: Learner, rows: Labelled, name: str) -> Rows:
    part = rows.where(rows.snapshot.astype(str) == name)
    matrix = encode(learner.contract, columns_of(part.frame, learner.contract))
    return Rows(name, matrix, part.group.view(np.int64), part.label)
