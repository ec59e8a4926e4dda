"""The figures of a window that the Evidently workspace follows besides those of its report."""

from monitoring.figures import Figures
from monitoring.overview.known import standing_out

# No column of a customer table is called like this, which Evidently would confuse with it.
LIVE, ESTIMATED, PROMISED = "monitoring: live AUC", "monitoring: estimated AUC", "monitoring: promised AUC"
CALIBRATION, EARNED = "monitoring: observed minus predicted rate", "monitoring: observed minus predicted profit"
WORTH, ROWS = "monitoring: expected profit", "monitoring: rows"
COLUMNS, NEW_MODEL = "monitoring: columns that stand out", "monitoring: new model"


def told(figures: Figures, rate: float, *, new_model: bool) -> dict[str, float]:
    """What is known of them, by name. rate: of false discoveries. new_model: whether its version had no window before."""
    known = {ROWS: figures.rows, COLUMNS: len(standing_out(figures, rate)), NEW_MODEL: new_model}
    kept = {LIVE: figures.promise("auc"), CALIBRATION: figures.promise("calibration"), EARNED: figures.promise("profit")}
    found = {ESTIMATED: figures.estimate, WORTH: figures.worth}
    found |= {name: promise.live for name, promise in kept.items() if promise}
    found[PROMISED] = promise.promised if (promise := kept[LIVE]) else None
    return {name: float(value) for name, value in known.items()} | {name: one.value for name, one in found.items() if one}
