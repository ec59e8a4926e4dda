"""Write a workspace, or leave the folder exactly as it was."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from ruamel.yaml import YAML

from churn import versioning
from churn.data.read import READABLE
from churn.errors import WorkspaceError
from churn.workspace.plan import Plan

TEMPLATES = files("churn") / "templates"
TRACKED = [".dvc", ".dvcignore", ".gitignore", "data.dvc", "dvc.lock", "dvc.yaml", "params.yaml", "prefect.yaml"]
DVC_CONFIG = "[core]\n    analytics = false\n"


def create(folder: Path, what: Plan) -> None:
    """Write the workspace and commit it where the git repository is new; on a failure, remove what was written."""
    with _undone_on_failure(folder):
        in_git = versioning.inside_git(folder)
        data = folder / "data"
        data.mkdir()
        name = "base" if what.data.snapshot is None else what.table.stem
        kind = what.table.suffix.lower()
        shutil.copyfile(what.table, data / f"{name}{kind if kind in READABLE else '.csv'}")
        scaffold(folder, _params(what))
        versioning.pin(folder)
        if not in_git:
            versioning.record("A new workspace", TRACKED, folder)


def scaffold(folder: Path, params: str, own_git: bool = False) -> None:
    """Write params.yaml, dvc.yaml, prefect.yaml, and git and DVC repositories where there are none."""
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    for name in ("dvc.yaml", "prefect.yaml"):
        (folder / name).write_text((TEMPLATES / name).read_text(encoding="utf-8"), encoding="utf-8")
    _ignore(folder / ".gitignore", ["/artifacts/", "/state/", "/dvc_plots/"])
    if versioning.start(folder, own_git):
        (folder / ".dvc" / "config").write_text(DVC_CONFIG, encoding="utf-8")


def _params(what: Plan) -> str:
    """The demo company's params.yaml with this table's `data:` part, and a gate that so many rows can pass."""
    yaml = YAML()
    tree = yaml.load((TEMPLATES / "params.yaml").read_text(encoding="utf-8"))
    tree["data"] = what.data.model_dump(mode="json")
    tree["gate"]["min_rows"] = min(tree["gate"]["min_rows"], what.judging_rows)
    tree["split"]["test_rows"] = tree["gate"]["min_rows"]
    tree.yaml_set_comment_before_after_key("split", before="\n")
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()


def _ignore(path: Path, lines: list[str]) -> None:
    """Add lines to .gitignore that it does not have."""
    known = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    path.write_text("\n".join([*known, *(line for line in lines if line not in known)]) + "\n", encoding="utf-8")


@contextmanager
def _undone_on_failure(folder: Path) -> Iterator[None]:
    """Refuse a folder that already is a workspace; remove whatever appears in it when the work fails."""
    taken = [name for name in ("params.yaml", "dvc.yaml", "prefect.yaml", "data", "data.dvc") if (folder / name).exists()]
    if taken:
        raise WorkspaceError(f"{folder.absolute()} already has {', '.join(taken)}; use an empty folder")
    ignore = folder / ".gitignore"
    before, ignored = set(folder.iterdir()), ignore.read_bytes() if ignore.is_file() else None
    index = versioning.staged(folder)
    try:
        yield
    except BaseException:
        versioning.restage(index)
        for path in set(folder.iterdir()) - before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if ignored is not None:
            ignore.write_bytes(ignored)
        raise
