"""The comparison as text for the terminal."""

from collections.abc import Iterator
from typing import Any

from bench.quality.ours import MODEL

HEAD = ("learner", "AUC", "pooled", "PR-AUC", "log loss", "Brier", "cal. error", "noise", "profit/1000", "less the model's",
        "CPU s", "MiB")  # fmt: skip
WIDTHS = (18, 8, 8, 8, 9, 8, 11, 8, 12, 26, 8, 7)
FIGURES = {
    "auc": ".4f",
    "auc_pooled": ".4f",
    "pr_auc": ".4f",
    "log_loss": ".4f",
    "brier": ".4f",
    "calibration_error": ".4f",
    "calibration_noise": ".4f",
    "profit_per_1000": ",.0f",
}
COST = {"cpu_seconds": ".1f", "peak_mib": ",.0f"}
GAPS = ("table", "AUC below", "of", "log loss above", "of", "calibration", "limit", "of CatBoost's profit", "best plain way",
        "and its profit less the model's")  # fmt: skip
MEBI = 2**20
Found = dict[str, Any]


def text(found: Found) -> str:
    """All tables, then the summary."""
    lines = [line for name, one in found["tables"].items() for line in _table(name, one)]
    for name, one in found["summary"]["tables"].items():
        lines.append("; ".join(f"{head} {cell}" for head, cell in zip(GAPS, gaps(name, one), strict=True)))
    lines += [f"{name}: {value}" for name, value in overall(found)]
    return "\n".join(lines) + "\n"


def about(one: Found) -> str:
    """One line on a table and on the model of all of it."""
    size, weight = one["table"], one["model"]
    rows = f"{size['rows']:,} rows, {size['columns']} columns, {size['rate']:.1%} leave; {size['folds']} folds"
    model = f"{weight['chosen']}, {weight['tree_nodes']:,} tree nodes, {weight['model_bytes'] / MEBI:.2f} MiB"
    return f"{rows}. The model of all rows: {model}, {weight['row_microseconds']:,.0f} microseconds a row."


def cells(name: str, one: Found) -> list[str]:
    """One learner as text, in the order of HEAD."""
    gap = one.get("profit_less_model")
    less = money(gap) if gap and name != MODEL else ""
    return [name, *_forms(one, FIGURES), less, *_forms(one, COST)]


def gaps(name: str, one: Found) -> list[str]:
    """The summary of one table as text, in the order of GAPS."""
    share = one["profit_share_of_catboost"]
    return [
        name,
        f"{one['auc_gap']:+.4f}",
        one["best_auc"],
        f"{one['log_loss_gap']:+.4f}",
        one["best_log_loss"],
        f"{one['calibration_error']:.4f}",
        f"{one['calibration_limit']:.4f}",
        "not known" if share is None else f"{share:.1%}",
        one["best_plain"],
        money(one["plain_less_model"]),
    ]


def overall(found: Found) -> Iterator[tuple[str, str]]:
    """Each figure over all tables with its value, what is wanted, and whether that is reached."""
    for name, one in found["summary"]["overall"].items():
        if one is not None:
            value = f"{one['value']:.4f}" if isinstance(one["value"], float) else named(one["value"])
            wanted = f" (wanted {one['wanted']})" if "wanted" in one else ""
            yield name.replace("_", " "), f"{value}{wanted}{'' if one['reached'] else ', NOT reached'}"


def named(found: list[str] | dict[str, list[str]]) -> str:
    """Names, or names of each table, as text."""
    told = [f"{key} ({', '.join(names)})" for key, names in found.items()] if isinstance(found, dict) else found
    return ", ".join(told) or "none"


def money(gap: Found) -> str:
    """A difference in profit per 1,000 customers with its interval."""
    return f"{gap['value']:+,.0f} [{gap['low']:,.0f}, {gap['high']:,.0f}]"


def _table(name: str, one: Found) -> Iterator[str]:
    yield f"\n{name}: {about(one)}"
    for row in [HEAD, *(cells(learner, two) for learner, two in one["learners"].items())]:
        yield row[0].ljust(WIDTHS[0]) + "".join(cell.rjust(width) for cell, width in zip(row[1:], WIDTHS[1:], strict=True))
    yield f"chosen in the folds: {', '.join(one['learners'][MODEL]['notes'])}"


def _forms(one: Found, forms: dict[str, str]) -> list[str]:
    return ["" if one.get(key) is None else format(one[key], form) for key, form in forms.items()]
