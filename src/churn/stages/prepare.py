"""data/ to labelled train and test rows, and the contract of their features."""

from pathlib import Path

from churn import params as configuration
from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, split
from churn.data.sample import Drawn, draw
from churn.errors import TableError
from churn.features.declare import declare
from churn.leak import Guarded, guard
from churn.model import Progress
from churn.model.recent import recent
from churn.params import Params
from churn.stages.places import CONTRACT, LEAKS, PREPARED, SAMPLE, TEST, TRAIN, write


def run(_: Progress) -> list[str]:
    """Tells what the leak guard found, how far back the train rows reach, and how many rows a sample has."""
    params = configuration.load()
    drawn = draw(Path("data"), params.data, params.split.customers)
    train, test = split(drawn.rows, params.split)
    if len(set(train.label)) < 2 or len(set(test.label)) < 2:
        raise TableError("train or test rows lack a class: give more rows, or change split.holdout in params.yaml")
    seen = guard(train.frame, train.label, train.group, train.snapshot, params.data)
    train, told = recent(train, seen.data, params.split)
    _keep(train, test, seen, params)
    lines = [*seen.lines, told] if told else seen.lines
    return lines if params.split.customers == 1 else [_keep_sample(drawn), *lines]


def _keep(train: Labelled, test: Labelled, seen: Guarded, params: Params) -> None:
    PREPARED.mkdir(parents=True, exist_ok=True)
    train.save(TRAIN)
    test.save(TEST)
    contract = describe(train.frame, seen.data)
    declare(contract, encode(contract, columns_of(train.frame, contract)), params.features).save(CONTRACT)
    left_out, accused = seen.data.left_out, seen.data.accused
    write(LEAKS, {"left_out": left_out, "accused": accused, "suspicious_names": sorted(seen.warned)})


def _keep_sample(drawn: Drawn) -> str:
    write(SAMPLE, {"read": drawn.read, "drawn": len(drawn.rows)})
    return f"{drawn.read:,} rows read, of which {len(drawn.rows):,} are of the sample of customers"
