"""Which version a rollback goes back to."""

import pytest

from churn.errors import NoModel
from churn.store import Event
from pipelines.rollback import previous


def promoted(version, before):
    return Event("promoted", version, {"before": before})


def back(version, before):
    return Event("rolled back", version, {"before": before})


@pytest.mark.parametrize(
    ("history", "champion", "wanted"),
    [
        ([promoted("1", None), promoted("2", "1")], "2", "1"),
        ([promoted("2", "1")], "2", "1"),
        ([promoted("1", None), promoted("2", "1"), promoted("3", "2")], "3", "2"),
        ([promoted("1", None), promoted("2", "1"), back("1", "2"), promoted("3", "1")], "3", "1"),
        ([promoted("1", None), promoted("2", "1"), promoted("3", "2"), back("2", "3")], "2", "1"),
        ([promoted("1", None), promoted("2", "1"), back("1", "2"), back("2", "1")], "2", "1"),
        ([promoted("1", None), promoted("2", "1"), back("2", "2"), promoted("3", "2")], "3", "2"),
        ([promoted("1", None), promoted("2", "1"), promoted("3", "2"), back("2", "3"), promoted("3", "2")], "3", "2"),
        ([promoted("1", None), Event("gated", "9", {})], None, "1"),
    ],
)
def test_the_champion_before_this_one(history, champion, wanted):
    """Of those that answered well: one that somebody went back from is passed over, until it is champion again."""
    assert previous(history, champion) == wanted


def test_with_no_other_champion_the_error_says_what_to_do():
    """A version can be named."""
    with pytest.raises(NoModel, match="churn rollback 3"):
        previous([promoted("1", None)], "1")
