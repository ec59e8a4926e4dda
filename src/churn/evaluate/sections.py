"""The parts of the evaluation report that speak of parts of the customers."""

from typing import Any

import pandas as pd

from churn.evaluate.fairness import FIGURES
from churn.page import section, table

HEADS = {"left": "left", "contacted": "contacted", "reached": "churners reached", "bothered": "stayers contacted",
         "observed_minus_predicted": "observed less predicted"}  # fmt: skip
WORST = 12


def of_tenths(tables: dict[str, pd.DataFrame]) -> str:
    """Lift, gain and profit by tenth, with intervals."""
    lift, gain, profit = tables["lift"], tables["gain"].iloc[1:], tables["profit"].iloc[1:]
    rows = zip(*(part.to_dict(orient="records") for part in (lift, gain, profit)), strict=True)
    return table(
        ["tenth", "lift", "churners reached so far", "profit per 1,000 so far"],
        (
            [f"{one['tenth']:.0f}", *(_of(part, name, form) for part, name, form in (
                (one, "lift", ".2f"), (reached, "churners_reached", ".1%"), (earned, "profit_per_1000", ",.0f")))]
            for one, reached, earned in rows
        ),
    )  # fmt: skip


def of_slices(found: pd.DataFrame) -> str:
    """Where the model does worst among parts of the customers."""
    if found.empty:
        return section("Parts of the customers", "<p>No part has enough rows of both kinds.</p>")
    worst = found.sort_values("auc", kind="stable").head(WORST)
    off = found.assign(far=found["observed_minus_predicted"].abs()).nlargest(WORST, "far")
    return section(
        "Parts of the customers",
        "<h3>Where it ranks worst</h3>", _slice_table(worst),
        "<h3>Where predicted and observed rate differ most</h3>", _slice_table(off),
        f'<p class="soft">Of {len(found)} parts; all of them stand in slices.csv. With so many, one in twenty '
        "intervals misses by chance; only what stays clear of 0 by far deserves a look.</p>",
    )  # fmt: skip


def _slice_table(part: pd.DataFrame) -> str:
    head = ["part", "rows", "left", "AUC", "observed less predicted", "profit per 1,000"]
    return table(head, (_slice(row) for row in part.to_dict(orient="records")))


def _slice(row: dict[Any, Any]) -> list[str]:
    mark = "" if row["observed_minus_predicted_low"] <= 0 <= row["observed_minus_predicted_high"] else "!"
    return [
        f"{row['column']}: {row['part']}", f"{row['rows']:,}", f"{row['rate']:.1%}", _of(row, "auc", ".3f"),
        f"{mark}{_of(row, 'observed_minus_predicted', '.1%')}", _of(row, "profit_per_1000", ",.0f"),
    ]  # fmt: skip


def of_groups(found: pd.DataFrame) -> str:
    """How protected groups are treated."""
    if found.empty:
        return section(
            "Protected groups", "<p>No column is named in data.protected, or none has two groups of enough rows.</p>"
        )
    rows = found.to_dict(orient="records")
    head = ["group", "rows", *HEADS.values()]
    return section(
        "Protected groups",
        "<p>Shares of each group, and below how far each is from that of all other customers. Red stands clear of 0. "
        "Groups that leave at different rates are contacted at different rates by any model that ranks well; look first at "
        "the churners reached and at observed less predicted.</p>",
        table(head, (_group(row, "") for row in rows)),
        "<h3>Difference to the others</h3>",
        table(head, (_group(row, "_gap") for row in rows)),
    )


def _group(row: dict[Any, Any], kind: str) -> list[str]:
    def cell(figure: str) -> str:
        clear = kind and not row[f"{figure}{kind}_low"] <= 0 <= row[f"{figure}{kind}_high"]
        return f"{'!' if clear else ''}{_of(row, f'{figure}{kind}', '.1%')}"

    return [f"{row['column']}: {row['group']}", f"{row['rows']:,}", *map(cell, FIGURES)]


def _of(row: dict[Any, Any], name: str, form: str) -> str:
    return f"{row[name]:{form}} [{row[f'{name}_low']:{form}}, {row[f'{name}_high']:{form}}]"
