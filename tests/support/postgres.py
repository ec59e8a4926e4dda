"""A PostgreSQL server for tests."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4


class Postgres:
    """A PostgreSQL server in a folder of its own, run by a user who is not root."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = Path(mkdtemp(prefix="churn-postgres-"))
        self.process = None
        self.who = {"user": "postgres", "group": "postgres"} if self.folder.owner() == "root" else {}
        if self.who:
            shutil.chown(self.folder, **self.who)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.run("initdb", "--auth", "trust", "--username", "churn", "--no-sync", "--pgdata", self.folder / "data")

    def run(self, program, *arguments):
        subprocess.run([self.programs / program, *arguments], cwd=self.folder, check=True, capture_output=True, **self.who)

    def start(self):
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, "-F"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self.who)
        deadline = time.monotonic() + 30
        while not (self.folder / f".s.PGSQL.{self.port}").exists() or not self.answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def answers(self):
        asked = [self.programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def stop(self):
        """Stop at once, without waiting for clients."""
        self.process.send_signal(2)
        self.process.wait(30)

    def database(self):
        """The URL of a new database."""
        name = f"d{uuid4().hex}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "churn", name)
        return f"postgresql://churn@127.0.0.1:{self.port}/{name}"
