"""Columns that are the answer in disguise, planted into real tables with names that give nothing away."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Labels = npt.NDArray[np.int64]
Random = np.random.Generator
Plant = Callable[[Labels, Random], "pd.Series[Any]"]


def answer(label: Labels, _: Random) -> "pd.Series[Any]":
    """The label in other words."""
    return _words(label, "closed", "open")


def answer_with_errors(label: Labels, random: Random) -> "pd.Series[Any]":
    """The label in other words, wrong in four rows of a hundred."""
    return _words(np.where(random.random(len(label)) < 0.04, 1 - label, label), "closed", "open")


def score(label: Labels, random: Random) -> "pd.Series[Any]":
    """Another model's probability, which has seen the outcome."""
    return pd.Series(1 / (1 + np.exp(-(4.2 * label - 2.1 + random.normal(0, 1.2, len(label))))))


def end_date(label: Labels, random: Random) -> "pd.Series[Any]":
    """Days until the end, empty for those who stay."""
    return pd.Series(np.where(label == 1, random.integers(1, 400, len(label)), np.nan))


def survey(label: Labels, random: Random) -> "pd.Series[Any]":
    """An answer that three in four leavers gave and hardly anyone else."""
    asked = random.random(len(label)) < np.where(label == 1, 0.75, 0.02)
    return pd.Series(np.where(asked, random.integers(1, 6, len(label)), np.nan))


def reason(label: Labels, random: Random) -> "pd.Series[Any]":
    """One of several reasons where somebody left, and the word none elsewhere."""
    said = random.choice(["price", "service", "moved", "rival"], len(label))
    return pd.Series(np.where(label == 1, said, "nothing"), dtype=object)


def final_bill(label: Labels, random: Random) -> "pd.Series[Any]":
    """A balance that is 0 once somebody has left."""
    return pd.Series(np.where(label == 1, 0.0, random.gamma(2.0, 50.0, len(label))))


def use_afterwards(label: Labels, random: Random) -> "pd.Series[Any]":
    """Use in the month after: a trickle for leavers, and few stayers use little."""
    return pd.Series(np.where(label == 1, random.gamma(0.4, 1.0, len(label)), random.gamma(6.0, 8.0, len(label))))


def months(label: Labels, random: Random) -> "pd.Series[Any]":
    """Months observed: all twelve for stayers, fewer for leavers."""
    return pd.Series(np.where(label == 1, random.integers(1, 12, len(label)), 12).astype(float))


def queue(label: Labels, random: Random) -> "pd.Series[Any]":
    """The team in charge, of which two handle leavers only, and half of those."""
    usual = random.integers(0, 10, len(label))
    special = (label == 1) & (random.random(len(label)) < 0.55)
    return pd.Series(np.char.add("team ", np.where(special, 10 + usual % 2, usual).astype(str)), dtype=object)


def refund(label: Labels, random: Random) -> "pd.Series[Any]":
    """Money paid back, to six leavers in ten and nobody else."""
    paid = (label == 1) & (random.random(len(label)) < 0.6)
    return pd.Series(np.where(paid, random.gamma(2.0, 20.0, len(label)), 0.0))


PLANTS: dict[str, Plant] = {
    one.__name__: one
    for one in (answer, answer_with_errors, score, end_date, survey, reason, final_bill, use_afterwards, months, queue, refund)
}


def _words(label: npt.NDArray[np.integer], yes: str, no: str) -> "pd.Series[Any]":
    return pd.Series(np.where(label == 1, yes, no), dtype=object)
