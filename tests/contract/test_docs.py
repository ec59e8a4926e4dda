"""The documents name what exists, and what exists is named in them."""

import re
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest
from ruamel.yaml import YAML

from churn.cli import main
from churn.params import Events, Params
from churn.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("src", "pipelines", "serving", "monitoring")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parts[-2:] != ("params", "__init__.py")
)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_stands_in_the_readme(command: str) -> None:
    """A command of `churn` is named in the README."""
    assert f"churn {command}" in README


@pytest.mark.parametrize("target", re.findall(r"^([\w-]+):(?!=)", MAKEFILE, re.MULTILINE))
def test_every_make_target_stands_in_a_document(target: str) -> None:
    """A make target is named in the README or in CONTRIBUTING."""
    assert f"make {target}" in README + CONTRIBUTING


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_readme(name: str) -> None:
    """A CHURN_* variable is named in the README."""
    assert f"CHURN_{name.upper()}" in README


def test_every_dependency_earns_its_place() -> None:
    """A dependency is named in the architecture with what it is for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [
        re.split(r"[\[<>=]", line)[0] for line in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    ]
    assert [name for name in names if name not in ARCHITECTURE] == []


@pytest.mark.parametrize("section", sorted(name for name in Params.model_fields if name != "name"))
def test_every_knob_is_used(section: str) -> None:
    """A key of params.yaml is read somewhere in the code."""
    kind = Params.model_fields[section].annotation
    keys = next((one for one in get_args(kind) if one is not type(None)), kind).model_fields  # type: ignore[union-attr]
    assert [key for key in keys if not re.search(rf"\.{key}\b|\"{key}\"", CODE)] == []


def test_relative_links_of_the_documents_lead_somewhere() -> None:
    """A link from the README to a file of the repository finds it."""
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_declared_events_of_the_documents_are_valid() -> None:
    """What docs/events.md shows under `events:` is taken as it stands."""
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^    events:\n(?:    .*\n)+", text, re.MULTILINE)
    declared = Events.model_validate(YAML(typ="safe", pure=True).load(dedent(block))["events"])
    assert set(declared.sources) == {"orders", "plans"}


def test_no_file_names_a_package_index() -> None:
    """The lock holds hashes and no address."""
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")
