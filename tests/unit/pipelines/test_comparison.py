"""What two real bundles tell the gate."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from churn import gate
from churn.bundle.open import open_bundle
from pipelines.deployment.comparison import candidate_of, contestant
from support.policy import gate as policy
from support.tiny import alter, build_bundle

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A bundle, one that has learned nothing, and one without a column."""
    folder = tmp_path_factory.mktemp("built")
    made = [
        build_bundle(folder / "good"),
        build_bundle(folder / "blind", blind=True),
        build_bundle(folder / "less", without="tenure"),
    ]
    return [open_bundle(one) for one in made]


def test_a_bundle_tells_everything_that_the_gate_asks(folders):
    """Every figure is measured, and the better of two is let pass with every criterion."""
    good, blind, _ = folders
    asked = candidate_of(good, blind, {"2025-12"}, NOW)
    assert asked.export_error == 1e-9
    assert asked.age_days == 60.0
    assert asked.rule and asked.rule.sentence == "tenure at most 9"
    assert 0 < asked.scores.milliseconds < 50
    assert 0 < asked.scores.megabytes < 5
    assert {"class, basic", "tenure, up to 17", "model_config, 1"} & set(asked.rows.segments)
    assert (list(asked.refusals), list(asked.broken), asked.newer, asked.older) == ([], [], False, False)
    decision = gate.decide(asked, contestant(blind, good.reference()), policy(milliseconds=1000))
    assert decision.promote, decision.reason
    names = [one.name.split(":")[0] for one in decision.criteria]
    known = {"ranks no worse", "worst segment", "may earn more than a rule", "answers fast", "takes today's requests"}
    assert known <= set(names)


def test_what_was_learned_from_a_broken_feed_is_refused(folders):
    """A snapshot that monitoring called broken and that the candidate learned from is named."""
    asked = candidate_of(folders[0], None, {"2026-01", "2025-12"}, NOW)
    decision = gate.decide(asked, None, policy(milliseconds=1000))
    assert not decision.promote
    assert "data in order (1; learned from no snapshot of a broken feed: 2026-01)" in decision.reason


def test_a_broken_feed_is_known_by_the_file_that_its_outcomes_were_written_to(folders, tmp_path):
    """Where no column names snapshots, those of the store are called as their files in data/ are."""
    made_of = {"learned": ["feedback-2026-01", "feedback-2025-12"], "newest": "feedback-2026-01"}
    told = json.dumps(folders[0].metrics | {"made_of": made_of}).encode()
    built = alter(folders[0].folder, tmp_path / "fed", "metrics.json", lambda _: told)
    assert candidate_of(open_bundle(built), None, {"2026-01", "2025-11"}, NOW).broken == ["2026-01"]


def test_a_contract_that_refuses_today_s_requests_is_told(folders):
    """Both directions: a column that would be missing, and one that would be unknown."""
    good, _, less = folders
    assert candidate_of(good, less, (), NOW).refusals == ["'tenure' would be missing"]
    assert candidate_of(less, good, (), NOW).refusals == ["'tenure' would be unknown"]


def test_a_bundle_of_an_older_program_is_refused_for_what_it_does_not_tell(folders, tmp_path):
    """Without the figures in it nobody knows whether it was exported exactly or may earn more than a rule."""
    old = open_bundle(alter(folders[0].folder, tmp_path / "old", "metrics.json", lambda _: b"{}"))
    asked = candidate_of(old, None, (), NOW)
    assert np.isnan([asked.export_error, asked.age_days, *asked.rule.gain]).all()
    failed = {one.name for one in gate.decide(asked, None, policy(milliseconds=1000)).criteria if not one.holds}
    assert failed == {"exported exactly", "may earn more than a rule"}
