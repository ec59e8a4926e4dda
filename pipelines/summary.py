"""The table at the end of the demo, and where to look next."""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from churn.settings import Settings
from pipelines.demo import Line
from pipelines.stack import services


def show(lines: list[Line]) -> None:
    """Print what happened in each month, and where to look at it from the current folder, the demo's workspace."""
    out, here = Console(), Path.cwd()
    table = Table("month", "rows scored", "live AUC", "verdict", "champion", "what happened")
    for line in lines:
        table.add_row(line.month, f"{line.rows:,}", f"{line.auc:.3f}", line.verdict, line.champion, "\n".join(line.happened))
    out.print(table)
    out.print(f"HTML reports  {here / 'state' / 'reports'}", soft_wrap=True)
    out.print(f"To look at the rest, start it again: {sys.argv[0]} -C {here} up", soft_wrap=True)
    for service in services(Settings.model_construct(state=here / "state")):
        out.print(f"  {service.name:<10}  {service.page}")
