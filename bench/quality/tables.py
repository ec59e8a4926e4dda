"""The tables that learners are compared on: named ones, public ones beside the checkout, and made ones."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.quality import made
from bench.quality.fit import encoded
from churn import workspace
from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.data.labelled import Labelled, load
from churn.params import Data, Params

SHARED = Path(__file__).parents[2] / "../shared/data"
FORM = "NAME=FILE:TARGET:POSITIVE[:ID]"


@dataclass(frozen=True)
class Source:
    """A labelled file. id: the column that names the customer, if there is one."""

    name: str
    path: Path
    target: str
    positive: str
    id: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Source":
        """From NAME=FILE:TARGET:POSITIVE[:ID]. Raises ValueError for another form."""
        name, found, rest = text.partition("=")
        parts = rest.rsplit(":", 3) if rest.count(":") > 2 else [*rest.rsplit(":", 2), ""]
        if not found or len(parts) != 4 or not all([name, *parts[:3]]):
            raise ValueError(f"'{text}' is not of the form {FORM}")
        path, target, positive, identity = parts
        return cls(name, Path(path), target, positive, identity or None)


@dataclass(frozen=True)
class Table:
    """What every learner is given: encoded rows (n, features) under one contract, and the rows they come from."""

    name: str
    data: Data
    rows: Labelled
    contract: Contract
    matrix: Matrix


PUBLIC = (
    Source("telco", SHARED / "telco.csv", "Churn", "Yes", "customerID"),
    Source("mlc_churn", SHARED / "mlc_churn.csv", "churn", "yes"),
)


def sources(named: Sequence[Source], only: Sequence[str], folder: Path) -> Iterator[Source]:
    """The named tables; else the public ones that are present and the made ones, which are written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = [*named] or [*(one for one in PUBLIC if one.path.is_file()), *(_made(name, folder) for name in made.TABLES)]
    yield from (one for one in whole if not only or one.name in only)


def absent() -> list[str]:
    """Public tables that are not beside the checkout."""
    return [one.name for one in PUBLIC if not one.path.is_file()]


def read(source: Source, params: Params) -> Table:
    """Look at a table as `churn init` does, and encode all of it. Raises TableError where no model can be made of it."""
    data = workspace.plan(source.path, source.target, source.positive, source.id, None).data
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source.path, folder)
        rows = load(Path(folder), data)
    return Table(source.name, data, rows, *encoded(rows, params.model_copy(update={"data": data})))


def _made(name: str, folder: Path) -> Source:
    path = folder / f"{name}.csv"
    made.TABLES[name]().to_csv(path, index=False, lineterminator="\n")
    return Source(name, path, made.TARGET, "Yes", made.ID)
