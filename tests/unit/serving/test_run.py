"""What the server refuses to start with, and what it never imports."""

import json
import socket
import subprocess
import sys

import pytest

from churn.errors import PortTaken
from serving.process import listen

IMPORTS = """
import sys
from pathlib import Path
from churn.bundle.open import open_bundle
from churn.settings import Settings
from churn.store import Store
from serving.app import create_app
from serving.launch import run
from serving.server import serve
from serving.slot import Live, ModelSlot
slot = ModelSlot()
slot.swap(Live.of("1", open_bundle(Path(sys.argv[1]))))
slot.current().form.one(sys.argv[2].encode())
create_app(Settings(state=Path(sys.argv[3])), slot, Store("sqlite://")).openapi()
print(sorted({"sklearn", "pandas", "evidently", "mlflow", "prefect", "scipy"} & set(sys.modules)))
"""


def test_a_taken_port_is_refused_by_name(settings):
    """The error names the port and the variable that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} .*CHURN_PORT"):
            listen(settings.model_copy(update={"port": port}))


def test_a_port_can_be_used_again_at_once(settings):
    """A server that ended leaves its port free."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for _ in range(2):
        with listen(settings.model_copy(update={"port": port})) as door:
            socket.create_connection(("127.0.0.1", port)).close()
            door.accept()[0].close()


def test_the_server_imports_no_training_library(bundle_folder, tmp_path, row):
    """A process that serves a model holds none of scikit-learn, pandas, Evidently, MLflow and Prefect."""
    command = [sys.executable, "-c", IMPORTS, str(bundle_folder), json.dumps(row), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
