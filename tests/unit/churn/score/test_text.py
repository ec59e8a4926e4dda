"""CSV as people have it: cut where rows end, in any encoding."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.errors import TableError
from churn.params import Reading
from churn.score import files, text

CELL = st.text(st.sampled_from('ab",\n\ré '), max_size=4)


def quoted(cells):
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def read(path, reading, most):
    """All rows, part by part, and the positions that parts begin at."""
    (file,) = files.find(str(path))
    form = text.form(file, reading)
    cuts = list(text.cuts(file, form, most))
    rows, wrong = [], []
    for start, stop, _ in cuts:
        for batch in text.batches(file.address, range(start, stop), form, reading, form.names, (), wrong):
            rows += pa.Table.from_batches([batch]).to_pylist()
    return form, cuts, [tuple(row.values()) for row in rows], wrong


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(1, 3))
def test_no_row_is_cut(tmp_path_factory, rows, end, most):
    """Rows with line ends and quotes in their cells arrive whole and once, however small the parts."""
    path = tmp_path_factory.mktemp("text") / "in.csv"
    path.write_bytes(end.join(["a,b", *map(quoted, rows), ""]).encode())
    _, cuts, found, wrong = read(path, Reading(), most)
    assert found == rows
    assert wrong == []
    assert [before for _, _, before in cuts] == list(range(0, len(rows), most))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_encoding_is_read(tmp_path, encoding):
    """Text arrives as letters, whether its encoding is marked or the one that the contract declares."""
    (tmp_path / "in.csv").write_bytes("näme;b\n1;ü\n\n2;é\n".encode(encoding))
    form, _, found, _ = read(tmp_path / "in.csv", Reading(delimiter=";", encoding="cp1252"), 1)
    assert form.names == ("näme", "b")
    assert found == [("1", "ü"), ("2", "é")]


def test_a_quote_inside_a_plain_cell_opens_nothing(tmp_path):
    """A file with such a quote is not cut, and its rows arrive as they are, those with line ends in quotes among them."""
    lines = [f'{at},24" screen' if at in (3, 30) else f'{at},"two\nlines"' for at in range(40)]
    (tmp_path / "in.csv").write_text("\n".join(["a,b", *lines, ""]))
    _, cuts, found, wrong = read(tmp_path / "in.csv", Reading(), 7)
    assert [before for _, _, before in cuts] == [0]
    assert found == [(str(at), '24" screen' if at in (3, 30) else "two\nlines") for at in range(40)]
    assert wrong == []


def test_the_hint_of_excel_and_blank_lines_are_passed_over(tmp_path):
    """A first line `sep=;` and blank lines are no rows."""
    (tmp_path / "in.csv").write_text("sep=;\n\na;b\n1;2\n\n3;4")
    form, cuts, found, _ = read(tmp_path / "in.csv", Reading(delimiter=";"), 1)
    assert (form.names, found) == (("a", "b"), [("1", "2"), ("3", "4")])
    assert [before for _, _, before in cuts] == [0, 1]


def test_another_delimiter_is_refused(tmp_path):
    """A file without the declared delimiter is named with it."""
    (tmp_path / "in.csv").write_text("a;b\n1;2\n")
    with pytest.raises(TableError, match=r"in\.csv: its header has no ','"):
        read(tmp_path / "in.csv", Reading(), 1)


def test_positions_count_wrong_rows_too(tmp_path):
    """A row that does not fit keeps its position, blank lines have none."""
    (tmp_path / "in.csv").write_text("a,b\n1,2\n\n3\n4,5\n6,7,8\n")
    _, _, found, wrong = read(tmp_path / "in.csv", Reading(), 10)
    assert found == [("1", "2"), ("4", "5")]
    assert [one.number for one in wrong] == [1, 3]
