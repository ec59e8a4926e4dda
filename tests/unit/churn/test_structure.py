"""What the house promises about itself."""

import json
import re
import sys
from pathlib import Path

import pytest

from churn import errors
from churn.cli import main

ROOT = Path(__file__).parents[3]
SLOW = {"pandas", "sklearn", "mlflow", "prefect", "evidently", "dvc"}
CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.ChurnError)]


def imported(command, code):
    """Top-level packages that a fresh interpreter has loaded after some code."""
    ending = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    return set(json.loads(command(sys.executable, "-c", f"{code}\n{ending}", cwd=ROOT).stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import churn.cli", SLOW),
        ("from churn.cli import main\nmain(['--help'], standalone_mode=False)", SLOW),
        ("import churn.bundle.open", {"pandas", "sklearn", "mlflow"}),
        ("import churn.store", {"pandas", "sklearn", "mlflow"}),
        ("import churn.registry", {"mlflow"}),
    ],
)
def test_imports_stay_light(command, code, without):
    """The command starts, and a bundle opens, without libraries that only training or orchestration needs."""
    assert imported(command, code) & without == set()


def test_help_lists_every_command(command, tmp_path):
    """`churn --help` shows each command with a line about it."""
    shown = command("churn", "--help", cwd=tmp_path).stdout
    for name, one in main.commands.items():
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE), name
        assert one.help


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_an_exit_code_and_a_title(kind):
    """Each error knows its HTTP status, a failing exit code, and a title of its own."""
    assert isinstance(kind.status, int)
    assert 400 <= kind.status <= 599
    assert isinstance(kind.exit_code, int)
    assert 1 <= kind.exit_code <= 125
    assert kind is errors.ChurnError or "title" in vars(kind)


def test_every_error_stands_in_the_tree():
    """The tree at the head of the module shows each error below its parent, with a few words about it."""
    path, drawn = [], {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"^([│├└─ ]*)([A-Z]\w+) {2,}\S", line)
        if found:
            depth = len(found[1]) // 4
            path = [*path[:depth], found[2]]
            drawn[found[2]] = path[-2] if depth else None
    assert drawn == {kind.__name__: None if kind is errors.ChurnError else kind.__base__.__name__ for kind in CLASSES}


def test_no_other_module_has_an_error_of_its_own():
    """Deliberate errors are declared in one module."""
    elsewhere = [path for path in (ROOT / "src/churn").rglob("*.py") if path.name != "errors.py"]
    assert not [path for path in elsewhere if re.search(r"^class \w+\(.*(Error|Exception)\)", path.read_text(), re.MULTILINE)]


def test_the_lock_names_no_package_index():
    """Locked requirements are pinned and hashed, and say nothing about where they came from."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "-"))]
    assert pins
    assert all("==" in line for line in pins)
    assert text.count("--hash=sha256:") >= len(pins)


def test_every_module_says_what_it_is():
    """Every module of the library begins with a docstring."""
    bare = [path for path in (ROOT / "src/churn").rglob("*.py") if not path.read_text().startswith('"""')]
    assert bare == []
