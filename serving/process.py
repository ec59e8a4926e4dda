"""What a process of the server begins with: its log, its signals, its socket."""

import signal
import socket
import sys

from churn.errors import PortTaken
from churn.settings import Settings
from serving import logs


def begin(settings: Settings) -> None:
    """Log as the settings say, and leave on SIGTERM by exception, so that every `finally` runs."""
    logs.configure(settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say. Raises PortTaken."""
    try:
        return socket.create_server((settings.host, settings.port), family=_family(settings))
    except OSError as error:
        where = f"port {settings.port} of {settings.host}"
        raise PortTaken(f"{where} cannot be used ({error.strerror}); stop what uses it or set CHURN_PORT to another") from error


def share(settings: Settings) -> socket.socket:
    """A socket bound where the settings say, beside others of this user. It takes no connection until it is told to listen."""
    door = socket.socket(_family(settings))
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.bind((settings.host, settings.port))
    return door


def _family(settings: Settings) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in settings.host else socket.AF_INET
