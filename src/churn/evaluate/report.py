"""The evaluation report as one HTML page."""

from dataclasses import dataclass

from churn.decision import Decision
from churn.evaluate.measure import Measured
from churn.evaluate.origin import in_words, later_in_words, of_contest, sample_in_words, together
from churn.evaluate.pictures import Picture
from churn.evaluate.sections import of_groups, of_slices, of_tenths
from churn.page import document, escape, figures, section, table, tiles

WORDS = {
    "auc": ("AUC", "0.5 is chance, 1 ranks every churner above every stayer"),
    "pr_auc": ("PR-AUC", "chance gives the base rate"),
    "log_loss": ("log loss", "less is better"),
    "brier": ("Brier score", "mean squared error of the probability; less is better"),
    "calibration_error": ("calibration error", "mean distance of predicted and observed rate, without what chance adds"),
    "top_decile_lift": ("lift of the top tenth", "rate of churn in it, as a multiple of the rate of all"),
    "profit_per_1000": ("profit per 1,000 customers", "if everybody above the threshold is contacted"),
    "empc": ("expected maximum profit", "per customer, whatever the save rate turns out to be (EMPC)"),
}
CURVES = ("calibration", "gain", "lift", "profit", "roc", "precision_recall")


@dataclass(frozen=True)
class Judgement:
    """What the page shows of the model `name`; pictures by name."""

    name: str
    measured: Measured
    decision: Decision
    pictures: dict[str, Picture]


def render(judged: Judgement) -> str:
    """The page."""
    tables = judged.measured.tables
    parts = [
        _head(judged),
        _figures(judged),
        _curves(judged),
        of_contest(judged.measured.found),
        _rows(judged),
        _columns(judged),
        of_slices(tables["slices"]),
        of_groups(tables["fairness"]),
    ]
    return document(f"Evaluation: {judged.name}", parts)


def _head(judged: Judgement) -> str:
    test, on = judged.measured.found["test"], judged.measured.found["tested_on"]
    shown = [
        ("AUC", f"{test['auc']['value']:.3f}", _between(test["auc"], 3)),
        ("profit per 1,000", f"{test['profit_per_1000']['value']:,.0f}", _between(test["profit_per_1000"], 0)),
        ("calibration error", f"{test['calibration_error']['value']:.3f}", _between(test["calibration_error"], 3)),
        ("contact above", f"{judged.decision.threshold:.1%}", "probability of leaving"),
    ]
    return (
        f'<header><p class="soft">Evaluation · {escape(judged.name)}</p><h1>How good is the model?</h1>'
        f'<p class="lead">{escape(str(judged.measured.found["chosen"]))}, judged on {on["rows"]:,} rows of customers that it '
        f"never learned from, {on['churners']:,} of whom left.</p></header>{tiles(shown)}"
    )


def _figures(judged: Judgement) -> str:
    rows = (
        [WORDS[name][0], *(_number(figure[end]) for end in ("value", "low", "high")), WORDS[name][1]]
        for name, figure in judged.measured.found["test"].items()
    )
    known = judged.measured.found["calibration"]
    noise = (
        f"The calibration error as observed is {known['observed_error']:.4f}; a perfectly calibrated model stays below "
        f"{known['chance_alone']:.4f} in 95 of 100 samples of this size."
    )
    return section("Figures", table(["figure", "value", "low", "high", ""], rows), f"<p>{escape(noise)}</p>")


def _curves(judged: Judgement) -> str:
    head = "<h3>By tenth of the customers, the most likely first</h3>"
    return section("Curves", figures(judged.pictures[name] for name in CURVES), head, of_tenths(judged.measured.tables))


def _rows(judged: Judgement) -> str:
    tables, found = judged.measured.tables, judged.measured.found
    words = [*sample_in_words(found, tables["learning_curve"]), in_words(tables["learning_curve"]), *later_in_words(found)]
    shown = figures(picture for name, picture in judged.pictures.items() if name.startswith("learning"))
    return section("More rows, and later ones", *(f"<p>{escape(text)}</p>" for text in words), shown)


def _columns(judged: Judgement) -> str:
    shown = (one for name, one in judged.pictures.items() if name.startswith(("importance", "dependence")))
    return section("What it relies on", figures(shown), together(judged.measured.found.get("interactions", [])))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _between(figure: dict[str, float], digits: int) -> str:
    return f"{figure['low']:,.{digits}f} to {figure['high']:,.{digits}f}"
