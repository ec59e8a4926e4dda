"""The names of columns as everything else uses them."""

from collections.abc import Iterable


def clean(names: Iterable[object]) -> list[str]:
    """Names without outer and double space; one that is there already gets a number, as `charge (2)`."""
    found: list[str] = []
    for position, name in enumerate(names):
        base = clean_name(str(name)) or f"Unnamed: {position}"
        found.append(base if base not in found else _numbered(base, found))
    return found


def clean_name(name: str) -> str:
    """A name without a byte order mark, outer and double space."""
    return " ".join(name.replace("\ufeff", "").split())


def _numbered(base: str, taken: list[str]) -> str:
    count = 2
    while f"{base} ({count})" in taken:
        count += 1
    return f"{base} ({count})"
