"""The work of each stage in dvc.yaml, a module each. Stages meet only through the files that `places` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churn.model import Progress

STAGES = ("prepare", "tune", "train", "refit", "evaluate", "bundle", "track")


def run(stage: str, progress: Progress) -> Sequence[str]:
    """Do the work of one of STAGES; the lines that it tells. Only what this stage needs is imported."""
    work: Callable[[Progress], Sequence[str]] = import_module(f"churn.stages.{stage}").run
    return work(progress)
