"""Train rows to the knobs of each learner."""

from churn import params as configuration
from churn import versioning
from churn.discovery.record import demand_worthwhile
from churn.model import Progress
from churn.model.rows import Rows
from churn.model.tune import look_ahead, tunable, tune
from churn.params import Learner
from churn.stages.places import KNOBS, TRIES, TUNED, tuning, write
from churn.stages.rows import learned


def run(progress: Progress) -> list[str]:
    """Tells which learners could not be tuned."""
    params = configuration.load()
    demand_worthwhile(versioning.data_hash(), params.problem)
    tuned = tune(*learned(), params.train, tuning(), progress)
    TUNED.mkdir(parents=True, exist_ok=True)
    write(KNOBS, tuned.knobs)
    write(TRIES, [one.to_json() for one in tuned.tries])
    return [f"{learner} keeps its knobs, since tuning fails: {reason}" for learner, reason in tuned.failed.items()]


def candidates() -> list[Learner]:
    """The learners whose tries can be made ahead, each apart from the others."""
    return tunable(configuration.load().train)


def try_candidate(learner: Learner) -> None:
    """Make the tries of one learner, so that `run` finds them made. Its failure is raised as it is."""
    look_ahead(learner, Rows(*learned()), configuration.load().train, tuning())
