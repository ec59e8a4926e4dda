"""The whole system, to stay."""

import signal
import time
from types import FrameType

from churn.console import console
from churn.errors import ChurnError
from churn.settings import Settings
from pipelines import stack


def run(settings: Settings) -> None:
    """Start every service, show where each is, and end them all on Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)
    server, *others = stack.services(settings)
    for service in (server, *others):
        stack.refuse_taken(settings.host, service)
    try:
        with stack.Stack(settings) as running:
            running.start(server)
            with console.status("deploying the flows"):
                stack.deploy_flows()
            for service in (stack.worker(), *others):
                running.start(service)
            for service in (server, *others):
                console.print(f"{service.name:<10} {service.page}")
            console.print("Ctrl-C ends all of them.")
            _watch(running)
    except KeyboardInterrupt:
        console.print("ended")


def _watch(running: stack.Stack) -> None:
    while True:
        name = running.ended()
        if name:
            raise ChurnError(f"{name} ended by itself; see state/logs/{name}.log")
        time.sleep(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
