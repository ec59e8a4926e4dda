"""A learner that is quick enough to train hundreds of models, and the gate in front of its models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from churn.contract import Contract
from churn.contract.encode import Matrix
from churn.decision import Decision
from churn.gate import Candidate, Contestant, decide
from churn.gate import Rows as Judged
from churn.model import Member, fit_member
from churn.model.rows import Rows as Together
from churn.model.span import choose_span, spans
from churn.params import Params
from monitoring.counts import Block, Floats, Keys, customer_hashes
from monitoring.yardstick import Matured, Yardstick

Labels = npt.NDArray[np.int64]
DRAWS = 200  # resamples behind the intervals of the gate


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
        member = fit_member("logistic", self.contract, chosen.matrix, chosen.label, self.params.train, chosen.group)
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
        asked = Candidate(
            scores=_free_of_charge(rows.probability),
            rows=Judged(label, _counted(rows.customer, len(label)), {}),
            costs=self.decision,
            export_error=0.0,
        )
        policy = self.params.gate.model_copy(update={"resamples": DRAWS})
        return decide(asked, _free_of_charge(champion.score(rows.matrix)), policy).promote

    def block(self, yardstick: Yardstick, rows: Rows) -> Block:
        """The rows with the probabilities that a model gives them."""
        return Block(rows.matrix, yardstick.score(rows.matrix), rows.keys)

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


def _counted(customer: Keys | None, rows: int) -> npt.NDArray[np.int64]:
    """A number for each customer; where nobody is known each row is one."""
    return np.arange(rows) if customer is None else np.unique(customer, return_inverse=True)[1]


def _free_of_charge(probability: Floats) -> Contestant:
    """A model of which only the probabilities count."""
    return Contestant(probability, milliseconds=0.0, megabytes=0.0)
