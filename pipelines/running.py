"""Ask the running server whether it answers with a version."""

import time
from collections.abc import Collection

import httpx

from churn.errors import NoModel


def await_server(url: str, wanted: str, known: Collection[str], key: str = "", seconds: float = 15.0) -> bool:
    """Wait until the server answers with the bundle whose fingerprint is `wanted`.

    Returns False when no server of this model is running: nothing answers, or it serves a bundle that is not among
    the `known` fingerprints. Raises NoModel when one runs and still answers with another bundle, or wants another `key`.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = httpx.get(f"{url}/model", timeout=5, headers={"X-API-Key": key} if key else {})
            model = answer.json()
            served = model.get("fingerprint")
        except (httpx.HTTPError, ValueError, AttributeError):  # what answers is not our server
            return False
        if answer.status_code in (401, 403):
            raise NoModel(f"the server at {url} wants an API key; set CHURN_CLIENT_KEY to one with the scope predict")
        if served == wanted:
            return True
        if served is not None and served not in known:
            return False
        if time.monotonic() > deadline:
            raise NoModel(f"the server at {url} still answers with version {model.get('version', 'none')}; see its log")
        time.sleep(0.2)
