import json

import pytest

from monitoring.figures import Calibration, Comparison, Figures, Interval

FULL = Figures(
    "2025-03",
    812,
    (Comparison("tenure", "missing", 1e-12, 0.0, 0.2, "0.0% to 20.0%"),),
    400,
    Interval(0.8, 0.7, 0.9),
    Interval(0.84, 0.82, 0.86),
    Calibration(0.21, 0.25),
)


@pytest.mark.parametrize("figures", [FULL, Figures("2025-04", 3)], ids=["full", "bare"])
def test_round_trip(figures: Figures) -> None:
    """Figures come back from JSON text as they went in."""
    assert Figures.from_json(json.loads(json.dumps(figures.to_json(), allow_nan=False))) == figures


def test_unknown_key() -> None:
    """A record with a key nobody knows is refused."""
    with pytest.raises(TypeError):
        Figures.from_json(FULL.to_json() | {"colour": "red"})
