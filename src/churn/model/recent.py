"""The train rows of a table of several snapshots: as many of the newest as serve best."""

import numpy as np

from churn.contract import encode
from churn.data.conform import columns_of
from churn.data.describe import describe
from churn.data.labelled import Labelled, in_time, newest
from churn.model.rows import Rows
from churn.model.span import choose_span, spans
from churn.params import Data, Split


def recent(rows: Labelled, data: Data, policy: Split) -> tuple[Labelled, str]:
    """The rows to learn from, and one line that tells how far they reach back; empty where there is nothing to choose.

    data: the declared columns without those that the leak guard leaves out.
    """
    order = in_time(rows.snapshot)
    tried = [span for span in spans(policy.shortest, policy.window) if span <= len(order)]
    if len(tried) < 2:
        return rows, ""
    contract = describe(rows.frame, data)
    age = len(order) - 1 - np.array([order.index(name) for name in rows.snapshot.astype(str)])
    whole = Rows(contract, encode(contract, columns_of(rows.frame, contract)), rows.label, rows.group)
    span = choose_span(whole, age, tried)
    kept = newest(rows, order, span, policy.train_rows)
    return kept, f"learns from the newest {len(np.unique(kept.snapshot))} of {len(order)} snapshots"
