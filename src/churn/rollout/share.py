"""Which customers belong to a share: the same ones at every request, in every process, by a hash of who they are."""

from hashlib import blake2b

CONTROL = "control"  # the salt of the control group, which stays the same whatever model is served


def place(customer: str, salt: str) -> float:
    """Where a customer stands between 0 and 1, evenly spread; another salt shuffles them anew.

    The first 64 bits of BLAKE2b (RFC 7693) of salt and customer. A share of 0.1 are those below 0.1, so a share that
    grows keeps whom it has.
    """
    digest = blake2b(f"{salt}\0{customer}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def canary_salt(version: str) -> str:
    """The salt of one version's canary: no customer is the first to meet every new model."""
    return f"canary {version}"
