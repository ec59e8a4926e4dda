"""Real faults around a real server: it answers 503 with the reason, loses nothing that it answered, and recovers by itself."""

import resource
import shutil
import struct
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from churn.store import Store
from support.load import loading, post
from support.server import RUN, address, logged, point, running, until
from support.tiny import ROW, build_bundle

CALLERS = 8
LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""
PAGE = 4096
CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    static long *seconds;
    if (!real) {
        int file = open(getenv("CLOCK_OFFSET"), O_RDONLY);
        seconds = mmap(0, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
        real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int failed = real(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += *seconds;
    return failed;
}
"""


@pytest.fixture(scope="module")
def bundle_folder(tmp_path_factory):
    return build_bundle(tmp_path_factory.mktemp("built") / "v1")


@pytest.fixture
def state(tmp_path, bundle_folder):
    point(tmp_path, "1", bundle_folder)
    return tmp_path


def request(number):
    return post("/predict", ROW | {"customer id": number})


def check(record, url):
    """Every answer is a prediction that is on record, or a refusal that says why; nothing is on record twice."""
    assert record.lost == []
    assert {answer.status for answer in record.answers} <= {200, 503, 429}
    for answer in record.of(503):
        told = answer.json()
        assert told["type"] == "urn:churn:problem:store-unavailable"
        assert answer.headers["retry-after"] == "1"
        assert "\n" not in told["detail"]
        assert str(answer.number) not in told["detail"].replace("CHURN_STORE_URL", "").partition("failed")[2].split()
    store = Store(url)
    lines = logged(store)
    store.close()
    answered = {answer.json()["prediction_id"]: str(answer.number) for answer in record.of(200)}
    assert len(answered) == len(record.of(200))
    assert {identity: lines[identity]["customer"] for identity in answered} == answered


@contextmanager
def locked(path):
    """Another process holds the database for itself."""
    with subprocess.Popen([sys.executable, "-c", LOCK, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        yield
        process.stdin.close()


def test_a_store_that_another_process_locks(state):
    """While it is locked requests wait as long as they may and are then refused; after that all goes on."""
    path = state / "store.db"
    with running(state) as (_, client), loading(address(client), request, CALLERS) as record:
        until(lambda: len(record.of(200)) > 50)
        with locked(path):
            until(lambda: record.of(503))
            assert client.get("/health").status_code == client.get("/ready").status_code == 200
            assert "database is locked" in record.of(503)[0].json()["detail"]
        before = len(record.of(200))
        until(lambda: len(record.of(200)) > before + 50)
        assert "churn_log_failures_total 0.0" not in client.get("/metrics").text
    check(record, f"sqlite:///{path}")


def test_a_locked_store_and_answers_without_a_record(state):
    """Where the settings say so, predictions are given meanwhile; those that say nothing else are on record."""
    with running(state, CHURN_ANSWER_UNRECORDED="true") as (_, client):
        with locked(state / "store.db"):
            found = [client.post("/predict", json=ROW).json() for _ in range(3)]
            assert [one["recorded"] for one in found] == [False] * 3
        again = client.post("/predict", json=ROW).json()
        assert "recorded" not in again
        assert again["probability"] == found[0]["probability"]
    store = Store(f"sqlite:///{state / 'store.db'}")
    assert logged(store).keys() == {again["prediction_id"]}
    store.close()


@contextmanager
def small_disk(folder):
    """A file system of a few megabytes. Only root may mount one."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full(state):
    """Without room nothing is answered that is not on record; with room again all goes on."""
    with small_disk(state / "disk") as disk:
        url = f"sqlite:///{disk / 'store.db'}"
        with running(state, CHURN_STORE_URL=url) as (_, client), loading(address(client), request, CALLERS) as record:
            until(lambda: len(record.of(200)) > 20)
            ballast = disk / "ballast"
            fill(ballast)
            until(lambda: record.of(503), seconds=60)
            assert "database or disk is full" in record.of(503)[0].json()["detail"]
            assert client.get("/health").status_code == 200
            ballast.unlink()
            before = len(record.of(200))
            until(lambda: len(record.of(200)) > before + 50)
        check(record, url)


def fill(path):
    """Write until there is no room."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PAGE))
        except OSError:
            pass


def test_a_file_that_may_not_grow(state):
    """The same for a limit that the system sets to the files of the process."""
    limit = resource.RLIMIT_FSIZE
    with running(state, CHURN_LOG_LEVEL="error") as (process, client), loading(address(client), request, CALLERS) as record:
        until(lambda: len(record.of(200)) > 50)
        resource.prlimit(process.pid, limit, (PAGE, resource.RLIM_INFINITY))
        until(lambda: record.of(503))
        assert client.get("/health").status_code == 200
        resource.prlimit(process.pid, limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        before = len(record.of(200))
        until(lambda: len(record.of(200)) > before + 50)
    check(record, f"sqlite:///{state / 'store.db'}")


def test_a_store_file_that_is_damaged_is_named(state):
    """What is no database is refused in one line when the server starts."""
    (state / "store.db").write_bytes(b"this is no database, and it is longer than a header of a hundred bytes" * 10)
    with pytest.raises(AssertionError, match="the server ended"), running(state):
        pass
    assert "file is not a database" in (state / "server.log").read_text()


def test_a_registry_that_is_gone(state):
    """The server starts with the last champion and answers, while its follower finds nobody to ask."""
    with running(state, RUN, MLFLOW_TRACKING_URI="http://127.0.0.1:9") as (_, client):
        until(lambda: "the champion cannot be followed" in (state / "server.log").read_text(), seconds=60)
        assert client.post("/predict", json=ROW).json()["model_version"] == "1"


@pytest.fixture
def clock(tmp_path):
    """The environment of a process, and how to set its clock: the system's, moved by some seconds."""
    if not shutil.which("cc"):
        pytest.skip("no C compiler is installed, so the clock of a process cannot be set")
    source, library, offset = (tmp_path / name for name in ("clock.c", "clock.so", "offset"))
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    offset.write_bytes(bytes(8))

    def move(seconds):
        with offset.open("r+b") as file:
            file.write(struct.pack("l", int(seconds)))

    return {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(offset)}, move


def test_a_clock_that_is_set_back_and_forth(state, clock):
    """Predictions have the time that the machine says; ids stay unique, keys keep their answers, and nothing is lost."""
    environment, move = clock
    key = {"Idempotency-Key": "one"}
    with running(state, **environment) as (_, client), loading(address(client), request, CALLERS) as record:
        first = client.post("/predict", json=ROW, headers=key)
        for days in (0, -40, 10, 0):
            move(timedelta(days=days).total_seconds())
            before = len(record.of(200))
            until(lambda before=before: len(record.of(200)) > before + 200)
            assert client.post("/predict", json=ROW, headers=key).content == first.content
            assert client.get("/ready").status_code == 200
    assert {answer.status for answer in record.answers} == {200}
    check(record, f"sqlite:///{state / 'store.db'}")
    store = Store(f"sqlite:///{state / 'store.db'}")
    lines = logged(store).values()
    store.close()
    now = datetime.now(UTC)
    days = {round((line["time"] - now).total_seconds() / 86400) for line in lines}
    assert days == {0, -40, 10}
    assert all(line["snapshot"] == f"{line['time']:%Y-%m}" for line in lines)
    assert all(0 <= line["latency"] < 60 for line in lines)


def test_a_database_server_that_is_restarted_under_load(state, postgres):
    """PostgreSQL goes and comes back: requests meanwhile are refused, and the server needs no restart of its own."""
    url = postgres.database()
    with running(state, CHURN_STORE_URL=url) as (_, client), loading(address(client), request, CALLERS) as record:
        for _ in range(2):
            before = len(record.of(200))
            until(lambda before=before: len(record.of(200)) > before + 100)
            refused = len(record.of(503))
            postgres.stop()
            try:
                until(lambda refused=refused: len(record.of(503)) > refused)
                assert client.get("/health").status_code == 200
            finally:
                postgres.start()
        before = len(record.of(200))
        until(lambda before=before: len(record.of(200)) > before + 100)
    check(record, url)


@contextmanager
def stopped(postgres):
    """A database server that keeps its connections and does nothing."""
    own = psutil.Process(postgres.process.pid)
    processes = [own, *own.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.resume()


def test_a_database_server_that_hangs(state, postgres):
    """Calls that never come back are given up; when too many have, the probes demand a restart, until it goes on."""
    settings = {"CHURN_STORE_URL": postgres.database(), "CHURN_ANSWER_SECONDS": "0.5"}
    with running(state, **settings) as (_, client):
        assert client.post("/predict", json=ROW).status_code == 200
        with stopped(postgres):
            answer = client.post("/predict", json=ROW)
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:churn:problem:no-answer")
            assert client.get("/health").status_code == 200
            until(lambda: client.post("/predict", json=ROW).status_code == client.get("/health").status_code == 503)
            assert "restart the server" in client.get("/health").json()["detail"]
        until(lambda: client.get("/health").status_code == 200)
        assert client.post("/predict", json=ROW).status_code == 200


def test_the_server_ends_although_its_store_hangs(state, postgres):
    """A call that is left behind does not keep the process."""
    settings = {"CHURN_STORE_URL": postgres.database(), "CHURN_ANSWER_SECONDS": "0.5"}
    with running(state, RUN, **settings) as (process, client):
        assert client.post("/predict", json=ROW).status_code == 200
        with stopped(postgres):
            assert client.post("/predict", json=ROW).status_code == 503
            process.terminate()
            process.wait(20)


def test_a_table_that_another_session_of_the_database_server_locks(state, postgres):
    """A lock in PostgreSQL is waited for as long as one in SQLite, and then refused."""
    psycopg = pytest.importorskip("psycopg")
    url = postgres.database()
    with running(state, CHURN_STORE_URL=url) as (_, client), loading(address(client), request, CALLERS) as record:
        until(lambda: len(record.of(200)) > 50)
        with psycopg.connect(url) as session:
            session.execute("LOCK TABLE predictions IN ACCESS EXCLUSIVE MODE")
            until(lambda: record.of(503))
        before = len(record.of(200))
        until(lambda: len(record.of(200)) > before + 50)
    check(record, url)
    assert "lock" in record.of(503)[0].json()["detail"]
