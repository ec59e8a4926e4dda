"""Columns that no model can use: empty ones, constants, ids, names, free text."""

import re

import numpy as np

from churn.data.infer.findings import Seen
from churn.data.words import Column

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ID_ENDS = {"id", "uuid", "guid", "key", "index", "rownumber", "clientnum", "msisdn", "ssn", "iban"}
SURE_ENDS = ID_ENDS - {"key", "index"}
OWNERS = {
    "customer",
    "client",
    "user",
    "account",
    "acct",
    "member",
    "subscriber",
    "policy",
    "phone",
    "mobile",
    "telephone",
    "card",
}
COUNTERS = {"id", "no", "nr", "num", "number", "code", "ref"}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HASH = re.compile(r"[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
PHONE = re.compile(r"\+?[\d\s()./-]{7,20}")
DISTINCT, FEWEST_CUSTOMERS = 0.95, 50
AN_ID = "an id: "


def reason_to_drop(seen: Seen) -> str | None:
    """Why a column is left out, None if it may stay."""
    numbers = seen.numbers
    levels = len(seen.distinct)
    if levels == 0:
        return "all values are missing"
    if levels == 1 and seen.known == seen.rows:
        return "constant"
    if numbers.notna().all():
        return _numbered(seen, numbers)
    wrong = numbers.isna().to_numpy()
    if seen.share(wrong) <= 1 - DISTINCT and levels > seen.rows / 10:
        first = seen.distinct[wrong].iloc[0]
        return f"numbers, but for {int(seen.counts[wrong].sum())} values such as '{first}'; mend them or add to missing_words"
    return _textual(seen, levels)


def names_an_id(name: str) -> bool:
    """Whether a name is that of an id."""
    words = _words(name)
    return bool(words) and (words[-1] in ID_ENDS or words[-2:] == ["row", "number"] or names_a_customer(name))


def names_a_customer(name: str) -> bool:
    """Whether a name is that of the id of a person or an account, which may come in several rows."""
    words = _words(name)
    if not words:
        return False
    owned = words[-1] in OWNERS or (words[-1] in COUNTERS and bool(OWNERS & set(words)))
    return words[-1] in SURE_ENDS or words[-1].endswith(("nr", "nummer")) or (owned and len(words) <= 3)


def _words(name: str) -> list[str]:
    return [word.lower() for word in WORD.findall(name)]


def _numbered(seen: Seen, numbers: Column) -> str | None:
    if not bool((numbers % 1 == 0).all()):
        return None
    if len(numbers) == seen.rows:
        named = names_an_id(seen.name) or numbers.is_monotonic_increasing or _long(numbers)
        return f"{AN_ID}another whole number in every row" if named else None
    return _repeated(seen, len(numbers))


def _long(numbers: Column) -> bool:
    """Whether all are equally long and longer than amounts are, as phone numbers are."""
    return bool(numbers.min() >= 1e8 and numbers.map(lambda number: len(str(int(number)))).nunique() == 1)


def _repeated(seen: Seen, levels: int) -> str | None:
    many = levels >= max(FEWEST_CUSTOMERS, seen.rows / 20)
    return f"{AN_ID}{levels:,} of them in {seen.known:,} rows" if many and names_a_customer(seen.name) else None


def _textual(seen: Seen, levels: int) -> str | None:
    texts = [str(value) for value in seen.distinct]
    for what, shape in (("e-mail addresses", EMAIL), ("hashes", HASH), ("phone numbers", PHONE)):
        if levels > max(FEWEST_CUSTOMERS, seen.rows / 10) and sum(map(bool, map(shape.fullmatch, texts))) >= DISTINCT * levels:
            return f"{AN_ID}{what}"
    if levels >= DISTINCT * seen.rows:
        return f"{AN_ID}another text in nearly every row"
    if repeated := _repeated(seen, levels):
        return repeated
    if levels > seen.rows / 10:
        words = float(np.mean([len(text.split()) for text in texts]))
        kind = "free text" if words > 3 else "names or codes"
        return f"{levels:,} levels, more than a tenth of the rows: {kind}"
    return None
