"""Cells about known outcomes: is a competitor found, and does the label-free estimate hold the truth?"""

from collections.abc import Iterator

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.monitoring.bounds import of_outcomes
from bench.monitoring.cells import Cell
from churn.params import Params
from churn.simulate.market import CALM, Mood, contract, observe, settle, truth
from churn.simulate.worlds import WORLDS, Moods, Period, World, live
from monitoring.figures import Figures
from monitoring.measure import Past, measure
from monitoring.replay.learner import Learner, Rows
from monitoring.verdict import judge, spent
from monitoring.yardstick import Matured, Yardstick

TRAINED_ON, MONTHS = 5000, 4  # customers and months that the model knows
CHANGE, SMALL = 3, 500
SHIFTS = tuple(Mood(price=price, season=season) for price in (0.85, 1.0, 1.15, 1.3) for season in (-1.0, 1.0))


def rows_of(period: Period) -> Rows:
    """A simulated month as a replay takes it."""
    return Rows(period.name, period.matrix, period.customer, period.label)


def competitor(params: Params, seeds: range) -> Cell:
    """Trials in which 500 outcomes a month are called decayed within two windows after the first of them mature."""
    learner = Learner(contract(), params)
    model = _model(learner, 0)
    hits = 0
    for seed in seeds:
        months = list(live(WORLDS["competitor"], seed, SMALL, CHANGE + 3, CHANGE))
        figures, known, states = [Figures("none", 0)], list[Matured](), []
        for month in months:
            window = learner.block(model, rows_of(month))
            policy = params.monitoring
            figures.append(measure(model, month.name, window, Past((), None, known, len(known)), policy))
            states.append(judge(figures, policy).state)
            known.append(Matured(window, month.label))
        hits += "decayed" in states[CHANGE + 1 : CHANGE + 3]
    return Cell("competitor, 500 outcomes, within 2 windows", hits, len(seeds), "at least 80 %", _bound(seeds, params))


def coverage(params: Params, seeds: range) -> Cell:
    """Windows of customers who changed but not their behaviour, whose AUC lies within the estimated interval."""
    learner = Learner(contract(), params)
    hits = trials = 0
    for seed in seeds:
        model = _model(learner, seed)
        for realised, low, high in _estimates(model, learner, seed):
            hits += low <= realised <= high
            trials += 1
    return Cell("label-free AUC holds the realised one, covariates moved", hits, trials, "at least 90 %")


def _estimates(model: Yardstick, learner: Learner, seed: int) -> Iterator[tuple[float, float, float]]:
    for i, mood in enumerate(SHIFTS):
        world = World("shifted", "changed", _always(mood))
        (month,) = live(world, 100 + seed, 2000, 1, 0)
        columns = learner.block(model, rows_of(month))
        figures = measure(model, str(i), columns, Past(), learner.params.monitoring)
        if figures.estimate:
            yield float(roc_auc_score(month.label, columns.probability)), figures.estimate.low, figures.estimate.high


def _always(mood: Mood) -> Moods:
    return lambda _: mood


def _model(learner: Learner, seed: int) -> Yardstick:
    return learner.train([rows_of(month) for month in live(WORLDS["steady"], 1000 + seed, TRAINED_ON, MONTHS, MONTHS)]).model


def _bound(seeds: range, params: Params) -> float:
    """Of the best test on the 1,000 outcomes of both windows, at the level that the second look may spend."""
    random = np.random.default_rng(seeds[0])
    months = [observe(random, settle(random, SMALL), CALM) for _ in range(2)]
    pull = WORLDS["competitor"].mood(0)
    before, after = (np.concatenate([truth(month, mood) for month in months]) for mood in (CALM, pull))
    return of_outcomes(before, after, params.monitoring.false_decay * spent(CHANGE + 2))
