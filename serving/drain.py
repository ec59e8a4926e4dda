"""How the server ends: it says that it is not ready, answers on for a moment, then closes its doors."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn

CLOSE = (b"connection", b"close")
STEP_SECONDS = 0.02
LAST_SECONDS = 1.0  # for the request of a caller who has just connected


@dataclass
class Leaving:
    """Whether the server is about to end and should get no more work."""

    begun: bool = False


class DrainingServer(uvicorn.Server):
    """Ends in two steps, so that those who send requests notice in time. Another SIGINT cuts it short.

    Who asks after the first step is answered, and told to close the connection: a request that crosses with the end of an
    idle connection would be lost. So would one on a connection that the system has taken and the server has not.
    """

    def __init__(self, config: uvicorn.Config, leaving: Leaving, seconds: float) -> None:
        super().__init__(config)
        self._leaving, self._seconds = leaving, seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer on for a while, then finish what has begun and end."""
        self._leaving.begun = True
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        await self._wait(lambda: False, self._seconds)
        await self._shut(sockets or ())
        await self._wait(lambda: not any(one.expects for one in self.server_state.connections), LAST_SECONDS)  # type: ignore[union-attr]
        await super().shutdown(sockets)

    async def _wait(self, settled: Callable[[], bool], seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        while not settled() and clock() < until and not self.force_exit:
            await asyncio.sleep(STEP_SECONDS)

    async def _shut(self, doors: Iterable[socket.socket]) -> None:
        """Take in who has knocked, then close the doors; nothing else may happen in between."""
        came = [caller for door in doors for caller in _knocking(door)]
        for server in self.servers:
            server.close()
        kind: Any = self.config.http_protocol_class
        protocol = partial(kind, config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        for caller in came:
            await asyncio.get_running_loop().connect_accepted_socket(protocol, caller)


def _knocking(door: socket.socket) -> Iterable[socket.socket]:
    """Connections that the system has made and nobody has taken."""
    door.setblocking(False)
    while True:
        try:
            yield door.accept()[0]
        except OSError:  # there is no other
            return
