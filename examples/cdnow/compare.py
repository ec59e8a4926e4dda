"""Walk forward over the snapshots in data/, beside the rule of a marketer and a buy-till-you-die model, on the same rows.

Run it in the workspace, after `churn snapshots`: python compare.py
"""

from pathlib import Path

import click
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from churn import params as configuration
from churn.data.labelled import held_out, load
from churn.evaluate.walk import walk
from churn.evaluate.walked import FORMS, measured, told
from monitoring.replay.account import lines

WEEK = 7.0
EDGES = (0.2, 0.4, 0.6, 0.8)
REPEATS, FIRST, LAST, SINCE = (
    "repeat_order_days",
    "days_since_first_order",
    "days_from_first_to_last_order",
    "orders_days_since",
)


def recency_frequency(train, label, test):
    """Fifths of recency by fifths of frequency; who falls into a cell churns as often as its customers did before."""

    def cells(frame):
        cuts = [np.unique(train[name].quantile(EDGES)) for name in (SINCE, REPEATS)]
        recency, frequency = (np.searchsorted(cut, frame[name]) for cut, name in zip(cuts, (SINCE, REPEATS), strict=True))
        return recency * 10 + frequency

    rates = pd.Series(label).groupby(cells(train)).mean()
    return pd.Series(cells(test)).map(rates).fillna(label.mean()).to_numpy()


def histories(orders, day):
    """By customer who bought by a day: repeat purchases x, weeks t_x from the first to the last, and age since the first."""
    known = orders[orders["date"] <= day].groupby("customer")["date"].agg(["min", "max", "nunique"])
    weeks = {"t_x": known["max"] - known["min"], "age": pd.Timestamp(day) - known["min"]}
    return pd.DataFrame({"x": known["nunique"] - 1} | {name: one.dt.days / WEEK for name, one in weeks.items()})


def who(rows):
    """The customers behind the rows of data/, in their order."""
    known = pd.concat(pd.read_parquet(path) for path in sorted(Path("data").glob("*.parquet")))
    known = known[known["churned"].notna()]
    if known["snapshot"].tolist() != rows.snapshot.tolist():
        raise SystemExit("data/ holds other files besides the snapshots")
    return known["customer_id"].to_numpy()


def fit_bgnbd(x, t_x, age):
    """Maximum likelihood of r, alpha, a, b: Fader, Hardie and Lee (2005), "Counting your customers the easy way", eq. 6."""

    def loss(logs):
        r, alpha, a, b = np.exp(logs)
        alive = -(r + x) * np.log(alpha + age)
        gone = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
        known = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        return -(known + np.logaddexp(alive, gone)).mean()

    return np.exp(minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=[(-8, 8)] * 4).x)


def bgnbd(found, x, t_x, age, weeks):
    """Chance of no purchase in the coming weeks: gone already, or alive and silent, for who is alive leaves only by buying."""
    r, alpha, a, b = found
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x), 0.0)
    buys = 1 - ((alpha + age) / (alpha + age + weeks)) ** (r + x)
    return 1 - buys / (1 + odds)


def main():
    """Print AUC, log loss and calibration error, with intervals over customers, of each way on the same rows."""
    params = configuration.load()
    rows = load(Path("data"), params.data)
    orders = pd.read_csv("cdnow.txt", sep=r"\s+", usecols=[0, 1], names=["customer", "date"], skiprows=1, dtype=str)
    orders["date"] = pd.to_datetime(orders["date"], format="%Y%m%d")
    steps, held, customers = walk(rows, params), held_out(rows, params.split), who(rows)
    said = {"this model": [], "recency x frequency": [], "BG/NBD": []}
    for step in steps:
        learned = np.isin(rows.snapshot.astype(str), step.learned) & ~held
        test = rows.frame[step.asked]
        known = histories(orders, step.snapshot)
        found, asked = fit_bgnbd(*(known[name].to_numpy() for name in known)), known.loc[customers[step.asked]]
        said["this model"].append(step.probability)
        said["recency x frequency"].append(recency_frequency(rows.frame[learned], rows.label[learned], test))
        said["BG/NBD"].append(bgnbd(found, *(asked[name].to_numpy() for name in asked), params.problem.horizon_days / WEEK))
    table = [("", "snapshot", "AUC", "log loss", "calibration error")]
    for place, step in [*enumerate(steps), (slice(None), None)]:
        for name, given in said.items():
            asked = [one.asked for one in (steps if step is None else [step])]
            figures = measured(rows, asked, given if step is None else [given[place]], params)
            table.append((name, "all" if step is None else step.snapshot, *(told(figures[form]) for form in FORMS)))
    click.echo("\n".join(lines(table)))


if __name__ == "__main__":
    main()
