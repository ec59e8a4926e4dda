"""What a person at a terminal sees of long work."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import track

console = Console(stderr=True)


def progress(items: list[Any], what: str) -> Iterable[Any]:
    """Iterate with a progress bar on standard error."""
    return track(items, what, console=console)
