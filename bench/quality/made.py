"""Made tables: what public ones seldom show, with equal bytes each time."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

TARGET, ID = "left", "customer"
Floats = npt.NDArray[np.float64]
Random = np.random.Generator


def interactions(rows: int = 6000) -> pd.DataFrame:
    """Who leaves depends on pairs of columns and on a band, hardly on any column alone."""
    random = np.random.default_rng(11)
    a, b, c, d = random.normal(size=(4, rows))
    plan = random.choice(["basic", "plus", "pro"], rows)
    channel = random.choice(["shop", "web", "phone"], rows)
    score = 1.4 * np.sign(a * b) + 1.2 * (np.abs(c) < 0.6) + 1.1 * np.where(plan == "pro", d, -d)
    score += 0.9 * ((plan == "basic") == (channel == "web"))
    columns = {"use": a, "trend": b, "offset": c, "price": d, "plan": plan, "channel": channel}
    return _table(random, columns | _noise(random, rows, 6), score, 0.2)


def levels(rows: int = 8000) -> pd.DataFrame:
    """Categories of many levels, each with an effect of its own, and levels of a handful of rows."""
    random = np.random.default_rng(12)
    score = 0.6 * random.normal(size=rows)
    columns: dict[str, object] = {}
    for name, count, size in (("tariff", 12, 0.6), ("city", 80, 0.7), ("dealer", 400, 0.8)):
        code = np.minimum(random.zipf(1.3, rows) - 1, count - 1)
        columns[name] = np.char.add(f"{name} ", random.permutation(count)[code].astype(str))
        score += random.normal(0, size, count)[code]
    tenure = random.gamma(2, 14, rows).round()
    return _table(random, columns | {"tenure": tenure} | _noise(random, rows, 3), score - 0.04 * np.minimum(tenure, 40), 0.25)


def rare(rows: int = 12000) -> pd.DataFrame:
    """Three customers in a hundred leave."""
    random = np.random.default_rng(13)
    numbers = _noise(random, rows, 10)
    region = random.choice(["north", "south", "east", "west"], rows)
    score = numbers["n0"] + 0.7 * numbers["n1"] ** 2 - 0.8 * np.maximum(numbers["n2"], 0) + 0.5 * (region == "east")
    return _table(random, numbers | {"region": region}, score, 0.03)


def wide(rows: int = 6000, count: int = 230) -> pd.DataFrame:
    """Two hundred and thirty columns of which seven cells in ten are empty."""
    random = np.random.default_rng(14)
    numbers = random.normal(size=(rows, count))
    weight = np.where(np.arange(count) < 30, random.normal(0, 0.5, count), 0)
    known = random.random((rows, count)) < 0.3
    score = np.where(known, numbers, 0) @ weight + 0.5 * (known[:, 0] & known[:, 1]) - 0.4 * known[:, 2]
    cells = np.where(known, numbers.round(3), np.nan)
    columns: dict[str, object] = {f"w{i}": cells[:, i] for i in range(count - 20)}
    words = np.array(["low", "middle", "high"], dtype=object)
    for i in range(count - 20, count):
        columns[f"w{i}"] = np.where(known[:, i], words[np.digitize(numbers[:, i], [-0.5, 0.5])], "")
    return _table(random, columns, score, 0.18)


def large(rows: int = 50000, count: int = 60) -> pd.DataFrame:
    """Fifty thousand customers with sixty columns, a third of them categories."""
    random = np.random.default_rng(15)
    numbers = _noise(random, rows, count - count // 3)
    score = sum((0.5 / (1 + i)) * value for i, value in enumerate(numbers.values())) + 0.6 * numbers["n0"] * numbers["n1"]
    columns: dict[str, object] = dict(numbers)
    for i in range(count // 3):
        size = 3 + 2 * i
        code = random.integers(0, size, rows)
        columns[f"c{i}"] = np.char.add("level ", code.astype(str))
        score = score + random.normal(0, 0.25, size)[code]
    return _table(random, columns, score, 0.2)


TABLES: dict[str, Callable[[], pd.DataFrame]] = {one.__name__: one for one in (interactions, levels, rare, wide)}


def _noise(random: Random, rows: int, count: int) -> dict[str, Floats]:
    return {f"n{i}": random.normal(size=rows).round(3) for i in range(count)}


def _table(random: Random, columns: dict[str, object], score: Floats, rate: float) -> pd.DataFrame:
    """Customers with an id, who leave with the log-odds `score`, moved so that a share `rate` does."""
    shift = brentq(lambda move: float(expit(score + move).mean()) - rate, -30, 30)
    left = random.random(len(score)) < expit(score + shift)
    names = [f"C{number:06d}" for number in range(len(score))]
    return pd.DataFrame({ID: names, **columns, TARGET: np.where(left, "Yes", "No")})
