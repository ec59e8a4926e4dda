import numpy as np
import pandas as pd
import pytest

from churn.data.outcome import target_labels, written
from churn.params import Data

COMMON = {"target": "left", "missing_words": ("", "nat"), "columns": {"x": "number"}}


def labels(values, **how):
    return target_labels(pd.DataFrame({"left": values}), Data(**COMMON, **how)).tolist()


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["Yes", "No", ""], "Yes"),
        ([" yes ", "NO", None], "Yes"),
        (["Attrited  Customer", "Existing Customer", "NaT"], "attrited customer"),
        ([1, 0, None], "1"),
        ([1.0, 0.0, np.nan], "1"),
        (["1.0", "0", " "], "1"),
        ([True, False, None], "true"),
        (["TRUE", "false", ""], "True"),
    ],
)
def test_the_positive_value_is_found_however_it_is_written(values, positive):
    """Case and spacing of a target make no difference, and what is missing is not known."""
    np.testing.assert_array_equal(labels(values, positive=positive), [1, 0, np.nan])


@pytest.mark.parametrize(("when", "expected"), [("present", [1, 0, 0]), ("absent", [0, 1, 1])])
def test_a_target_may_be_filled_or_empty(when, expected):
    """Who left may be told by a cell that is filled, or by one that is empty; every outcome is known then."""
    assert labels(["2024-05-31", " ", None], positive_when=when) == expected


@pytest.mark.parametrize(
    "how", [{"positive": "Yes"}, {"positive": "left"}, {"positive_when": "present"}, {"positive_when": "absent"}]
)
def test_what_is_written_is_read_again(how):
    """Outcomes that are written into a table are the ones that are read from it."""
    data = Data(**COMMON, **how)
    raw = pd.DataFrame({"left": [written(True, data), written(False, data)]})
    assert target_labels(raw, data).tolist() == [1, 0]


@pytest.mark.parametrize("how", [{}, {"positive": "Yes", "positive_when": "present"}, {"positive_when": "value"}])
def test_a_value_and_presence_exclude_one_another(how):
    """Exactly one of a value and a presence says who left."""
    with pytest.raises(ValueError, match="positive goes with positive_when: value"):
        Data(**COMMON, **how)
