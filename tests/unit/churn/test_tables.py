"""Awkward tables from end to end: what init decides, the first stage and the encoder of the server follow."""

import json

import numpy as np
import pandas as pd
import pytest

from churn.contract import encode
from churn.contract.encode import RowEncoder
from churn.data.conform import columns_of, conform_to
from churn.data.describe import describe
from churn.data.labelled import labelled
from churn.data.read import read_table
from churn.workspace import plan
from churn.workspace.summary import summary
from support.awkward import TABLES, Awkward

LARGE = ("wide and empty", "long")


def planned(case: Awkward, folder):
    asked = dict(zip(case.options[::2], case.options[1::2], strict=True))
    return plan(
        case.write(folder),
        asked["--target"],
        asked.get("--positive"),
        asked.get("--id"),
        asked.get("--snapshot"),
        asked.get("--positive-when", "value"),
    )


@pytest.mark.parametrize("name", TABLES)
def test_init_finds_its_way(tmp_path, name):
    """Init finds the columns to learn from with their kinds, accuses the answer and nothing else, and says what it did."""
    case = TABLES[name]
    what = planned(case, tmp_path)
    told = summary(what)
    assert {column: what.data.features.get(column) for column in case.features} == case.features
    assert [words for words in case.told if words not in told] == []
    assert set(what.data.accused) == set(case.accused)
    assert all(any(line.startswith(f"{column}:") for line in what.leaks) for column in case.accused)
    assert all(name in told for name in what.data.drop)


@pytest.mark.parametrize("name", [name for name in TABLES if name not in LARGE])
def test_rows_of_the_file_are_encoded_alike_everywhere(tmp_path, name):
    """Training, the batch of raw rows, and the server, which gets them as JSON, encode every row of a table equally."""
    what = planned(TABLES[name], tmp_path)
    raw = read_table(what.table, what.data.reading)
    rows = labelled("base", raw, what.data)
    contract = describe(rows.frame, what.data)
    trained = encode(contract, columns_of(rows.frame, contract))
    assert np.isfinite(trained).mean() > 0.5
    features = list(contract.features)
    with_days = raw.drop_duplicates(ignore_index=True) if what.data.id else raw
    for column in features:
        if column not in with_days:  # days since a date
            with_days = with_days.assign(**{column: rows.frame[column]})
    np.testing.assert_array_equal(encode(contract, columns_of(conform_to(contract, with_days), contract)), trained)
    sent = [json.loads(json.dumps(row)) for row in _as_requests(with_days, rows.frame, contract)]
    np.testing.assert_array_equal(RowEncoder(contract).encode([[row[c] for c in features] for row in sent]), trained)


def _as_requests(raw, frame, contract):
    """Rows as a caller sends them: categories as the file spells them, numbers and flags as JSON has them."""
    kinds = {column.name: column.kind for column in contract.columns}
    spelt = {name: raw[name] if kind == "category" else frame[name] for name, kind in kinds.items()}
    table = pd.DataFrame({name: column.astype(object) for name, column in spelt.items()})
    for name, kind in kinds.items():
        if kind == "boolean":
            table[name] = table[name].map({1.0: True, 0.0: False})
    return table.where(table.notna(), None).to_dict(orient="records")
