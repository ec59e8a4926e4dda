"""A shop whose orders are a CSV file; its snapshots, through the same functions as `churn snapshots`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from churn.events.build import Brought, bring
from churn.events.database import working
from churn.events.task import Places, prepare
from churn.params import Events

MISSING = ("", "na")
DECLARED = {
    "sources": {
        "orders": {
            "table": "orders.csv",
            "customer": "who",
            "time": "when",
            "known_at": "known",
            "columns": {"amount": "number", "channel": "category"},
            "features": {
                "windows": [7, 30],
                "sum": ["amount"],
                "mean": ["amount"],
                "last": ["amount", "channel"],
                "trend": True,
                "share": {"channel": ["web", "shop"]},
            },
        }
    },
    "churn": {"no_activity_in": ["orders"], "active_within_days": 30},
    "snapshots": {"first": "2025-03-01", "every_days": 10},
    "own": {
        "mine": {
            "of": ["orders"],
            "days": 90,
            "sql": "SELECT customer_id, max(amount) AS largest, date_diff('day', min(time), snapshot_date()) AS age "
            "FROM orders GROUP BY customer_id",
        }
    },
}
COLUMNS = ["who", "when", "known", "amount", "channel"]


class Shop:
    """A folder with a table of orders. horizon: days."""

    def __init__(self, folder: Path, horizon: int = 20) -> None:
        self.folder, self.horizon = folder, horizon
        self.data = folder / "data"

    def write(self, rows: list[tuple[Any, ...]], name: str = "orders.csv") -> None:
        pd.DataFrame(rows, columns=COLUMNS).to_csv(self.folder / name, index=False)

    def bring(self, at: date | None = None, declared: dict[str, Any] = DECLARED) -> Brought:
        sources = {
            key: source | ({"table": str(self.folder / source["table"])} if "table" in source else {})
            for key, source in declared["sources"].items()
        }
        places = Places(self.data, self.folder / "state", self.folder / "beside")
        for folder in (places.state, places.beside):
            folder.mkdir(exist_ok=True)
        with working(places.state) as connection:
            events = Events.model_validate(declared | {"sources": sources})
            task = prepare(connection, events, self.horizon, MISSING, places, lambda items, _: items)
            return bring(connection, task, at, lambda items, _: items)

    def snapshot(self, day: str) -> pd.DataFrame:
        return pd.read_parquet(self.data / f"snapshot-{day}.parquet").set_index("customer_id")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def shops(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Shop]:
    """As many shops as are asked for."""
    return lambda: Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def declared() -> dict[str, Any]:
    return DECLARED
