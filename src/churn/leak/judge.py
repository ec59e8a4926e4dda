"""Accuse the columns that say more about the label than an honest column can; warn of suspicious names.

The cuts lie between the largest figures of 507 honest columns and those of 20 disguised ones of public churn tables.
"""

import re
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from churn.leak.bins import bins
from churn.leak.figures import Bound, Figures, figures, groups_a_row

FEWEST_CHURNERS = 10
HONEST = {"auc": 0.85, "entropy": 0.28, "missing": 0.58, "never": 0.30, "always": 0.25}
SURE = {"auc": 0.87, "entropy": 0.30, "missing": 0.60, "never": 0.35, "always": 0.30}
CUT = {"auc": 0.90, "entropy": 0.32, "missing": 0.65, "never": 0.40, "always": 0.35}
SAYS = {
    "auc": "alone it ranks churners with an AUC of {:.2f}",
    "entropy": "alone it explains {:.0%} of who leaves",
    "missing": "whether it is missing ranks churners with an AUC of {:.2f}",
    "never": "{:.0%} of the rows have values with which nobody leaves",
    "always": "{:.0%} of the churners have values with which everybody leaves",
}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
NAMES = re.compile(
    r"^(churn|attrit|cancel|terminat|deactivat|disconnect|leav|quit|refund)|^(reason|exit|exited|left|lost|score|gone|ended|"
    r"prediction|predicted|probability|winback|naive|bayes)$"
)


@dataclass(frozen=True)
class Suspect:
    """A column that may be the answer in disguise; where it is not `accused`, only its name is suspicious."""

    column: str
    accused: bool
    reason: str
    figures: Figures


def suspects(frame: pd.DataFrame, label: npt.NDArray[np.int64], group: npt.NDArray[np.uint64], parts: int = 1) -> list[Suspect]:
    """The suspects among the columns of a frame (n rows), the most telling first.

    frame: numbers with NaN, or text with None. label: (n,) 1 where the customer left. group: (n,) equal for rows of
    one customer. A column is accused where a figure exceeds its cut and, by its lower bound, what is usual for honest
    columns; a suspicious name lowers the cut to that. Too few churners (below 10) accuse nothing. parts: how many such
    frames are looked at, each a part of one table; more than one makes the lower bounds lower.
    """
    if min(int(label.sum()), int((1 - label).sum())) < FEWEST_CHURNERS:
        return []
    alone = groups_a_row(group)
    tests = parts * frame.shape[1] if parts > 1 else 1
    found = [_judge(str(name), figures(bins(frame[name]), label, group, alone, tests)) for name in frame.columns]
    return sorted(filter(None, found), key=lambda suspect: (not suspect.accused, -suspect.figures.auc.estimate))


def suspicious_name(name: str) -> bool:
    """Whether a name speaks of leaving, of a reason or of a score."""
    words = [word.lower() for word in WORD.findall(name)]
    return any(NAMES.search(word) for word in words) or ("end", "date") in pairwise(words)


def _judge(name: str, found: Figures) -> Suspect | None:
    named = suspicious_name(name)
    limits, sure = (HONEST, HONEST) if named else (CUT, SURE)
    values: dict[str, Bound] = {field.name: getattr(found, field.name) for field in fields(found)}
    telling = [SAYS[key].format(v.estimate) for key, v in values.items() if v.estimate > limits[key] and v.lower > sure[key]]
    if telling:
        return Suspect(name, True, "; ".join(telling), found)
    return Suspect(name, False, "its name speaks of leaving, a reason or a score", found) if named else None
