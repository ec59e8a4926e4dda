"""The table at the end of the demo, and where to look next."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.demo import Line


def show(lines: list[Line], folder: Path) -> None:
    """Print what happened in each month and the places to look."""
    out = Console(width=None)
    table = Table("month", "rows scored", "live AUC", "drift verdict", "champion", "what happened")
    for line in lines:
        table.add_row(line.month, f"{line.rows:,}", f"{line.auc:.3f}", line.verdict, line.champion, "; ".join(line.happened))
    out.print(table)
    here = Path.cwd()
    out.print(f"HTML reports     {here / 'state' / 'reports'}/version-*/*.html", soft_wrap=True)
    out.print(f"MLflow, Prefect, Evidently and the API page: churn -C {folder} up", soft_wrap=True)
