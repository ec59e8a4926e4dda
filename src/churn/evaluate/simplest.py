"""The simplest contestant: what the best one-line rule, found on the rows that a model learned from, would earn on others."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.evaluate.importance import Asked
from churn.evaluate.slices import mean_influence, standard_error
from churn.params import Params
from churn.simple.rule import Rule, find_rule

Labels = npt.NDArray[np.int64]


def against_rule(contract: Contract, matrix: Matrix, label: Labels, asked: Asked, params: Params) -> dict[str, Any]:
    """Find the rule on encoded rows (n, features) with outcomes (n,), and judge it and the model on the rows of `asked`.

    gain: profit per 1,000 customers of the model less that of the rule, with a normal interval over customers. ceiling:
    the profit of whoever knew the future.
    """
    decision, judged = Decision.of(params.problem), asked.judged
    rule = find_rule(contract, matrix, label, params.train.rule.model_copy(update={"break_even": decision.threshold}))
    earns = decision.worth(judged.label, _meets(rule, asked.matrix))
    gain, influence = mean_influence(decision.worth(judged.label, decision.contact(judged.probability)) - earns)
    half = float(norm.ppf((1 + params.evaluate.level) / 2)) * standard_error(influence, judged.group)
    return {
        "sentence": rule.sentence(contract),
        "profit_per_1000": float(earns.mean()),
        "gain": {"value": gain, "low": gain - half, "high": gain + half},
        "ceiling": float(decision.worth(judged.label, judged.label == 1).mean()),
    }


def _meets(rule: Rule, matrix: Matrix) -> npt.NDArray[np.bool_]:
    met = [condition.holds(matrix) for condition in rule.conditions]
    return np.all(met, axis=0) if met else np.ones(len(matrix), dtype=bool)
