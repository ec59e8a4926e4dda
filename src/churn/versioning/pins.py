"""DVC: pins on data, and the stages that dvc.yaml lists."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from churn.errors import StageFailed, WorkspaceError
from churn.params import read_yaml
from churn.versioning.git import git, inside_git

if TYPE_CHECKING:
    from dvc.repo import Repo

PIN = Path("data.dvc")


def data_hash(pin: Path = PIN) -> str:
    """The hash that pins data/. Raises WorkspaceError when data/ is not under version control."""
    if not pin.is_file():
        raise WorkspaceError(f"{pin.absolute()} does not exist: run `churn init` or `dvc add data` in the workspace")
    return str(read_yaml(pin)["outs"][0]["md5"])


def start(root: Path, own_git: bool) -> bool:
    """Make `root` a git and DVC repository where it is none; with `own_git` even inside another git repository.

    Returns whether the DVC repository is new.
    """
    if own_git or not inside_git(root):
        git("init", "--quiet", root=root)
    if (root / ".dvc").is_dir():
        return False
    with _told():
        _entry().init(str(root), subdir=not (root / ".git").exists()).close()
    return True


def pin(root: Path = Path()) -> str:
    """`dvc add` the data/ folder of the workspace; returns its hash."""
    with repository(root) as repo:
        repo.add(str(root / "data"))
    return data_hash(root / PIN)


def stage_names() -> list[str]:
    """Names of the stages in dvc.yaml, each after the stages it depends on."""
    import networkx as nx  # noqa: PLC0415

    with repository() as repo:
        order = list(nx.dfs_postorder_nodes(repo.index.graph))
        return [stage.name for stage in order if not stage.is_data_source and hasattr(stage, "name")]


def outdated(stage: str) -> bool:
    """Whether anything that a stage depends on, or what it made, changed since it ran."""
    with repository() as repo:
        return bool(repo.status(targets=[stage]))


def reproduce(stage: str) -> bool:
    """Run one stage if anything it depends on changed; returns whether it ran."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with repository() as repo:
        return bool(repo.reproduce(stage, single_item=True))


@contextmanager
def repository(root: Path = Path()) -> Iterator["Repo"]:
    """The DVC repository of the workspace; every failure of DVC becomes a WorkspaceError."""
    with _told(), _entry()(str(root)) as repo:
        yield repo


@contextmanager
def _told() -> Iterator[None]:
    from dvc.exceptions import DvcException, ReproductionError  # noqa: PLC0415

    try:
        yield
    except ReproductionError as error:
        raise StageFailed(f"{', '.join(_causes(error))}; the stage says why above") from error
    except DvcException as error:
        raise WorkspaceError(f"DVC failed: {': '.join(_causes(error))}") from error


def _entry() -> "type[Repo]":
    """DVC's entry, without the hints that are meant for its own command line."""
    import dvc.repo  # noqa: PLC0415

    logging.getLogger("dvc").setLevel(logging.WARNING)
    entry: type[Repo] = dvc.repo.Repo
    return entry


def _causes(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield " ".join(str(error).split())
        error = error.__cause__
