"""A run from its beginning to its end: look at the input, do the parts, count."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Any, NamedTuple, Self

import joblib
from pydantic import ValidationError

from churn.errors import TableError
from churn.score import files
from churn.score.part import bundle_of, name_of, score
from churn.score.plan import Asked, Plan, make
from churn.score.write import PLAN, Counts, Target

Progress = Callable[[list[Any], str], Iterable[Any]]


class Share(NamedTuple):
    """The `number`-th of `of` shares of the parts, from 1 on."""

    number: int = 1
    of: int = 1

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read `K/N`. Raises TableError."""
        first, _, second = text.partition("/")
        if first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second):
            return cls(int(first), int(second))
        raise TableError(f"'{text}' is no share: give --part K/N with K from 1 to N, such as 3/8")


WHOLE = Share()


def start(source: str, target: Target, asked: Asked) -> Plan:
    """The plan of a run: the one that stands in the target, if it is of the same input and model, else a new one.

    Raises TableError where the target holds anything else.
    """
    found = files.find(source)
    if target.exists(PLAN):
        return _resumed(target, files.fingerprint(found), asked)
    if not target.empty():
        raise TableError(f"{target.address} is not empty and holds no scores; name an empty or a new folder")
    made = make(found, asked, bundle_of(asked).contract)
    target.write_text(PLAN, made.model_dump_json())
    return made


def run(plan: Plan, target: Target, share: Share = WHOLE, progress: Progress = lambda items, _: items) -> Counts:
    """Do the parts of a share on all processors of this machine: in threads, since what is slow in them lets others run.

    Returns the counts of the share.
    """
    bundle_of(plan.asked)  # opened before the threads begin, so that it is once
    with ThreadPoolExecutor(joblib.cpu_count()) as threads:
        waiting = [threads.submit(score, plan, part, target) for part in plan.share(*share)]
        try:
            done = [one.result() for one in progress(waiting, "scoring")]
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    finish(plan, target)
    return reduce(Counts.plus, done, Counts())


def score_all(source: str, place: str, asked: Asked, share: Share = WHOLE, progress: Progress = lambda items, _: items) -> str:
    """Score a share of the parts of `source` into the folder `place`, or go on with it; what came of it in one line."""
    target = Target(place)
    plan = start(source, target, asked)
    return told(run(plan, target, share, progress), plan, target)


def finish(plan: Plan, target: Target) -> None:
    """Once all parts are done, remove what killed processes left."""
    if all(target.exists(name_of(part)) for part in plan.parts):
        target.tidy()


def counted(plan: Plan, target: Target) -> Counts:
    """The counts of a whole run that is done."""
    return reduce(Counts.plus, (target.counts(name_of(part)) for part in plan.parts), Counts())


def told(counts: Counts, plan: Plan, target: Target) -> str:
    """A run in one line, and where the rejected rows are if there are any."""
    line = f"{counts.scored:,} rows scored by version {plan.asked.version}, {counts.contacts:,} to contact"
    rejects = f"; {counts.rejected:,} rejected, see {target.rejects}" if counts.rejected else "; none rejected"
    unseen = f"; {counts.unseen:,} cells hold a category never seen in training" if counts.unseen else ""
    dates = f"; dates are counted back from {plan.asked.as_of}, unless a snapshot names a day" if plan.asked.as_of else ""
    return line + rejects + unseen + dates


def _resumed(target: Target, input_: str, asked: Asked) -> Plan:
    try:
        known = Plan.model_validate_json(target.read_text(PLAN))
    except ValidationError as error:
        raise TableError(f"{target.address}/{PLAN} cannot be read; remove the folder and score again") from error
    if known.input != input_:
        raise TableError(f"{target.address} holds scores of other or since changed input; name an empty or a new folder")
    asked = asked.model_copy(update={"as_of": known.asked.as_of and (asked.as_of or known.asked.as_of)})
    if known.asked.model_copy(update={"bundle": asked.bundle}) != asked:
        raise TableError(f"{target.address} holds scores by another model or with other options; name an empty or a new folder")
    return known.model_copy(update={"asked": asked})
