import json

import numpy as np
import pytest

from monitoring.counts import Bins, Block, count
from monitoring.figures import Comparison, Figures, Interval, Promise, Segment, Sign
from support.companies import CONTRACT

BLOCK = Block(np.array([[1.0, 0.0], [np.nan, 2.0]], dtype=np.float32), np.array([0.2, 0.4]), np.array([5, 9], dtype=np.uint64))
FULL = Figures(
    "2025-03",
    812,
    (Comparison("tenure", "missing", 1e-12, 0.0, 0.2, "0.0% to 20.0%", joined=1e-20, impact=0.02),),
    (Sign("missing", "tenure", 0.0, 0.2, 1e-12, "missing 0.0% to 20.0%"),),
    0.004,
    400,
    3,
    (Promise("auc", "", Interval(0.8, 0.7, 0.9), Interval(0.84, 0.82, 0.86), 0.2),),
    Interval(0.83, 0.8, 0.86),
    (Segment("plan", "year", 300, 0.1, 100, 0.12),),
    count(Bins.of(CONTRACT, BLOCK, 8), [BLOCK]),
)


@pytest.mark.parametrize("figures", [FULL, Figures("2025-04", 3)], ids=["full", "bare"])
def test_round_trip(figures: Figures) -> None:
    """Figures come back from JSON text as they went in."""
    again = Figures.from_json(json.loads(json.dumps(figures.to_json(), allow_nan=False)))
    assert again is not None
    assert again.to_json() == figures.to_json()


def test_another_form() -> None:
    """Figures that another program wrote in another form are passed over."""
    assert Figures.from_json({"snapshot": "2025-03", "rows": 812}) is None


def test_unknown_key() -> None:
    """A record of this form with a key nobody knows is refused."""
    with pytest.raises(TypeError):
        Figures.from_json(FULL.to_json() | {"colour": "red"})
