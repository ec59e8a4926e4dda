"""The report on one window: Evidently draws it beside the reference; the tests and marks in it are those of the verdict.

Importing this module costs seconds, because it imports Evidently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.report import Snapshot
from evidently.legacy.calculations.stattests import StatTest, register_stattest
from evidently.legacy.core import ColumnType
from evidently.metrics import MissingValueCount, OutListValueCount
from evidently.presets import DataDriftPreset, DataSummaryPreset

from churn.contract import Contract
from monitoring.figures import Comparison
from monitoring.rejected import rejected
from monitoring.reports import file_name
from monitoring.table import PREDICTION

KS, CHI2 = "ks_two_sample", "chi2_two_sample"
ANY_COLUMN = 0.001  # share of columns that marks the whole window
SAFE = str.maketrans({"<": "\N{FULLWIDTH LESS-THAN SIGN}"})


@dataclass(frozen=True)
class Reported:
    """html and json: where the report was written. run: the report itself."""

    html: Path
    json: Path
    run: Snapshot


def make_report(
    contract: Contract,
    reference: pd.DataFrame,
    current: pd.DataFrame,
    comparisons: Sequence[Comparison],
    *,
    snapshot: str,
    folder: Path,
    rate: float,
) -> Reported:
    """Draw two tables made by `as_table` and write `<snapshot>.html` and `<snapshot>.json` into `folder`.

    comparisons: the tests of the window; the report marks the columns that stand out at the false discovery rate.
    """
    numbers, texts = comparable(contract, reference, current)
    datasets = [_dataset(table, numbers, texts) for table in (current, reference)]
    _register(comparisons, rate)
    empty = [MissingValueCount(column=name) for name in contract.features if name not in numbers + texts]
    run = _worst_first(_run([_drift(), DataSummaryPreset(), *_levels(contract, texts), *empty], datasets, snapshot))
    return Reported(*_save(run, snapshot, folder), run)


def comparable(contract: Contract, reference: pd.DataFrame, current: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Number and text columns with a distribution to test: those that are not missing everywhere in one of the tables."""
    numbers = [column.name for column in contract.columns if column.kind == "number"] + [PREDICTION]
    texts = [column.name for column in contract.columns if column.kind != "number"]
    filled = {name for name in reference.columns if reference[name].notna().any() and current[name].notna().any()}
    return [name for name in numbers if name in filled], [name for name in texts if name in filled]


def moment(snapshot: str) -> datetime:
    """The first day of a snapshot named YYYY-MM or YYYY-MM-DD, now for any other name; naive, as Evidently keeps time."""
    for form in ("%Y-%m", "%Y-%m-%d"):
        try:
            return datetime.strptime(snapshot, form)
        except ValueError:
            continue
    return datetime.now()


def _register(comparisons: Sequence[Comparison], rate: float) -> None:
    """Give Evidently the p-values and marks of the window's tests, by the name of the column.

    They are no parameters of the metrics, because a metric with other parameters is another line on the dashboard.
    """
    tested = {one.column: one.p_value for one in comparisons if one.kind in {"distribution", "prediction"}}
    standing_out = {one.column for one in rejected(comparisons, rate, lambda one: one.p_value) if one.column in tested}
    for key, name, kind in ((KS, "Kolmogorov-Smirnov", ColumnType.Numerical), (CHI2, "chi-squared", ColumnType.Categorical)):
        test = StatTest(key, f"two-sample {name} p-value", [kind], default_threshold=rate)
        register_stattest(test, default_impl=_found(tested, standing_out))


def _found(tested: dict[str, float], standing_out: set[str]) -> Callable[..., tuple[float, bool]]:
    def look_up(reference: Any, current: Any, _: ColumnType, __: float) -> tuple[float, bool]:  # noqa: ARG001
        return tested.get(current.name, 1.0), current.name in standing_out

    return look_up


def _drift() -> DataDriftPreset:
    return DataDriftPreset(num_method=KS, cat_method=CHI2, drift_share=ANY_COLUMN)


def _run(metrics: list[Any], datasets: list[Dataset], snapshot: str) -> Snapshot:
    """Evidently correlates all numbers and divides by the spread of each, which is 0 for a constant column."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return Report(metrics).run(*datasets, name=snapshot, timestamp=moment(snapshot))


def _dataset(table: pd.DataFrame, numbers: list[str], texts: list[str]) -> Dataset:
    """Text comes from whoever asks for a prediction and the page writes it into a script, so it must not hold '<'."""
    cleaned = table.assign(**{name: table[name].map(_safe) for name in texts})
    empty = [name for name in table.columns if name not in numbers + texts]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts, unknown_columns=empty)
    return Dataset.from_pandas(cleaned, data_definition=definition)


def summarize(table: pd.DataFrame, page: Path) -> None:
    """Write Evidently's summary of one table, float64 numbers and text, as a page: counts, quantiles, missing, histograms."""
    plain = table.rename(columns=lambda name: str(name).translate(SAFE)).dropna(axis="columns", how="all")
    numbers = [str(name) for name in plain.columns if plain[name].dtype == float]
    data = _dataset(plain, numbers, [str(name) for name in plain.columns if name not in numbers])
    with np.errstate(divide="ignore", invalid="ignore"):
        run = Report([DataSummaryPreset()]).run(data, None, name="data")
    page.write_text(run.get_html_str(as_iframe=False), encoding="utf-8")


def _safe(value: str | None) -> str | None:
    return value if value is None else value.translate(SAFE)


def _levels(contract: Contract, texts: list[str]) -> list[OutListValueCount]:
    """Evidently divides by the number of values, so a column without any is left out."""
    kept = [column for column in contract.columns if column.kind == "category" and column.name in texts]
    return [OutListValueCount(column=c.name, values=[level.translate(SAFE) for level in c.levels]) for c in kept]


def _worst_first(run: Snapshot) -> Snapshot:
    """Evidently lists the columns that moved last, and only ten of them at a time."""
    model = run.to_snapshot_model()
    for widget in model.widgets:
        if widget.type == "big_table":
            widget.params["data"].reverse()
            widget.params["rowsPerPage"] = len(widget.params["data"])
    return Snapshot.load_model(model)


def _save(run: Snapshot, snapshot: str, folder: Path) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(snapshot)
    html, json = folder / f"{name}.html", folder / f"{name}.json"
    html.write_text(run.get_html_str(as_iframe=False), encoding="utf-8")
    json.write_text(run.dumps(), encoding="utf-8")
    return html, json
