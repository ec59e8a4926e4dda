"""An S3 server in a process of its own, with one bucket; what is in it is gone with the process."""

import subprocess
import sys
import time
from contextlib import contextmanager

import httpx

from support.server import free_port

NAME = "churn"


@contextmanager
def bucket(log):
    """Serve; gives the variables by which clients find the bucket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            deadline = time.monotonic() + 60
            while not _made(f"{address}/{NAME}"):
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield {
                "AWS_ENDPOINT_URL": address,
                "AWS_ACCESS_KEY_ID": "a-key",
                "AWS_SECRET_ACCESS_KEY": "a-secret",
                "AWS_DEFAULT_REGION": "us-east-1",
            }
        finally:
            process.kill()


def _made(address):
    try:
        return httpx.put(address, timeout=10).is_success
    except httpx.HTTPError:
        return False
