"""Columns that are the answer in disguise, and honest ones, made for any label."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

STAFF = [f"a{i}" for i in range(180)]


@pytest.fixture(scope="session")
def disguises() -> Callable[..., pd.DataFrame]:
    """Makes the disguised columns for a label of shape (n,)."""
    return _disguises


@pytest.fixture(scope="session")
def honests() -> Callable[..., pd.DataFrame]:
    """Makes the honest columns for a label of shape (n,)."""
    return _honests


def _honests(label, random):
    """Some twenty-five columns as honest tables have them, of which several go strongly with the label of shape (n,)."""
    n = len(label)

    def choice(levels, stay, leave):
        return np.where(label, random.choice(levels, n, p=leave), random.choice(levels, n, p=stay)).astype(object)

    def missing(values, stay, leave):
        return np.where(random.random(n) < np.where(label, leave, stay), np.nan, values)

    noise = {f"noise {i}": random.normal(size=n) for i in range(3)}
    strong = {f"strong, {gap} deviations": random.normal(gap * label, 1) for gap in (0.5, 1.0, 1.3)}
    kinds = ["Month-to-month", "One year", "Two year"]
    return pd.DataFrame(
        noise
        | strong
        | {
            "contract": choice(kinds, [0.42, 0.26, 0.32], [0.88, 0.09, 0.03]),
            "tenure": random.gamma(np.where(label, 1.2, 2.3), np.where(label, 14, 16)).round(),
            "town": random.choice([f"t{i}" for i in range(300)], n).astype(object),
            "rare level": random.choice(["usual", "rare"], n, p=[0.995, 0.005]).astype(object),
            "nearly constant": (random.random(n) < 0.003).astype(float),
            "complaints": random.poisson(np.where(label, 1.2, 0.4)).astype(float),
            "seldom used": np.where(random.random(n) < 0.9, 0, random.gamma(2, 5, n)),
            "mostly missing": missing(random.normal(size=n), 0.9, 0.9),
            "missing a little more": missing(random.normal(size=n), 0.1, 0.2),
            "missing a little less": missing(random.normal(size=n), 0.3, 0.18),
            "age": random.normal(45 - 4 * label, 12).round(),
            "products": choice([1, 2, 3, 4], [0.46, 0.53, 0.008, 0.002], [0.69, 0.17, 0.11, 0.03]),
            "active": choice(["yes", "no"], [0.55, 0.45], [0.36, 0.64]),
            "plan": choice(["yes", "no"], [0.07, 0.93], [0.28, 0.72]),
            "minutes": random.normal(180 + 25 * label, 55),
            "charge": random.normal(61 + 13 * label, np.where(label, 25, 31)),
            "two peaks": np.where(random.random(n) < 0.5, 1, -1) * random.normal(1 + label, 1),
            "days since the last visit": random.gamma(1.2, np.where(label, 25, 9)).round(),
            "score of a bureau": random.normal(650 - 20 * label, 90).round(),
            "random id": random.permutation(n).astype(float),
        }
    )


def _disguises(label, random):
    """Some thirty columns, of which each tells who left: frame of n rows for a label of shape (n,)."""
    n, left = len(label), label.astype(bool)
    reasons, refund = random.choice(["price", "competitor", "moved"], n), random.gamma(2, 30, n).round(2)
    staying = random.choice(["active", "paused", "new"], n)

    def some(share):
        return random.random(n) < share

    def flipped(share):
        return np.where(some(share), 1 - label, label).astype(float)

    def text(mask, here, elsewhere=None):
        return np.where(mask, here, elsewhere).astype(object)

    columns = {f"copy, {share:.0%} wrong": flipped(share) for share in (0, 0.01, 0.03, 0.05)}
    columns |= {f"score, {gap} deviations apart": random.normal(gap * label, 1) for gap in (2.5, 3.0, 4.0)}
    return pd.DataFrame(
        columns
        | {
            "the opposite": 1 - flipped(0.02),
            "copy, a third missing": np.where(some(1 / 3), np.nan, flipped(0.01)),
            "copy, half missing": np.where(some(0.5), np.nan, label),
            "yes and no": text(left, "Yes", "No"),
            "why, of all": text(left, reasons),
            "why, of most": text(left & some(0.6), reasons),
            "why, of some": text(left & some(0.4), reasons),
            "why, or a word": text(left, reasons, "stays"),
            "amount paid back": np.where(left, refund, 0.0),
            "amount paid back to some": np.where(left & some(0.5), refund, 0.0),
            "days since the end": np.where(left, random.integers(0, 30, n), np.nan),
            "days since the end, with mistakes": np.where((left & some(0.8)) | some(0.02), random.integers(0, 30, n), np.nan),
            "status": text(left, random.choice(["closed", "cancelled"], n), staying),
            "status, late": text(left & some(0.85), "cancelled", staying),
            "score of 100": np.where(left, random.integers(65, 101, n), random.integers(5, 81, n)).astype(float),
            "satisfaction": np.where(left, random.choice([1, 2, 3], n, p=[0.5, 0.28, 0.22]), random.integers(3, 6, n)) * 1.0,
            "planned end": np.where(left | some(0.5), random.normal(500 - 150 * label, 100), np.nan),
            "use afterwards": np.where(left & some(0.9), 0, random.gamma(1, 30, n)).round(),
            "renewed on": np.where(left, np.nan, random.normal(0, 1, n)),
            "renewed on, for most": np.where(left | some(0.3), np.nan, random.normal(0, 1, n)),
            "who called": text(left & some(0.95), random.choice([f"w{i}" for i in range(20)], n), random.choice(STAFF, n)),
            "code": random.integers(0, 20, n) * 2.0 + label,
        }
    )
