"""Tables from CSV, Parquet and Excel, without interpreting their cells."""

from churn.data.read.files import READABLE, read_pieces, read_table, tables
from churn.data.read.sniff import sniff

__all__ = ["READABLE", "read_pieces", "read_table", "sniff", "tables"]
