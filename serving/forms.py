"""What a request must look like: readers built from the contract of one model.

Nearly every body is right and is read by the quick reader. What that does not take goes to the pydantic model, whose
verdict counts and which words the refusal.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from churn.contract import Column, Contract
from churn.contract.encode import LARGEST
from serving.parse import parse_many, parse_one
from serving.quick import QuickReader
from serving.row import Row

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
KINDS: dict[str, Any] = {
    "number": Annotated[float, Field(ge=-LARGEST, le=LARGEST)],  # a larger one would be infinite once encoded
    "boolean": bool,
    "category": str,
}


def _as_identity(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise PydanticCustomError("identity", "Input should be text or a whole number")
    return str(value)


@dataclass(frozen=True)
class Form:
    """Reads request bodies into rows of one contract."""

    contract: Contract
    customer: type[BaseModel]
    quick: QuickReader

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """Build the readers. The model's attribute names are made up, since a column may have any name; clients see aliases."""
        fields: dict[str, Any] = {f"f{i}": _feature(column) for i, column in enumerate(contract.columns)}
        if contract.id:
            fields["customer"] = _optional(Annotated[Text, BeforeValidator(_as_identity)], contract.id)
        if contract.snapshot:
            fields["snapshot"] = _optional(Text, contract.snapshot)
        config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
        return cls(contract, create_model("Customer", __config__=config, **fields), QuickReader(contract))

    def one(self, body: bytes) -> Row:
        """Read one customer. Raises RequestRefused."""
        return self.quick.one(body) or self._row(parse_one(self.customer, body))

    def many(self, body: bytes) -> list[Row]:
        """Read `{"customers": [...]}`. Raises RequestRefused."""
        return self.quick.many(body) or [self._row(found) for found in parse_many("customers", self.customer, body)]

    def _row(self, customer: BaseModel) -> Row:
        values = customer.__dict__
        features = {name: values[f"f{i}"] for i, name in enumerate(self.contract.features)}
        return Row(values.get("customer"), values.get("snapshot"), tuple(features.values()), features)


def _feature(column: Column) -> tuple[Any, Any]:
    kind = KINDS[column.kind]
    return (kind | None if column.nullable else kind), Field(alias=column.name)


def _optional(kind: Any, name: str) -> tuple[Any, Any]:
    return kind | None, Field(default=None, alias=name)
