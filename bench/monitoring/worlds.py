"""Lives in the simulator's worlds: what the policy says and earns beside never, monthly and the oracle."""

import numpy as np

from bench.monitoring.outcomes import rows_of
from churn.decision import Decision
from churn.params import Params
from churn.simulate.market import contract
from churn.simulate.worlds import Period, World, live
from monitoring.replay.account import Account, account
from monitoring.replay.learner import Learner
from monitoring.replay.policies import earned, ledger, live_all

CUSTOMERS = 5000
KNOWN, LIVED, CHANGE = 12, 12, 4  # months before the model, months of its life, and the one in which something happens


def life(params: Params, world: World, seed: int) -> Account:
    """One life in a world."""
    months = list(live(world, seed, CUSTOMERS, KNOWN + LIVED, KNOWN + CHANGE))
    learner = Learner(contract(), params)
    rows = [rows_of(month) for month in months]
    lives = live_all(learner, rows[:KNOWN], rows[KNOWN:])
    money = ledger(lives, rows[KNOWN:], [month.probability for month in months[KNOWN:]], learner.decision)
    money["bound"] = sum(_of_who_waits(month, learner.decision) for month in months[KNOWN:])
    return account(world.name, lives, money, world.right, None if world.right == "steady" else CHANGE)


def _of_who_waits(month: Period, decision: Decision) -> float:
    """What a month earns whoever has learned from endless outcomes all that those that have matured can tell.

    A broken feed costs nothing here, so that nobody can exceed it.
    """
    return earned(decision, month.probability, decision.contact(month.matured).astype(np.float64))
