"""Values as every database takes them."""

import json
import math
from typing import Any

import msgspec

encode = msgspec.json.Encoder().encode


def to_json(value: Any) -> str:
    """JSON as every database takes it: NaN and infinities become null."""
    try:
        return encode(value).decode()
    except (TypeError, ValueError):  # a number of numpy, or half of a character: json knows what to do with them
        return json.dumps(_finite(value))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
