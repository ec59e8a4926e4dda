"""The contract: the one description of a customer row, and the encoder that follows from it."""

from churn.contract.column import Column, Value
from churn.contract.derived import Derived, Extension
from churn.contract.encode import encode, unseen
from churn.contract.pairs import Pairs
from churn.contract.schema import Contract

__all__ = ["Column", "Contract", "Derived", "Extension", "Pairs", "Value", "encode", "unseen"]
