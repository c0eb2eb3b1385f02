"""How the Hub's database is written, and asked for one person: what JupyterHub leaves to SQLite and SQLAlchemy."""

from __future__ import annotations

from functools import cache
from sqlite3 import Connection

from jupyterhub import orm
from sqlalchemy import Engine, event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, lazyload
from sqlalchemy.sql.base import ExecutableOption


def write_ahead() -> None:
    """Have SQLite write a log before the database itself, with all engines of this process.

    What was said to be written is on the disk all the same, with one wait for the disk instead of four. A log-in at a
    server writes four or five times, and the Hub does nothing else while it waits. The log is the file ``hub.db-wal``
    beside the database and belongs to it: neither is to be copied alone while the Hub runs.
    """
    event.listen(Engine, "connect", _with_log)


def _with_log(connection: Connection, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def follow_when_asked() -> None:
    """Load roles, groups and shares of one person when they are first read, in all sessions of this process.

    JupyterHub's tables name them ``lazy="selectin"``. SQLAlchemy then selects them with each look-up of a person, five
    more statements, and leaves what it finds when the person is in memory already. The Hub keeps in memory whoever
    makes a request, and looks them up with each: it was 45 % of its work when a class arrived.

    Where more than one may be asked for, or a query says itself what is loaded with the rows, all stays as it is: five
    statements for many people are fewer than some for each.
    """
    event.listen(Session, "do_orm_execute", _without_eager)


def _without_eager(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_relationship_load or state.is_column_load:
        return
    # What Query.first() sets, and what Query.options() does. SQLAlchemy has no other names for them.
    limit, said = (getattr(state.statement, name, None) for name in ("_limit_clause", "_with_options"))
    if getattr(limit, "value", None) != 1 or said:
        return
    options = [one for mapper in state.all_mappers for one in _lazy(mapper)]
    if options:
        state.statement = state.statement.options(*options)


@cache
def _lazy(mapper: Mapper[object]) -> tuple[ExecutableOption, ...]:
    """For each relationship of the Hub's table that is loaded with the row: to load it when it is read."""
    if not issubclass(mapper.class_, orm.Base):
        return ()
    eager = [one for one in inspect(mapper.class_).relationships if one.lazy == "selectin"]
    return tuple(lazyload(one.class_attribute) for one in eager)
