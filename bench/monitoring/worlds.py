"""Lives in the simulator's worlds: what the policy says and earns beside never, monthly and the oracle."""

from bench.monitoring.outcomes import rows_of
from churn.params import Params
from churn.simulate.market import contract
from churn.simulate.worlds import World, live
from monitoring.replay.account import Account, account
from monitoring.replay.learner import Learner
from monitoring.replay.policies import ledger, live_all

CUSTOMERS = 5000
KNOWN, LIVED, CHANGE = 12, 12, 4  # months before the model, months of its life, and the one in which something happens


def life(params: Params, world: World, seed: int) -> Account:
    """One life in a world."""
    months = list(live(world, seed, CUSTOMERS, KNOWN + LIVED, KNOWN + CHANGE))
    learner = Learner(contract(), params)
    rows = [rows_of(month) for month in months]
    told = CHANGE if world.right == "changed" else None
    lives = live_all(learner, rows[:KNOWN], rows[KNOWN:], change=told)
    money = ledger(lives, rows[KNOWN:], [month.probability for month in months[KNOWN:]], learner.decision)
    return account(world.name, lives, money, world.right, None if world.right == "steady" else CHANGE)
