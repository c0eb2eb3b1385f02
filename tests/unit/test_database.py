"""How the Hub's database is written, and how often it is asked for one person, and for many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyterhub import orm, roles
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, selectinload

from doorstart import database


@pytest.fixture
def session() -> Iterator[Session]:
    """The Hub's database with two people, of whom nobody is in memory yet."""
    database.follow_when_asked()
    session: Session = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(session, role)
    group = orm.Group(name="course-x-learner")
    session.add(group)
    for name in ("ann", "bob"):
        user = orm.User(name=name, groups=[group])
        session.add(user)
        roles.assign_default_roles(session, entity=user)
    session.commit()
    session.expunge_all()
    yield session
    session.close()
    event.remove(Session, "do_orm_execute", database._without_eager)


@pytest.fixture
def asked(session: Session) -> list[str]:
    """The statements that the database was sent, but for the Hub's question whether it is there."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "SELECT 1":
            statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    return statements


def names(found: list[orm.Group] | list[orm.Role]) -> list[str]:
    return [one.name for one in found]


def test_a_person_who_is_in_memory_is_one_statement(session: Session, asked: list[str]) -> None:
    user = orm.User.find(session, "ann")
    assert (names(user.groups), names(user.roles), user.all_shared_with_me) == (["course-x-learner"], ["user"], [])
    asked.clear()
    again = orm.User.find(session, "ann")
    assert again is user
    assert (names(again.groups), names(again.roles), again.all_shared_with_me) == (["course-x-learner"], ["user"], [])
    assert len(asked) == 1


def test_a_change_is_seen(session: Session) -> None:
    orm.User.find(session, "ann")
    added = orm.Group(name="course-y-learner")
    session.add(added)
    added.users.append(orm.User.find(session, "ann"))
    session.commit()
    assert names(orm.User.find(session, "ann").groups) == ["course-x-learner", "course-y-learner"]
    session.delete(added)
    session.commit()
    session.expunge_all()
    assert names(orm.User.find(session, "ann").groups) == ["course-x-learner"]


def test_many_are_not_asked_for_one_by_one(session: Session, asked: list[str]) -> None:
    for user in session.query(orm.User):
        assert (names(user.groups), names(user.roles)) == (["course-x-learner"], ["user"])
    assert len(asked) == 6


def test_a_query_that_says_itself_what_is_loaded_has_it_so(session: Session, asked: list[str]) -> None:
    """As the Hub's list of people does, also when it shows one."""
    query = session.query(orm.User).options(selectinload(orm.User.roles), selectinload(orm.User.groups)).limit(1)
    for user in query:
        assert (names(user.groups), names(user.roles)) == (["course-x-learner"], ["user"])
    assert len(asked) == 6


def test_what_is_written_goes_to_a_log_that_only_the_hub_may_read(tmp_path: Path) -> None:
    file = tmp_path / "hub.db"
    file.touch(0o600)
    database.write_ahead()
    session: Session = orm.new_session_factory(f"sqlite:///{file}")()
    try:
        session.add(orm.User(name="ann"))
        session.commit()
        pragmas = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
        assert pragmas == ["wal", 2, 1]
        log = file.with_name("hub.db-wal")
        assert log.stat().st_size and log.stat().st_mode & 0o777 == 0o600
    finally:
        session.close()
        session.get_bind().dispose()
        event.remove(Engine, "connect", database._with_log)
    assert not log.exists(), "the last one who leaves writes it to the database"
