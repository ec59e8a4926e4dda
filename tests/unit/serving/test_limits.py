"""Body limits, by declared length and by what really arrives."""

import pytest

from serving.limits import LARGE, SMALL


async def chunks(total, size=8192):
    """A body of `total` bytes that declares no length."""
    for start in range(0, total, size):
        yield b" " * min(size, total - start)


async def no_more():
    """Fails when read: a body that is refused by its declaration alone."""
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize(("path", "limit"), [("/predict", SMALL), ("/predict/batch", LARGE), ("/outcomes", LARGE)])
def test_a_larger_body_is_413(client, path, limit):
    """One byte more than the limit of the route is too large, declared or streamed; the limit itself is read."""
    for body in (b" " * (limit + 1), chunks(limit + 1)):
        answer = client.send(path, body)
        assert answer.status_code == 413
        assert answer.json()["errors"] == [{"field": "body", "reason": f"must not exceed {limit // 1024} KiB"}]
    for body in (b" " * limit, chunks(limit)):
        assert client.send(path, body).status_code == 400


def test_a_declared_length_is_refused_before_reading(client):
    """A body whose Content-Length exceeds the limit is not read."""
    headers = {"content-type": "application/json", "content-length": str(SMALL + 1)}
    assert client.post("/predict", content=no_more(), headers=headers).status_code == 413


@pytest.mark.parametrize("length", ["0", "5", "-1", "x"])
def test_a_false_length_does_not_help(client, length):
    """Bytes are counted whatever the header says."""
    headers = {"content-type": "application/json", "content-length": length}
    assert client.post("/predict", content=chunks(SMALL + 1), headers=headers).status_code == 413
