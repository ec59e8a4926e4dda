"""Stored predictions as arrays: JSON becomes columns piece by piece, in two processes where there are many."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
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
from churn.store.stream import Piece
from monitoring.counts import Block, Floats, Keys, customer_hashes
from monitoring.yardstick import Labels, Matured

PROCESSES = 2
MANY = 100_000  # rows, below which another process takes longer to start than to work
AHEAD = 4  # pieces that are read before the oldest is done, so that memory stays bounded


@dataclass(frozen=True)
class Part:
    """A piece as arrays; customer: None if one of them has no name. label: 0 where the outcome is not known."""

    matrix: Matrix
    probability: Floats
    customer: Keys | None
    time: npt.NDArray[Any]
    label: Labels


def as_matured(contract: Contract, pieces: Iterable[Piece], rows: int) -> Matured:
    """All predictions with their outcomes, in order of time. rows: about how many there are."""
    parts = list(_parts(contract, pieces, rows)) or [as_part(contract, Piece((), (), (), (), ()))]
    order = np.argsort(np.concatenate([part.time for part in parts]), kind="stable")
    names = [part.customer for part in parts if part.customer is not None]
    customer = np.concatenate(names)[order] if len(names) == len(parts) else None
    matrix, probability, label = (
        np.concatenate([getattr(part, name) for part in parts])[order] for name in ("matrix", "probability", "label")
    )
    return Matured(Block(matrix, probability, customer), label)


def as_part(contract: Contract, piece: Piece) -> Part:
    """One piece as arrays."""
    columns = zip(*_values(contract, piece.features), strict=True) if piece.features else [()] * len(contract.features)
    named = None not in piece.customer
    return Part(
        matrix=encode(contract, dict(zip(contract.features, columns, strict=True))),
        probability=np.array(piece.probability, dtype=np.float64),
        customer=customer_hashes(np.array([_number(str(one)) for one in piece.customer], dtype=np.int64)) if named else None,
        time=_moments(piece.time),
        label=np.array([bool(one) for one in piece.churned], dtype=np.int64),
    )


def _parts(contract: Contract, pieces: Iterable[Piece], rows: int) -> Iterator[Part]:
    if rows < MANY:
        yield from map(partial(as_part, contract), pieces)
        return
    waiting: deque[Future[Part]] = deque()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for piece in pieces:
            waiting.append(pool.submit(as_part, contract, piece))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        yield from (one.result() for one in waiting)


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
