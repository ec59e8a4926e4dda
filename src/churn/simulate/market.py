"""A company of twenty columns as encoded arrays, fast enough to live through thousands of months.

The true churn probability of each customer follows from the columns and the mood of the market.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn.contract import Column, Contract
from churn.contract.encode import Matrix

Floats = npt.NDArray[np.float64]
Arrays = dict[str, Floats]

LEVELS = {
    "region": ("north", "east", "south", "west", "capital"),
    "contract": ("monthly", "one year", "two years"),
    "payment": ("card", "direct debit", "invoice", "online check"),
    "internet": ("fiber", "dsl", "mobile"),
    "channel": ("shop", "web", "phone", "partner"),
}
SHARES = {
    "region": (0.2, 0.2, 0.2, 0.15, 0.25),
    "contract": (0.5, 0.25, 0.25),
    "payment": (0.25, 0.25, 0.2, 0.3),
    "internet": (0.45, 0.35, 0.2),
    "channel": (0.3, 0.4, 0.2, 0.1),
}
FLAGS = ("streaming", "family")
NULLABLE = ("data_gb", "satisfaction")
NAMES = (
    "age", "region", "contract", "payment", "internet", "channel", "streaming", "family", "tenure_months", "monthly_charge",
    "data_gb", "support_calls", "late_payments", "logins", "night_minutes", "roaming_minutes", "device_months",
    "satisfaction", "outages", "distance_km",
)  # fmt: skip
LONGEST = 60  # months of tenure that the company counts: after as many, the mix of old and new customers is steady
NEW_REGION = len(LEVELS["region"])  # the code of a level that training never saw


@dataclass(frozen=True)
class Mood:
    """What holds in one month.

    price: factor on charges. anger: 0 to 1, from the usual reasons to leave to those of customers whose price rose.
    pull: log-odds by which a competitor draws its kind of customer. season: -1 to 1, which moves usage and calls only.
    segment: share of the customers who are of a region that was never seen before.
    """

    price: float = 1.0
    anger: float = 0.0
    pull: float = 0.0
    season: float = 0.0
    segment: float = 0.0


CALM = Mood()


@dataclass
class Customers:
    """n customers with what stays the same about them, tenure, and their numbers; who leaves is followed by a newcomer."""

    fixed: Arrays
    tenure: Floats
    names: npt.NDArray[np.int64]
    arrived: int = field(default=0)

    def replace(self, churned: npt.NDArray[np.bool_]) -> None:
        """A month passes. Newcomers resemble those who left."""
        self.tenure = np.where(churned, 0.0, np.minimum(self.tenure + 1, LONGEST))
        self.names[churned] = self.arrived + np.arange(churned.sum())
        self.arrived += int(churned.sum())


def contract() -> Contract:
    """What a row of the company is; the order of the encoded columns."""
    columns = []
    for name in NAMES:
        kind = "category" if name in LEVELS else "boolean" if name in FLAGS else "number"
        levels = LEVELS.get(name, ())
        columns.append(Column(name=name, kind=kind, nullable=name in NULLABLE, example=None, levels=levels))
    return Contract(
        target="churned", positive="Yes", id="customer_id", snapshot="month", missing_words=(), columns=tuple(columns)
    )


def settle(random: np.random.Generator, count: int) -> Customers:
    """The first customers."""
    fixed: Arrays = {name: random.choice(len(shares), count, p=shares).astype(np.float64) for name, shares in SHARES.items()}
    internet = fixed["internet"]
    fixed["age"] = np.clip(random.normal(46, 15, count), 18, 90).round()
    fixed["streaming"] = ((random.random(count) < 0.5) & (internet < 2)).astype(np.float64)
    fixed["family"] = (random.random(count) < 0.4).astype(np.float64)
    fixed["charge"] = np.array([82.0, 58.0, 24.0])[internet.astype(int)] + random.normal(0, 7, count)
    fixed["distance_km"] = random.gamma(2.0, 6.0, count).round(1)
    return Customers(fixed, np.floor(random.gamma(1.2, 12, count)), np.arange(count), count)


def join_segment(random: np.random.Generator, customers: Customers, share: float) -> None:
    """Let customers of a new region take the place of others until they are a share of all."""
    here = customers.fixed["region"] == NEW_REGION
    wanted = round(share * len(here)) - int(here.sum())
    if wanted <= 0:
        return
    taken = random.permutation(np.flatnonzero(~here))[:wanted]
    young, cheap = random.normal(31, 8, wanted), random.normal(34, 6, wanted)
    customers.fixed["age"][taken] = np.clip(young, 18, 90).round()
    customers.fixed["charge"][taken] = cheap
    for name, code in {"region": NEW_REGION, "contract": 0, "channel": 1}.items():
        customers.fixed[name][taken] = code
    customers.replace(np.isin(np.arange(len(here)), taken))


def observe(random: np.random.Generator, customers: Customers, mood: Mood) -> Arrays:
    """The columns of one month, by name."""
    fixed, count = customers.fixed, len(customers.names)
    usage, angry = 1 + 0.25 * mood.season, mood.anger
    data = random.gamma(2.0, 40.0 * usage, count).round(1)
    satisfaction = np.clip(random.normal(7.2 - 0.6 * angry, 1.6, count), 0, 10).round()
    return {
        **{name: fixed[name] for name in (*LEVELS, "age", "streaming", "family", "distance_km")},
        "tenure_months": customers.tenure,
        "monthly_charge": (fixed["charge"] * mood.price + 8.0 * fixed["streaming"]).round(2),
        "data_gb": np.where(fixed["internet"] == 2, np.nan, data),
        "support_calls": random.poisson((0.9 + 0.7 * angry) * (1 + 0.2 * mood.season), count),
        "late_payments": random.binomial(3, 0.12, count),
        "logins": random.negative_binomial(2, 0.15, count),
        "night_minutes": random.gamma(1.5, 30.0, count).round(),
        "roaming_minutes": (random.gamma(0.8, 20.0 * usage, count)).round(),
        "device_months": random.integers(0, 37, count),
        "satisfaction": np.where(random.random(count) < 0.3, np.nan, satisfaction),
        "outages": random.poisson(0.4, count),
    }


def truth(columns: Arrays, mood: Mood) -> Floats:
    """The true churn probability, shape (n,)."""
    charge, calls, late = (columns["monthly_charge"] - 60) / 10, columns["support_calls"], columns["late_payments"]
    tenure, age = np.minimum(columns["tenure_months"], 48) / 12, columns["age"]
    monthly, two_years, check = columns["contract"] == 0, columns["contract"] == 2, columns["payment"] == 3
    content = np.where(np.isnan(columns["satisfaction"]), 0.0, columns["satisfaction"] - 7)
    common = -0.25 * columns["family"] + 0.2 * columns["outages"] - 0.12 * content
    usual = -3.2 + 1.2 * monthly - 0.8 * two_years - 0.45 * tenure + 0.45 * calls + 0.5 * late + 0.5 * check + 0.1 * charge
    angry = -3.75 + 0.2 * monthly - 0.45 * tenure + 0.05 * calls + 0.2 * late - 0.4 * check + 0.55 * charge + 0.6 * (age < 40)
    drawn = mood.pull * (columns["internet"] == 0) * np.where(monthly, 0.4, 1.0)
    stranger = 0.9 * (columns["region"] == NEW_REGION)
    return np.asarray(expit((1 - mood.anger) * usual + mood.anger * angry + common + drawn + stranger))


def as_matrix(columns: Arrays) -> Matrix:
    """The encoded rows, float32 of shape (n, 20)."""
    return np.column_stack([columns[name] for name in NAMES]).astype(np.float32)
