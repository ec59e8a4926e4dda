"""The words of an answer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from churn.store import Prediction
from serving.row import Row
from serving.scoring import Scores
from serving.slot import Live

encode = msgspec.json.Encoder().encode


def one(live: Live, row: Row, scores: Scores, most: int) -> bytes:
    """The answer about one customer, with `most` reasons."""
    answer = _item(scores.made[0]) | _origin(live, scores)
    if most:
        answer["reasons"] = _reasons(live, row, most)
    return encode(answer)


def many(live: Live, rows: Sequence[Row], scores: Scores, most: int) -> bytes:
    """The answer about many customers, in their order, each with `most` reasons."""
    items = [_item(made) if made.model_version == live.version else _named(made) for made in scores.made]
    if most:
        for item, row in zip(items, rows, strict=True):
            item["reasons"] = _reasons(live, row, most)
    return encode({"predictions": items} | _origin(live, scores))


def _item(made: Prediction) -> dict[str, Any]:
    found = {"prediction_id": made.id, "probability": made.probability, "contact": made.contact}
    return found if made.withheld is None else found | {"control": True}


def _named(made: Prediction) -> dict[str, Any]:
    """A prediction of another version than the rest of the answer."""
    return _item(made) | {"model_version": made.model_version}


def _reasons(live: Live, row: Row, most: int) -> list[dict[str, Any]]:
    return [asdict(reason) for reason in live.bundle.reasons(row.features, most)]


def _origin(live: Live, scores: Scores) -> dict[str, Any]:
    """What the answers of one request have in common."""
    found = {
        "threshold": live.bundle.threshold,
        "model_version": live.version,
        "data_hash": live.bundle.data_hash,
        "unseen_categories": scores.unseen,
    }
    return found if scores.recorded else found | {"recorded": False}
