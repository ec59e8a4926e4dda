"""Train rows to an exported model and the figures of its contest."""

from churn import params, versioning
from churn.bundle import pack
from churn.contract import Contract
from churn.data.labelled import Labelled
from churn.discovery.record import demand_worthwhile
from churn.features.paired import in_words
from churn.model import Progress, train
from churn.stages.places import CONTEST, CONTRACT, MODEL, TEST, write
from churn.stages.rows import learned, tuned


def run(progress: Progress) -> list[str]:
    """Tells which learners took no part."""
    demand_worthwhile(versioning.data_hash(), params.load().problem)
    model, contest = train(*learned(), tuned(), progress)
    contract = Contract.read(CONTRACT)
    error = pack.export(MODEL, model, contract, Labelled.read(TEST))
    name = contest.chosen.name
    figures = {"chosen": name, "cv": contest.figures[name], "tried": contest.figures, "failed": contest.failed}
    together = in_words(model.pairs, contract.model_columns)
    write(CONTEST, figures | {"export_error": error, "interactions": together})
    return [f"{learner} is left out: {reason}" for learner, reason in contest.failed.items()]
