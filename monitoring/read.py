"""Stored predictions as arrays: JSON becomes columns piece by piece, in two processes where there are many.

Each process reads a share of the rows itself, since to pass them on costs as much as to read them.
"""

import gc
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from churn.contract import Contract, encode
from churn.contract.encode import Matrix
from churn.store import Store
from churn.store.stream import Piece, Share
from monitoring.counts import Block, Floats, Keys, customer_hashes
from monitoring.yardstick import Labels, Matured

PROCESSES = 2
COLUMNS = ("matrix", "probability", "label")
MANY = 100_000  # rows, below which another process takes longer to start than to work


@dataclass(frozen=True)
class Asked:
    """Which predictions: of a snapshot, by one version or by any; known: only those with an outcome.

    every: one of so many is drawn besides, as it was answered; 0: none.
    """

    snapshot: str
    version: str | None = None
    known: bool = False
    every: int = 0


@dataclass(frozen=True)
class Part:
    """A piece as arrays; customer: None if one of them has no name. label: 0 where the outcome is not known."""

    matrix: Matrix
    probability: Floats
    customer: Keys | None
    time: npt.NDArray[Any]
    label: Labels
    drawn: tuple[Mapping[str, Any], ...] = ()


def read(log: Store, contract: Contract, asked: Asked, rows: int) -> list[Part]:
    """All predictions that are asked for. rows: about how many there are."""
    if rows < MANY:
        return _share(log, contract, asked, None)
    shares = [Share(number, PROCESSES) for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        found = list(pool.map(partial(_apart, log.url, contract, asked), shares))
    return [part for parts in found for part in parts]


def as_matured(contract: Contract, parts: Sequence[Part]) -> Matured:
    """Predictions with their outcomes, in order of time."""
    parts = parts or [as_part(contract, Piece((), (), (), (), ()))]
    order = np.argsort(np.concatenate([part.time for part in parts]), kind="stable")
    names = [part.customer for part in parts if part.customer is not None]
    customer = _ordered(names, order) if len(names) == len(parts) else None
    matrix, probability, label = (_ordered([getattr(part, name) for part in parts], order) for name in COLUMNS)
    return Matured(Block(matrix, probability, customer), label)


def _ordered(arrays: Sequence[npt.NDArray[Any]], order: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Rows of several arrays in an order of all of them, without a copy in between."""
    found = np.empty((len(order), *arrays[0].shape[1:]), arrays[0].dtype)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    for array, rows in zip(arrays, np.split(place, np.cumsum([len(array) for array in arrays])[:-1]), strict=True):
        found[rows] = array
    return found


def as_part(contract: Contract, piece: Piece, every: int = 0) -> Part:
    """One piece as arrays."""
    columns = zip(*_values(contract, piece.features), strict=True) if piece.features else [()] * len(contract.features)
    named = None not in piece.customer
    drawn = zip(piece.features[::every], piece.probability[::every], strict=True) if every else ()
    return Part(
        matrix=encode(contract, dict(zip(contract.features, columns, strict=True))),
        probability=np.array(piece.probability, dtype=np.float64),
        customer=customer_hashes(np.array([_number(str(one)) for one in piece.customer], dtype=np.int64)) if named else None,
        time=_moments(piece.time),
        label=np.array([bool(one) for one in piece.churned], dtype=np.int64),
        drawn=tuple({"features": json.loads(text), "probability": chance} for text, chance in drawn),
    )


def _apart(url: str, contract: Contract, asked: Asked, share: Share) -> list[Part]:
    """A share, read by a process of its own."""
    gc.disable()  # rows hold no cycles, and to look for some among millions of them takes longer than to read them
    log = Store(url)
    try:
        return _share(log, contract, asked, share)
    finally:
        log.close()


def _share(log: Store, contract: Contract, asked: Asked, share: Share | None) -> list[Part]:
    pieces = log.pieces(asked.snapshot, asked.version, known=asked.known, share=share)
    return [as_part(contract, piece, asked.every) for piece in pieces]


def _values(contract: Contract, features: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """A value for each feature of each row; what a row lacks is None."""
    fields = [(f"f{i}", Any, None) for i in range(len(contract.features))]
    names = {f"f{i}": name for i, name in enumerate(contract.features)}
    row = msgspec.defstruct("Row", fields, rename=names, gc=False)
    try:
        return list(map(msgspec.structs.astuple, msgspec.json.Decoder(row).decode_lines("\n".join(features))))
    except msgspec.DecodeError:  # half of a character, which only `json` reads
        return [tuple(map(json.loads(text).get, contract.features)) for text in features]


def _moments(times: tuple[Any, ...]) -> npt.NDArray[Any]:
    """Times as numbers that sort."""
    if times and not isinstance(times[0], str):
        return np.array([time.timestamp() for time in times])
    return np.array(times, dtype="datetime64[us]").astype(np.float64)


def _number(name: str) -> int:
    """A whole number for a name, the same in every process."""
    return int.from_bytes(sha256(name.encode()).digest()[:7], "big")
