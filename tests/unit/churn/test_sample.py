import numpy as np
import pandas as pd
import pytest

from churn.data.labelled import held_out, labelled, load
from churn.data.read import read_pieces, read_table
from churn.data.sample import draw
from churn.errors import TableError
from churn.evaluate.origin import sample_in_words
from churn.params import Reading, Split

POLICY = Split(holdout=0.3, test_snapshots=1, test_rows=1, window=2, shortest=2, train_rows=1)
ROWS = 70_000  # more than a piece


def customers(rows=600, seed=0):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(rows)],
            "tenure": random.integers(0, 72, rows),
            "charge": random.normal(30, 9, rows).round(2),
            "plan": random.choice(["basic", "pro", None], rows),
            "family": random.choice(["true", "false"], rows),
            "left": random.choice(["Yes", "No", None], rows, p=[0.3, 0.6, 0.1]),
        }
    )


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_sample_has_the_rows_that_the_whole_table_has_of_its_customers(tmp_path, data, kind):
    """What is drawn in pieces equals the rows of the same customers in the table read whole, repeated rows counted once."""
    whole = customers(ROWS)
    whole.loc[: ROWS // 2, "tenure"] = np.nan if kind == "csv" else whole["tenure"]
    table = pd.concat([whole, whole.head(2000)])
    table.to_csv(tmp_path / "base.csv", index=False) if kind == "csv" else table.to_parquet(tmp_path / "base.parquet")
    drawn, everyone = draw(tmp_path, data, 0.05), load(tmp_path, data)
    same = everyone.where(np.isin(everyone.group, drawn.rows.group))
    pd.testing.assert_frame_equal(drawn.rows.frame, same.frame)
    np.testing.assert_array_equal(drawn.rows.label, same.label)
    assert 0.04 < len(same) / len(everyone) < 0.06
    assert drawn.read == table["left"].notna().sum()


def test_a_sample_is_of_whole_customers_and_leaves_the_split_alone(tmp_path, data):
    """With half of the customers, all rows of each are there or none, and as large a share of them is held out as of all."""
    for seed in range(3):
        customers(seed=seed).assign(left=np.resize(["Yes", "No"], 600)).to_csv(tmp_path / f"2025-0{seed}.csv", index=False)
    rows, everyone = draw(tmp_path, data, 0.5).rows, load(tmp_path, data)
    assert set(np.unique(rows.group, return_counts=True)[1]) == {3}
    assert np.isin(rows.group, everyone.group).all()
    shares = [held_out(some, POLICY).mean() for some in (rows, everyone)]
    assert abs(shares[0] - shares[1]) < 0.1


def test_rows_outside_of_the_sample_are_checked_too(tmp_path, data):
    """A value that is not of its kind is refused although its customer is not drawn."""
    table = customers().assign(left=np.resize(["Yes", "No"], 600))
    table.to_csv(tmp_path / "base.csv", index=False)
    stray = int(np.flatnonzero(~np.isin(load(tmp_path, data).group, draw(tmp_path, data, 0.5).rows.group))[0])
    table["charge"] = table["charge"].astype(object)
    table.loc[stray, "charge"] = "much"
    table.to_csv(tmp_path / "base.csv", index=False)
    with pytest.raises(TableError, match="column 'charge': 1 values are not a number"):
        draw(tmp_path, data, 0.5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_pieces_of_text_are_the_table(tmp_path, encoding):
    """Pieces together are the table, whatever the encoding, with Excel's first line, quotes and line ends in cells."""
    lines = "".join(f'{i};"Zoë\n{i}"\n' for i in range(10))
    (tmp_path / "table.csv").write_bytes(f"sep=;\n a ;b\n{lines}".encode(encoding))
    reading = Reading(delimiter=";", encoding="cp1252")
    pieces = list(read_pieces(tmp_path / "table.csv", reading, 3))
    assert [len(piece) for piece in pieces] == [3, 3, 3, 1]
    pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), read_table(tmp_path / "table.csv", reading))


@pytest.mark.parametrize("content", ["a,b\n1,2\n3,4\n1,2,3\n", "a;b\n1;2\n"])
def test_pieces_are_refused_as_the_table_is(tmp_path, content):
    """A row longer than the header, or another delimiter, is refused with the same words."""
    (tmp_path / "table.csv").write_text(content)
    with pytest.raises(TableError) as whole:
        read_table(tmp_path / "table.csv")
    with pytest.raises(TableError) as piece:
        list(read_pieces(tmp_path / "table.csv", rows=1))
    assert str(piece.value).partition("table:")[0] == str(whole.value).partition("table:")[0]


def test_a_table_without_rows_is_one_empty_piece(tmp_path):
    """Nothing but a header gives the columns."""
    (tmp_path / "table.csv").write_text("a,b\n")
    pd.DataFrame({"a": []}).to_parquet(tmp_path / "table.parquet")
    for name, columns in (("table.csv", ["a", "b"]), ("table.parquet", ["a"])):
        assert [list(piece) for piece in read_pieces(tmp_path / name)] == [columns]


def test_the_report_states_the_sample_and_what_it_may_cost():
    """Rows drawn and read are told, and how much all rows could bring if each step of the curve brought as much as the last."""
    steps = {"auc_to_come": 0.01, "log_loss_to_come": -0.02, "profit_per_1000_to_come": 3}
    to_come = {name + end: [value, 0.0] for name, value in steps.items() for end in ("", "_low", "_high")}
    curve = pd.DataFrame({"rows": [500, 1000]} | to_come)
    (told,) = sample_in_words({"customers": 0.01, "sample": {"read": 400_000, "drawn": 4000}}, curve)
    assert "4,000 of the 400,000 rows" in told
    assert "6.6 more steps" in told
    assert "+0.0664 [0.0664, 0.0664] in AUC" in told
    assert sample_in_words({"customers": 1.0}, curve) == []


def test_tables_without_an_id_are_drawn_row_by_row(tmp_path, data):
    """Where nobody says who a customer is, equal rows are drawn together."""
    pd.concat([customers(), customers()]).to_csv(tmp_path / "base.csv", index=False)
    rows = draw(tmp_path, data.model_copy(update={"id": None}), 0.3).rows
    assert set(np.unique(rows.group, return_counts=True)[1]) == {2}
    assert labelled("base", read_table(tmp_path / "base.csv"), data.model_copy(update={"id": None})).group.size > len(rows)
