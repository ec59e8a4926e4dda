"""A params.yaml that tells only what is special about a workspace becomes a whole one."""

import io
from collections.abc import Collection, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from churn.errors import ParamsError, WorkspaceError
from churn.params import Data, Events, Kind, Params, Problem, Section, describe
from churn.params.events import CHURNED, CUSTOMER, SNAPSHOT

TEMPLATE = files("churn") / "templates" / "params.yaml"
Part = TypeVar("Part", bound=Section)


class Draft:
    """params.yaml as its user wrote it, comments and all. Raises WorkspaceError, ParamsError."""

    def __init__(self, path: Path) -> None:
        self.path, self.yaml = path, YAML()
        self.yaml.width, self.yaml.preserve_quotes = 4096, True  # lines stay as they were written
        self.yaml.representer.add_representer(type(None), lambda to, _: to.represent_scalar("tag:yaml.org,2002:null", "null"))
        if not path.is_file():
            raise WorkspaceError(f"{path.absolute()} does not exist: write the sources of events into it (docs/events.md)")
        try:
            self.tree = self.yaml.load(path.read_text(encoding="utf-8"))
        except YAMLError as error:
            raise ParamsError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
        if not isinstance(self.tree, CommentedMap) or not isinstance(self.tree.get("events"), CommentedMap):
            raise ParamsError(f"{path} has no `events`: declare the sources of events in it (docs/events.md)")
        _fill(self.tree, self._defaults())
        self._quote_first(self.tree["events"].get("snapshots"))

    @property
    def events(self) -> Events:
        """The declared events."""
        return self._checked(self.tree["events"], Events, "events.")

    @property
    def problem(self) -> Problem:
        """The declared problem."""
        return self._checked(self.tree["problem"], Problem, "problem.")

    @property
    def missing_words(self) -> Collection[str]:
        """Words that mean 'missing', in lower case."""
        return {str(word).strip().casefold() for word in self.tree["data"]["missing_words"]}

    def completed(self, columns: Mapping[str, Kind]) -> str:
        """The whole file, in which the features are the columns of data/. Raises ParamsError naming every wrong key."""
        data = self.tree["data"]
        data["columns"] = dict(columns)
        whole = self._checked(data, Data, "data.").model_dump(mode="json")
        data.update({key: value for key, value in whole.items() if key not in data})
        text = io.StringIO()
        self.yaml.dump(self.tree, text)
        self._checked(self.tree, Params)
        return text.getvalue()

    def _defaults(self) -> CommentedMap:
        tree: CommentedMap = YAML().load(TEMPLATE.read_text(encoding="utf-8"))
        words = tree["data"]["missing_words"]
        tree["data"] = {"target": CHURNED, "positive": "yes", "id": CUSTOMER, "snapshot": SNAPSHOT, "missing_words": words}
        return tree

    def _quote_first(self, snapshots: Any) -> None:
        """DVC reads no dates in params.yaml, but texts."""
        if isinstance(snapshots, CommentedMap) and isinstance(snapshots.get("first"), date):
            snapshots["first"] = DoubleQuotedScalarString(snapshots["first"].isoformat())

    def _checked(self, part: Any, kind: type[Part], prefix: str = "") -> Part:
        try:
            return kind.model_validate(part)
        except ValidationError as error:
            raise ParamsError(f"{self.path}: {describe(error, prefix)}") from error


def _fill(tree: CommentedMap, defaults: Mapping[str, Any]) -> None:
    """Add the keys that are absent, with their comments."""
    for key, default in defaults.items():
        if key not in tree:
            tree[key] = default
            if isinstance(default, Mapping):
                tree.yaml_set_comment_before_after_key(key, before="\n")
        elif isinstance(tree[key], CommentedMap) and isinstance(default, Mapping) and key != "events":
            _fill(tree[key], default)
