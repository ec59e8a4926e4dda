"""`churn effect`: what contacts do, from the outcomes of those who were recommended and of the control group."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from churn.errors import TableError

if TYPE_CHECKING:
    from churn.params import Params
    from churn.rollout.effect import Estimate, Group
    from churn.store import Store

PARAMS = Path("params.yaml")


@click.command()
@click.option("--write", is_flag=True, help="Put the saved share into params.yaml as problem.save_rate.")
def effect(write: bool) -> None:
    """How many would-be leavers a contact keeps, with an interval, measured by the control group."""
    from churn import params, settings  # noqa: PLC0415
    from churn.rollout.effect import saved_customers, saved_share  # noqa: PLC0415
    from churn.store import Store  # noqa: PLC0415

    knobs, log = params.load(PARAMS), Store(settings.load().store_url)
    log.create()
    contacted, control = _groups(log.tried.recommended(_ripe(log, knobs)))
    for text in _lines(contacted, control, saved_customers(contacted, control), saved_share(contacted, control)):
        click.echo(text)
    if write:
        _write(saved_share(contacted, control), knobs.problem.save_rate)


def _ripe(log: "Store", knobs: "Params") -> list[str]:
    """The snapshots whose outcomes are known, of those who stay as of those who leave."""
    from churn.feedback import ripe  # noqa: PLC0415

    return ripe(log, log.snapshots(), share=knobs.retraining.known_share, horizon_days=knobs.problem.horizon_days)


def _groups(rows: Sequence[tuple[bool, bool]]) -> "tuple[Group, Group]":
    """Those who were recommended and those of the control group who would have been. Raises TableError without either."""
    from churn.rollout.effect import Group  # noqa: PLC0415

    left = {name: [churned for withheld, churned in rows if withheld is name] for name in (False, True)}
    if not (left[False] and left[True]):
        raise TableError(
            f"outcomes of {len(left[False])} recommended customers and {len(left[True])} of the control group are known, and "
            "both are needed, of snapshots that have matured (the horizon has passed, or retraining.known_share of their "
            "outcomes are known); set problem.control in params.yaml, deploy, and report outcomes"
        )
    return Group(len(left[False]), sum(left[False])), Group(len(left[True]), sum(left[True]))


def _lines(contacted: "Group", control: "Group", kept: "Estimate", share: "Estimate") -> list[str]:
    thousand = [f"{1000 * value:.0f}" for value in (kept.value, kept.low, kept.high)]
    return [
        f"recommended    {contacted.customers:9,} customers, {contacted.left:,} left ({contacted.rate:.1%})",
        f"control group  {control.customers:9,} customers, {control.left:,} left ({control.rate:.1%})",
        f"of 1,000 recommended customers a contact keeps {thousand[0]} (95 %: {thousand[1]} to {thousand[2]})",
        f"of those who would leave it keeps {share.value:.1%} (95 %: {share.low:.1%} to {share.high:.1%})",
    ]


def _write(share: "Estimate", known: float) -> None:
    """Feed the cost model. A share that may as well be none is no figure to plan with, so it is not written."""
    from churn.params.change import set_number  # noqa: PLC0415

    if not 0 < share.low <= share.value < 1:
        raise TableError("the saved share is not certain to be above 0, so params.yaml stays as it is; wait for more outcomes")
    set_number(PARAMS, "save_rate", round(share.value, 4))
    click.echo(
        f"problem.save_rate is {share.value:.4g} now, {known:g} before; `dvc repro` and `churn deploy` bring it to the server, "
        "without training anything anew"
    )
