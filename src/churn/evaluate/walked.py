"""What a walk forward found, as a table."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.evaluate.interval import Interval, intervals
from churn.evaluate.walk import Step
from churn.model import Floats
from churn.params import Params

Mask = npt.NDArray[np.bool_]

HEAD = ("snapshot", "learned from", "rows", "churned", "AUC", "log loss", "calibration error")
FORMS = ("auc", "log_loss", "calibration_error")


def table(rows: Labelled, steps: Sequence[Step], params: Params) -> Iterator[Sequence[str]]:
    """A line for each step, and one for all rows together, in which a customer counts once however often it is judged."""
    yield HEAD
    for step in steps:
        figures = measured(rows, [step.asked], [step.probability], params)
        yield (step.snapshot, f"{step.learned[0]} to {step.learned[-1]}", *_cells(rows, [step.asked], figures))
    asked = [step.asked for step in steps]
    yield ("all", "", *_cells(rows, asked, measured(rows, asked, [step.probability for step in steps], params)))


def measured(rows: Labelled, asked: Sequence[Mask], probability: Sequence[Floats], params: Params) -> dict[str, Interval]:
    """Every figure, with its interval over customers, of the probabilities that some rows of the whole were given."""
    label, group = (np.concatenate([of[mask] for mask in asked]) for of in (rows.label, rows.group))
    said = np.concatenate(probability)
    return intervals(label, said, group, Decision.of(params.problem), params.evaluate, params.train.seed)


def _cells(rows: Labelled, asked: Sequence[Mask], figures: dict[str, Interval]) -> Iterator[str]:
    label = np.concatenate([rows.label[mask] for mask in asked])
    yield f"{len(label):,}"
    yield f"{label.mean():.1%}"
    yield from (told(figures[name]) for name in FORMS)


def told(one: Interval) -> str:
    """A figure with its ends."""
    return f"{one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
