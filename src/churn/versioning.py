"""DVC and git, as far as the system needs them: pin data, run stages, record what changed."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from churn.errors import WorkspaceError
from churn.params import read_yaml

if TYPE_CHECKING:
    from dvc.repo import Repo

PIN = Path("data.dvc")
SOURCES = ("params.yaml", "dvc.yaml", "data.dvc", "src/churn")


def data_hash(pin: Path = PIN) -> str:
    """The hash that pins data/. Raises WorkspaceError when data/ is not under version control."""
    if not pin.is_file():
        raise WorkspaceError(f"{pin.absolute()} does not exist: run `churn init` or `dvc add data` in the workspace")
    return str(read_yaml(pin)["outs"][0]["md5"])


def commit_of_sources() -> str:
    """The newest commit that changed what a model is made of, with '-dirty' if they changed since; '' without git."""
    try:
        commit = git("log", "-1", "--format=%H", "--", *SOURCES)
        return commit + ("-dirty" if commit and git("status", "--porcelain", "--", *SOURCES) else "")
    except WorkspaceError:
        return ""


def start(root: Path, own_git: bool) -> None:
    """Make `root` a git and DVC repository where it is none; with `own_git` even inside another git repository."""
    if own_git or not inside_git(root):
        git("init", "--quiet", root=root)
    if not (root / ".dvc").is_dir():
        _repo().init(str(root), subdir=not (root / ".git").exists()).close()


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


def reproduce(stage: str) -> bool:
    """Run one stage if anything it depends on changed; returns whether it ran."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with repository() as repo:
        return bool(repo.reproduce(stage, single_item=True))


def record(message: str, paths: Sequence[str] = ("data.dvc", "dvc.lock"), root: Path = Path()) -> str | None:
    """Commit the given files and nothing else; returns the commit, or None when none of them changed."""
    present = [path for path in paths if (root / path).exists()]
    if not git("status", "--porcelain", "--", *present, root=root):
        return None
    git("add", "--", *present, root=root)
    git(*_author(root), "commit", "--quiet", "--message", message, "--", *present, root=root)
    return git("rev-parse", "HEAD", root=root)


def git(*arguments: str, root: Path = Path()) -> str:
    """Run git in the workspace and return what it printed."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkspaceError(f"git {' '.join(arguments[:2])} failed: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


def inside_git(folder: Path) -> bool:
    """Whether a folder belongs to a git repository."""
    try:
        return git("rev-parse", "--is-inside-work-tree", root=folder) == "true"
    except WorkspaceError:
        return False


@contextmanager
def repository(root: Path = Path()) -> Iterator["Repo"]:
    """The DVC repository of the workspace; every failure of DVC becomes a WorkspaceError."""
    from dvc.exceptions import DvcException  # noqa: PLC0415

    try:
        with _repo()(str(root)) as repo:
            yield repo
    except DvcException as error:
        raise WorkspaceError(f"DVC failed: {' '.join(_causes(error))}") from error


def _repo() -> "type[Repo]":
    """DVC's entry, without the hints that are meant for its own command line."""
    import dvc.repo  # noqa: PLC0415

    logging.getLogger("dvc").setLevel(logging.WARNING)
    entry: type[Repo] = dvc.repo.Repo
    return entry


def _causes(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield " ".join(str(error).split())
        error = error.__cause__


def _author(root: Path) -> list[str]:
    """An identity for commits on a machine where git has none."""
    try:
        git("config", "user.email", root=root)
    except WorkspaceError:
        return ["-c", "user.name=churn", "-c", "user.email=churn@localhost"]
    return []
