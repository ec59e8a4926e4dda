"""Ways to look after a model, lived through on the same periods: never retrain, always retrain, follow the policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churn.decision import Decision
from monitoring.counts import Floats
from monitoring.replay.learner import Learner, Rows
from monitoring.replay.life import Lived, live
from monitoring.yardstick import Yardstick


@dataclass(frozen=True)
class Lives:
    """policy: period by period, with verdicts. never, monthly: the model that scores each period in other lives."""

    policy: list[Lived]
    never: list[Yardstick]
    monthly: list[Yardstick]

    def champions(self) -> dict[str, list[Yardstick]]:
        """The models of each life, by its name."""
        policy = [lived.champion for lived in self.policy]
        return {"never": self.never, "monthly": self.monthly, "policy": policy}


def live_all(learner: Learner, learned: Sequence[Rows], lived: Sequence[Rows], days: float = 30.0) -> Lives:
    """Train on `learned` and live through `lived` in each way; outcomes mature one period later."""
    policy = live(learner, learned, lived, days)
    first = policy[0].champion
    monthly = _monthly(learner, learned, lived, first)
    return Lives(policy, [first] * len(lived), monthly)


def earned(decision: Decision, chance: Floats, contacted: Floats) -> float:
    """Expected profit of contacting some of n customers, in currency units.

    chance: (n,) that each leaves; where nobody knows it, whether each left. contacted: (n,) 0 to 1.
    """
    worth = chance * decision.churner_gain - (1 - chance) * decision.stayer_loss
    return float((worth * contacted).sum())


def ledger(lives: Lives, periods: Sequence[Rows], chances: Sequence[Floats], decision: Decision) -> dict[str, float]:
    """What each life earned in all, and what who knows the chances would have earned ("oracle")."""
    found = {
        name: sum(
            earned(decision, chance, decision.contact(champion.score(rows.matrix)).astype(np.float64))
            for champion, rows, chance in zip(champions, periods, chances, strict=True)
        )
        for name, champions in lives.champions().items()
    }
    best = sum(earned(decision, chance, decision.contact(chance).astype(np.float64)) for chance in chances)
    return found | {"oracle": best}


def _monthly(learner: Learner, learned: Sequence[Rows], lived: Sequence[Rows], first: Yardstick) -> list[Yardstick]:
    """The model of each period if a new one is trained at the end of every period on what has matured, whatever it is."""
    known = [*learned, *lived]
    later = [learner.train(known[: len(learned) + done]).model for done in range(len(lived) - 1)]
    return [first, *later]
