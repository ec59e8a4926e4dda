"""Awkward customer tables, as public ones are: the same customers, written in every way that people write tables.

Each table of `TABLES` names what is awkward about it, how `churn init` is asked, and the columns that must come out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

Frame = pd.DataFrame
Random = np.random.Generator


@dataclass(frozen=True)
class Awkward:
    """One table. write: makes the file in a folder. options: of `churn init`. features: columns that must be learned from,
    with their kinds. told: words that the summary must hold. accused: columns that must be found to be the answer.
    """

    write: Callable[[Path], Path]
    options: list[str]
    features: dict[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()


def customers(count: int = 600, seed: int = 0) -> Frame:
    """Plain customers, of whom those with short tenure, a monthly contract and many calls leave more often."""
    random = np.random.default_rng(seed)
    tenure = random.integers(1, 72, count)
    charge = random.normal(60, 20, count).clip(5).round(2)
    contract = random.choice(["Month-to-month", "One year", "Two year"], count, p=[0.5, 0.3, 0.2])
    calls = random.poisson(1.5, count)
    odds = -1.2 - tenure / 30 + 1.2 * (contract == "Month-to-month") + 0.4 * calls
    left = random.random(count) < 1 / (1 + np.exp(-odds))
    return pd.DataFrame(
        {
            "customer": [f"C{i:05d}" for i in random.permutation(count)],
            "tenure": tenure,
            "charge": charge,
            "contract": contract,
            "calls": calls,
            "churn": np.where(left, "Yes", "No"),
        }
    )


def text_file(frame: Frame, folder: Path, encoding: str = "utf-8", name: str = "table.csv", **how: str) -> Path:
    """Write a text file."""
    path = folder / name
    path.write_bytes(frame.to_csv(index=False, **how).encode(encoding))  # type: ignore[call-overload]
    return path


def plain(change: Callable[[Frame, Random], Frame], folder: Path, count: int = 600, **how: str) -> Path:
    """Customers after a change, as a text file."""
    return text_file(change(customers(count), np.random.default_rng(1)), folder, **how)


def with_column(**columns: Callable[[Frame, Random], object]) -> Callable[[Frame, Random], Frame]:
    """Adds columns, each made of the customers and a source of chance."""
    return lambda frame, random: frame.assign(**{name: make(frame, random) for name, make in columns.items()})


def left(frame: Frame) -> "pd.Series[bool]":
    """Who left."""
    return frame["churn"] == "Yes"


def _dates(frame: Frame, random: Random, form: str = "%Y-%m-%d") -> list[str]:
    days = pd.Timestamp("2024-06-30") - pd.to_timedelta(frame["tenure"] * 30 + random.integers(0, 30, len(frame)), unit="D")
    return [day.strftime(form) for day in days]


def _mixed_dates(frame: Frame, random: Random) -> list[str]:
    forms = random.choice(["%Y-%m-%d", "%d-%m-%Y", "%m/%d/%Y", "%d %b %Y"], len(frame))
    return [pd.Timestamp(day).strftime(form) for day, form in zip(_dates(frame, random), forms, strict=True)]


def _comma(values: "pd.Series[float]") -> list[str]:
    return [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in values * 100]


def _spelt(frame: Frame, random: Random) -> Frame:
    def other(text: str, way: int) -> str:
        return [text, text.upper(), text.replace(" ", "_"), text.replace(" ", "  "), f" {text}"][way]

    ways = random.choice(5, len(frame), p=[0.8, 0.05, 0.05, 0.05, 0.05])
    return frame.assign(contract=[other(text, way) for text, way in zip(frame["contract"], ways, strict=True)])


def _shouted(frame: Frame, random: Random) -> object:
    return np.where(random.random(len(frame)) < 0.2, " " + frame["churn"].str.upper(), frame["churn"])


def _padded(frame: Frame, random: Random) -> Frame:
    return frame.rename(columns={"charge": "  monthly  charge ", "calls": "calls "})


def _months(frame: Frame, random: Random) -> Frame:
    parts = [frame.assign(month=f"2024-{month:02d}", calls=random.poisson(1.5, len(frame))) for month in range(1, 5)]
    return pd.concat(parts, ignore_index=True)


def _book(folder: Path) -> Path:
    path = folder / "table.xlsx"
    frame = customers()
    words = pd.DataFrame({"Variable": list(frame.columns), "Meaning": ["what it means"] * len(frame.columns)})
    with pd.ExcelWriter(path) as book:
        words.to_excel(book, sheet_name="Data Dict", index=False)
        frame.to_excel(book, sheet_name="Customers", index=False)
    return path


def _wide(folder: Path, rows: int = 6000, columns: int = 230) -> Path:
    random = np.random.default_rng(2)
    frame = customers(rows)
    made: dict[str, object] = {}
    for i in range(columns - len(frame.columns)):
        numbers = random.normal(size=rows).round(3).astype(object)
        made[f"Var{i}"] = random.choice([f"l{k}" for k in range(i)], rows).astype(object) if i % 9 == 8 else numbers
        made[f"Var{i}"][random.random(rows) < (1.0 if i % 40 == 7 else 0.72)] = None  # type: ignore[index]
    return text_file(pd.concat([frame, pd.DataFrame(made)], axis=1), folder)


def _large(folder: Path, rows: int = 20_000, columns: int = 40) -> Path:
    random = np.random.default_rng(3)
    frame = customers(rows)
    more = {f"n{i}": random.normal(100, 20, rows).round(2) for i in range(columns - len(frame.columns) - 8)}
    more |= {f"c{i}": random.choice([f"level {k}" for k in range(3 + 40 * i)], rows) for i in range(8)}
    return text_file(pd.concat([frame, pd.DataFrame(more)], axis=1), folder)


def _parquet(folder: Path) -> Path:
    frame = customers().assign(vip=lambda f: f["calls"] > 1, joined=pd.date_range("2020-01-01", periods=600))
    frame["charge"] = frame["charge"].where(frame.index % 7 > 0).astype("Float64")
    frame.astype({"contract": "category"}).to_parquet(folder / "table.parquet")
    return folder / "table.parquet"


def _twice(folder: Path) -> Path:
    frame = customers().rename(columns={"calls": " charge"})
    return text_file(frame, folder)


YES = ["--target", "churn", "--positive", "Yes"]
BY_ID = [*YES, "--id", "customer"]
PLAIN = {"tenure": "number", "charge": "number", "contract": "category", "calls": "number"}


def _same(frame: Frame, random: Random) -> Frame:
    return frame


TABLES: dict[str, Awkward] = {
    "plain": Awkward(partial(plain, _same), BY_ID, PLAIN),
    "semicolons and decimal commas": Awkward(
        partial(plain, lambda f, r: f.assign(charge=_comma(f["charge"])), sep=";"), BY_ID, PLAIN, ("decimal comma",)
    ),
    "tabs": Awkward(partial(plain, _same, sep="\t", name="table.tsv"), BY_ID, PLAIN, ("delimiter tab",)),
    "pipes": Awkward(partial(plain, _same, sep="|", name="table.txt"), BY_ID, PLAIN, ("delimiter '|'",)),
    "money and percent": Awkward(
        partial(
            plain,
            with_column(
                charge=lambda f, r: [f"${100 * v:,.2f}" for v in f["charge"]],
                discount=lambda f, r: [f"{v:.1f}%" for v in r.uniform(0, 40, len(f))],
            ),
        ),
        BY_ID,
        PLAIN | {"discount": "number"},
        ("charge: numbers with $", "discount: numbers with %"),
    ),
    "blanks and words among numbers": Awkward(
        partial(
            plain, with_column(charge=lambda f, r: np.where(r.random(len(f)) < 0.03, r.choice([" ", "error"]), f["charge"]))
        ),
        BY_ID,
        PLAIN,
        ("read as missing",),
    ),
    "words for missing": Awkward(
        partial(
            plain,
            with_column(
                contract=lambda f, r: np.where(r.random(len(f)) < 0.2, "Unknown", f["contract"]),
                charge=lambda f, r: np.where(r.random(len(f)) < 0.1, "?", f["charge"].astype(str)),
                calls=lambda f, r: np.where(r.random(len(f)) < 0.1, "NaT", f["calls"].astype(str)),
            ),
        ),
        BY_ID,
        PLAIN,
        ("'Unknown' stands in 2", "x '?' read as missing", "x 'NaT' read as missing"),
    ),
    "ja and nein": Awkward(
        partial(plain, with_column(**{"Newsletter aktiv": lambda f, r: r.choice(["ja", "nein", "Ja", "NEIN"], len(f))})),
        BY_ID,
        PLAIN | {"Newsletter aktiv": "boolean"},
        ("Newsletter aktiv: ",),
    ),
    "oui and non, vrai and faux": Awkward(
        partial(
            plain,
            with_column(
                abonné=lambda f, r: r.choice(["oui", "non"], len(f)), actif=lambda f, r: r.choice(["vrai", "faux"], len(f))
            ),
            encoding="cp1252",
        ),
        BY_ID,
        PLAIN | {"abonné": "boolean", "actif": "boolean"},
        ("encoding cp1252",),
    ),
    "spaces and a mark in the header": Awkward(
        partial(
            plain, lambda f, r: f.rename(columns={"charge": "  monthly  charge ", "calls": "calls "}), encoding="utf-8-sig"
        ),
        BY_ID,
        {"tenure": "number", "monthly charge": "number", "contract": "category", "calls": "number"},
    ),
    "UTF-16": Awkward(partial(plain, _same, encoding="utf-16"), BY_ID, PLAIN),
    "Latin-1": Awkward(
        partial(plain, with_column(city=lambda f, r: r.choice(["Köln", "Málaga", "Ålborg"], len(f))), encoding="latin-1"),
        BY_ID,
        PLAIN | {"city": "category"},
        ("encoding cp1252",),
    ),
    "other scripts": Awkward(
        partial(plain, with_column(город=lambda f, r: r.choice(["Москва", "東京", "🙂"], len(f)))),
        BY_ID,
        PLAIN | {"город": "category"},
    ),
    "line breaks in cells": Awkward(
        partial(plain, with_column(note=lambda f, r: r.choice(["called\ntwice", 'said "no", left', "quiet"], len(f)))),
        BY_ID,
        PLAIN | {"note": "category"},
    ),
    "dates in several formats": Awkward(
        partial(plain, with_column(joined=_mixed_dates)),
        BY_ID,
        PLAIN | {"days_since_joined": "number"},
        ("days_since_joined", "%m/%d/%Y"),
    ),
    "dates that cannot be told": Awkward(
        partial(plain, with_column(joined=lambda f, r: [f"0{d % 9 + 1}/0{d % 7 + 1}/2024" for d in range(len(f))])),
        BY_ID,
        PLAIN,
        ("joined: left out, a date, but day and month cannot be told apart",),
    ),
    "several spellings": Awkward(partial(plain, _spelt), BY_ID, PLAIN, ("contract: spellings of one level",)),
    "spellings of the target": Awkward(
        partial(plain, with_column(churn=_shouted)),
        BY_ID,
        PLAIN,
        ("'YES', 'Yes' all mean 'Yes'",),
    ),
    "a dictionary on the first sheet": Awkward(_book, BY_ID, PLAIN, ("the sheet 'Customers'",)),
    "repeated rows": Awkward(
        lambda folder: text_file(pd.concat([customers(), customers().head(80)]), folder), BY_ID, PLAIN, ("80 rows repeat",)
    ),
    "customers over months": Awkward(
        partial(plain, _months, count=400), [*BY_ID, "--snapshot", "month"], PLAIN, ("month: 4 snapshots",)
    ),
    "customers over months, not named": Awkward(
        partial(plain, _months, count=400), YES, PLAIN, ("customer: taken as the id", "--snapshot")
    ),
    "empty columns and constants": Awkward(
        partial(plain, with_column(a=lambda f, r: "", b=lambda f, r: "NaN", c=lambda f, r: "same", d=lambda f, r: "")),
        BY_ID,
        PLAIN,
        ("a, b, d: left out, all values are missing", "c: left out, constant"),
    ),
    "ids of every kind": Awkward(
        partial(
            plain,
            with_column(
                row=lambda f, r: range(len(f)),
                hash=lambda f, r: [f"{v:032x}" for v in r.integers(0, 2**62, len(f))],
                phone=lambda f, r: [f"+49 170 {v}" for v in r.integers(10**6, 10**7, len(f))],
                number=lambda f, r: r.integers(10**9, 10**10, len(f)),
                mail=lambda f, r: [f"u{v}@example.org" for v in r.integers(0, 10**9, len(f))],
                name=lambda f, r: [f"Name{v}" for v in r.integers(0, 400, len(f))],
                remark=lambda f, r: [f"the customer said {v} and more" for v in r.integers(0, 300, len(f))],
            ),
        ),
        BY_ID,
        PLAIN,
        ("e-mail", "phone", "hashes", "free text", "names or codes"),
    ),
    "levels by the hundred": Awkward(
        partial(plain, with_column(town=lambda f, r: [f"town {v}" for v in r.zipf(1.3, len(f)) % 400]), count=6000),
        BY_ID,
        PLAIN | {"town": "category"},
        ("the 59 commonest are kept",),
    ),
    "one name twice": Awkward(_twice, BY_ID, {"tenure": "number", "charge": "number", "charge (2)": "number"}, ("charge (2)",)),
    "a date that is empty for those who stay": Awkward(
        partial(
            plain,
            lambda f, r: f.assign(EndDate=np.where(left(f), "2024-05-31", ""), reason=np.where(left(f), "price", "")).drop(
                columns="churn"
            ),
        ),
        ["--target", "EndDate", "--positive-when", "present", "--id", "customer"],
        PLAIN,
        ("with EndDate present",),
        ("reason",),
    ),
    "a renewal that is empty for those who left": Awkward(
        partial(plain, lambda f, r: f.assign(renewed=np.where(left(f), "", "2025")).drop(columns="churn")),
        ["--target", "renewed", "--positive-when", "absent", "--id", "customer"],
        PLAIN,
    ),
    "attrited customers": Awkward(
        partial(
            plain,
            with_column(
                churn=lambda f, r: np.where(left(f), "Attrited Customer", "Existing Customer"),
                Naive_Bayes_score=lambda f, r: np.where(left(f), 0.99, 0.001) + r.random(len(f)) / 100,
            ),
        ),
        ["--target", "churn", "--positive", "attrited customer", "--id", "customer"],
        PLAIN,
        accused=("Naive_Bayes_score",),
    ),
    "one and zero": Awkward(
        partial(plain, with_column(churn=lambda f, r: left(f).astype(int))), ["--target", "churn", "--positive", "1"], PLAIN
    ),
    "true and false": Awkward(
        partial(plain, with_column(churn=lambda f, r: left(f))),
        ["--target", "churn", "--positive", "true"],
        PLAIN,
    ),
    "typed columns": Awkward(_parquet, BY_ID, PLAIN | {"vip": "boolean", "days_since_joined": "number"}),
    "tiny": Awkward(partial(plain, _same, count=250), BY_ID, PLAIN),
    "wide and empty": Awkward(_wide, BY_ID, PLAIN, ("all values are missing",)),
    "long": Awkward(_large, BY_ID, PLAIN),
    "leaks of many kinds": Awkward(
        partial(
            plain,
            with_column(
                churn_reason=lambda f, r: np.where(left(f), r.choice(["price", "moved", "rival"], len(f)), ""),
                ended=lambda f, r: np.where(left(f), "2024-06-01", ""),
                status=lambda f, r: np.where(left(f), "closed", "open"),
                score=lambda f, r: left(f) * 60 + r.integers(0, 50, len(f)),
            ),
        ),
        BY_ID,
        PLAIN,
        accused=("churn_reason", "status", "score", "ended"),
    ),
}
