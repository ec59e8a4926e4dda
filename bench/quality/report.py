"""The comparison as text for the terminal and as a page with pictures."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.quality.ours import MODEL
from churn.page import Point, document, dots, figures, section, table

HEAD = ("learner", "AUC", "pooled", "PR-AUC", "log loss", "Brier", "cal. error", "noise", "profit/1000", "less the model's",
        "CPU s", "MiB")  # fmt: skip
MEBI = 2**20
Found = dict[str, Any]


def cells(name: str, one: Found) -> list[str]:
    """One learner as text, in the order of HEAD."""
    gap = one.get("profit_less_model")
    less = f"{gap['value']:+,.0f} [{gap['low']:,.0f}, {gap['high']:,.0f}]" if gap and name != MODEL else ""
    known = ((one.get(key), form) for key, form in (
        ("auc", ".4f"), ("auc_pooled", ".4f"), ("pr_auc", ".4f"), ("log_loss", ".4f"), ("brier", ".4f"),
        ("calibration_error", ".4f"), ("calibration_noise", ".4f"), ("profit_per_1000", ",.0f")))  # fmt: skip
    cost = ((one.get(key), form) for key, form in (("cpu_seconds", ".1f"), ("peak_mib", ",.0f")))
    return [name, *map(_form, known), less, *map(_form, cost)]


def text(found: Found) -> str:
    """All tables, then the summary."""
    return "\n".join([*(line for name, one in found["tables"].items() for line in _table(name, one)), *_summary(found)]) + "\n"


def page(found: Found) -> str:
    """One HTML page."""
    parts = [section("Summary", table(("figure", "value"), [_words(line) for line in _summary(found)]))]
    for name, one in found["tables"].items():
        size, weight = one["table"], one["model"]
        about = f"{size['rows']:,} rows, {size['columns']} columns, {size['rate']:.1%} leave; {size['folds']} folds. "
        about += f"Of all rows: {weight['chosen']}, {weight['tree_nodes']:,} tree nodes, "
        about += f"{weight['model_bytes'] / MEBI:.1f} MiB, {weight['row_microseconds']:,.0f} microseconds for a row."
        rows = [cells(learner, two) for learner, two in one["learners"].items()]
        parts.append(section(name, f"<p>{about}</p>", figures(_pictures(one["learners"])), table(HEAD, rows)))
    return document("Quality beside other learners", parts)


def _pictures(learners: Mapping[str, Found]) -> Iterator[tuple[str, str, str]]:
    """Differences to the model: right of the line is better than the model."""
    for key, title in (("auc_less_model", "AUC less the model's"), ("profit_less_model", "Profit less the model's")):
        shown = [
            Point(name, one[key]["value"], one[key]["low"], one[key]["high"], "two" if one["peer"] else "one")
            for name, one in learners.items()
            if name != MODEL and key in one and one["auc"] > 0.5
        ]
        unit = "pooled AUC" if key.startswith("auc") else "per 1,000 customers"
        yield title, dots(shown, unit, line_at=0.0), "With paired intervals; other libraries in the second colour."


def _table(name: str, one: Found) -> Iterator[str]:
    size = one["table"]
    yield f"\n{name}: {size['rows']:,} x {size['columns']}, {size['rate']:.1%} leave, {size['folds']} folds"
    widths = (18, 8, 8, 8, 9, 8, 11, 8, 12, 24, 8, 7)
    for row in [HEAD, *(cells(learner, two) for learner, two in one["learners"].items())]:
        yield row[0].ljust(widths[0]) + "".join(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    chosen = one["learners"][MODEL]["notes"]
    weight = one["model"]
    yield (
        f"chosen in the folds: {', '.join(chosen)}; of all rows: {weight['chosen']}, {weight['tree_nodes']:,} tree nodes, "
        f"{weight['model_bytes'] / MEBI:.2f} MiB, {weight['row_microseconds']:,.0f} microseconds a row"
    )


def _summary(found: Found) -> Iterator[str]:
    for name, one in found["summary"]["tables"].items():
        gap = one["plain_less_model"]
        share = one["profit_share_of_catboost"]
        yield (
            f"{name}: AUC {one['auc_gap']:+.4f} below {one['best_auc']}, log loss {one['log_loss_gap']:+.4f} above "
            f"{one['best_log_loss']}, calibration {one['calibration_error']:.4f} of {one['calibration_limit']:.4f}, "
            f"{'no share' if share is None else f'{share:.1%}'} of CatBoost's profit, "
            f"{one['best_plain']} {gap['value']:+,.0f} [{gap['low']:,.0f}, {gap['high']:,.0f}] per 1,000"
        )
    for name, one in found["summary"]["overall"].items():
        if one is not None:
            value = f"{one['value']:.4f}" if isinstance(one["value"], float) else one["value"] or "none"
            wanted = f" (wanted {one['wanted']})" if "wanted" in one else ""
            yield f"{name.replace('_', ' ')}: {value}{wanted}{'' if one['reached'] else ', NOT reached'}"


def _words(line: str) -> tuple[str, str]:
    name, _, rest = line.partition(": ")
    return name, f"!{rest}" if rest.endswith("NOT reached") else rest


def _form(pair: tuple[float | None, str]) -> str:
    value, form = pair
    return "" if value is None else format(value, form)
