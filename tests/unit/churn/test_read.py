from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from churn.data.conform import conform
from churn.data.read import read_pieces, read_table, tables
from churn.errors import TableError
from churn.params import Reading

PLAIN = "id,amount\n1,2.5\n2,\n"


def write(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_declared_delimiter_divides(tmp_path, separator):
    """A table reads the same whichever of the usual delimiters it has, where that is declared."""
    frame = read_table(write(tmp_path, PLAIN.replace(",", separator)), Reading(delimiter=separator))
    assert frame.to_dict(orient="list") == {"id": ["1", "2"], "amount": ["2.5", ""]}


def test_semicolons_with_decimal_commas_are_numbers(tmp_path):
    """A file with semicolons and decimal commas gives numbers."""
    reading = Reading(delimiter=";", decimal=",")
    frame = read_table(write(tmp_path, "id;amount\n1;2,5\n2;3\n"), reading)
    assert conform(frame, {"amount": "number"}, ("",), reading)["amount"].tolist() == [2.5, 3.0]


def test_a_file_with_another_delimiter_is_refused(tmp_path):
    """A file that does not have the declared delimiter is refused, not read as one column."""
    with pytest.raises(TableError, match="its header has no ';'"):
        read_table(write(tmp_path, PLAIN), Reading(delimiter=";"))


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    """A byte order mark does not become part of the first column's name."""
    assert list(read_table(write(tmp_path, b"\xef\xbb\xbf" + PLAIN.encode()))) == ["id", "amount"]


def test_spaces_around_header_names_are_removed(tmp_path):
    """Padding around the names of columns is removed, and space inside them is single."""
    assert list(read_table(write(tmp_path, " id , monthly  amount\n1,2\n"))) == ["id", "monthly amount"]


def test_a_name_that_comes_again_gets_a_number(tmp_path):
    """Columns of one name stay apart, whether the names are equal or become so, and the first keeps its name."""
    assert list(read_table(write(tmp_path, "a, a,a\n1,2,3\n"))) == ["a", "a (2)", "a (3)"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "cp1252"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-8"), ("utf-16-le", "utf-16-le"), ("cp1252", "cp1252"),
     ("latin-1", "latin-1")],
)  # fmt: skip
def test_any_encoding_gives_the_same_text(tmp_path, encoding, declared):
    """UTF-8 and marked files read rightly whatever is declared, and others as declared."""
    path = write(tmp_path, "name,x\nZoë,1\nAñejo,2\n".encode(encoding))
    assert read_table(path, Reading(encoding=declared))["name"].tolist() == ["Zoë", "Añejo"]


def test_the_hint_of_a_spreadsheet_is_no_header(tmp_path):
    """A first line `sep=;`, which Excel writes, is passed over."""
    assert list(read_table(write(tmp_path, "sep=;\na;b\n1;2\n"), Reading(delimiter=";"))) == ["a", "b"]


def test_lines_of_nothing_before_the_header_are_passed_over(tmp_path):
    """An empty first row of a spreadsheet is a line of delimiters, read as a whole and in pieces."""
    (tmp_path / "a.csv").write_text(",,\n\n,,\nid,plan,left\n1,pro,No\n", encoding="utf-8")
    whole, pieces = read_table(tmp_path / "a.csv"), list(read_pieces(tmp_path / "a.csv"))
    for found in (whole, *pieces):
        assert found.to_dict("records") == [{"id": "1", "plan": "pro", "left": "No"}]
    assert len(read_table(write(tmp_path, "\n" * 2000 + PLAIN))) == 2


def test_decimals_of_a_database_are_numbers(tmp_path):
    """Whole ones stay whole, so that an id is not written otherwise."""
    long = [Decimal(123456789012345678), None, Decimal(123456789012345679)]
    decimals = [[Decimal("3.662"), Decimal("12.5"), None], [Decimal(7), Decimal(8), Decimal(9)], long]
    kinds = pa.decimal128(9, 3), pa.decimal128(9, 0), pa.decimal128(18, 0)
    columns = {name: pa.array(cells, kind) for name, cells, kind in zip(["fee", "id", "long"], decimals, kinds, strict=True)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    for found in (read_table(tmp_path / "a.parquet"), *read_pieces(tmp_path / "a.parquet")):
        assert found["fee"].tolist()[:2] == [3.662, 12.5]
        assert found["id"].tolist() == [7, 8, 9]
        assert [str(one) for one in found["long"].dropna()] == ["123456789012345678", "123456789012345679"]


def test_rows_without_any_value_are_passed_over(tmp_path):
    """Empty lines and lines of delimiters, as spreadsheets leave them, are no customers."""
    assert read_table(write(tmp_path, "a,b\n1,2\n\n,\n3,\n,\n"))["a"].tolist() == ["1", "3"]


def test_a_line_break_inside_quotes_is_part_of_the_cell(tmp_path):
    """A quoted cell may hold line breaks, delimiters and quotes."""
    frame = read_table(write(tmp_path, 'a,b\n"one\ntwo, ""three""",2\n'))
    assert frame.iloc[0].tolist() == ['one\ntwo, "three"', "2"]


def test_text_stays_text(tmp_path):
    """A CSV file is not interpreted: zeros in front and words for missing stay."""
    assert read_table(write(tmp_path, "id,word\n007,NaN\n")).iloc[0].tolist() == ["007", "NaN"]


def test_parquet_keeps_its_types(tmp_path):
    """Parquet columns keep their types, those with missing values among them."""
    frame = pd.DataFrame(
        {
            "plan": pd.array(["basic", None], dtype="string"),
            "calls": pd.array([1, None], dtype="Int64"),
            "family": pd.array([True, None], dtype="boolean"),
            "customer": [1, 2],
        }
    )
    frame.to_parquet(tmp_path / "table.parquet")
    kinds = {"plan": "category", "calls": "number", "family": "boolean"}
    done = conform(read_table(tmp_path / "table.parquet"), kinds, ("",))
    assert done["plan"].tolist() == ["basic", None]
    assert done.iloc[0, 1:].tolist() == [1, 1]
    assert done.iloc[1, 1:].isna().all()


def test_excel_reads_like_the_same_csv(tmp_path):
    """An Excel sheet conforms to the same frame as a CSV file of the same rows."""
    frame = pd.DataFrame({"plan": ["basic", "pro"], "calls": [1, 2]})
    frame.to_excel(tmp_path / "table.xlsx", index=False)
    frame.to_csv(tmp_path / "table.csv", index=False)
    kinds = {"plan": "category", "calls": "number"}
    one, other = (conform(read_table(tmp_path / f"table.{kind}"), kinds, ("",)) for kind in ("xlsx", "csv"))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("latin.csv", "né,b\n1,2\n".encode("latin-1")),
        ("open-quote.csv", b'a,b\n"1,2\n'),
        ("cut.parquet", b"PAR1"),
        ("text.xlsx", b"a,b\n1,2\n"),
        ("cut.xlsx", b"PK\x03\x04" + b"0" * 600),
        ("old.xls", bytes.fromhex("D0CF11E0A1B11AE1") + b"0" * 600),
    ],
)
def test_an_unreadable_table_is_refused_in_one_line(tmp_path, name, content):
    """A file that is no table raises TableError, whose one line names the file."""
    with pytest.raises(TableError, match=name) as caught:
        read_table(write(tmp_path, content, name))
    assert "\n" not in str(caught.value)


def test_rows_longer_than_the_header_are_refused(tmp_path):
    """Rows with more values than the header has names are refused, not shifted."""
    with pytest.raises(TableError):
        read_table(write(tmp_path, "a,b\n1,2,3\n4,5,6\n"))


def test_a_longer_row_is_refused_wherever_it_stands(tmp_path):
    """A row with more cells than the header is refused even where pandas would begin a new block and cut it off silently."""
    with pytest.raises(TableError, match="Expected 2 fields in line 262146, saw 3"):
        read_table(write(tmp_path, "a,b\n" + "1,2\n" * 2**18 + "1,2,3\n"))


def test_a_file_that_is_absent_is_named(tmp_path):
    """The error for an absent file names it."""
    with pytest.raises(TableError, match=r"nothing\.csv does not exist"):
        read_table(tmp_path / "nothing.csv")


def test_a_folder_gives_its_tables_by_name(tmp_path):
    """Tables of a folder come in the order of their names; other files are ignored."""
    for name in ("b.csv", "a.tsv", "notes.md"):
        write(tmp_path, PLAIN, name)
    assert [path.stem for path in tables(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_tables_is_refused(tmp_path, name):
    """An empty or absent folder is refused."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(TableError, match="holds no table"):
        tables(tmp_path / name)
