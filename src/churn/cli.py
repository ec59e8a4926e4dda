"""The `churn` command; what it can do stands in `churn/commands`. Slow libraries are imported by whichever needs them."""

import os
import sys
from typing import Any

import click

from churn.commands import COMMANDS
from churn.errors import ChurnError


class Group(click.Group):
    """Turns a deliberate error into one line and an exit code; --verbose shows the traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ChurnError as error:
            if ctx.params.get("verbose"):
                raise
            click.echo(f"churn: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Group)
@click.option("-C", "--workspace", type=click.Path(exists=True, file_okay=False), help="Work in this folder.")
@click.option("--verbose", is_flag=True, help="Show the traceback of an error.")
def main(workspace: str | None, verbose: bool) -> None:
    """A customer table in; a calibrated, served, watched and replaced churn model out."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    if not verbose:  # what goes wrong in a flow is told in one line at the end; Prefect keeps the whole log
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    if workspace:
        os.chdir(workspace)


for one in COMMANDS:
    main.add_command(one)


if __name__ == "__main__":
    sys.exit(main())
