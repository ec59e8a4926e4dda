"""What `churn init` says: what it found, what it did, and what the user should decide."""

import re
from collections.abc import Iterable, Iterator

from churn.params import Data
from churn.workspace.plan import Plan

NUMBER = re.compile(r"(?<![\w.'])\d[\d,]*(?![\w.'%])")
LEAKS = "Left out as the answer in disguise (data.trusted takes one of them back, data.suspects: keep all):"
MANY = 6  # lines that say the same
LISTED = 30  # columns of a kind
DELIMITERS = {"\t": "tab"}


def summary(what: Plan) -> str:
    """Readable text of several lines."""
    return "\n".join(_lines(what))


def _lines(what: Plan) -> Iterator[str]:
    data, share = what.data, what.churners / what.rows
    who = f"= {data.positive}" if data.positive is not None else data.positive_when
    yield f"{what.rows:,} rows, {what.churners:,} with {data.target} {who} ({share:.1%})."
    yield from _file(what)
    yield from _columns(data)
    yield from _part("Found and done:", what.notes)
    yield from _part(LEAKS, what.leaks)
    yield from _part("For you to decide, in params.yaml unless it says otherwise:", what.decide, numbered=True)
    yield ""
    yield "Wrote params.yaml, dvc.yaml, prefect.yaml, data/ and data.dvc. Next: dvc repro, churn deploy, churn serve."


def _file(what: Plan) -> Iterator[str]:
    reading, kind = what.data.reading, what.table.suffix.lower()
    if kind == ".xlsx" and reading.sheet:
        yield f"Read from the sheet '{reading.sheet}', which has the column {what.data.target}."
    if kind not in (".xlsx", ".parquet"):
        written = [f"delimiter {DELIMITERS.get(reading.delimiter, repr(reading.delimiter))}"]
        written += ["decimal comma"] if reading.decimal == "," else []
        written += [f"encoding {reading.encoding}"] if reading.encoding != "utf-8" else []
        if written != ["delimiter ','"]:
            yield f"Read with {', '.join(written)}; later files in data/ are read alike."
    if reading.other_decimal:
        yield f"The other decimal sign is in {', '.join(reading.other_decimal)}."


def _columns(data: Data) -> Iterator[str]:
    plural = {"number": ("number", "numbers"), "category": ("category", "categories"), "boolean": ("true or false",) * 2}
    yield f"{len(data.features)} columns to learn from:"
    for kind, words in plural.items():
        names = [name for name, one in data.features.items() if one == kind]
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        if names:
            yield f"  {len(names)} {words[len(names) > 1]}: {', '.join(names[:LISTED])}{more}"


def condense(lines: Iterable[str]) -> list[str]:
    """One line for many columns of which the same is said but for numbers, which become a range."""
    alike: dict[str, list[str]] = {}
    for line in lines:
        alike.setdefault(NUMBER.sub("#", line.partition(": ")[2]), []).append(line)
    return [line for said, group in alike.items() for line in (group if len(group) < MANY else [_as_one(said, group)])]


def _as_one(said: str, group: list[str]) -> str:
    names = [line.partition(": ")[0] for line in group]
    numbers = zip(*(map(_number, NUMBER.findall(line.partition(": ")[2])) for line in group), strict=True)
    for some in numbers:
        said = said.replace("#", f"{min(some):,}" if min(some) == max(some) else f"{min(some):,} to {max(some):,}", 1)
    return f"{len(names)} columns ({', '.join(names[:3])} ... {names[-1]}): {said}"


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _part(title: str, lines: Iterable[str], *, numbered: bool = False) -> Iterator[str]:
    told = condense(lines)
    if told:
        yield ""
        yield title
        yield from (f"{f'{i}.' if numbered else '-'} {line}" for i, line in enumerate(told, 1))
