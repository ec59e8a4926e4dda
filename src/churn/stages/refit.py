"""Train rows, fewer of them and earlier ones, to what the chosen learners then say of the test rows."""

from churn import params as configuration
from churn.contract import Contract
from churn.data.labelled import Labelled
from churn.evaluate.refit import refit
from churn.model import Progress
from churn.stages.places import CONTRACT, REFITS, TEST, TRAIN, contest
from churn.stages.rows import tuned


def run(progress: Progress) -> list[str]:
    """Tells nothing."""
    params = configuration.load()
    train, test = Labelled.read(TRAIN), Labelled.read(TEST)
    chosen = contest()["chosen"].split("+")
    scores = refit(chosen, Contract.read(CONTRACT), train, test, tuned(), params.evaluate, params.outcome_days, progress)
    scores.to_parquet(REFITS, index=False)
    return []
