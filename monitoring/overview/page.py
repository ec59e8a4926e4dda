"""The overview as one HTML page: a pure function of what is known."""

from churn.page import Link, bullets, document, escape, figures, section, table, tiles
from monitoring.dora import dora
from monitoring.figures import Figures, Interval
from monitoring.overview.ahead import ahead, shortly
from monitoring.overview.known import Known, Seen, between, moment, standing_out
from monitoring.overview.past import past
from monitoring.overview.pictures import pictures, segments

WELL = {  # of each state: the word, and the colour of the pill
    "steady": ("yes", "go"),
    "suspected": ("yes, with one odd window", "go"),
    "insufficient": ("too few customers to tell", "not-yet"),
    "drifted": ("customers have changed", "not-yet"),
    "decayed": ("no", "no-go"),
    "broken": ("the feed is broken", "no-go"),
}
UNKNOWN = ("nobody has looked yet", "not-yet")
LISTED = 60  # windows in the table


def render(known: Known) -> str:
    """The page. Equal facts give equal bytes."""
    parts = [
        _head(known),
        section("What happens next", bullets(ahead(known))),
        section("What changed", bullets(past(known.history) or [("", "Nothing has happened yet.")])),
        section("How changes are delivered", _delivery(known)),
        section("Over time", _about_marks(known), figures(pictures(known))),
    ]
    if shown := segments(known):
        parts.append(section("Segments", figures(shown)))
    return document(f"{known.params.name}: is the model well?", [*parts, section("Windows", _windows(known))])


def _head(known: Known) -> str:
    word, colour = WELL[known.verdict.state] if known.verdict else UNKNOWN
    said = f"{known.verdict.evidence} {known.verdict.advice}" if known.verdict else "No window of this version has been judged."
    top = f"{known.params.name} · version {known.champion} · as of {moment(known.now)}"
    return (
        f'<header><p class="soft">{escape(top)}</p>'
        f'<h1>Is the model well? <span class="verdict {colour}">{escape(word)}</span></h1>'
        f'<p class="lead">{escape(said)}</p></header>{tiles(_tiles(known))}'
    )


def _tiles(known: Known) -> list[tuple[str, str, str]]:
    return [_live_since(known), _worth(known), _auc(known.newest), _changed(known), _next(known)]


def _live_since(known: Known) -> tuple[str, str, str]:
    since = known.live_since
    if since is None:
        return "live since", "unknown", f"version {known.champion} was promoted by hand"
    days = (known.now - since).days
    return "live since", f"{since:%Y-%m-%d}", f"version {known.champion}, {days} day{'' if days == 1 else 's'}"


def _worth(known: Known) -> tuple[str, str, str]:
    newest, state = known.newest, known.verdict.state if known.verdict else ""
    if newest is None or newest.worth is None:
        return "worth", "not known", "too few customers yet"
    if state == "broken":
        return f"worth in {newest.snapshot}", "not known", "no prediction on a broken feed can be believed"
    doubt = "as predicted, which the outcomes contradict" if state == "decayed" else "expected profit"
    return f"worth in {newest.snapshot}", f"{newest.worth.value:,.0f}", f"{_span(newest.worth, 0)}, {doubt}"


def _auc(newest: Figures | None) -> tuple[str, str, str]:
    found = newest.promise("auc") if newest else None
    if newest and found:
        note = f"{_span(found.live, 3)} on {newest.outcomes:,} outcomes; {found.promised.value:.3f} promised"
        return "AUC", f"{found.live.value:.3f}", note
    if newest and newest.estimate:
        return "AUC, estimated", f"{newest.estimate.value:.3f}", f"{_span(newest.estimate, 3)}; no outcome is known yet"
    return "AUC", "not known", "no outcome is known yet"


def _changed(known: Known) -> tuple[str, str, str]:
    newest = known.newest
    if newest is None or not newest.comparisons:
        return "changed columns", "not known", "too few customers yet"
    names = standing_out(newest, known.params.monitoring.false_discovery_rate)
    return "changed columns", str(len(names)), ", ".join(names[:3]) + (" …" if len(names) > 3 else "") or "none stands out"


def _next(known: Known) -> tuple[str, str, str]:
    when = f"look again {moment(known.next_look)}" if known.next_look else "no look is planned"
    return "what happens next", shortly(known), when


def _delivery(known: Known) -> str:
    found = dora(known.history, known.now)
    rows = [(one.name, str(one), f"{one.count} case{'' if one.count == 1 else 's'}") for one in found]
    return tiles(rows) + bullets([(one.name, one.definition) for one in found])


def _about_marks(known: Known) -> str:
    many = len(known.windows)
    count = f"{many:,} window{'' if many == 1 else 's'}"
    text = f"{count}. An upright line is a new version, a dashed one a challenger that was refused."
    return f'<p class="soft">{escape(text)}</p>'


def _windows(known: Known) -> str:
    head = ["window", "verdict", "version", "customers", "columns that stand out", "AUC", "estimated", "worth", "report"]
    rate = known.params.monitoring.false_discovery_rate
    return table(head, [_row(seen, rate) for seen in reversed(known.windows[-LISTED:])])


def _row(seen: Seen, rate: float) -> list[str | Link]:
    one = seen.figures
    live = one.promise("auc")
    return [
        one.snapshot,
        f"!{seen.state}" if seen.state in {"broken", "decayed"} else seen.state,
        seen.version,
        f"{one.rows:,}",
        str(len(standing_out(one, rate))) if one.comparisons else "",
        f"{live.live.value:.3f}" if live else "",
        f"{one.estimate.value:.3f}" if one.estimate else "",
        f"{one.worth.value:,.0f} ({_span(one.worth, 0)})" if one.worth else "",
        Link("Evidently", seen.report) if seen.report else "",
    ]


def _span(one: Interval, digits: int) -> str:
    return between(one.low, one.high, digits)
