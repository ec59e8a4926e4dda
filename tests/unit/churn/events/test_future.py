"""No feature is moved by what happened, or became known, after the date of its snapshot."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DAY = date(2025, 3, 20)
END = datetime(2025, 3, 21)
START = datetime(2025, 1, 1)
HOURS = st.integers(0, 24 * 120)

event = st.builds(
    lambda who, hours, late, amount, channel: (
        who, START + timedelta(hours=hours), START + timedelta(hours=hours + late), amount, channel
    ),
    st.sampled_from("abc"), HOURS, st.sampled_from([0, 0, 5, 200, 900]),
    st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False)), st.sampled_from(["web", "shop", "", "fair"]),
)  # fmt: skip
ANCHOR = ("a", END - timedelta(hours=3), END - timedelta(hours=2), 0.1, "web")  # of the date itself


def later(one):
    """Whether an event happened, or became known, after the date."""
    return one[1] >= END or one[2] >= END


def features(shop, rows):
    """The bytes of the features of the snapshot of the date, without the outcome."""
    shop.write(rows)
    shop.bring(at=DAY)
    return shop.snapshot(str(DAY)).drop(columns="churned").to_csv().encode()


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(event, max_size=25), others=st.lists(event, min_size=1, max_size=10), kept=st.randoms(use_true_random=False)
)
def test_later_events_move_no_feature(shops, rows, others, kept):
    """Later events, and earlier ones known later, are added and deleted at random, and all rows shuffled: the features of
    every customer stay equal byte for byte.
    """
    known = [ANCHOR, *(one for one in rows if not later(one))]
    future = [one for one in [*rows, *others] if later(one)]
    changed = [*known, *(one for one in future if kept.random() < 0.5)]
    kept.shuffle(changed)
    assert features(shops(), changed) == features(shops(), known)


def test_an_event_that_was_known_moves_features(shops):
    """The same comparison fails for an event of the date itself, so it can fail."""
    known = [ANCHOR]
    assert features(shops(), [*known, ("a", END - timedelta(hours=1), END - timedelta(hours=1), 2.0, "web")]) != features(
        shops(), known
    )


def test_late_arrivals_change_only_snapshots_that_may_know_them(shop):
    """An event of March 5th that became known on the 15th moves the features from the 21st on, and none before; what
    became of the customer of the 1st is told better.
    """
    rows = [("a", f"2025-03-{day:02}", f"2025-03-{day:02}", 1, "web") for day in (1, 31)]
    found = []
    for late in ([], [("a", "2025-03-05", "2025-03-15", 1, "web")]):
        shop.write([*rows, *late])
        found.append({str(day): shop.snapshot(str(day)) for day in shop.bring().made})
    before, after = found
    moved = [day for day in before if not before[day].drop(columns="churned").equals(after[day].drop(columns="churned"))]
    assert moved == ["2025-03-21", "2025-03-31"]
    assert [one["2025-03-01"].loc["a", "churned"] for one in found] == ["yes", "no"]
