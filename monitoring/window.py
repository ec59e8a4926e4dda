"""Examine one window: its report, its tests, and how the model did where outcomes are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from churn.bundle.open import Bundle
from churn.params import Params
from monitoring.figures import Figures
from monitoring.performance import calibration, known, live_auc
from monitoring.table import as_table

if TYPE_CHECKING:
    from monitoring.report import Reported

Rows = list[dict[str, Any]]


class Examined(NamedTuple):
    """The figures of a window, and its report; no report of a window that is too small to judge."""

    figures: Figures
    report: "Reported | None"


def examine(bundle: Bundle, snapshot: str, rows: Rows, matured: Rows, *, params: Params, folder: Path) -> Examined:
    """Compare stored predictions with the reference of the bundle that made them.

    rows: predictions of the snapshot as `Store.window` gives them. matured: the predictions whose outcomes judge the
    model, of whatever snapshots; those without an outcome are left out. The report is written into `folder`.
    """
    reference, seed = bundle.reference(), params.train.seed
    label, probability = known(matured)
    report = _report(bundle, snapshot, rows, params, folder) if len(rows) >= params.monitoring.min_rows else None
    figures = Figures(
        snapshot=snapshot,
        rows=len(rows),
        comparisons=report.comparisons if report else (),
        outcomes=len(label),
        live_auc=live_auc(label, probability, params.evaluate, seed),
        promised_auc=live_auc(reference.label, reference.probability, params.evaluate, seed),
        calibration=calibration(label, probability),
    )
    return Examined(figures, report)


def _report(bundle: Bundle, snapshot: str, rows: Rows, params: Params, folder: Path) -> "Reported":
    from monitoring.report import make_report  # noqa: PLC0415 - Evidently takes seconds to import

    policy, seed, reference = params.monitoring, params.train.seed, bundle.reference()
    before = as_table(bundle.contract, reference.rows, reference.probability, sample_rows=policy.sample_rows, seed=seed)
    features, probability = [row["features"] for row in rows], [row["probability"] for row in rows]
    after = as_table(bundle.contract, features, probability, sample_rows=policy.sample_rows, seed=seed)
    rate = policy.false_discovery_rate
    return make_report(bundle.contract, before, after, snapshot=snapshot, folder=folder, rate=rate)
