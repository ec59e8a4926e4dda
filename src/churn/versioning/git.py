"""git: which commit a model is made of, and commits of what the system itself changed."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from churn.errors import WorkspaceError

SOURCES = ("params.yaml", "dvc.yaml", "data.dvc", "src/churn")


class Staged(NamedTuple):
    """The index of a git repository, as it was; no content where there is none."""

    path: Path | None
    content: bytes | None


def commit_of_sources() -> str:
    """The newest commit that changed what a model is made of, with '-dirty' if they changed since; '' without git."""
    try:
        commit = git("log", "-1", "--format=%H", "--", *SOURCES)
        return commit + ("-dirty" if commit and git("status", "--porcelain", "--", *SOURCES) else "")
    except WorkspaceError:
        return ""


def committed_at(commit: str) -> str:
    """When a commit was made, in ISO 8601; empty for one that is not known here or had changes on top."""
    try:
        return git("show", "--no-patch", "--format=%cI", commit) if commit and "-" not in commit else ""
    except WorkspaceError:
        return ""


def inside_git(folder: Path) -> bool:
    """Whether a folder belongs to a git repository."""
    try:
        return git("rev-parse", "--is-inside-work-tree", root=folder) == "true"
    except WorkspaceError:
        return False


def record(message: str, paths: Sequence[str] = ("data.dvc", "dvc.lock"), root: Path = Path()) -> str | None:
    """Commit the given files and nothing else; returns the commit, or None when none of them changed."""
    present = [path for path in paths if (root / path).exists()]
    if not git("status", "--porcelain", "--", *present, root=root):
        return None
    git("add", "--", *present, root=root)
    git("commit", "--quiet", "--message", message, "--", *present, root=root, extra=_identity(root))
    return git("rev-parse", "HEAD", root=root)


def staged(folder: Path) -> Staged:
    """Remember what is staged in the repository of a folder."""
    if not inside_git(folder):
        return Staged(None, None)
    path = folder / git("rev-parse", "--git-path", "index", root=folder)
    return Staged(path, path.read_bytes() if path.is_file() else None)


def restage(before: Staged) -> None:
    """Stage again what was staged, and nothing else."""
    if before.path is not None and before.content is not None:
        before.path.write_bytes(before.content)
    elif before.path is not None:
        before.path.unlink(missing_ok=True)


def git(*arguments: str, root: Path = Path(), extra: Mapping[str, str] | None = None) -> str:
    """Run git in a folder, with `extra` variables; returns what it printed. Raises WorkspaceError with its complaint."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, env=os.environ | dict(extra or {}), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise WorkspaceError("git is not installed; install it, or add it to the PATH") from error
    if done.returncode:
        raise WorkspaceError(f"git {arguments[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


def _identity(root: Path) -> dict[str, str]:
    """An identity for commits on a machine where git knows none."""
    try:
        git("var", "GIT_COMMITTER_IDENT", root=root)
    except WorkspaceError:
        who = {"NAME": "churn", "EMAIL": "churn@localhost"}
        return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    return {}
