"""Read customers straight from bytes into rows, where they are as the contract wants them.

This reader only says yes or nothing: whatever it does not take is for the form's validator to accept or to refuse.
"""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec.structs import astuple

from churn.contract import Contract
from churn.contract.encode import LARGEST
from serving.parse import MOST_ROWS
from serving.row import Row

# \Z and not $, which in Python lets a line break at the end pass.
TEXT = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
WHOLE = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
KINDS: dict[str, Any] = {"number": Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)], "boolean": bool, "category": str}
LABELS: dict[str, Any] = {"customer": WHOLE | TEXT, "snapshot": TEXT}
NOT_TAKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Decode = Callable[[bytes], Any]


class QuickReader:
    """Reads bodies of one contract; gives None for what it does not take."""

    def __init__(self, contract: Contract) -> None:
        self._count = len(contract.features)
        self._labels = tuple(_labels(contract))
        self._one, self._many = _decoders(contract)

    def one(self, body: bytes) -> Row | None:
        """Read one customer."""
        try:
            return self._row(self._one(body))
        except NOT_TAKEN:
            return None

    def many(self, body: bytes) -> list[Row] | None:
        """Read `{"customers": [...]}`."""
        try:
            return [self._row(found) for found in self._many(body).customers]
        except NOT_TAKEN:
            return None

    def _row(self, found: Any) -> Row:
        """The struct without its labels, which JSON leaves out while they are None, is what the log keeps."""
        customer, snapshot = found.customer, found.snapshot
        for name in self._labels:
            setattr(found, name, None)
        values = astuple(found)[: self._count]  # the labels come after the features
        return Row(str(customer) if customer.__class__ is int else customer, snapshot, values, found)


def _decoders(contract: Contract) -> tuple[Decode, Decode]:
    """Decoders for one and many; they take nothing where a column has a name that JSON cannot spell plainly."""
    try:
        one = _struct(contract)
    except ValueError:
        return _nothing, _nothing
    rows = Annotated[list[one], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]  # type: ignore[valid-type]
    many = msgspec.defstruct("Customers", [("customers", rows)], forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(one).decode, msgspec.json.Decoder(many).decode


def _struct(contract: Contract) -> type[msgspec.Struct]:
    """A row as the contract describes it. Attributes have made-up names, since a column may have any name."""
    columns = {f"f{i}": column for i, column in enumerate(contract.columns)}
    labels = _labels(contract)
    fields: list[Any] = [(name, KINDS[c.kind] | None if c.nullable else KINDS[c.kind]) for name, c in columns.items()]
    fields += [(name, kind | None, None) for name, (_, kind) in labels.items()]
    return msgspec.defstruct(
        "Customer",
        fields,
        rename={name: c.name for name, c in columns.items()} | {name: alias for name, (alias, _) in labels.items()},
        namespace={name: None for name in LABELS if name not in labels},
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
    )


def _labels(contract: Contract) -> dict[str, tuple[str, Any]]:
    """Alias and type of each label that rows of a contract may have."""
    names = {"customer": contract.id, "snapshot": contract.snapshot}
    return {name: (alias, LABELS[name]) for name, alias in names.items() if alias}


def _nothing(_: bytes) -> Any:
    raise msgspec.DecodeError
