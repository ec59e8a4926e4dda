"""What a run has to do: the parts of its input, and everything that its result follows from."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from churn.contract import Column, Contract
from churn.errors import TableError
from churn.score import parquet, text
from churn.score.files import File, fingerprint

ROWS = 1 << 18  # of a part, if the file can be cut there
OURS = {"row", "probability", "contact", "control_group", "reasons", "model_version", "data_hash"}  # columns of the result


class Part(BaseModel):
    """A stretch of a file: row groups of Parquet, bytes of text. rows_before: rows of the file that come before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    file: int
    start: int
    stop: int
    rows_before: int


class Source(BaseModel):
    """A file and its columns, by the name that everything else uses the name in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    kind: Literal["parquet", "text"]
    columns: dict[str, str]
    form: text.Form | None = None


class Asked(BaseModel):
    """What a result follows from, besides the input.

    bundle: a folder that every process can read. version: what the rows are told to be scored by. keep: columns of the input
    that go to the result as they are. reasons: how many each customer who is to be contacted gets. as_of: the day from which
    dates are counted back; a plan for input with dates has one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bundle: str
    fingerprint: str
    version: str
    keep: tuple[str, ...] = ()
    reasons: int = 0
    as_of: date | None = None


class Plan(BaseModel):
    """Recorded beside the result, so that a run that was killed goes on with the same parts. input: a fingerprint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: str
    asked: Asked
    sources: tuple[Source, ...]
    parts: tuple[Part, ...]

    def share(self, number: int, of: int) -> tuple[Part, ...]:
        """Every `of`-th part, beginning with the `number`-th, from 1 on."""
        return self.parts[number - 1 :: of]


def make(files: list[File], asked: Asked, contract: Contract, most: int = ROWS) -> Plan:
    """Look at every file and cut it into parts of about `most` rows. Raises TableError for a column that cannot be had."""
    taken = OURS.intersection(asked.keep)
    if taken:
        raise TableError(f"--keep '{min(taken)}': the result has a column of this name; rename it in the input")
    sources = tuple(_source(file, contract) for file in files)
    for source in sources:
        _demand(source, (*places(contract, source).values(), *asked.keep))
    stretches = ((number, *cut) for number, file in enumerate(files) for cut in _cuts(file, sources[number], most))
    parts = tuple(
        Part(number=number, file=file, start=start, stop=stop, rows_before=before)
        for number, (file, start, stop, before) in enumerate(stretches)
    )
    return Plan(input=fingerprint(files), asked=_dated(asked, contract, sources), sources=sources, parts=parts)


def _dated(asked: Asked, contract: Contract, sources: tuple[Source, ...]) -> Asked:
    """Dates are counted back from today, unless another day is given."""
    if not any(counted(contract, source) for source in sources):
        return asked.model_copy(update={"as_of": None})
    return asked.model_copy(update={"as_of": asked.as_of or datetime.now(UTC).date()})


def _source(file: File, contract: Contract) -> Source:
    if file.kind == "parquet":
        return Source(address=file.address, kind="parquet", columns=parquet.columns(file))
    form = text.form(file, contract.reading)
    return Source(address=file.address, kind="text", columns={name: name for name in form.names}, form=form)


def counted(contract: Contract, source: Source) -> list[Column]:
    """The columns that count days since a date, where the input has no such column but the date."""
    return [column for column in contract.columns if column.dates and column.name not in source.columns]


def places(contract: Contract, source: Source) -> dict[str, str]:
    """For each feature the name of the column that is read for it: its own, or that of the date whose days it counts."""
    return {name: name for name in contract.features} | {column.name: column.dated for column in counted(contract, source)}


def _demand(source: Source, names: tuple[str, ...]) -> None:
    absent = [name for name in names if name not in source.columns]
    if absent:
        more = f" (and {len(absent) - 1} more)" if len(absent) > 1 else ""
        raise TableError(f"{source.address} lacks the column '{absent[0]}'{more}, which the model or --keep asks for")


def _cuts(file: File, source: Source, most: int) -> Iterator[tuple[int, int, int]]:
    return text.cuts(file, source.form, most) if source.form else parquet.cuts(file, most)
