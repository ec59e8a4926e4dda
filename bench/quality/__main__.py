"""Measure how good the model is: `python -m bench.quality [PART ...]`.

Parts: compare (beside other learners on identical folds), leaks, verdicts, truth, cost. Without a name, compare.
Writes state/bench/quality/PART.json, and compare.html. Peers come from .venv-peers (`make bench-quality` makes it).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.quality import cost, leaks, pictures, report, runs, summary, tables, truth, verdicts
from bench.quality.compare import compare
from bench.quality.tables import FORM, Source
from churn import params as configuration
from churn.errors import ChurnError

HOME = Path("state/bench/quality")
SHIPPED = files("churn") / "templates" / "params.yaml"
PEERS = ["lightgbm", "catboost", "ebm"]
Found = dict[str, Any]


def main() -> None:
    """Measure, print, write."""
    asked = _options()
    for name in tables.absent() if not asked.table else []:
        _tell(f"{name} is left out: its file is not in shared/data beside the checkout")
    for part in asked.parts:
        found = PARTS[part](asked)
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / f"{part}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _compare(asked: argparse.Namespace) -> Found:
    params, peers, found = configuration.load(asked.params), _peers(asked.peers), {}
    for table in _tables(asked):
        _tell(f"{table.name}: {len(table.rows):,} rows")
        found[table.name] = compare(table, asked.out / table.name, params, asked.params, asked.folds, peers)
    lines = {name: summary.of_table(one["learners"]) for name, one in found.items()}
    whole = {"tables": found, "summary": {"tables": lines, "overall": summary.overall(lines)}}
    (asked.out / "compare.html").write_text(pictures.page(whole), encoding="utf-8")
    sys.stdout.write(report.text(whole))
    return whole


def _peers(names: list[str]) -> list[str]:
    there = [name for name in names if runs.peer_python(name).exists()]
    for name in sorted(set(names) - set(there)):
        _tell(f"{name} is left out: {runs.peer_python(name)} does not exist; make bench-quality makes it")
    return there


def _tables(asked: argparse.Namespace) -> Iterable[tables.Table]:
    for source in tables.sources(asked.table, asked.only, asked.out / "tables"):
        try:
            yield tables.read(source, configuration.load(asked.params))
        except ChurnError as error:
            _tell(f"{source.name} is left out: {error}")


def _told(part: Callable[..., tuple[Found, str]], asked: argparse.Namespace, *given: Any) -> Found:
    found, text = part(*given, configuration.load(asked.params))
    sys.stdout.write(text)
    return found


PARTS: dict[str, Callable[[argparse.Namespace], Found]] = {
    "compare": _compare,
    "leaks": lambda asked: _told(leaks.measure, asked, _tables(asked)),
    "verdicts": lambda asked: _told(verdicts.measure, asked, _tables(asked), asked.repetitions),
    "truth": lambda asked: _told(truth.measure, asked, asked.worlds),
    "cost": lambda asked: _told(cost.measure, asked, asked.out / "tables"),
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.quality", description="How good the model is.")
    parser.add_argument("parts", nargs="*", default=["compare"], metavar="PART", help=", ".join(PARTS))
    parser.add_argument(
        "--table", action="append", default=[], type=Source.parse, metavar=FORM, help="instead of the default tables"
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of the tables, only these")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--peers", nargs="*", default=PEERS, metavar="NAME")
    parser.add_argument("--params", type=Path, default=Path(str(SHIPPED)), help="the knobs; by default the shipped ones")
    parser.add_argument("--repetitions", type=int, default=100, help="shuffled labels of each table")
    parser.add_argument("--worlds", type=int, default=100, help="repeated worlds of the simulator")
    parser.add_argument("--out", type=Path, default=HOME)
    chosen = parser.parse_args()
    unknown = [part for part in chosen.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part is called '{unknown[0]}'; there are {', '.join(PARTS)}")
    return chosen


def _tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    main()
