"""Alerts to people, wherever they are, by Apprise: a webhook, Slack, mail and many others."""

from hashlib import sha256

from apprise import Apprise, NotifyType

from churn.errors import AlertNotSent, ParamsError
from churn.store import Event, Store
from monitoring.incidents import ALERTED, CLOSED, OPENED, Message, unsent

KINDS = {OPENED: NotifyType.WARNING, CLOSED: NotifyType.SUCCESS}


def note(log: Store, lines: list[Event]) -> None:
    """Open and close incidents; whoever looks at the same moment comes too late."""
    for line in lines:
        log.take_turn(f"{line.kind} {line.detail['incident']}", line)


def send(log: Store, places: str, name: str) -> None:
    """Send every place what it has not been sent yet, in order. A message counts as sent once the place took it.

    places: addresses of Apprise, separated by spaces or commas; empty for none. name: of the model. A place that fails
    holds up no other. Raises ParamsError for an address that is none, AlertNotSent if a place did not take a message.
    """
    failed = [place for place in _places(places) if not _send(log, place, name)]
    if failed:
        text = f"{len(failed)} of the places in CHURN_ALERTS did not take an alert; check the addresses and what answers there"
        raise AlertNotSent(text)


def _places(places: str) -> list[Apprise]:
    known = Apprise()
    if places.strip() and not known.add(places):
        text = "CHURN_ALERTS holds an address that Apprise cannot read; write json://HOST/PATH, slack://... or mailto://..."
        raise ParamsError(text)
    return [Apprise(server) for server in known]


def _send(log: Store, place: Apprise, name: str) -> bool:
    """Whether the place took everything. It is written down by a hash, since its address is a secret."""
    to = sha256(place.urls()[0].encode()).hexdigest()[:12]
    for message in unsent(log.history(), to):
        if not _took(place, name, message):
            return False
        log.record(Event(ALERTED, "", {"incident": message.incident, "about": message.about, "to": to}))
    return True


def _took(place: Apprise, name: str, message: Message) -> bool:
    return bool(place.notify(message.body, f"{name}: {message.title}", KINDS[message.about]))
