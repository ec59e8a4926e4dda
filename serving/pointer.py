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
    with tempfile.NamedTemporaryFile("w", dir=bundles, prefix=NAME, delete=False, encoding="utf-8") as beside:
        beside.write(pointer.model_dump_json())
    Path(beside.name).replace(bundles / NAME)


def read_pointer(bundles: Path) -> Pointer:
    """Read the pointer. Raises BundleCorrupt if it is not one."""
    path = bundles / NAME
    try:
        return Pointer.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{path} is not a champion pointer; delete it, the follower writes it again") from error
