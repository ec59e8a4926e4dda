"""The files that a place names: one file, a folder, a pattern, or any of these at an address that fsspec knows."""

import hashlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import fsspec

from churn.errors import TableError

KINDS = {".parquet": "parquet", ".pq": "parquet", ".csv": "text", ".tsv": "text", ".txt": "text"}
MARKS = ("ETag", "etag", "md5", "mtime", "LastModified", "last_modified", "updated", "created")  # of a version of a file


class File(NamedTuple):
    """address: for fsspec. kind: parquet or text. mark: changes whenever the content does, as far as the store tells."""

    address: str
    kind: str
    size: int
    mark: str


def find(place: str) -> list[File]:
    """The tables at a place, by name. Files and folders that begin with '_' or '.' are passed over. Raises TableError."""
    try:
        store, path = fsspec.core.url_to_fs(place)
        names = _names(store, path)
        files = [_file(store, name) for name in names if _suffix(name) in KINDS]
    except (OSError, ValueError, ImportError) as error:
        raise TableError(f"{place} cannot be read: {' '.join(str(error).split()) or type(error).__name__}") from error
    if not files:
        seen = f"{len(names)} files, but no table" if names else "nothing"
        raise TableError(
            f"{place} holds {seen}; give a Parquet or CSV file, a folder, a pattern such as 'in/*.parquet' or a URL"
        )
    return files


def fingerprint(files: Iterable[File]) -> str:
    """sha256 over the names, sizes and marks of some files."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(repr((file.address, file.size, file.mark)).encode())
    return digest.hexdigest()


def _names(store: Any, path: str) -> list[str]:
    if store.isfile(path):
        return [path]
    if "*" in path or "?" in path or "[" in path:
        found = [name for name in store.glob(path) if store.isfile(name)]
        return sorted(name for name in found if not _hidden(PurePosixPath(name).name))
    below = len(PurePosixPath(path).parts)
    found = store.find(path) if store.isdir(path) else []
    return sorted(name for name in found if not any(map(_hidden, PurePosixPath(name).parts[below:])))


def _hidden(name: str) -> bool:
    return name.startswith(("_", "."))


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _file(store: Any, name: str) -> File:
    about = store.info(name)
    mark = next((str(about[key]) for key in MARKS if about.get(key)), "")
    local = "file" in (store.protocol if isinstance(store.protocol, tuple) else (store.protocol,))
    address = name if local else store.unstrip_protocol(name)
    return File(address, KINDS[_suffix(name)], int(about["size"]), mark)
