"""`churn approve`: the answer of a person to a deployment that waits for one, or to a gate that refused."""

import os

import click

from churn.errors import ApprovalRefused


@click.command()
@click.argument("version")
@click.option("--reason", required=True, help="Why; it is kept in the history.")
@click.option("--no", is_flag=True, help="Refuse it.")
@click.option("--override", is_flag=True, help="Deploy it although the gate refuses.")
def approve(version: str, reason: str, no: bool, override: bool) -> None:
    """Say yes, or no, to VERSION, which waits for approval; the deployment then goes on."""
    from churn import settings  # noqa: PLC0415
    from pipelines.stack import orchestrated  # noqa: PLC0415

    if not reason.strip() or (no and override):
        raise ApprovalRefused("give a reason, in words, and either --no or --override")
    os.environ.update(orchestrated(settings.load()))
    click.echo(f"version {version}: {_overrule(version, reason) if override else _answer(version, reason, yes=not no)}")


def _answer(version: str, reason: str, *, yes: bool) -> str:
    """Answer, and let whichever run waits go on: the suspended one of Prefect, else one in this process."""
    from churn.store.tables import user  # noqa: PLC0415
    from pipelines.common import store  # noqa: PLC0415
    from pipelines.deployment import deployment  # noqa: PLC0415
    from pipelines.deployment import reason as told  # noqa: PLC0415
    from pipelines.deployment.approval import answer  # noqa: PLC0415
    from pipelines.deployment.form import Approval, resume  # noqa: PLC0415

    waited = answer(store(), version, yes=yes, reason=reason, who=user())
    said = Approval(approve=yes, reason=reason, name=user())
    run = resume(version, waited.number, said)
    if run:
        return f"the run {run} goes on in Prefect"
    deployment(version)
    return told(version)


def _overrule(version: str, reason: str) -> str:
    from pipelines.deployment import deployment  # noqa: PLC0415
    from pipelines.deployment import reason as told  # noqa: PLC0415

    deployment(version, override=reason)
    return told(version)
