"""The model registry. Nothing outside this package imports mlflow, and importing this module does not either."""

from churn.registry.registry import Registry, Version

__all__ = ["Registry", "Version"]
