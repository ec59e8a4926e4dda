"""The keys that are valid now. Their file is read again when it changes, so keys are rotated without a restart."""

import logging
from hmac import compare_digest
from pathlib import Path
from typing import Self

from anyio import sleep, to_thread

from churn.errors import ParamsError
from churn.settings import Settings
from serving.keys.key import Key, digest, names, parse

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


class Keyring:
    """Keys of the environment and of a file, together."""

    def __init__(self, fixed: str, file: Path | None) -> None:
        self._fixed = fixed
        self._file = file
        self._seen = self._written()
        self._keys = self._read()

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The keys that the settings name, None if they name none. Raises ParamsError if what they name holds none."""
        fixed = settings.api_keys.get_secret_value().strip()
        return cls(fixed, settings.api_keys_file) if fixed or settings.api_keys_file else None

    def find(self, secret: str) -> Key | None:
        """The key with this secret. Time depends on the number of keys, never on which one is right or nearly right."""
        sought = digest(secret)
        found = None
        if sought is not None:
            for key in self._keys:
                if compare_digest(key.digest, sought):
                    found = key
        return found

    def check(self) -> None:
        """Read the file again if it has changed. One that is gone, empty or wrong leaves the last good keys."""
        written = self._written()
        if written == self._seen:
            return
        self._seen = written
        try:
            self._keys = self._read()
        except ParamsError as error:
            log.error("%s; the API keys stay as they were: %s", error, names(self._keys))  # noqa: TRY400 - the line says all
        else:
            log.info("API keys were read again: %s", names(self._keys))

    async def watch(self, every: float) -> None:
        """Check for ever, each `every` seconds."""
        while True:
            await sleep(every)
            await to_thread.run_sync(self.check)

    def _read(self) -> tuple[Key, ...]:
        keys = parse(f"{self._fixed}\n{self._text()}")
        if not keys:
            raise ParamsError(f"{self._file or 'CHURN_API_KEYS'} holds no API key; make one with `churn key`")
        return keys

    def _text(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8") if self._file else ""
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise ParamsError(f"the API keys in {self._file} cannot be read ({reason})") from error

    def _written(self) -> Stamp | None:
        """What changes when the file does; None while it is not there."""
        try:
            stat = self._file.stat() if self._file else None
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_ino, stat.st_size) if stat else None
