"""What a request must look like: validators built from the contract of one model."""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from churn.contract import Column, Contract, Value
from serving.parse import parse_many, parse_one

FLOAT32_MAX = float(np.finfo(np.float32).max)  # a larger number would be infinite once encoded

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
KINDS: dict[str, Any] = {
    "number": Annotated[float, Field(ge=-FLOAT32_MAX, le=FLOAT32_MAX)],
    "boolean": bool,
    "category": str,
}


def _as_identity(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise PydanticCustomError("identity", "Input should be text or a whole number")
    return str(value)


class Row(NamedTuple):
    """One customer as received: whose row it is, of when, and the features by column name."""

    customer: str | None
    snapshot: str | None
    features: dict[str, Value]


@dataclass(frozen=True)
class Form:
    """Reads request bodies into rows of one contract."""

    contract: Contract
    customer: type[BaseModel]

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """Build the validator. Its attribute names are made up, since a column may have any name; clients see aliases."""
        fields: dict[str, Any] = {f"f{i}": _feature(column) for i, column in enumerate(contract.columns)}
        if contract.id:
            fields["customer"] = _optional(Annotated[Text, BeforeValidator(_as_identity)], contract.id)
        if contract.snapshot:
            fields["snapshot"] = _optional(Text, contract.snapshot)
        config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
        return cls(contract, create_model("Customer", __config__=config, **fields))

    def one(self, body: bytes) -> Row:
        """Read one customer. Raises RequestRefused."""
        return self._row(parse_one(self.customer, body))

    def many(self, body: bytes) -> list[Row]:
        """Read `{"customers": [...]}`. Raises RequestRefused."""
        return [self._row(customer) for customer in parse_many("customers", self.customer, body)]

    def _row(self, customer: BaseModel) -> Row:
        values = customer.__dict__
        features = {name: values[f"f{i}"] for i, name in enumerate(self.contract.features)}
        return Row(values.get("customer"), values.get("snapshot"), features)


def _feature(column: Column) -> tuple[Any, Any]:
    kind = KINDS[column.kind]
    return (kind | None if column.nullable else kind), Field(alias=column.name)


def _optional(kind: Any, name: str) -> tuple[Any, Any]:
    return kind | None, Field(default=None, alias=name)
