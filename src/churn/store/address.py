"""Where the store is, and how long its driver waits."""

from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from churn.errors import ParamsError


def address_of(url: str) -> URL:
    """The address of a store. Raises ParamsError for what is none, without telling what it holds."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    if address is None or address.get_backend_name() not in ("sqlite", "postgresql"):
        raise ParamsError("CHURN_STORE_URL is no database that can be used; give sqlite:///FILE or postgresql://USER@HOST/NAME")
    return address


def patience(address: URL, seconds: float) -> dict[str, Any]:
    """How long the driver of PostgreSQL waits for a lock and for a host that does not answer, unless the URL says so."""
    millis = round(1000 * seconds)
    waits = {
        "options": f"-c lock_timeout={millis}",
        "connect_timeout": max(2, round(seconds)),
        "tcp_user_timeout": max(2000, millis),
    }
    return {name: value for name, value in waits.items() if name not in address.query}
