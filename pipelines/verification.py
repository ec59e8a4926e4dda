"""Ask the running server whether it answers with a version."""

import time

import httpx

from churn.errors import NoModel


def await_server(url: str, version: str, seconds: float = 15.0) -> bool:
    """Wait until the server answers with `version`.

    Returns False when no server is running. Raises NoModel when one runs and still answers with another version.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            served = httpx.get(f"{url}/model", timeout=5).json().get("version")
        except (httpx.HTTPError, ValueError, AttributeError):  # what answers is not our server
            return False
        if served == version:
            return True
        if time.monotonic() > deadline:
            raise NoModel(f"the server at {url} still answers with version {served or 'none'}, not {version}; see its log")
        time.sleep(0.2)
