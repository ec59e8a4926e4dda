"""Two small files beside the champion's pointer: whom the server shall try out, and whom it has withdrawn.

The follower writes the one from the registry; the server writes the other, and the follower tells the registry. As long as
both name one version it is not served, so a server that starts again remembers.
"""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from churn.errors import BundleCorrupt
from churn.rollout.plan import Plan
from churn.store.tables import now
from serving.pointer import replace

TARGET, WITHDRAWN = "challenger.json", "withdrawn.json"


class Target(BaseModel):
    """The challenger, its bundle folder (absolute), and how it is tried out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    folder: str
    plan: Plan


class Withdrawal(BaseModel):
    """A challenger that the server serves no more, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    reason: str
    time: datetime = Field(default_factory=now)


M = TypeVar("M", bound=BaseModel)


def write(bundles: Path, what: Target | Withdrawal) -> None:
    """Replace one of the files in one step."""
    replace(bundles / (TARGET if isinstance(what, Target) else WITHDRAWN), what.model_dump_json())


def read_target(bundles: Path) -> Target | None:
    """The challenger, None while there is none. Raises BundleCorrupt if the file is not one."""
    return _read(bundles / TARGET, Target)


def read_withdrawal(bundles: Path) -> Withdrawal | None:
    """The last withdrawal that the registry does not know of yet. Raises BundleCorrupt if the file is not one."""
    return _read(bundles / WITHDRAWN, Withdrawal)


def _read(path: Path, kind: type[M]) -> M | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise BundleCorrupt(f"{path} cannot be read; delete it, it is written again where it is needed") from error
