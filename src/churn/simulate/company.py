"""The demo company: a telecom whose customers live month by month, and its bad day.

The true churn probability of each customer is known here and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
FIRST_YEAR = 2025
SETTLING = 48  # months nobody sees, after which the mix of old and new customers is steady
PRICE_RISE = 1.22
CONTRACTS = ["monthly", "one year", "two years"]
INTERNET = ["fiber", "dsl", "mobile"]
PAYMENT = ["card", "direct debit", "invoice", "online check"]
REGIONS = ["north", "east", "south", "west", "capital"]


@dataclass(frozen=True)
class Month:
    """One snapshot: n customer rows as they were, who left within the month, and the true probability of it."""

    name: str
    rows: pd.DataFrame
    churned: npt.NDArray[np.bool_]
    probability: Floats

    def labelled(self) -> pd.DataFrame:
        """The rows with their outcome in the column `churned`."""
        return self.rows.assign(churned=np.where(self.churned, "Yes", "No"))


def live(seed: int, customers: int, months: int, price_rise: int | None = None) -> Iterator[Month]:
    """Live through `months` months with a steady number of customers; prices rise in month `price_rise` (1-based)."""
    random = np.random.default_rng(seed)
    base = _customers(random, customers)
    arrived = customers
    for month in range(1 - SETTLING, months + 1):
        risen = price_rise is not None and month >= price_rise
        rows = _observe(random, base, f"{FIRST_YEAR + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}", risen)
        probability = 1 / (1 + np.exp(-_log_odds(rows, risen)))
        churned = random.random(customers) < probability
        if month > 0:
            yield Month(rows["month"].iloc[0], rows, churned, probability)
        newcomers = base[churned].assign(customer_id=_names(arrived, int(churned.sum())), tenure=0.0)
        arrived += len(newcomers)
        base = pd.concat([base[~churned].assign(tenure=lambda b: b["tenure"] + 1), newcomers], ignore_index=True)


def write(folder: Path, seed: int, customers: int, months: int) -> list[Path]:
    """Write labelled monthly snapshots as CSV; equal arguments give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_month(folder, month) for month in live(seed, customers, months)]


def write_month(folder: Path, month: Month) -> Path:
    """Write one labelled snapshot."""
    path = folder / f"customers-{month.name}.csv"
    month.labelled().to_csv(path, index=False, lineterminator="\n")
    return path


def _customers(random: np.random.Generator, count: int) -> pd.DataFrame:
    """The first customers, with what stays the same about them; who comes later resembles who left."""
    internet = random.choice(INTERNET, count, p=[0.45, 0.35, 0.2])
    return pd.DataFrame(
        {
            "customer_id": _names(0, count),
            "age": np.clip(random.normal(46, 15, count), 18, 90).round(),
            "region": random.choice(REGIONS, count, p=[0.2, 0.2, 0.2, 0.15, 0.25]),
            "contract": random.choice(CONTRACTS, count, p=[0.5, 0.25, 0.25]),
            "payment": random.choice(PAYMENT, count, p=[0.25, 0.25, 0.2, 0.3]),
            "internet": internet,
            "streaming": (random.random(count) < 0.5) & (internet != "mobile"),
            "family": random.random(count) < 0.4,
            "tenure": np.floor(random.gamma(1.2, 12, count)),
            "charge": np.select([internet == "fiber", internet == "dsl"], [82.0, 58.0], 24.0) + random.normal(0, 7, count),
        }
    )


def _names(first: int, count: int) -> list[str]:
    return [f"C{number:06d}" for number in range(first, first + count)]


def _observe(random: np.random.Generator, base: pd.DataFrame, month: str, risen: bool) -> pd.DataFrame:
    """The rows of one month: what stays the same, and what happened in it."""
    count = len(base)
    charge = base["charge"] * (PRICE_RISE if risen else 1.0) + 8.0 * base["streaming"]
    data = np.where(base["internet"] == "mobile", np.nan, random.gamma(2.0, 40.0, count))
    return pd.DataFrame(
        {
            "customer_id": base["customer_id"],
            "month": month,
            "age": base["age"].astype(int),
            "region": base["region"],
            "contract": base["contract"],
            "payment": base["payment"],
            "internet": base["internet"],
            "streaming": base["streaming"],
            "family": base["family"],
            "tenure_months": base["tenure"].astype(int),
            "monthly_charge": charge.round(2),
            "data_gb": data.round(1),
            "support_calls": random.poisson(1.6 if risen else 0.9, count),
            "late_payments": random.binomial(3, 0.12, count),
        }
    )


def _log_odds(rows: pd.DataFrame, risen: bool) -> Floats:
    """The truth. After the rise the price decides, and calls, late payments and contracts say little."""
    charge = (rows["monthly_charge"] - 60) / 10
    calls, late = rows["support_calls"], rows["late_payments"]
    tenure = np.minimum(rows["tenure_months"], 48) / 12
    monthly, two_years = rows["contract"] == "monthly", rows["contract"] == "two years"
    check, young = rows["payment"] == "online check", rows["age"] < 40
    steady = -3.1 + 1.2 * monthly - 0.8 * two_years - 0.45 * tenure + 0.45 * calls + 0.5 * late + 0.5 * check + 0.1 * charge
    angry = -3.75 + 0.2 * monthly - 0.45 * tenure + 0.05 * calls + 0.2 * late - 0.4 * check + 0.55 * charge + 0.6 * young
    return np.asarray((angry if risen else steady) - 0.25 * rows["family"], dtype=np.float64)
