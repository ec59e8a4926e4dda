"""Runs that the Prefect server starts by itself: wait for one, and ask when the next is planned."""

import time
from datetime import UTC, datetime

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from churn.errors import ChurnError


def await_run(flow: str, since: datetime, appear: float = 60.0, end: float = 240.0) -> FlowRun:
    """Wait until the newest run of a flow that started after `since` has ended.

    Raises ChurnError when none starts within `appear` seconds, none ends within `end`, or it did not complete.
    """
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < end:
        run = _newest(flow, since)
        if run is None and waited > appear:
            raise ChurnError(f"no run of {flow} started within {appear:.0f} s; see state/logs/worker.log")
        if run is not None and run.state is not None and run.state.is_final():
            if run.state.is_completed():
                return run
            raise ChurnError(f"the run '{run.name}' of {flow} ended as {run.state.name}; see it in Prefect")
        time.sleep(0.5)
    raise ChurnError(f"no run of {flow} ended within {end:.0f} s; see state/logs/worker.log")


def _newest(flow: str, since: datetime) -> FlowRun | None:
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_filter=FlowFilter(name={"any_": [flow]}),
            flow_run_filter=FlowRunFilter(start_time={"after_": since}),
            sort=FlowRunSort.START_TIME_DESC,
            limit=1,
        )
    return found[0] if found else None


def next_run(flow: str) -> datetime | None:
    """When the next run of a flow is planned; None if none is."""
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_filter=FlowFilter(name={"any_": [flow]}),
            flow_run_filter=FlowRunFilter(state={"type": {"any_": ["SCHEDULED"]}}, expected_start_time={"after_": now()}),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=1,
        )
    return found[0].expected_start_time if found else None


def now() -> datetime:
    """The present moment, as Prefect keeps time."""
    return datetime.now(UTC)
