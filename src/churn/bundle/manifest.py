"""The manifest: sha256 of every file of a bundle, and where the bundle comes from."""

import hashlib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from churn.errors import BundleCorrupt

NAME = "manifest.json"
PARTS = {"model.onnx", "contract.json", "decision.json", "metrics.json", "reference.jsonl", "explainer.npz"}


class Lineage(BaseModel):
    """What a model was made of. `data` is the hash DVC pins data/ with, `params` that of params.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: str
    params: str
    commit: str


class Manifest(BaseModel):
    """`files` maps each file of the bundle to its sha256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lineage: Lineage
    files: dict[str, str]

    @classmethod
    def of(cls, folder: Path, lineage: Lineage) -> Self:
        """The manifest of the files in a folder."""
        return cls(lineage=lineage, files={path.name: sha256(path) for path in sorted(folder.iterdir()) if path.name != NAME})

    def save(self, folder: Path) -> None:
        """Write manifest.json into the bundle."""
        (folder / NAME).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def verified(cls, folder: Path) -> Self:
        """Read the manifest of a bundle after checking every file against it. Raises BundleCorrupt."""
        try:
            manifest = cls.model_validate_json((folder / NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BundleCorrupt(f"{folder} has no readable {NAME}; download or build the bundle again") from error
        absent = PARTS - manifest.files.keys()
        if absent:
            raise BundleCorrupt(f"{folder / NAME} does not list {sorted(absent)[0]}; download or build the bundle again")
        for name, expected in manifest.files.items():
            path = folder / name
            if Path(name).name != name or not path.is_file() or sha256(path) != expected:
                raise BundleCorrupt(f"{path} is absent or does not match its sha256; download or build the bundle again")
        return manifest


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(folder: Path) -> str:
    """The identity of a bundle: sha256 of its manifest, which names every file."""
    return sha256(folder / NAME)
