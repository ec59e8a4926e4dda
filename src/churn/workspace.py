"""Make any folder a workspace from one table, or leave it exactly as it was."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from churn import versioning
from churn.contract.encode import as_text
from churn.data.infer import MISSING_WORDS, Findings, infer
from churn.data.labelled import RESERVED, in_time, target_labels
from churn.data.read import READABLE, read_table
from churn.errors import TableError, WorkspaceError
from churn.params import Data

FEWEST_ROWS = 200
TAKEN = {"predicted probability", *(f"__{name}" for name in RESERVED)}
TEMPLATES = files("churn") / "templates"
TRACKED = [".dvc", ".dvcignore", ".gitignore", "data.dvc", "dvc.lock", "dvc.yaml", "params.yaml", "prefect.yaml"]
DVC_CONFIG = "[core]\n    analytics = false\n"


@dataclass(frozen=True)
class Plan:
    """What `init` will do with a table, and what it tells about it."""

    table: Path
    data: Data
    rows: int
    churners: int
    notes: list[str] = field(default_factory=list)

    @property
    def judging_rows(self) -> int:
        """Fewer held-out rows than this table has, on the whole, so that chance cannot fail the gate."""
        return int(0.2 * self.rows)


def plan(table: Path, target: str, positive: str, identity: str | None, snapshot: str | None) -> Plan:
    """Look at a table and decide; touches nothing. Raises TableError when no model can be made of it."""
    raw = read_table(table)
    roles = [name for name in (target, identity, snapshot) if name]
    for role, name in (("target", target), ("--id", identity), ("--snapshot", snapshot)):
        if name and name not in raw.columns:
            known = ", ".join(raw.columns)
            raise TableError(f"{table}: {role} column '{name}' is absent; the columns are {known}")
    if len(set(roles)) < len(roles):
        raise TableError(f"{table}: target, --id and --snapshot must be different columns")
    reserved = [name for name in raw.columns if name in TAKEN]
    if reserved:
        raise TableError(f"{table}: column '{reserved[0]}' has a name that the system uses itself; rename it")
    if len(raw) < FEWEST_ROWS:
        raise TableError(f"{table} has {len(raw)} rows; at least {FEWEST_ROWS} are needed to learn and to judge")
    found = infer(raw, roles)
    if not found.columns:
        raise TableError(f"{table} has no usable column besides {', '.join(roles)}")
    data = Data(target=target, positive=positive, id=identity, snapshot=snapshot, missing_words=MISSING_WORDS,
                columns=found.columns, drop=found.drop)  # fmt: skip
    churners = _check_target(table, raw, data)
    return Plan(table, data, len(raw), churners, [*found.notes, *_notes(raw, data, found)])


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


def _check_target(table: Path, raw: pd.DataFrame, data: Data) -> int:
    label = target_labels(raw, data).dropna()
    if not label.any():
        values = [value for value in raw[data.target].dropna().map(as_text).value_counts().index if value][:8]
        raise TableError(f"{table}: no row has {data.target} = '{data.positive}'; its values are {', '.join(values)}")
    if label.all():
        raise TableError(f"{table}: every known {data.target} is '{data.positive}'; a model needs both outcomes")
    return int(label.sum())


def _notes(raw: pd.DataFrame, data: Data, found: Findings) -> Iterator[str]:
    repeated = int(raw.duplicated().sum())
    if repeated:
        done = "read once" if data.id else "kept together on one side of every split"
        yield f"{repeated} rows repeat another row: {done}"
    unknown = int(target_labels(raw, data).isna().sum())
    if unknown:
        yield f"{unknown} rows have no outcome yet: left out of training"
    if data.snapshot:
        periods = in_time(raw[data.snapshot].map(as_text).to_numpy(dtype=object))
        yield f"{data.snapshot}: {len(periods)} snapshots, the oldest '{periods[0]}', the newest '{periods[-1]}'"
    for name, reason in found.drop.items():
        advice = "; name it with --id to keep a customer's rows together"
        yield f"{name}: left out, {reason}{advice if reason.startswith('an id') and not data.id else ''}"


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
