"""A store that remembers, and a client that speaks to an app in this process."""

from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from msgspec import to_builtins

from churn.bundle.open import Bundle, open_bundle
from churn.errors import FieldError, StoreUnavailable, UnknownPrediction
from churn.settings import Settings
from churn.store import ChallengerScore, Event, KeptAnswer, Outcome, Prediction
from serving.app import create_app
from serving.slot import Live, ModelSlot
from support.tiny import ROW, build_bundle


class FakeStore:
    """Remembers predictions and outcomes; `down` makes it unavailable."""

    def __init__(self) -> None:
        self.predictions: dict[str, Prediction] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.answers: dict[str, KeptAnswer] = {}
        self.down = False
        self.tried: list[ChallengerScore] = []
        self.history: list[Event] = []

    def log(self, made: Sequence[Prediction]) -> None:
        if self.down:
            raise StoreUnavailable("the store is down; start it")
        self.predictions |= {one.id: one._replace(features=to_builtins(one.features)) for one in made}

    def keep(self, answers: Sequence[KeptAnswer]) -> set[str]:
        lost = {one.name for one in answers if one.name in self.answers}
        fresh = [one for one in answers if one.name not in lost]
        self.log([prediction for one in fresh for prediction in one.made])
        self.answers |= {one.name: one for one in fresh}
        return lost

    def kept(self, name: str) -> KeptAnswer | None:
        if self.down:
            raise StoreUnavailable("the store is down; start it")
        return self.answers.get(name)

    def log_challenger(self, scores: Sequence[ChallengerScore]) -> None:
        self.tried += scores

    def record(self, line: Event) -> None:
        if self.down:
            raise StoreUnavailable("the store is down; start it")
        self.history.append(line)

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
