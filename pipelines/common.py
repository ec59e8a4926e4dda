"""What all flows share: how tasks retry, and where the registry, the store and the workspace are."""

from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from churn import params, settings
from churn.errors import AlertNotSent, RegistryUnavailable, StoreUnavailable, WorkspaceError
from churn.registry import Registry
from churn.store import Store

PASSING = (AlertNotSent, RegistryUnavailable, StoreUnavailable, WorkspaceError, ConnectionError, TimeoutError)


def may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001
    """Whether a failure may be gone on the next try; a wrong table or parameter stays wrong."""
    try:
        state.result()
    except PASSING:
        return True
    except Exception:
        return False
    return False


# For every task that touches a server or the disk: tries for a minute and more, so that a server may be restarted meanwhile.
OUTSIDE: dict[str, Any] = {
    "retries": 5,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_pass,
    "cache_policy": NO_CACHE,
}


def registry() -> Registry:
    """The registry of the workspace."""
    return Registry(settings.load().tracking_uri, params.load().name)


def store() -> Store:
    """The store of the workspace, with its tables."""
    opened = Store(settings.load().store_url)
    opened.create()
    return opened


def table(head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *[[_cell(value) for value in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
