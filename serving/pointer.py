"""The champion pointer: a small file by which the follower tells the server which bundle to serve."""

import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from churn.errors import BundleCorrupt

NAME = "champion.json"


class Pointer(BaseModel):
    """Which version is champion, and its bundle folder, absolute or relative to the folder of the pointer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    folder: str


def write_pointer(bundles: Path, pointer: Pointer) -> None:
    """Replace the pointer; a reader sees the old one or the new one, whole."""
    replace(bundles / NAME, pointer.model_dump_json())


def replace(path: Path, text: str) -> None:
    """Write a file in one step."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8") as beside:
        beside.write(text)
    Path(beside.name).replace(path)


def written(path: Path) -> tuple[int, int] | None:
    """When a file was written, None while there is none; replacing a file always changes this."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


def read_pointer(bundles: Path) -> Pointer:
    """Read the pointer. Raises BundleCorrupt if it is not one."""
    path = bundles / NAME
    try:
        return Pointer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{path} is not a champion pointer; delete it, the follower writes it again") from error
