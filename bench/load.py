"""Load a server over loopback for a bounded time, with wrk or, where it is absent, from Python."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import httpx

SLOWEST_ANSWER = 30
SCRIPT = """
local bodies = {%s}
local requests, next = {}, 0
init = function()
  for i, body in ipairs(bodies) do requests[i] = wrk.format("POST", nil, {%s}, body) end
end
request = function()
  next = next %% #requests + 1
  return requests[next]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests": %%d, "micros": %%d, "p50": %%f, "p99": %%f, "failed": %%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What a load measured; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failed: int


def load(url: str, bodies: Sequence[str], headers: Mapping[str, str], connections: int, seconds: float) -> Load:
    """Post the bodies in turn on keep-alive connections, each asking again as soon as it is answered."""
    if shutil.which("wrk"):
        return _wrk(url, bodies, headers, connections, seconds)
    return asyncio.run(_python(url, bodies, headers, connections, seconds))


def _wrk(url: str, bodies: Sequence[str], headers: Mapping[str, str], connections: int, seconds: float) -> Load:
    pairs = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (", ".join(f"[==[{body}]==]" for body in bodies), pairs))
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", f"--timeout={SLOWEST_ANSWER}s", "-s", script.name, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 2 * SLOWEST_ANSWER)
    found = json.loads(done.stdout.splitlines()[-1])
    rate = (found["requests"] - found["failed"]) / (found["micros"] / 1e6)
    return Load(rate, found["p50"] / 1e3, found["p99"] / 1e3, found["failed"])


async def _python(url: str, bodies: Sequence[str], headers: Mapping[str, str], connections: int, seconds: float) -> Load:
    """As wrk, at a few hundred requests a second: enough to compare slow servers, too slow to exhaust a fast one."""
    times: list[float] = []
    failed = 0
    turn = cycle(bodies)
    start = time.perf_counter()

    async def ask(client: httpx.AsyncClient) -> None:
        nonlocal failed
        while (begun := time.perf_counter()) < start + seconds:
            answer = await client.post(url, content=next(turn), headers=dict(headers))
            failed += answer.status_code != 200
            times.append(1e3 * (time.perf_counter() - begun))

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(limits=limits, timeout=SLOWEST_ANSWER) as client:
        await asyncio.gather(*(ask(client) for _ in range(connections)))
    ordered = sorted(times)
    took = time.perf_counter() - start
    return Load((len(times) - failed) / took, ordered[len(times) // 2], ordered[int(len(times) * 0.99)], failed)
