"""Explain one score: base plus one contribution for each feature is the log-odds of the model."""

from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from churn.contract import Extension, Pairs
from churn.contract.encode import Matrix
from churn.contract.pairs import NONE
from churn.explain.additive import Additive, Floats
from churn.explain.forest import Forest
from churn.features import Design

FILE = "explainer.npz"


@dataclass(frozen=True)
class Explainer:
    """The parts of a model, each already weighted as the model weighs it, over the columns and then the pairs that it found."""

    base: float
    additive: tuple[Additive, ...]
    forests: tuple[Forest, ...]
    pairs: Pairs = NONE

    def contributions(self, row: Matrix) -> Floats:
        """Shapley values of one encoded row with its derived columns, (columns,) to (columns,), in log-odds.

        A pair is a player of its own, and its two columns share what it contributes.
        """
        wide = Extension(pairs=self.pairs).extend(row[None, :])[0]
        found = np.zeros(len(wide))
        for additive in self.additive:
            found += additive.contributions(wide)
        for forest in self.forests:
            found += forest.contributions(wide)
        return self.pairs.shared(found, len(row))

    def save(self, folder: Path) -> None:
        """Write as plain arrays, of which nothing is ever unpickled; equal explainers give equal bytes."""
        arrays: dict[str, Any] = {"base": np.array(self.base)}
        arrays |= {f"pairs.{f.name}": getattr(self.pairs, f.name) for f in fields(Pairs)}
        for i, part in enumerate(self.additive):
            arrays |= {f"additive{i}.coef": part.coef, f"additive{i}.mean": part.mean}
            arrays |= {f"additive{i}.design.{name}": array for name, array in part.design.to_arrays().items()}
        for i, forest in enumerate(self.forests):
            arrays |= {f"forest{i}.{f.name}": getattr(forest, f.name) for f in fields(Forest)}
        with ZipFile(folder / FILE, "w", ZIP_DEFLATED) as archive:  # numpy's own writer adds the time of day
            for name, array in arrays.items():
                content = BytesIO()
                np.lib.format.write_array(content, array, allow_pickle=False)
                archive.writestr(ZipInfo(f"{name}.npy"), content.getvalue(), ZIP_DEFLATED)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The inverse of `save`."""
        with np.load(folder / FILE, allow_pickle=False) as found:
            arrays = dict(found)
        additive = [_additive(arrays, name) for name in _names(arrays, "additive")]
        forests = [Forest(**{f.name: arrays[f"{name}.{f.name}"] for f in fields(Forest)}) for name in _names(arrays, "forest")]
        pairs = Pairs(**{f.name: arrays[f"pairs.{f.name}"] for f in fields(Pairs)}) if "pairs.columns" in arrays else NONE
        return cls(float(arrays["base"]), tuple(additive), tuple(forests), pairs)


def _names(arrays: dict[str, Any], kind: str) -> list[str]:
    return sorted({key.split(".")[0] for key in arrays if key.startswith(kind)}, key=lambda name: int(name.removeprefix(kind)))


def _additive(arrays: dict[str, Any], name: str) -> Additive:
    design = Design.from_arrays({f.name: arrays[f"{name}.design.{f.name}"] for f in fields(Design)})
    return Additive(design, arrays[f"{name}.coef"], arrays[f"{name}.mean"])
