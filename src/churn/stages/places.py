"""Where stages leave what they make, and what others read of it."""

import json
from pathlib import Path
from typing import Any

from churn import settings

ARTIFACTS = Path("artifacts")
PREPARED = ARTIFACTS / "prepared"
CONTRACT, TRAIN, TEST = PREPARED / "contract.json", PREPARED / "train.parquet", PREPARED / "test.parquet"
LEAKS, SAMPLE = PREPARED / "leaks.json", PREPARED / "sample.json"
TUNED = ARTIFACTS / "tuned"
KNOBS, TRIES = TUNED / "knobs.json", TUNED / "tries.json"
MODEL = ARTIFACTS / "model"
CONTEST = MODEL / "contest.json"
REFITS = ARTIFACTS / "refits.parquet"
EVALUATION = ARTIFACTS / "evaluation"
BUNDLE = ARTIFACTS / "bundle"


def tries() -> list[dict[str, Any]]:
    """Every try of tuning, as `churn.model.tune.Try` has it."""
    found: list[dict[str, Any]] = read(TRIES)
    return found


def contest() -> dict[str, Any]:
    """What was tried, with its cross-validated figures, and what was chosen."""
    found: dict[str, Any] = read(CONTEST)
    return found


def tuning() -> Path:
    """The folder in which tries are kept as they are made, so that an interrupted tuning goes on."""
    return settings.load().state / "tuning"


def read(path: Path) -> Any:
    """What a JSON file of a stage holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, content: object) -> None:
    """A JSON file that people can read as well."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
