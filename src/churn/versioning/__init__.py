"""DVC and git, as far as the system needs them: pin data, run stages, record what changed."""

from churn.versioning.git import commit_of_sources, committed_at, inside_git, record, restage, staged
from churn.versioning.pins import data_hash, outdated, pin, reproduce, stage_names, start

__all__ = [
    "commit_of_sources",
    "committed_at",
    "data_hash",
    "inside_git",
    "outdated",
    "pin",
    "record",
    "reproduce",
    "restage",
    "stage_names",
    "staged",
    "start",
]
