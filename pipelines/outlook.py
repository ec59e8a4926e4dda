"""What a person reads of one window."""

from monitoring.figures import Figures
from monitoring.retrain import Choice
from monitoring.verdict import Verdict
from pipelines.common import table


def markdown(figures: Figures, verdict: Verdict, choice: Choice, version: str) -> str:
    """The artifact of a monitoring run."""
    return f"""# {figures.snapshot}: {verdict.state}

**{verdict.evidence}** {verdict.advice}

{figures.rows:,} customers scored by version {version}. {_outcomes(figures)} {_next(choice)}

{_tests(figures)}

{_segments(figures)}
"""


def _outcomes(figures: Figures) -> str:
    parts = []
    if figures.estimate:
        low, high = figures.estimate.low, figures.estimate.high
        parts.append(
            f"If they behave as before, an AUC of {figures.estimate.value:.3f} ({low:.3f} to {high:.3f}) is to be expected."
        )
    auc = figures.promise("auc")
    if auc is None:
        return " ".join([*parts, "No outcome of this version has arrived yet."])
    told = f"On {figures.outcomes:,} known outcomes the AUC is {auc.live.value:.3f}; {auc.promised.value:.3f} was promised."
    return " ".join([*parts, told])


def _next(choice: Choice) -> str:
    if choice.held:
        return f"A retraining is held back: {choice.held}."
    return f"A retraining has been asked for: {choice.reason}" if choice.start else ""


def _tests(figures: Figures) -> str:
    ordered = sorted(figures.comparisons, key=lambda one: one.p_value)
    rows: list[list[object]] = [[c.column, c.kind, c.p_value, c.effect, c.impact] for c in ordered]
    return table(["column", "test", "p-value", "change", "moves the score by"], rows)


def _segments(figures: Figures) -> str:
    rows: list[list[object]] = [
        [f"{s.column} = {s.level}", s.rows, s.predicted, s.outcomes, "" if s.observed is None else s.observed]
        for s in figures.segments
    ]
    return table(["segment", "customers", "predicted rate", "known outcomes", "observed rate"], rows)
