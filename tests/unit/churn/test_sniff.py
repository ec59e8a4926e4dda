import pandas as pd
import pytest

from churn.data.read import read_table, sniff
from churn.errors import TableError
from churn.params import Reading

PLAIN = "id,amount,churn\n1,2.5,Yes\n2,,No\n"


def write(folder, content, name="table.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    """The delimiter is the one that cuts lines evenly."""
    assert sniff(write(tmp_path, PLAIN.replace(",", delimiter)), "churn").delimiter == delimiter


@pytest.mark.parametrize(
    "text",
    [
        "a;b\n1,5;2,5\n3,5;4,5\n",
        "price, net;b;c\n1,5;2;3\n2,5;3;4\n",
        '"a;b";c;d\n1;2;3\n',
        "a;note;c\n1;one, two, three;2\n4;five;6\n",
    ],
)
def test_commas_in_cells_do_not_divide(tmp_path, text):
    """A semicolon file is one although its cells and names hold commas."""
    assert sniff(write(tmp_path, text), "churn").delimiter == ";"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_the_encoding_is_found(tmp_path, encoding, found):
    """Text in UTF-8, UTF-16 and Windows-1252 is told apart, and reads the same."""
    path = write(tmp_path, "name,churn\nZoë €,Yes\nAñejo,No\n".encode(encoding))
    reading = sniff(path, "churn")
    assert reading.encoding == found
    assert read_table(path, reading)["name"].tolist() == ["Zoë €", "Añejo"]


def test_bytes_that_windows_does_not_use_are_latin(tmp_path):
    """Bytes that have no meaning in Windows-1252 are read as Latin-1, which knows all."""
    assert sniff(write(tmp_path, b"name,churn\n\xe9\x81,Yes\n"), "churn").encoding == "iso8859-1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        (" customer date amount\n 1 19970101 2.5\n", "white space divides them"),
        ("name\none\ntwo\n", "has no ',', ';', tab or"),
        ("1,2.5,7\n2,3.5,8\n", "has no header"),
    ],
)
def test_what_is_no_customer_table_is_refused(tmp_path, text, says):
    """An empty file, a log divided by white space, a list and a table without a header are refused in one helpful line."""
    with pytest.raises(TableError, match=r"table\.csv") as caught:
        sniff(write(tmp_path, text), "churn")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def book(folder, **sheets):
    with pd.ExcelWriter(folder / "table.xlsx") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    return folder / "table.xlsx"


WORDS = pd.DataFrame({"Variable": ["id", "churn"], "Meaning": ["who", "left"]})
ROWS = pd.DataFrame({"id": [1, 2], " churn ": ["Yes", "No"]})


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        ({"Dictionary": WORDS, "Data": ROWS}, "Data"),
        ({"Sample": ROWS.head(1), "All": ROWS}, "All"),
        ({"Dictionary": WORDS, "More": WORDS}, None),
        ({"Data": ROWS}, None),
    ],
)
def test_the_sheet_with_the_target_is_chosen(tmp_path, sheets, found):
    """Of several sheets it is the longest that has the target; one sheet needs no choice."""
    assert sniff(book(tmp_path, **sheets), "churn") == Reading(sheet=found)
