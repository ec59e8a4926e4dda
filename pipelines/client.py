"""The demo company's side of the HTTP API."""

import threading
import time
from collections.abc import Iterator, Mapping
from itertools import cycle
from types import TracebackType
from typing import Any, Self

import httpx
import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.progress import track

from churn.console import console
from churn.errors import ChurnError

BATCH = 500
PATIENCE = 60.0


class Api:
    """A client of one prediction server."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._client = httpx.Client(base_url=url, headers=headers, timeout=30)
        self._known: Iterator[dict[str, Any]] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def await_model(self) -> None:
        """Wait until the server has a model."""
        deadline = time.monotonic() + PATIENCE
        while not self._client.get("/ready").is_success:
            if time.monotonic() > deadline:
                raise ChurnError(f"{self._client.base_url} has no model after {PATIENCE:.0f} s; see state/logs/api.log")
            time.sleep(0.2)

    def version(self) -> str:
        """The version the server answers with."""
        return str(self._get("/model")["version"])

    def await_version_other_than(self, version: str) -> str:
        """Wait until the server answers with another version; returns it."""
        deadline = time.monotonic() + PATIENCE
        while (current := self.version()) == version:
            if time.monotonic() > deadline:
                raise ChurnError(f"the server still answers with version {version} after {PATIENCE:.0f} s")
            time.sleep(0.2)
        return current

    def score(self, rows: pd.DataFrame) -> list[str]:
        """Ask for a prediction for each row; returns the prediction ids in the order of the rows."""
        customers = rows.astype(object).where(rows.notna(), None).to_dict(orient="records")  # type: ignore[call-overload]
        self._known = cycle(customers)
        batches = [customers[start : start + BATCH] for start in range(0, len(customers), BATCH)]
        answers = (self._post("/predict/batch", {"customers": batch}) for batch in batches)
        found = [answer["predictions"] for answer in track(answers, "score customers", len(batches), console=console)]
        return [prediction["prediction_id"] for batch in found for prediction in batch]

    def report_outcomes(self, predictions: list[str], churned: npt.NDArray[np.bool_]) -> None:
        """Tell what became of the customers behind the predictions."""
        pairs = zip(predictions, churned.tolist(), strict=True)
        self._post("/outcomes", {"outcomes": [{"prediction_id": name, "churned": left} for name, left in pairs]})

    def ask_again(self) -> bool:
        """Ask for one prediction of the next known customer; returns whether it was answered."""
        try:
            return self._client.post("/predict", json=next(self._known)).is_success
        except httpx.HTTPError:
            return False

    def _get(self, path: str) -> dict[str, Any]:
        return _checked(self._client.get(path))

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _checked(self._client.post(path, json=body))


class Traffic:
    """Customers who keep asking, one after the other, while something else happens."""

    def __init__(self, api: Api, pause: float = 0.05) -> None:
        self._api, self._pause = api, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.answered = self.failed = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(self._pause):
            if self._api.ask_again():
                self.answered += 1
            else:
                self.failed += 1


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ChurnError(f"{answer.request.url} answered {answer.status_code}: {answer.text[:300]}")
    found: dict[str, Any] = answer.json()
    return found
