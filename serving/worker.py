"""One of several processes that answer at one port: `python -m serving.worker FOLDER CHANNEL`, started by `serving.workers`.

FOLDER is what the workers of one parent share; CHANNEL the descriptor of the channel to it.
"""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from churn import settings
from churn.errors import ChurnError
from serving.process import begin, share
from serving.server import serve
from serving.shared import SharedSlot
from serving.workers import STOP_SECONDS


def main() -> None:
    """Answer requests until SIGTERM, or until the parent is gone."""
    where = settings.load()
    begin(where)
    channel = socket.socket(fileno=int(sys.argv[2]))  # never closed here: its end tells the parent that the process is gone
    with share(where) as door:
        threading.Thread(target=_end_with, args=(channel,), daemon=True).start()
        try:
            serve(where, door, slot=SharedSlot(Path(sys.argv[1])), ready=lambda: channel.sendall(b"."))
        except ChurnError as error:
            sys.stderr.write(f"churn: {error}\n")
            sys.exit(error.exit_code)


def _end_with(parent: socket.socket) -> None:
    """Leave in order when the other side of the channel is closed; if that takes too long, leave."""
    parent.recv(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
