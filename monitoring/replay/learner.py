"""A learner that is quick enough to train hundreds of models, and the gate in front of its models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlog1py, xlogy
from sklearn.metrics import roc_auc_score

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.evaluate.calibration import calibration_error, calibration_noise
from churn.evaluate.interval import bootstrap
from churn.gate import Evidence, decide
from churn.model import Member, fit_member
from churn.model.rows import Rows as Together
from churn.model.span import choose_span, spans
from churn.params import Params
from monitoring.counts import Block, Floats, Keys, customer_hashes
from monitoring.yardstick import Matured, Yardstick

Labels = npt.NDArray[np.int64]
DRAWS = 60  # resamples behind the intervals of the gate


@dataclass(frozen=True)
class Rows:
    """Encoded rows of one period: matrix (n, features), customer (n,) as whole numbers, label (n,)."""

    name: str
    matrix: Matrix
    customer: npt.NDArray[np.int64]
    label: Labels

    @property
    def keys(self) -> Keys:
        """Hashes of the customers."""
        return customer_hashes(self.customer)


@dataclass(frozen=True)
class Trained:
    """A model with its reference rows, and how many rows it learned from."""

    model: Yardstick
    learned: int


class Learner:
    """Trains logistic models on some customers and judges them on the others, whom no model ever learns from."""

    def __init__(self, contract: Contract, params: Params) -> None:
        self.contract, self.params = contract, params
        self.decision = Decision.of(params.problem)
        self._known: dict[tuple[str, ...], Trained] = {}

    def train(self, periods: Sequence[Rows]) -> Trained:
        """A model of as many of the newest periods as serve best, with its reference rows; lives on the same ones share it."""
        names = tuple(rows.name for rows in periods)
        if names not in self._known:
            self._known[names] = self._train(periods)
        return self._known[names]

    def _train(self, periods: Sequence[Rows]) -> Trained:
        policy = self.params.split
        newest = periods[-policy.window :]
        rows, age = self._learned(newest)
        span = choose_span(rows, age, [n for n in spans(policy.shortest, policy.window) if n <= len(newest)])
        chosen = rows.at(age < span)
        member = fit_member("logistic", self.contract, chosen.matrix, chosen.label, self.params.train)
        return Trained(self._yardstick(member, periods), len(chosen.label))

    def _learned(self, periods: Sequence[Rows]) -> tuple[Together, npt.NDArray[np.int64]]:
        """The rows that are not held out, and for each how many periods it is older than the newest."""
        masks = [~self._held(rows) for rows in periods]
        parts = [(rows.matrix[mask], rows.label[mask], rows.keys[mask]) for rows, mask in zip(periods, masks, strict=True)]
        matrix, label, group = (np.concatenate(part) for part in zip(*parts, strict=True))
        age = np.repeat(np.arange(len(masks))[::-1], [mask.sum() for mask in masks])
        return Together(self.contract, matrix, label, group), age

    def better(self, candidate: Yardstick, champion: Yardstick) -> bool:
        """Whether the candidate passes the gate on its reference rows."""
        rows, label = candidate.reference.block, candidate.reference.label
        policy, seed = self.params.evaluate.model_copy(update={"bootstrap": DRAWS}), self.params.train.seed
        one, other = rows.probability, champion.score(rows.matrix)
        evidence = Evidence(
            rows=len(label),
            candidate={"auc": float(roc_auc_score(label, one)), "calibration_error": calibration_error(label, one)},
            noise=calibration_noise(one, DRAWS, seed),
            difference=bootstrap(label, lambda drawn: self._gain(label[drawn], one[drawn], other[drawn]), policy, seed),
        )
        return decide(evidence, self.params.gate).promote

    def block(self, yardstick: Yardstick, rows: Rows) -> Block:
        """The rows with the probabilities that a model gives them."""
        return Block(rows.matrix, yardstick.score(rows.matrix), rows.keys)

    def _gain(self, label: Labels, one: Floats, other: Floats) -> dict[str, float]:
        """What the gate compares, `one` minus `other`."""
        first, second = (_figures(label, probability, self.decision) for probability in (one, other))
        return {name: first[name] - second[name] for name in first}

    def _held(self, rows: Rows) -> npt.NDArray[np.bool_]:
        return np.asarray(rows.keys % np.uint64(1000) < self.params.split.holdout * 1000)

    def _yardstick(self, member: Member, periods: Sequence[Rows]) -> Yardstick:
        """The reference is of the newest period, and of older ones until there are enough rows."""

        def score(matrix: Matrix) -> Floats:
            return np.asarray(expit(member.score(matrix)))

        kept: list[Matured] = []
        for rows in reversed(periods):
            held = self._held(rows)
            matrix = rows.matrix[held]
            kept.append(Matured(Block(matrix, score(matrix), rows.keys[held]), rows.label[held]))
            if sum(len(one.label) for one in kept) >= self.params.split.test_rows:
                break
        reference = kept[0]
        for one in kept[1:]:
            reference = reference + one
        policy = self.params.monitoring
        return Yardstick(self.contract, self.decision, reference, score, policy.bins, seed=self.params.train.seed)


def _figures(label: Labels, probability: Floats, decision: Decision) -> dict[str, float]:
    return {
        "auc": float(roc_auc_score(label, probability)),
        "log_loss": float(-(xlogy(label, probability) + xlog1py(1 - label, -probability)).mean()),
        "profit_per_1000": decision.profit_per_1000(label, decision.contact(probability)),
    }
