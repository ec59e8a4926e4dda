"""Who is a customer on a date, and who of them has churned when the horizon after it has passed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from churn.errors import TableError
from churn.events.cut import DAY, Store, moment
from churn.events.database import Connection
from churn.params.events import CUSTOMER, ENDED, KNOWN, TIME, Events, Silence

Stores = Mapping[str, Store]


def earliest(events: Events, day: date) -> date:
    """The first day whose events can tell who is a customer on a date."""
    return day - timedelta(days=events.churn.active_within_days) if isinstance(events.churn, Silence) else date.min


def complete_until(connection: Connection, events: Events, stores: Stores, now: datetime) -> date:
    """The last day of which every event that tells who churns has arrived. now: in UTC; what lies after it is a plan.

    Raises TableError where a source has nothing before it.
    """
    newest = min(_newest(connection, key, stores[key], now) for key in events.active)
    return newest.date() - timedelta(days=events.snapshots.arrives_within_days)


def _newest(connection: Connection, key: str, store: Store, now: datetime) -> datetime:
    newest = store.ledger.newest
    if newest and newest > now:
        query = f"SELECT max({TIME}) FROM ({store.until(now.date())}) WHERE {TIME} <= TIMESTAMP '{now.isoformat()}'"
        newest = connection.execute(query).fetchall()[0][0]
    if newest is None:
        raise TableError(f"events.sources.{key}: every event lies in the future; look at its column '{store.source.time}'")
    return newest


def customers(events: Events, stores: Stores, day: date) -> str:
    """A SELECT of the customers on a date, each once: as it was known on it."""
    if isinstance(events.churn, Silence):
        cuts = (stores[key].cut(day, events.churn.active_within_days) for key in events.churn.no_activity_in)
        return f"SELECT DISTINCT {CUSTOMER} FROM ({' UNION ALL '.join(f'SELECT {CUSTOMER} FROM ({cut})' for cut in cuts)})"
    began = f"{TIME} < {moment(day + DAY)} AND {KNOWN} < {moment(day + DAY)}"
    running = f"({ENDED} IS NULL OR {ENDED} >= {moment(day + DAY)})"
    return f"SELECT DISTINCT {CUSTOMER} FROM ({stores[events.churn.subscription].until(day)}) WHERE {began} AND {running}"


def churned(events: Events, stores: Stores, day: date, horizon: int) -> str:
    """A condition on `customers.customer_id`: whether who is a customer on a date churns in the horizon after it."""
    if isinstance(events.churn, Silence):
        stayed = " UNION ALL ".join(stores[key].after(day, horizon) for key in events.churn.no_activity_in)
        return f"customers.{CUSTOMER} NOT IN ({stayed})"
    store, renewed = stores[events.churn.subscription], events.churn.renewed_within_days
    last = day + timedelta(days=horizon)
    known = store.until(last + timedelta(days=renewed))
    ends = f"{ENDED} >= {moment(day + DAY)} AND {ENDED} < {moment(last + DAY)}"
    goes_on = (
        f"next.{CUSTOMER} = old.{CUSTOMER} AND next.{TIME} <= old.{ENDED} + INTERVAL {renewed} DAY "
        f"AND (next.{ENDED} IS NULL OR next.{ENDED} > old.{ENDED})"
    )
    renewal = f"SELECT 1 FROM ({known}) AS next WHERE {goes_on}"
    gone = f"SELECT old.{CUSTOMER} FROM ({known}) AS old WHERE {ends} AND NOT EXISTS ({renewal})"
    return f"customers.{CUSTOMER} IN ({gone})"
