"""What the error budget counts."""

import pytest

from pipelines.deployment.budget import since


@pytest.mark.parametrize(
    ("before", "now", "more"),
    [((5, 100), (7, 130), (2, 30)), ((5, 100_020), (0, 10), (0, 0)), ((0, 100), (3, 90), (0, 0)), ((1, 1), (1, 1), (0, 0))],
)
def test_a_server_that_was_started_again_has_not_answered_less(before, now, more):
    """Its counters begin at 0, which is neither failures taken back nor good answers that never were."""
    assert since(before, now) == more
