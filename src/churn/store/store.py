"""Read and write the store. Every method is one transaction; a failure leaves nothing half written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, create_engine, event, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from churn.errors import DeploymentUnderWay, StoreUnavailable
from churn.store import chain, kept, report, stream
from churn.store.address import address_of, patience
from churn.store.alone import alone
from churn.store.kept import KeptAnswer
from churn.store.lines import LineWriter
from churn.store.plain import to_json
from churn.store.tables import (
    ChallengerScore,
    Event,
    Outcome,
    Prediction,
    Window,
    add_columns,
    challenger_scores,
    metadata,
    outcomes,
    predictions,
    turns,
    windows,
)
from churn.store.tried import Tried

LOCK_WAIT_SECONDS = 5.0
CHECKPOINT_PAGES = 10_000  # of 4 KiB: whoever commits then waits for the disk, ten times more rarely than by default


class Store:
    """One SQL database. `url` is an SQLAlchemy URL; SQLite runs in WAL mode."""

    def __init__(self, url: str, lock_wait: float = LOCK_WAIT_SECONDS) -> None:
        self.url = url
        address = address_of(url)
        lite = address.get_backend_name() == "sqlite"
        self._where = address.render_as_string(hide_password=True)
        self._engine = create_engine(
            address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address,
            connect_args={"timeout": lock_wait} if lite else patience(address, lock_wait),
            pool_pre_ping=not lite,
            json_serializer=to_json,
        )
        self._lines = LineWriter(self._engine, to_json)
        self.tried = Tried(self._transaction)
        if lite:
            event.listen(self._engine, "connect", _write_ahead)

    def create(self) -> None:
        """Create the tables that are absent, and in those that are there the columns that an older version did not have."""
        with self._transaction() as connection:
            metadata.create_all(connection)
            add_columns(connection)
            chain.begin(connection)

    def close(self) -> None:
        """Give back every connection."""
        self._lines.close()
        self._engine.dispose()

    def log(self, made: Sequence[Prediction]) -> None:
        """Write predictions, all or none."""
        if not made:
            return
        with self._named():
            self._lines.write(made)

    def log_challenger(self, scores: Sequence[ChallengerScore]) -> None:
        """Write what a challenger made of some rows, all or none."""
        if scores:
            with self._transaction() as connection:
                connection.execute(insert(challenger_scores), [asdict(one) for one in scores])

    def keep(self, answers: Sequence[KeptAnswer]) -> set[str]:
        """Write answers under their names with their predictions. Returns the names that had an answer, which stays."""
        with self._transaction() as connection:
            return kept.keep(connection, answers)

    def kept(self, name: str) -> KeptAnswer | None:
        """The answer under a name, without its predictions; None if there is none."""
        with self._transaction() as connection:
            return kept.find(connection, name)

    def add_outcomes(self, reported: Sequence[Outcome]) -> int:
        """Write outcomes, all or none; one that repeats the last known value is not written again.

        Returns the number written. Raises UnknownPrediction naming each outcome whose prediction does not exist.
        """
        with self._transaction() as connection:
            return report.add(connection, reported)

    def snapshots(self, model_version: str | None = None) -> list[str]:
        """Names of the snapshots with predictions, of one version if it is given, in order of their first prediction."""
        query = select(predictions.c.snapshot).group_by(predictions.c.snapshot).order_by(func.min(predictions.c.time))
        if model_version is not None:
            query = query.where(predictions.c.model_version == model_version)
        with self._transaction() as connection:
            return list(connection.scalars(query))

    def outcomes_since(self, time: datetime) -> dict[str, int]:
        """How many predictions of each snapshot have an outcome that was observed after a moment."""
        count = func.count(outcomes.c.prediction_id.distinct())
        joined = select(predictions.c.snapshot, count).join_from(outcomes, predictions)
        query = joined.where(outcomes.c.observed_at > time).group_by(predictions.c.snapshot)
        with self._transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def prediction(self, name: str) -> dict[str, Any] | None:
        """One prediction by its id, with `churned`; None if nobody made it."""
        with self._transaction() as connection:
            row = connection.execute(report.with_outcome().where(predictions.c.id == name)).mappings().one_or_none()
            return dict(row) if row else None

    def window(self, snapshot: str, model_version: str | None = None) -> list[dict[str, Any]]:
        """Predictions of a snapshot in order of time, each with `churned` (None while not known)."""
        query = report.with_outcome().where(predictions.c.snapshot == snapshot)
        if model_version is not None:
            query = query.where(predictions.c.model_version == model_version)
        with self._transaction() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def pieces(
        self, snapshot: str, model_version: str | None = None, *, known: bool = False, share: stream.Share | None = None
    ) -> Iterator[stream.Piece]:
        """The predictions of a snapshot, or a share of them, in pieces and in no order; known: those with an outcome."""
        with self._transaction() as connection:
            yield from stream.pieces(connection, snapshot, model_version, known=known, share=share)

    def tally(self, snapshot: str, model_version: str | None = None) -> stream.Tally:
        """How many predictions of a snapshot there are, and how many have an outcome."""
        with self._transaction() as connection:
            return stream.tally(connection, snapshot, model_version)

    def add_window(self, window: Window) -> None:
        """Keep what monitoring found in a window."""
        with self._transaction() as connection:
            connection.execute(insert(windows), [asdict(window)])

    def windows(self) -> list[Window]:
        """The newest finding for each snapshot and model version, in the order they were found."""
        with self._transaction() as connection:
            rows = connection.execute(select(windows).order_by(windows.c.id)).mappings()
            newest = {(row["snapshot"], row["model_version"]): row for row in rows}
        found = sorted(newest.values(), key=lambda row: int(row["id"]))
        return [Window(**{k: v for k, v in row.items() if k != "id"}) for row in found]

    def record(self, line: Event) -> None:
        """Append to the history of the model."""
        with self._transaction() as connection:
            chain.append(connection, chain.hold(connection), line, to_json)

    def take_turn(self, name: str, line: Event) -> bool:
        """Append to the history what may happen once under a name; False, and nothing written, if somebody was first."""
        values = {"name": name, "time": line.time}
        if self._taken(name):  # who only comes too late need not wait for the head of the history
            return False
        with self._transaction() as connection:
            held = chain.hold(connection)
            claim = kept.INSERT[connection.dialect.name](turns).values(values).on_conflict_do_nothing()
            if connection.execute(claim, execution_options={"preserve_rowcount": True}).rowcount != 1:
                return False
            chain.append(connection, held, line, to_json)
            return True

    def _taken(self, name: str) -> bool:
        with self._transaction() as connection:
            return connection.execute(select(turns.c.name).where(turns.c.name == name)).first() is not None

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Do what no other process may do at the same time. Raises DeploymentUnderWay while another does."""
        with self._named(), alone(self._engine, name) as held:
            if not held:
                raise DeploymentUnderWay(f"another {name} is running; see it in Prefect and wait until it has ended")
            yield

    def history(self) -> list[Event]:
        """The history of the model, oldest first."""
        with self._transaction() as connection:
            return [_event(row) for row in chain.rows_of(connection)]

    def check_history(self) -> None:
        """Raise HistoryAltered if a past line of the history was changed, deleted or moved."""
        with self._transaction() as connection:
            chain.check(connection)

    def history_head(self) -> tuple[int, str]:
        """How many lines the history has, and the hash of the last."""
        with self._transaction() as connection:
            return chain.head_of(connection)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._named(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Make an error of the database one of ours, which names the store."""
        try:
            yield
        except SQLAlchemyError as error:
            cause = _first_line(getattr(error, "orig", None) or error)
            text = f"the store {self._where} failed ({cause}); check CHURN_STORE_URL and who locks it"
            raise StoreUnavailable(text) from error


def _event(row: RowMapping) -> Event:
    """A line of the history; what an older program wrote does not tell who."""
    return Event(row["kind"], row["version"], row["detail"], row["time"], row["who"] or "")


def _first_line(error: BaseException) -> str:
    """What the driver says first; the lines after it may quote the row that a customer sent."""
    return " ".join(str(error).strip().partition("\n")[0].split())


def _write_ahead(connection: Any, _: object) -> None:
    """Let readers and the one writer work side by side."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys=ON")
