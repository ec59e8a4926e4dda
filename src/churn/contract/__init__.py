"""The contract: the one description of a customer row, and the encoder that follows from it."""

from churn.contract.encode import encode, unseen
from churn.contract.schema import Column, Contract, Value

__all__ = ["Column", "Contract", "Value", "encode", "unseen"]
