"""The discovery report as one HTML page."""

from churn.discovery.assessment import Assessment, Step
from churn.discovery.compare import Estimate
from churn.discovery.profile import Part, Profile
from churn.page import Line, Point, bars, document, dots, escape, figures, lines, section, table, tiles

PICTURES = 24  # columns with a picture; the others stand in the table


def render(found: Assessment, name: str, summary: str | None = None) -> str:
    """The page; `name` is that of the registered model, `summary` a page beside it with more about each column."""
    parts = [_head(found, name), _problem(found), _data(found, summary), _rates(found), _ladder(found), _verdict(found)]
    return document(f"Discovery: {name}", parts)


def _head(found: Assessment, name: str) -> str:
    word, rate = found.verdict.word, next((part for part in reversed(found.snapshots)), None)
    newest = f"{rate.rate:.1%} in {rate.name}" if rate and len(found.snapshots) > 1 else "of all rows"
    best = max(found.ladder, key=lambda step: step.profit_per_1000.value, default=None)
    earns = (
        (f"{best.profit_per_1000.value:,.0f}", f"per 1,000 customers, {best.name}") if best else ("unknown", "too few churners")
    )
    numbers = tiles(
        [
            ("customers", f"{found.customers:,}", f"{found.rows:,} rows in {_count(len(found.snapshots), 'snapshot')}"),
            ("who left", f"{found.churners:,}", "rows whose customer left"),
            ("base rate", f"{found.rate:.1%}", newest),
            ("best expected profit", *earns),
        ]
    )
    mark = f'<span class="verdict {word.replace(" ", "-")}">{word}</span>'
    return (
        f'<header><p class="soft">Discovery · {escape(name)}</p><h1>Is this a problem for a model? {mark}</h1>'
        f'<p class="lead">{escape(_sentence(found.verdict.reason))} {escape(found.next_step)}</p></header>{numbers}'
    )


def _problem(found: Assessment) -> str:
    words = "".join(f"<p>{escape(text)}</p>" for text in found.problem)
    gaps = "".join(f"<li>{escape(text)}</li>" for text in found.missing)
    lacking = f"<h3>What is missing from it</h3><ul>{gaps}</ul>" if gaps else "<p>Nothing is missing from it.</p>"
    return section("1 · The problem", words, lacking)


def _data(found: Assessment, summary: str | None) -> str:
    rows = ([name, "left out by default" if accused else "look at it", reason] for name, reason, accused in found.suspects)
    leaks = table(["column that may be the answer in disguise", "advice", "why"], rows)
    shown = figures((column.name, _picture(column), _caption(column)) for column in found.columns[:PICTURES] if column.parts)
    rest = table(
        ["column", "kind", "values", "missing", "AUC alone"],
        ([c.name, c.kind, f"{c.levels:,}", f"{c.missing:.1%}", f"{c.auc:.3f}"] for c in found.columns),
    )
    odd = "".join(
        f"<li><strong>{escape(one.where)}</strong>: {escape(f'{one.what}; {one.advice}')}</li>" for one in found.quality
    )
    return section(
        "2 · The data",
        "<p>Each picture shows a column: bars are the share of the rows, dots the rate of churn among them with its interval. "
        "The most telling column comes first; AUC is how well it alone ranks churners, on customers not looked at.</p>",
        leaks if found.suspects else "<p>No column looks like the answer in disguise.</p>",
        shown,
        "<h3>All columns</h3>",
        rest,
        f'<p><a href="{escape(summary)}">More about each column, by Evidently</a></p>' if summary else "",
        "<h3>What is odd about it</h3>",
        f"<ul>{odd}</ul>"
        if found.quality
        else "<p>Nothing: no repeated rows, no empty or constant column, no column of many names.</p>",
    )


def _rates(found: Assessment) -> str:
    detect = (
        f"With {found.churners:,} churners a ranking would have to reach an AUC of {found.power.auc:.3f} to be told from "
        f"chance in 80 of 100 samples, and two halves of the customers would have to differ by {found.power.rate:.1%} in "
        "their rate of churn. Smaller effects cannot be seen in this table."
    )
    parts = [(column.name, part) for column in found.columns for part in column.parts if part.churners >= 10]
    shown = [
        *_over_time(found.snapshots),
        ("Where most leave", _segments(parts, 1, found.rate), f"The dashed line is the base rate, {found.rate:.1%}."),
        ("Where fewest leave", _segments(parts, -1, found.rate), f"The dashed line is the base rate, {found.rate:.1%}."),
    ]
    rows = ([p.name, f"{p.rows:,}", f"{p.churners:,}", f"{p.rate:.1%} [{p.low:.1%}, {p.high:.1%}]"] for p in found.snapshots)
    months = table(["snapshot", "rows", "left", "rate of churn"], rows) if len(found.snapshots) > 1 else ""
    return section("3 · The rate of churn, and what could be detected", f"<p>{escape(detect)}</p>", figures(shown), months)


def _over_time(snapshots: list[Part]) -> list[tuple[str, str, str]]:
    if len(snapshots) < 2:
        return []
    low, high = [part.low for part in snapshots], [part.high for part in snapshots]
    line = Line(list(range(1, len(snapshots) + 1)), [part.rate for part in snapshots], low, high, marks=True)
    svg = lines([line], "snapshot, oldest first", "rate of churn", percent=(False, True), zero=True)
    return [("Rate of churn over time", svg, f"{snapshots[0].name} to {snapshots[-1].name}")]


def _segments(parts: list[tuple[str, Part]], sign: int, rate: float) -> str:
    """The parts of columns in which most (sign 1) or fewest (sign -1) leave."""
    chosen = sorted(parts, key=lambda pair: -sign * pair[1].rate)[:8]
    points = [Point(f"{column}: {part.name}", part.rate, part.low, part.high) for column, part in chosen]
    return dots(points, "rate of churn", percent=True, line_at=rate, room=180)


def _ladder(found: Assessment) -> str:
    if not found.ladder:
        return section("4 · The ladder", "<p>There are too few churners to judge anything on rows it has not seen.</p>")
    how = "judged on customers that were not learned from"
    if found.judged_on:
        how += f", in the later snapshots {', '.join(found.judged_on)}"
    rows = (
        [step.name, _interval(step.auc, 3), _interval(step.log_loss, 4), _interval(step.profit_per_1000, 0), _gain(step)]
        for step in found.ladder
    )
    head = ["who is contacted", "AUC", "log loss", "profit per 1,000", "gain over nobody and everybody"]
    points = [Point(s.name, *_ends(s.profit_per_1000)) for s in found.ladder]
    aucs = [Point(s.name, *_ends(s.auc)) for s in found.ladder if s.learner]
    words = [
        f"Each step is {how}; the rule and the columns are chosen anew each time",
        f"The best one-line rule on all of them: {found.rule}",
        f"The few columns that say most: {', '.join(found.few)}",
        f"Whoever knew the future would earn {found.perfect_per_1000:,.0f} per 1,000 customers",
        *found.notes,
    ]
    profit = dots(points, "currency units per 1,000", line_at=0.0, room=150)
    caption = "Intervals over the customers that judge, in repeated cross-validation."
    return section(
        "4 · The ladder",
        "".join(f"<p>{escape(_sentence(text))}</p>" for text in words),
        table(head, rows),
        figures([("Expected profit", profit, caption), ("AUC", dots(aucs, "AUC", room=150), "0.5 is chance.")]),
        "<h3>What more rows would bring</h3>",
        f"<p>{escape(_sentence(found.more_rows))}</p>",
        figures(_growth(found)),
    )


def _growth(found: Assessment) -> list[tuple[str, str, str]]:
    """AUC and profit of the best learner by the number of rows it learned from."""
    if len(found.growth) < 2:
        return []
    rows = [one.rows for one in found.growth]
    shown = {"AUC": [one.auc for one in found.growth], "Profit": [one.profit_per_1000 for one in found.growth]}
    return [
        (f"{name} by rows learned from", lines([_line(rows, ends)], "rows learned from", name), "Judged by the same rows.")
        for name, ends in shown.items()
    ]


def _line(x: list[int], found: list[Estimate]) -> Line:
    return Line(x, [e.value for e in found], [e.low for e in found], [e.high for e in found], marks=True)


def _verdict(found: Assessment) -> str:
    rules = (
        "not yet: fewer than 100 churners",
        "no-go: no learner can earn a worthwhile amount (discovery.worthwhile) more than contacting nobody or everybody",
        "no-go: whether one can is uncertain, and none earned more, or none ranks beyond chance",
        "not yet: a gain that may be worthwhile and may be none",
        "simpler: the rule or a logistic regression clearly earns more than those, and is not clearly behind the best",
        "go: none of these",
    )
    listed = "".join(f"<li>{escape(rule)}</li>" for rule in rules)
    return section(
        "5 · The verdict",
        f"<p><strong>{escape(found.verdict.word)}</strong>: {escape(found.verdict.reason)}. {escape(found.next_step)}</p>",
        f"<p>By these rules, in this order:</p><ul>{listed}</ul>",
    )


def _picture(column: Profile) -> str:
    points = [Point(part.name, part.rate, part.low, part.high) for part in column.parts]
    return bars(
        [part.name for part in column.parts],
        [part.share for part in column.parts],
        points,
        x_name="share of rows, rate of churn",
    )


def _caption(column: Profile) -> str:
    missing = f", {column.missing:.1%} missing" if column.missing else ""
    return f"{column.kind}, {column.levels:,} values{missing}. AUC alone {column.auc:.3f}."


def _gain(step: Step) -> str:
    return _interval(step.gain_per_1000, 0) if step.learner else ""


def _ends(found: Estimate) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _interval(found: Estimate, digits: int) -> str:
    if found.low == found.high:
        return f"{found.value:,.{digits}f}"
    return f"{found.value:,.{digits}f} [{found.low:,.{digits}f}, {found.high:,.{digits}f}]"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
