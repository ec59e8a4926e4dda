"""The result of a part: written beside its place, then renamed, so that it is there whole or not at all."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import uuid4

import fsspec
import pyarrow.parquet as pq

from churn.errors import TableError
from churn.score.answers import Answered, Rejected

PLAN = "_plan.json"
REJECTS = "_rejects"
BESIDE = "_unfinished"
COUNTS = b"churn.counts"


class Counts(NamedTuple):
    """Of a part: rows scored, rejected and to be contacted, and cells with a category that training never saw."""

    scored: int = 0
    rejected: int = 0
    contacts: int = 0
    unseen: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """The sum of both."""
        return Counts(*(one + two for one, two in zip(self, other, strict=True)))


class Target:
    """The folder of a result, on this machine or at an address that fsspec knows."""

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            self._store, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError, OSError) as error:
            raise TableError(f"{address} cannot be written to: {' '.join(str(error).split())}") from error

    @property
    def rejects(self) -> str:
        """Where the rejected rows are, a CSV file for each part that has some."""
        return f"{self.address.rstrip('/')}/{REJECTS}"

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        return bool(self._store.exists(self._at(name)))

    def empty(self) -> bool:
        """Whether the folder is not there or holds nothing, but for what a run that begins, or was killed then, has there."""
        found = self._store.ls(self._root, detail=False) if self._store.exists(self._root) else []
        return all(PurePosixPath(name).name == BESIDE for name in found)

    def read_text(self, name: str) -> str:
        """The content of a text file."""
        return str(self._store.read_text(self._at(name), encoding="utf-8"))

    def write_text(self, name: str, content: str) -> None:
        """Write a text file whole or not at all."""
        beside = self._beside()
        self._store.write_text(beside, content, encoding="utf-8", newline="")
        self._put(beside, name)

    def write(self, name: str, answers: Iterable[Answered], wrong: Sequence[Rejected]) -> Counts:
        """Write the scores of a part as they come, one row group each, and before they are there the rejected rows.

        wrong: rows that are rejected besides, known once all answers have come.
        """
        counts, rejected, beside, writer = Counts(), list[Rejected](), self._beside(), None
        with self._store.open(beside, "wb") as sink:
            for one in answers:
                writer = writer or pq.ParquetWriter(sink, one.scores.schema, compression="zstd")
                writer.write_table(one.scores)
                contacts = int(one.scores["contact"].to_numpy().sum())
                counts = counts.plus(Counts(len(one.scores), len(one.rejected), contacts, one.unseen))
                rejected += one.rejected
            counts = counts.plus(Counts(rejected=len(wrong)))
            if writer:
                writer.add_key_value_metadata({COUNTS: json.dumps(counts).encode()})
                writer.close()
        if counts.rejected:
            self.write_text(f"{REJECTS}/{PurePosixPath(name).stem}.csv", _lines(sorted([*rejected, *wrong])))
        self._put(beside, name)
        return counts

    def counts(self, name: str) -> Counts:
        """The counts of a part that was written."""
        with self._store.open(self._at(name), "rb") as source:
            return Counts(*json.loads(pq.read_metadata(source).metadata[COUNTS]))

    def tidy(self) -> None:
        """Remove what killed processes left unfinished."""
        if self._store.exists(self._at(BESIDE)):
            self._store.rm(self._at(BESIDE), recursive=True)

    def _beside(self) -> str:
        self._store.makedirs(self._at(BESIDE), exist_ok=True)
        return self._at(f"{BESIDE}/{uuid4().hex}")

    def _put(self, beside: str, name: str) -> None:
        self._store.makedirs(str(PurePosixPath(self._at(name)).parent), exist_ok=True)
        self._store.mv(beside, self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def _lines(rejected: Sequence[Rejected]) -> str:
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(Rejected._fields)
    lines.writerows(rejected)
    return text.getvalue()
