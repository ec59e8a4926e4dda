"""The servers that are compared: how each is started, asked and ended."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]

from serving.keys import key

BIN = Path(sys.executable).parent
START_SECONDS = 120
JSON = {"Content-Type": "application/json"}
MIB = 2**20

Row = dict[str, Any]


@dataclass
class Contender:
    """A running server; `path` answers bodies made by `one` and `many`."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    path: str
    batch_path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    ready_seconds: float = 0.0

    def url(self, path: str) -> str:
        """Where a path of this server is."""
        return f"http://127.0.0.1:{self.port}{path}"

    def one(self, row: Row) -> str:
        """The body that asks about one customer."""
        return json.dumps({"dataframe_records": [row]} if self.name == "mlflow" else row)

    def many(self, rows: list[Row]) -> str:
        """The body that asks about many customers."""
        if self.name == "mlflow":
            data = [list(row.values()) for row in rows]
            return json.dumps({"dataframe_split": {"columns": list(rows[0]), "data": data}})
        return json.dumps({"customers": rows})

    def resident(self) -> dict[str, float]:
        """MiB that the server and all its processes hold now, by what each of them runs."""
        own = psutil.Process(self.process.pid)
        return {" ".join(p.cmdline()[1:4])[-60:]: p.memory_info().rss / MIB for p in [own, *own.children(recursive=True)]}


@contextmanager
def running(workspace: Path, rows: list[Row], names: Sequence[str]) -> Iterator[list[Contender]]:
    """The named contenders, ready; they end with the block. A number after `ours` is that of its worker processes."""
    others = {"empty": _empty, "mlflow": _mlflow, "shadow": _shadow}
    with ExitStack() as stack:
        yield [stack.enter_context(others.get(name, partial(_ours, name))(workspace, rows)) for name in names]


def _bundle(workspace: Path) -> Path:
    return Path(json.loads((workspace / "state" / "bundles" / "champion.json").read_text(encoding="utf-8"))["folder"])


@contextmanager
def _shadow(workspace: Path, rows: list[Row]) -> Iterator[Contender]:
    """Our server with a challenger that scores in the shadow, beginning before it is measured."""
    from bench.shadowed import shadowed  # noqa: PLC0415 - the registry's client is slow to import

    state = shadowed(workspace, _bundle(workspace)).absolute()
    with _ours("shadow", workspace, rows, CHURN_STATE=str(state)) as server:
        _await_scores(workspace / "state" / "shadow.db", server, rows)
        yield server


@contextmanager
def _ours(name: str, workspace: Path, rows: list[Row], **extra: str) -> Iterator[Contender]:
    """The real command, with a prediction log of its own that starts empty."""
    for old in (workspace / "state").glob(f"{name}.db*"):
        old.unlink()
    port = _free_port()
    secret, line = key.make("bench", ["predict"])
    log = f"sqlite:///{(workspace / 'state' / f'{name}.db').absolute()}"
    own = {"CHURN_PORT": str(port), "CHURN_STORE_URL": log, "CHURN_API_KEYS": line, **extra}
    workers = name.removeprefix("ours") if name[-1].isdigit() else 1
    with _started(workspace, name, [BIN / "churn", "serve", "--workers", workers], own) as process:
        entry = {"Authorization": f"Bearer {secret}"}
        yield _await(Contender(name, port, process, "/predict", "/predict/batch", entry), rows)


@contextmanager
def _empty(workspace: Path, rows: list[Row]) -> Iterator[Contender]:
    port = _free_port()
    here = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with _started(workspace, "empty", [sys.executable, "-m", "bench.empty", _bundle(workspace), port], here) as process:
        yield _await(Contender("empty", port, process, "/predict"), rows)


@contextmanager
def _mlflow(workspace: Path, rows: list[Row]) -> Iterator[Contender]:
    port = _free_port()
    own = {"MLFLOW_TRACKING_URI": f"sqlite:///{(workspace / 'state' / 'mlflow.db').absolute()}"}
    options = f"--model-uri models:/churn@champion --env-manager local --host 127.0.0.1 --port {port}".split()
    with _started(workspace, "mlflow", [BIN / "mlflow", "models", "serve", *options], own) as process:
        yield _await(Contender("mlflow", port, process, "/invocations", "/invocations"), rows)


@contextmanager
def _started(folder: Path, name: str, command: list[object], extra: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A process whose output goes to a log file; it ends with all its children."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CHURN_", "MLFLOW_"))}
    environment |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"} | extra
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen([*map(str, command)], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
    for child in children:
        if child.is_running():
            child.kill()


def _await(server: Contender, rows: list[Row]) -> Contender:
    """Wait for the first right answer and note how long it took."""
    start = time.perf_counter()
    body = server.one(rows[0])
    while time.perf_counter() < start + START_SECONDS:
        if server.process.poll() is not None:
            break
        try:
            if httpx.post(server.url(server.path), content=body, headers=JSON | server.headers).status_code == 200:
                server.ready_seconds = time.perf_counter() - start
                return server
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"{server.name} did not get ready; read its log in the workspace of the benchmark")


def _await_scores(log: Path, server: Contender, rows: list[Row]) -> None:
    """Ask until the challenger has scored something."""
    until = time.perf_counter() + START_SECONDS
    while time.perf_counter() < until:
        _await(server, rows)
        with closing(sqlite3.connect(log)) as connection:
            if connection.execute("SELECT count(*) FROM challenger_scores").fetchone()[0]:
                return
        time.sleep(0.2)
    raise RuntimeError("nothing was scored in the shadow; read its log in the workspace of the benchmark")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
