"""Tables from CSV, Parquet and Excel, without interpreting their cells."""

from churn.data.read.files import READABLE, read_folder, read_table
from churn.data.read.sniff import sniff

__all__ = ["READABLE", "read_folder", "read_table", "sniff"]
