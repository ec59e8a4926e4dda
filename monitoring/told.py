"""The figures of a window that the Evidently workspace follows besides those of its report."""

from monitoring.figures import Figures
from monitoring.overview.known import standing_out

PREFIX = "monitoring: "  # no column of a customer table begins like this; Evidently would confuse it with ours
LIVE, ESTIMATED, PROMISED = f"{PREFIX}live", f"{PREFIX}expected", f"{PREFIX}promised"  # AUC
CALIBRATION, EARNED, WORTH = f"{PREFIX}calibration", f"{PREFIX}earned", f"{PREFIX}worth"
ROWS, COLUMNS, NEW_MODEL = f"{PREFIX}rows", f"{PREFIX}columns", f"{PREFIX}new model"


def told(figures: Figures, rate: float, *, new_model: bool) -> dict[str, float]:
    """What is known of them, by name. rate: of false discoveries. new_model: whether its version had no window before."""
    known = {ROWS: figures.rows, COLUMNS: len(standing_out(figures, rate)), NEW_MODEL: new_model}
    kept = {LIVE: figures.promise("auc"), CALIBRATION: figures.promise("calibration"), EARNED: figures.promise("profit")}
    found = {ESTIMATED: figures.estimate, WORTH: figures.worth}
    found |= {name: promise.live for name, promise in kept.items() if promise}
    found[PROMISED] = promise.promised if (promise := kept[LIVE]) else None
    return {name: float(value) for name, value in known.items()} | {name: one.value for name, one in found.items() if one}
