"""Against the simulator, which knows each customer's probability: how close the model comes, and whether intervals hold."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import rel_entr

from bench.quality.fit import encoded, fit
from churn import simulate
from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.data.conform import columns_of, conform
from churn.data.labelled import Labelled
from churn.decision import Decision
from churn.evaluate.figures import figures
from churn.evaluate.interval import intervals
from churn.model import Model
from churn.params import Params
from churn.simulate import Month

LEARNED, JUDGED, ENDLESS = 20_000, 100_000, 200_000  # customers
FEW_LEARNED, FEW_JUDGED = 3_000, 1_500
FIGURES = ("auc", "log_loss", "brier", "calibration_error", "profit_per_1000")
QUICK = ("logistic",)  # the intervals judge predictions, whatever made them
Floats = npt.NDArray[np.float64]
Found = dict[str, Any]


def measure(worlds: int, params: Params) -> tuple[Found, str]:
    """Both, as values and as text."""
    near, covered = closeness(params), coverage(worlds, params)
    closest = f"log loss {near['log_loss']:.5f}, best possible {near['best_possible']:.5f}, {near['above']:.2%} above it"
    lines = [
        f"simulator, {LEARNED:,} customers: {closest} ({near['chosen']})",
        *(f"coverage of {name}: {share:.0%} of {worlds} worlds" for name, share in covered.items()),
    ]
    return {"closeness": near, "coverage": covered, "worlds": worlds}, "\n".join(lines) + "\n"


def closeness(params: Params) -> Found:
    """Expected log loss of a model of one month over other customers, beside that of the true probabilities."""
    contract, model, chosen = _fit(_month(1, LEARNED), params)
    fresh = _month(2, JUDGED)
    truth = fresh.probability
    entropy = float(-(truth * np.log(truth) + (1 - truth) * np.log(1 - truth)).mean())
    excess = _divergence(truth, model.probability(_encoded(contract, fresh, params)))
    return {"log_loss": entropy + excess, "best_possible": entropy, "above": excess / entropy, "chosen": chosen}


def coverage(worlds: int, params: Params) -> dict[str, float]:
    """Share of worlds in which the interval of a figure holds what the same model shows on endless customers."""
    quick = params.model_copy(update={"train": params.train.model_copy(update={"learners": QUICK})})
    endless = _month(0, ENDLESS)
    held = [list(_covered(endless, seed, quick)) for seed in range(1, worlds + 1)]
    return dict(zip(FIGURES, np.mean(held, axis=0).tolist(), strict=True))


def _covered(endless: Month, seed: int, params: Params) -> Iterator[bool]:
    contract, model, _ = _fit(_month(2 * seed, FEW_LEARNED), params)
    judging = _month(2 * seed + 1, FEW_JUDGED)
    decision, label = Decision.of(params.problem), judging.churned.astype(np.int64)
    probability = model.probability(_encoded(contract, judging, params))
    group = np.arange(len(label), dtype=np.uint64)
    told = intervals(label, probability, group, decision, params.evaluate, seed)
    true = figures(endless.churned.astype(np.int64), model.probability(_encoded(contract, endless, params)), decision)
    yield from (told[name]["low"] <= true[name] <= told[name]["high"] for name in FIGURES)


def _month(seed: int, customers: int) -> Month:
    return next(simulate.live(seed, customers, 1))


def _fit(month: Month, params: Params) -> tuple[Contract, Model, str]:
    frame = conform(month.rows, params.data.columns, params.data.missing_words)
    names, label = np.arange(len(frame), dtype=np.uint64), month.churned.astype(np.int64)
    contract, matrix = encoded(Labelled(frame, label, names, np.full(len(frame), month.name, dtype=object)), params)
    model, chosen, _ = fit(contract, matrix, label, names, params.train)
    return contract, model, chosen


def _encoded(contract: Contract, month: Month, params: Params) -> Matrix:
    return encode(contract, columns_of(conform(month.rows, params.data.columns, params.data.missing_words), contract))


def _divergence(truth: Floats, told: Floats) -> float:
    """Mean Kullback-Leibler divergence of predictions from true probabilities, both (n,)."""
    return float((rel_entr(truth, told) + rel_entr(1 - truth, 1 - told)).mean())
