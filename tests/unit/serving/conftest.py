"""A small real bundle, a store that remembers, and a client that speaks to an app in this process."""

from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from anyio.from_thread import start_blocking_portal

from churn.bundle.manifest import Lineage
from churn.bundle.open import Bundle, open_bundle
from churn.bundle.pack import export, pack
from churn.contract import encode
from churn.data.describe import describe
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.errors import FieldError, StoreUnavailable, UnknownPrediction
from churn.model import train
from churn.params import Boosting, Data, Logistic, Train
from churn.settings import Settings
from churn.store import Outcome, Prediction
from serving.app import create_app
from serving.slot import Live, ModelSlot

KINDS = {"tenure": "number", "Total day charge": "number", "class": "category", "model_config": "boolean", "_score": "number"}
DATA = Data(target="left", positive="1", id="customer id", snapshot="month", missing_words=("", "na"), columns=KINDS)
TRAIN = Train(
    learners=("logistic", "boosting"),
    folds=2,
    seed=0,
    logistic=Logistic(bins=4, c=1),
    boosting=Boosting(learning_rate=0.2, rounds=5, leaves=4, min_leaf_rows=20, l2=0),
)
DECISION = Decision(saved_value=200, offer_cost=10, contact_cost=1, save_rate=0.3)
ROW: dict[str, Any] = {"tenure": 5, "Total day charge": None, "class": "basic", "model_config": True, "_score": 0.25}


def build_bundle(folder: Path, seed: int = 0, without: str | None = None) -> Path:
    """Train on 600 synthetic rows and pack the result as the bundle `folder`."""
    data = DATA.model_copy(update={"columns": {k: v for k, v in KINDS.items() if k != without}})
    rows = _rows(seed)
    contract = describe(rows.frame, data)
    matrix = encode(contract, {name: rows.frame[name] for name in contract.features})
    model, _ = train(contract, matrix, rows.label, rows.group, TRAIN)
    export(folder.parent / f"{folder.name}.model", model, contract, rows)
    metrics = {"auc": {"value": 0.8}, "undefined": float("nan")}
    lineage = Lineage(data=f"data-{seed}", params="params", commit="commit")
    pack(folder.parent / f"{folder.name}.model", folder, DECISION, metrics, rows, model.probability(matrix), lineage)
    return folder


def _rows(seed: int) -> Labelled:
    random = np.random.default_rng(seed)
    count = 600
    charge = random.normal(30, 9, count)
    charge[random.random(count) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "tenure": random.integers(0, 72, count).astype(float),
            "Total day charge": charge,
            "class": random.choice(["basic", "plus", "pro"], count),
            "model_config": random.integers(0, 2, count).astype(float),
            "_score": random.random(count),
        }
    )
    odds = 1 - frame["tenure"] / 18 + 2 * frame["model_config"]
    label = (random.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64).to_numpy()
    return Labelled(frame, label, np.arange(count, dtype=np.uint64), np.full(count, "2026-01", dtype=object))


class FakeStore:
    """Remembers predictions and outcomes; `down` makes it unavailable."""

    def __init__(self) -> None:
        self.predictions: dict[str, Prediction] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.down = False

    def log(self, made: Sequence[Prediction]) -> None:
        if self.down:
            raise StoreUnavailable("the store is down; start it")
        self.predictions |= {prediction.id: prediction for prediction in made}

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        unknown = [
            FieldError(f"outcomes.{i}.prediction_id", "no such prediction")
            for i, outcome in enumerate(reported)
            if outcome.prediction_id not in self.predictions
        ]
        if unknown:
            raise UnknownPrediction("an outcome names an unknown prediction", unknown)
        fresh = {o.prediction_id: o for o in reported if o.prediction_id not in self.outcomes}
        self.outcomes |= fresh
        return len(fresh)


class Client:
    """Speaks HTTP to an app whose event loop runs in another thread."""

    def __init__(self, portal: Any, http: httpx.AsyncClient) -> None:
        self._portal = portal
        self._http = http

    def get(self, path: str, **content: Any) -> httpx.Response:
        return self._portal.call(lambda: self._http.get(path, **content))

    def post(self, path: str, **content: Any) -> httpx.Response:
        return self._portal.call(lambda: self._http.post(path, **content))

    def send(self, path: str, body: Any) -> httpx.Response:
        """Post a body exactly as it is, declared as JSON."""
        return self.post(path, content=body, headers={"content-type": "application/json"})


@contextmanager
def talking_to(app: Any) -> Iterator[Client]:
    """Start an app with its lifespan and give a client for it."""

    @asynccontextmanager
    async def session() -> Any:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as http,
        ):
            yield http

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(session()) as http:
        yield Client(portal, http)


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_bundle(tmp_path_factory.mktemp("bundles") / "first")


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    return open_bundle(bundle_folder)


@pytest.fixture(scope="session")
def other_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle of other rows whose contract lacks the column `_score`."""
    return open_bundle(build_bundle(tmp_path_factory.mktemp("bundles") / "second", seed=1, without="_score"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(state=tmp_path, store_url=f"sqlite:///{tmp_path / 'store.db'}", poll_seconds=0.05)
    settings.bundles.mkdir()
    return settings


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def slot(bundle: Bundle) -> ModelSlot:
    slot = ModelSlot()
    slot.swap(Live.of("1", bundle))
    return slot


@pytest.fixture
def client(settings: Settings, slot: ModelSlot, store: FakeStore) -> Iterator[Client]:
    with talking_to(create_app(settings, slot, store)) as client:
        yield client


@pytest.fixture
def talk() -> Any:
    """How to start an app and talk to it, for tests that build their own."""
    return talking_to


@pytest.fixture
def row() -> dict[str, Any]:
    """A customer that the first bundle can score."""
    return dict(ROW)
