"""How the server ends: it says that it is not ready, answers on for a moment, then closes its doors."""

import asyncio
import socket
from dataclasses import dataclass

import uvicorn

CLOSE = (b"connection", b"close")
STEP_SECONDS = 0.05


@dataclass
class Leaving:
    """Whether the server is about to end and should get no more work."""

    begun: bool = False


class DrainingServer(uvicorn.Server):
    """Ends in two steps, so that those who send requests notice in time. Another SIGINT cuts it short.

    Who asks after the first step is answered, and told to close the connection: a request that crosses with the end of an
    idle connection would be lost.
    """

    def __init__(self, config: uvicorn.Config, leaving: Leaving, seconds: float) -> None:
        super().__init__(config)
        self._leaving, self._seconds = leaving, seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer on for a while, then finish what is running and end."""
        self._leaving.begun = True
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        clock = asyncio.get_running_loop().time
        until = clock() + self._seconds
        while clock() < until and not self.force_exit:
            await asyncio.sleep(STEP_SECONDS)
        await super().shutdown(sockets)
