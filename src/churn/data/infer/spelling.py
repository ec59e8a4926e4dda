"""Several spellings of one category: what is the same but for case, space, hyphen and underscore is one level."""

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import combinations

from churn.data.infer.findings import Seen

BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[\s_\u2010-\u2015-]+(?=[^\W\d_])")
COMPARED = 60  # levels
ALIKE, LONG, SELDOM = 0.85, 5, 0.02  # similarity of two spellings, their letters, share of the rows with the rarer one


def merged(seen: Seen) -> dict[str, str]:
    """Each other spelling of a level, and the level itself, which is the commonest spelling."""
    best: dict[str, str] = {}
    ordered = sorted(zip(map(str, seen.distinct), seen.counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    other = {text: best.setdefault(key(text), text) for text, _ in ordered}
    return {text: level for text, level in sorted(other.items()) if text != level}


def key(text: str) -> str:
    """What two spellings of one level have in common."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return BETWEEN_LETTERS.sub(" ", plain).casefold()


def resembling(seen: Seen, spellings: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of a rare level and a level that it may be a mistake for. Nothing is done about them."""
    levels = dict(zip(map(str, seen.distinct), seen.counts.tolist(), strict=True))
    levels = {text: count for text, count in levels.items() if text not in spellings}
    if len(levels) > COMPARED:
        return []
    pairs = (sorted(pair, key=lambda text: (levels[text], text)) for pair in combinations(sorted(levels), 2))
    return [(rare, level) for rare, level in pairs if levels[rare] <= SELDOM * seen.known and _alike(rare, level)]


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LONG or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return SequenceMatcher(None, key(one), key(other)).ratio() >= ALIKE
