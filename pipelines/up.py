"""The whole system, to stay."""

import time

from churn.console import console
from churn.errors import ChurnError
from churn.settings import Settings
from pipelines import stack


def run(settings: Settings) -> None:
    """Start every service, show where each is, and end them all on Ctrl-C, SIGTERM or a closed terminal."""
    stack.end_on_signals()
    server, *others = stack.services(settings)
    for service in (server, *others):
        stack.refuse_taken(service)
    try:
        with stack.Stack(settings) as running:
            running.start(server)
            with console.status("deploying the flows"):
                stack.deploy_flows()
            for service in (stack.worker(), *others):
                running.start(service)
            for service in (server, *others):
                console.print(f"{service.name:<10} {service.page}")
            console.print(f"{'dashboard':<10} {settings.api_url}/dashboard")
            console.print(f"For the prefect command: export PREFECT_API_URL={server.page}/api", soft_wrap=True)
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
