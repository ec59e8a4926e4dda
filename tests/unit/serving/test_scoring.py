"""Scoring rows as requests bring them."""

from time import perf_counter
from uuid import UUID

import pytest

from serving.row import Row
from serving.scoring import score, score_together
from serving.slot import Live


def row_of(features):
    return Row(None, None, tuple(features.values()), features)


@pytest.fixture
def live(bundle):
    return Live.of("1", bundle)


@pytest.fixture
def rows(bundle):
    return [row_of({name: row[name] for name in bundle.contract.features}) for row in bundle.reference().rows[:50]]


def test_rows_score_as_the_bundle_scores_tables(live, rows):
    """Row by row, together and as columns, the probabilities are equal."""
    columns = {name: [row.features[name] for row in rows] for name in live.bundle.contract.features}
    expected = live.bundle.score_columns(columns).probability.tolist()
    assert [made.probability for made in score(live, rows, 0.0).made] == pytest.approx(expected, abs=1e-12)
    alone = [scores.made[0].probability for scores in score_together(live, [[row] for row in rows], [0.0] * len(rows))]
    assert alone == pytest.approx(expected, abs=1e-12)


def test_ids_are_uuids_in_order_of_time_and_all_different(live, rows):
    """Each prediction has a UUID of version 7 of its own, written as the standard writes it, that tells its millisecond."""
    made = [made for _ in range(40) for made in score(live, rows, 0.0).made]
    assert len({one.id for one in made}) == len(made)
    for one in made:
        assert str(UUID(one.id)) == one.id
        assert (UUID(one.id).version, UUID(one.id).variant) == (7, "specified in RFC 4122")
        assert UUID(one.id).int >> 80 == int(one.time.timestamp() * 1000)


def test_unseen_categories_are_counted_for_each_request(live, rows):
    """Requests that share a call do not share their counts."""
    new = row_of(rows[0].features | {"class": "platinum"})
    assert [scores.unseen for scores in score_together(live, [[rows[1]], [new, new], [rows[2], new]], [0.0] * 3)] == [0, 2, 1]


def test_latency_is_the_time_since_the_request_arrived(live, rows):
    """Each prediction of a request has the seconds that passed until it was scored, whoever shares its call."""
    start = perf_counter()
    early, late = score_together(live, [rows[:2], rows[2:3]], [start - 5, start])
    assert [round(one.latency) for one in early.made] == [5, 5]
    assert 0 < late.made[0].latency < 1
