"""People in the Hub's database: reads them, and applies a plan in one transaction.

Runs in the Hub's process only, on its session. That session is shared by all requests, so nothing here may wait
(``await``) between its first change and its commit: another request's commit would commit half of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyterhub import orm
from nativeauthenticator.orm import UserInfo
from sqlalchemy.orm import Session

from doorstart.language import Language
from doorstart.people import plan as plans
from doorstart.people.roster import Row
from doorstart.people.tables import ChosenLanguage, FailedLogins, Person, ensure


class Accounts:
    """The people of the site.

    Args:
        db: the Hub's session. Tables that are missing are made.
    """

    def __init__(self, db: Session) -> None:
        self._db = db
        ensure(db.get_bind())

    def person(self, username: str) -> Person | None:
        """The person with this username, active or not."""
        return self._db.get(Person, username)

    def active(self, username: str) -> Person | None:
        """The person with this username if they may use the site."""
        person = self.person(username)
        return person if person is not None and person.active else None

    def language(self, username: str) -> str | None:
        """The language of somebody's pages: their own choice, or else the roster's; ``None`` for nobody's username."""
        chosen = self._db.get(ChosenLanguage, username)
        person = self.person(username)
        return chosen.language if chosen else person.language if person else None

    def choose_language(self, username: str, language: Language) -> None:
        """Keep a person's own choice of language."""
        with self._transaction():
            self._db.merge(ChosenLanguage(username=username, language=language))

    def password_hash(self, username: str) -> bytes | None:
        """The stored hash, ``None`` for somebody without a password."""
        record = UserInfo.find(self._db, username)
        return None if record is None else bytes(record.password)

    def states(self) -> dict[str, plans.State]:
        """Everybody, active or not, by username."""
        # The session keeps what it has once read; what another request changed since must be seen here.
        users = {user.name: user for user in self._db.query(orm.User).populate_existing()}
        return {
            person.username: plans.State(
                username=person.username,
                display_name=person.display_name,
                language=person.language,
                role=person.role,
                groups=_course_groups(users.get(person.username)),
                active=person.active,
            )
            for person in self._db.query(Person).order_by(Person.username)
        }

    def running_servers(self, username: str) -> list[str]:
        """The names of somebody's running servers; the default server's name is empty."""
        user = orm.User.find(self._db, username)
        return [] if user is None else sorted(s.name for s in user._orm_spawners if s.server is not None)

    def plan(self, rows: Iterable[Row], *, remove: bool) -> plans.Plan:
        """What these rows would change, see :func:`doorstart.people.plan.make`."""
        return plans.make(rows, self.states(), remove=remove)

    def apply(self, plan: plans.Plan, hashes: Mapping[str, bytes], *, must_change: bool) -> None:
        """Apply a plan and the new passwords, all or nothing.

        Args:
            plan: made from the present state.
            hashes: new password hashes by username, for at least everybody who is created or restored.
            must_change: whether these passwords are one-time passwords.
        """
        with self._transaction():
            for change in plan.changes:
                if change.row is None:
                    self._deactivate(change.username)
                else:
                    self._write(change.row)
            for username, hash_ in hashes.items():
                self._write_password(username, hash_, must_change=must_change)
                self._sign_out(username)

    def set_password(self, username: str, hash_: bytes, *, must_change: bool, keep_session: str | None = None) -> None:
        """Give an active person another password; it unlocks the account and ends other sessions of that person.

        Args:
            username: the person.
            hash_: the new password's hash.
            must_change: whether it is a one-time password.
            keep_session: the browser session that goes on, when a person changes the own password.
        """
        with self._transaction():
            self._write_password(username, hash_, must_change=must_change)
            self._sign_out(username, keep_session=keep_session)

    def forget(self, username: str) -> None:
        """Remove what this package keeps of somebody whom the Hub deletes."""
        with self._transaction():
            self._delete_password(username)
            self._db.query(ChosenLanguage).filter_by(username=username).delete()
            person = self.person(username)
            if person is not None:
                self._db.delete(person)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            yield
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def _write(self, row: Row) -> None:
        """The person, the Hub's user and its groups and roles as the row says. Not the password."""
        person = self.person(row.username)
        if person is None:
            now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
            person = Person(username=row.username, created=now, must_change_password=True)
            self._db.add(person)
        person.display_name, person.language, person.role = row.display_name, row.language, row.role
        person.active = True

        user = orm.User.find(self._db, row.username)
        if user is None:
            user = orm.User(name=row.username)
            self._db.add(user)
        user.admin = row.role == "admin"
        # The Hub's own `assign_default_roles` commits, which would end the transaction half-way.
        roles = [role for role in user.roles if role.name not in ("user", "admin")]
        default = ("user", "admin") if user.admin else ("user",)
        user.roles = roles + [orm.Role.find(self._db, name) for name in default]
        other = [group for group in user.groups if not _is_course(group)]
        user.groups = other + [self._group(name) for name in sorted(plans.groups_of(row))]

    def _deactivate(self, username: str) -> None:
        """No log-in, no session, no token, no rights; the home and the handed-in work stay."""
        person = self.person(username)
        if person is not None:
            person.active = False
        self._delete_password(username)
        self._sign_out(username, server_tokens=True)
        user = orm.User.find(self._db, username)
        if user is not None:
            user.admin = False
            user.roles = []
            user.groups = []

    def _write_password(self, username: str, hash_: bytes, *, must_change: bool) -> None:
        person = self.active(username)
        if person is None:
            raise LookupError(f"{username!r} has no active account, so it cannot get a password")
        person.must_change_password = must_change
        record = UserInfo.find(self._db, username)
        if record is None:
            self._db.add(UserInfo(username=username, password=hash_, is_authorized=True))
        else:
            record.password, record.is_authorized = hash_, True
        self._db.query(FailedLogins).filter_by(username=username).delete()

    def _delete_password(self, username: str) -> None:
        self._db.query(UserInfo).filter_by(username=username).delete()
        self._db.query(FailedLogins).filter_by(username=username).delete()

    def _sign_out(self, username: str, *, keep_session: str | None = None, server_tokens: bool = False) -> None:
        """End all log-ins. The tokens of running servers stay unless asked: without it a server can only stop."""
        user = orm.User.find(self._db, username)
        if user is None:
            return
        user.cookie_id = orm.new_token()
        for code in self._db.query(orm.OAuthCode).filter_by(user_id=user.id):
            self._db.delete(code)
        for token in self._db.query(orm.APIToken).filter_by(user_id=user.id):
            of_server = (token.note or "").startswith("Server at ") and token.client_id == "jupyterhub"
            kept = keep_session is not None and token.session_id == keep_session
            if not kept and (server_tokens or not of_server):
                self._db.delete(token)

    def _group(self, name: str) -> Any:
        group = orm.Group.find(self._db, name)
        if group is None:
            group = orm.Group(name=name)
            self._db.add(group)
            self._db.flush()
        return group


def _is_course(group: Any) -> bool:
    return str(group.name).startswith("course:")


def _course_groups(user: Any) -> frozenset[str]:
    return frozenset() if user is None else frozenset(str(group.name) for group in user.groups if _is_course(group))
