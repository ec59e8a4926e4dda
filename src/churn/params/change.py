"""Change one number in params.yaml and leave everything else, comments too, as it stands."""

import re
from pathlib import Path

from churn.errors import ParamsError
from churn.params import load


def set_number(path: Path, key: str, value: float) -> None:
    """Write a number behind a key that stands once, on a line of its own. Raises ParamsError, and then nothing changes."""
    before = path.read_text(encoding="utf-8")
    after, found = re.subn(rf"(?m)^( *{key}: +)[^\s#]+", lambda match: f"{match[1]}{value:g}", before)
    if found != 1:
        raise ParamsError(f"{path} has {key} on {found} lines; write {key}: {value:g} there yourself")
    beside = path.with_suffix(".new")
    beside.write_text(after, encoding="utf-8")
    try:
        load(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
