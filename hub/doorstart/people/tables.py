"""Doorstart's own tables in the Hub's database. Passwords are in NativeAuthenticator's table ``users_info``."""

from __future__ import annotations

import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """A base of our own, so that the Hub's migrations do not see these tables."""


class Person(Base):
    """One person of the roster. Their courses are the Hub's groups ``course:<id>:<role>``."""

    __tablename__ = "doorstart_people"

    username: Mapped[str] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    language: Mapped[str]
    role: Mapped[str]
    must_change_password: Mapped[bool]
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime.datetime]
    """UTC, without time zone, as the Hub's own tables have it."""


class ChosenLanguage(Base):
    """The language that somebody chose on the page "My account". It stays when a roster is imported again."""

    __tablename__ = "doorstart_chosen_languages"

    username: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]


class FailedLogins(Base):
    """Wrong passwords of one account since the last right one. In the database, so a restart unlocks nobody."""

    __tablename__ = "doorstart_failed_logins"

    username: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[float] = mapped_column(default=0.0)
    """Seconds since 1970 UTC; 0 when not locked."""


def ensure(bind: Engine | Connection) -> None:
    """Make the tables that are missing."""
    Base.metadata.create_all(bind)
