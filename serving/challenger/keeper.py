"""Keep the process that scores in the shadow running as long as there is a challenger for it."""

import logging
import os
import subprocess
import sys
from pathlib import Path

from serving.challenger.pointer import Target

log = logging.getLogger(__name__)

END_SECONDS = 5


class Keeper:
    """One process for one challenger. A process that ended is started again at the next look."""

    def __init__(self, bundles: Path) -> None:
        self._command = [sys.executable, "-m", "serving.challenger.shadow", str(bundles), str(os.getpid())]
        self._target: Target | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self, target: Target | None) -> None:
        """Look once: start, end or leave the process as the challenger wants it."""
        wanted = target if target and target.plan.mode == "shadow" else None
        if self._process and (wanted != self._target or self._process.poll() is not None):
            self._end(self._process)
        if wanted and not self._process:
            self._process = subprocess.Popen(self._command)
        self._target = wanted

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            process.terminate()
        elif process.returncode:
            log.error("the shadow ended with code %d and is started again", process.returncode)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        self._process = None
