"""Simulated companies: the demo company, whose months are tables, and worlds of many kinds as arrays."""

from churn.simulate.company import PRICE_RISE, Month, live, write, write_month

__all__ = ["PRICE_RISE", "Month", "live", "write", "write_month"]
