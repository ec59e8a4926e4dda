"""The rows of a file with the types that a source declares; a cell that is not of its kind is refused with its column."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from churn.errors import TableError
from churn.events.database import Connection, explained, listed, name, value
from churn.params.events import CUSTOMER, ENDED, KNOWN, TIME, Source

TRUE, FALSE = ["true", "t", "yes", "y", "1"], ["false", "f", "no", "n", "0"]
WHITESPACE = "whitespace"
NEVER = chr(1)  # stands in no text file, so that a line stays whole
TEXTS = {".csv", ".tsv", ".txt"}


def files(table: str) -> list[Path]:
    """The files of a source by name. Raises TableError when there are none."""
    path = Path(table)
    pattern = path.relative_to(path.anchor) if path.anchor else path
    candidates = path.rglob("*") if path.is_dir() else Path(path.anchor or ".").glob(str(pattern))
    found = sorted(one for one in candidates if one.is_file() and one.suffix.lower() in {".parquet", *TEXTS})
    if not found:
        raise TableError(f"events: {table} is neither a CSV or Parquet file nor a folder or pattern of them")
    return found


def typed(connection: Connection, source: Source, file: Path, missing: Collection[str]) -> str:
    """A SELECT of the rows that count: customer_id, time, known_at, `ended` of subscriptions, and the declared columns.

    Customer or time is NULL where a row has none. Raises TableError where a column is absent.
    """
    raw = _raw(source, file)
    with explained(str(file)):
        found = connection.sql(raw)
    types = {column: str(kind) for column, kind in zip(found.columns, found.types, strict=True)}
    cells = _Cells(source, types, sorted(missing))
    wanted = (source.customer, source.time, source.known_at, source.ended, *source.columns, *source.only)
    absent = next((column for column in wanted if column is not None and column not in types), None)
    if absent:
        raise TableError(f"{file} has no column '{absent}'; its columns are {', '.join(types)}")
    counts = [f"list_contains({listed(list(words))}, {cells.text(column)})" for column, words in source.only.items()]
    return f"SELECT {', '.join(_columns(source, cells))} FROM ({raw}) WHERE {' AND '.join(counts) or 'true'}"


@dataclass(frozen=True)
class _Cells:
    """Expressions for the cells of a file. types: of DuckDB, by column. missing: words that mean 'missing', in lower case."""

    source: Source
    types: dict[str, str]
    missing: list[str]

    def text(self, column: str) -> str:
        """The text of a cell; a whole number has no decimals, whatever its type."""
        cell = name(column)
        if self.types[column] in ("DOUBLE", "FLOAT"):
            whole = f"CAST(CAST({cell} AS HUGEINT) AS VARCHAR)"
            return f"CASE WHEN {cell} = floor({cell}) THEN {whole} ELSE CAST({cell} AS VARCHAR) END"
        text = f"trim(CAST({cell} AS VARCHAR))"
        return f"CASE WHEN NOT list_contains({listed(self.missing)}, lower({text})) THEN {text} END"

    def number(self, column: str) -> str:
        """A finite number."""
        text = self.text(column) if self.types[column] == "VARCHAR" else name(column)
        if self.types[column] == "VARCHAR" and self.source.decimal == ",":
            text = f"replace({text}, ',', '.')"
        found = self._or_refused(f"TRY_CAST({text} AS DOUBLE)", column, "a number")
        return f"CASE WHEN isfinite({found}) THEN {found} END"

    def category(self, column: str) -> str:
        """A text."""
        return self.text(column)

    def boolean(self, column: str) -> str:
        """True or false."""
        said = f"lower({self.text(column)})"
        yes, no = (f"list_contains({listed(words)}, {said})" for words in (TRUE, FALSE))
        found = f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
        return self._or_refused(found, column, "true or false")

    def time(self, column: str) -> str:
        """A time in UTC."""
        if self.types[column].startswith(("DATE", "TIMESTAMP")):
            return f"CAST({name(column)} AS TIMESTAMP)"
        form = self.source.time_format
        text = self.text(column)
        found = f"try_strptime({text}, {value(form)})" if form else f"TRY_CAST({text} AS TIMESTAMPTZ)"
        found = f"CAST({found} AS TIMESTAMP)"  # a text without an offset is in UTC, as the session is
        return self._or_refused(found, column, f"a time written as {form or 'YYYY-MM-DD HH:MM:SS'}")

    def _or_refused(self, found: str, column: str, what: str) -> str:
        text = self.text(column)
        before, after = value(f"column '{column}': '"), value(f"' is not {what}")
        message = f"{before} || {text} || {after}"
        return f"CASE WHEN {text} IS NOT NULL AND ({found}) IS NULL THEN error({message}) ELSE {found} END"


def _columns(source: Source, cells: _Cells) -> list[str]:
    time = cells.time(source.time)
    known = f"coalesce({cells.time(source.known_at)}, {time})" if source.known_at else time
    ended = [f"{cells.time(source.ended)} AS {ENDED}"] if source.ended else []
    others = [f"{getattr(cells, kind)(column)} AS {name(column)}" for column, kind in source.columns.items()]
    return [f"{cells.text(source.customer)} AS {CUSTOMER}", f"{time} AS {TIME}", f"{known} AS {KNOWN}", *ended, *others]


def _raw(source: Source, file: Path) -> str:
    """A SELECT of the cells of a file: of text where it is a text file."""
    if file.suffix.lower() == ".parquet":
        return f"SELECT * FROM read_parquet({value(file)}, hive_partitioning = false)"
    if source.delimiter == WHITESPACE:
        return _apart(file)
    delimiter = "\t" if source.delimiter == "tab" else source.delimiter
    return f"SELECT * FROM read_csv({value(file)}, delim = {value(delimiter)}, header = true, all_varchar = true, quote = '\"')"


def _apart(file: Path) -> str:
    """The words of each line, by the words of the first."""
    with file.open(encoding="utf-8") as lines:
        head = lines.readline().split()
    plain = "quote = '', escape = '', header = false, skip = 1, columns = {'line': 'VARCHAR'}"
    whole = f"read_csv({value(file)}, delim = '{NEVER}', {plain})"
    cells = ", ".join(f"words[{place}] AS {name(column)}" for place, column in enumerate(head, 1))
    return f"SELECT {cells} FROM (SELECT regexp_split_to_array(trim(line, ' \t\r'), '\\s+') AS words FROM {whole})"
