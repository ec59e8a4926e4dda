"""Independent fits on all processors; the results and their order do not depend on how many there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from joblib import Parallel, delayed

from churn.contract.encode import Matrix

Result = TypeVar("Result")
SMALL = 30_000  # cells, below which other processes take longer to start than to work


def each(
    work: Callable[..., Result],
    items: Sequence[tuple[Any, ...]],
    matrix: Matrix,
    progress: Callable[[list[Any], str], Iterable[Any]],
    what: str,
) -> Iterator[Result]:
    """What `work` makes of each tuple of arguments, in their order. `matrix`: what it works on, for its size."""
    if not items:
        return
    jobs = 1 if matrix.size < SMALL or len(items) == 1 else -1
    found = Parallel(n_jobs=jobs, return_as="generator")(delayed(work)(*item) for item in items)
    for _ in progress(list(items), what):
        yield next(found)
