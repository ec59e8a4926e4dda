"""What a process of the running system is."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Service:
    """One process. `url` answers once it is ready; a service without a URL is ready when it runs.

    host: where it listens. extra: what it alone is told through its environment.
    """

    name: str
    command: list[str]
    variable: str = ""
    port: int = 0
    url: str = ""
    page: str = ""
    host: str = "127.0.0.1"
    extra: Mapping[str, str] = field(default_factory=dict)
