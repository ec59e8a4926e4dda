"""A learner that cannot learn from a table does not end the others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from churn.errors import ChurnError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Failure:
    """Why a learner failed, in one line."""

    reason: str


def caught(work: Callable[Arguments, Result]) -> Callable[Arguments, Result | Failure]:
    """`work` that gives a Failure where a library raises.

    What a person or the machine has to mend is raised all the same: it would fail the next learner as well, or be gone on
    the next try, and a model must not depend on that.
    """

    @wraps(work)
    def tried(*given: Arguments.args, **named: Arguments.kwargs) -> Result | Failure:
        try:
            return work(*given, **named)
        except (ChurnError, MemoryError, OSError):
            raise
        except Exception as error:
            return Failure(f"{type(error).__name__}: {' '.join(str(error).split())}")

    return tried
