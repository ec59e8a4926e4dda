"""The contact list as CSV and Excel."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

EXCEL_ROWS = 1_048_576  # that a sheet can hold, the header among them


def write_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write all rows."""
    with path.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text)
        lines.writerow(head)
        lines.writerows(rows)


def write_excel(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Write as many rows as a sheet can hold, and return how many those are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("contacts")
    sheet.freeze_panes = "A2"
    shown = rows[: EXCEL_ROWS - 1]
    for row in (head, *shown):
        sheet.append(list(_cells(sheet, row)))
    book.save(path)
    return len(shown)


def _cells(sheet: Any, row: Sequence[Any]) -> Iterator[Any]:
    """Text stays text: a name that begins with '=' is no formula."""
    for value in row:
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        yield cell
