"""Opening the database: durable settings, migrations at start, and read and write transactions."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

import doorstart.exchange.migrations

SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    # NORMAL would lose the last commits when power fails, and a receipt was given for each of them.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)


class Database:
    """The exchange's database.

    Args:
        url: SQLAlchemy URL; SQLite or PostgreSQL.
        state: the exchange's folder, for the lock that keeps two processes from migrating at once.
    """

    def __init__(self, url: str, state: Path) -> None:
        self._engine = _open(url)
        self._writer = self._engine.execution_options(doorstart_write=True)
        # SQLite has one writer; waiting here is fair and immediate, its own waiting is neither. Other processes
        # (`python -m doorstart.exchange release`) wait by busy_timeout.
        self._lock = Lock() if self._engine.dialect.name == "sqlite" else None
        with (state / "migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self._writer.begin() as connection:
                migrate(connection)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read transaction; what it loads stays usable afterwards."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A write transaction: committed, and synced to disk, when the block ends without an exception."""
        if self._lock is not None:
            with self._lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
        else:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Brings the database to a revision of the schema; from any older one, or from nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(doorstart.exchange.migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _open(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=20, max_overflow=30, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=20, max_overflow=30)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _: Any) -> None:
    # The driver's own transaction handling would begin too late; see _begin_sqlite.
    connection.isolation_level = None
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: what it reads before it writes is then still true when it writes.
    writes = connection.get_execution_options().get("doorstart_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
