"""A request that brings a customer's id alone is answered from the feature table, where `churn snapshots` has written one."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from churn.contract import Contract
from churn.errors import FieldError, RequestRefused, StoreUnavailable
from serving.forms import Form
from serving.row import Row


class FeatureTable:
    """The newest snapshot, one row a customer, in a file that may appear or be replaced at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, form: Form, body: bytes) -> Row:
        """Read one customer: its row, or its id alone. Raises RequestRefused; StoreUnavailable if the table cannot be read.

        The table is asked only about what the form refuses, so a request with a whole row costs no more.
        """
        try:
            return form.one(body)
        except RequestRefused:
            customer = self._only_id(form.contract, body)
            if customer is None:
                raise
        return form.one(to_json(self._row(form.contract, customer)))

    def _only_id(self, contract: Contract, body: bytes) -> str | None:
        """The id in a body that brings nothing else, if there is a table to look it up in."""
        if contract.id is None or not self._path.is_file():
            return None
        try:
            said = from_json(body)
        except ValueError:
            return None
        if not isinstance(said, dict) or said.keys() != {contract.id}:
            return None
        customer = said[contract.id]
        return str(customer) if isinstance(customer, (str, int)) and not isinstance(customer, bool) else None

    def _row(self, contract: Contract, customer: str) -> dict[str, Any]:
        identity = '"' + str(contract.id).replace('"', '""') + '"'
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                database.row_factory = sqlite3.Row
                found = database.execute(f"SELECT * FROM features WHERE {identity} = ?", (customer,)).fetchone()  # noqa: S608 - quoted
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the feature table {self._path} cannot be read: {error}; run `churn snapshots`") from error
        if found is None:
            reason = "is no customer of the newest snapshot; send the whole row"
            raise RequestRefused(f"{contract.id}: '{customer[:100]}' {reason}", [FieldError(str(contract.id), reason)], 404)
        flags = {column.name for column in contract.columns if column.kind == "boolean"}
        wanted = {contract.id, contract.snapshot, *contract.features}
        said = {name: cell for name, cell in dict(found).items() if name in wanted}
        return {name: bool(cell) if name in flags and cell is not None else cell for name, cell in said.items()}
