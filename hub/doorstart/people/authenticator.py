"""The Hub's authenticator: people of the roster, their passwords and the lock-out.

Built on NativeAuthenticator for its table of bcrypt hashes. None of its pages is used: sign-up, authorising and
confirming do not exist here, and its login page tells a wrong password from an account that is not authorised.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Any

from nativeauthenticator import NativeAuthenticator
from sqlalchemy.orm import Session
from tornado import web
from traitlets import Bool, Integer, default

from doorstart import names
from doorstart.language.catalogue import of
from doorstart.pages.page import told
from doorstart.people import passwords
from doorstart.people.accounts import Accounts
from doorstart.people.handlers import api_handlers
from doorstart.people.lockout import UNKNOWN, Lockout
from doorstart.people.pages import page_handlers
from doorstart.people.tables import Person
from doorstart.settings import settings


class DoorstartAuthenticator(NativeAuthenticator):  # type: ignore[misc]
    """Lets in the active people of the roster, and nobody else."""

    # Not configurable here: a site's people come from the roster alone.
    enable_signup = Bool(False)
    open_signup = Bool(False)
    allow_2fa = Bool(False)

    hash_rounds = Integer(passwords.ROUNDS, min=4, max=16, help="Cost of new password hashes: 2**hash_rounds.").tag(
        config=True
    )

    @default("allowed_failed_logins")
    def _default_allowed_failed_logins(self) -> int:
        return settings().failed_logins

    @default("seconds_before_next_try")
    def _default_seconds_before_next_try(self) -> int:
        return settings().lockout

    @default("any_allow_config")
    def _default_any_allow_config(self) -> bool:
        return True  # check_allowed is the rule; without this the Hub warns that nobody may log in

    @default("db")
    def _default_db(self) -> Session:
        # Doorstart's tables must change in one transaction with the Hub's, so they share its session.
        session: Session = self._deprecated_db_session
        return session

    @cached_property
    def accounts(self) -> Accounts:
        """The people, in the Hub's database."""
        return Accounts(self.db)

    @cached_property
    def _lockout(self) -> Lockout:
        return Lockout(self.db, self.allowed_failed_logins, self.seconds_before_next_try)

    @cached_property
    def _nobodys_hash(self) -> bytes:
        """Compared with when there is no such person, so that the answer takes as long."""
        return passwords.hashed(passwords.one_time(), self.hash_rounds)

    def normalize_username(self, username: str) -> str:
        """Lower case, without outer spaces; so ``Ann`` and ``ann`` are one person and one lock."""
        return username.strip().lower()

    def validate_username(self, username: str) -> bool:
        """Whether this can be somebody's username, see :data:`doorstart.names.USERNAME`."""
        return bool(names.USERNAME.match(username))

    async def verify(self, username: str, password: str) -> Person | None:
        """The active person with this username and password, unless the account is locked.

        The answer is the same, and takes as long, for an unknown name, a wrong password and a locked account.
        """
        known = self.accounts.active(username) is not None
        free = self._lockout.begin(username if known else UNKNOWN)
        stored = self.accounts.password_hash(username) if known else None
        # bcrypt takes a fifth of a second: in a thread, or the whole Hub would wait.
        right = await asyncio.to_thread(passwords.matches, password, stored or self._nobodys_hash)
        # Looked up again, as the person may have been deactivated in that time.
        person = self.accounts.active(username)
        if person is None or stored is None or not free or not right:
            return None
        self._lockout.clear(username)
        return person

    async def hashed(self, password: str) -> bytes:
        """The hash of a new password, made in a thread."""
        return await asyncio.to_thread(passwords.hashed, password, self.hash_rounds)

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any] | None:
        """The Hub's user for a filled-in login form; ``None`` when it is refused."""
        username = self.normalize_username(data.get("username", ""))
        person = await self.verify(username, data.get("password", ""))
        return None if person is None else {"name": person.username, "admin": person.role == "admin"}

    def check_allowed(self, username: str, authentication: dict[str, Any] | None = None) -> bool:
        """Only active people of the roster."""
        return self.accounts.active(username) is not None

    async def refresh_user(self, user: Any, handler: Any = None) -> bool:
        """Somebody who is no longer active has to log in again, and cannot."""
        return self.accounts.active(user.name) is not None

    def pre_spawn_start(self, user: Any, spawner: Any) -> None:
        """Refuse to start a server for somebody who has not chosen an own password yet, or is not active.

        Raises:
            tornado.web.HTTPError: 403, with a message for that person.
        """
        person = self.accounts.active(user.name)
        words = of(self.accounts.language(user.name) or "en")
        if person is None:
            message = words.gettext(
                "The account %(name)s is not active, so nothing is started. An admin can put it into the roster again.",
                name=user.name,
            )
            raise told(403, message)
        if person.must_change_password:
            raise told(
                403,
                words.gettext("First choose your own password. After that you can start."),
                link=("/hub/change-password", words.gettext("Choose your own password")),
            )

    def get_handlers(self, app: Any) -> list[tuple[str, type[web.RequestHandler]]]:
        """The Hub's extra pages and API: log-in, change of password, roster."""
        return [*page_handlers, *api_handlers]

    def delete_user(self, user: Any) -> None:
        """An admin deleted this user on the Hub's admin page."""
        self.accounts.forget(user.name)
        self.allowed_users.discard(user.name)
