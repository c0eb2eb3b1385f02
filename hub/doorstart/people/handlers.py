"""The Hub's API for the roster, for the site's own command line and for nobody else.

``POST /hub/api/doorstart/roster``                     import rows, see :class:`RosterHandler`
``GET  /hub/api/doorstart/people``                     list everybody
``POST /hub/api/doorstart/people/<username>/password`` a new password for one person

All three answer only a *service's* token with the full scopes ``admin:users`` and ``admin:groups``: not a browser,
and not an admin's own token. Errors are ``{"message": …, "problems": [{"line": …, "reason": …}]}``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, TypeVar

from jupyterhub import orm
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.metrics import TOTAL_USERS
from jupyterhub.scopes import Scope
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tornado import web

from doorstart.people import passwords, plan, roster
from doorstart.people.accounts import Accounts
from doorstart.spawner.permission import RefusedError, grant

# One import at a time: two at once would each plan on a state that the other is about to change.
_IMPORT = asyncio.Lock()

_Model = TypeVar("_Model", bound=BaseModel)


class RowModel(BaseModel):
    """One person, as :class:`doorstart.people.roster.Row`."""

    model_config = ConfigDict(extra="forbid")
    username: str
    display_name: str
    language: str
    role: str
    courses: list[str] = Field(default_factory=list)
    line: int = 0


class ImportRequest(BaseModel):
    """The body of an import."""

    model_config = ConfigDict(extra="forbid")
    rows: list[RowModel] = Field(min_length=1, max_length=10_000)
    dry_run: bool = False
    """Only say what would change."""
    remove: bool = False
    """Deactivate people who are not among the rows."""
    reset: bool = False
    """New passwords for everybody among the rows, not only for new people."""
    one_time: bool = True
    """Whether the passwords must be changed at the first log-in."""


class ResetRequest(BaseModel):
    """The body of a reset."""

    model_config = ConfigDict(extra="forbid")
    one_time: bool = True


class _InternalHandler(APIHandler):  # type: ignore[misc]
    """Answers the internal service only."""

    # No cookie is looked at, so no browser can be tricked into a request.
    _accept_cookie_auth = False

    async def prepare(self) -> None:
        """Refuse everybody else.

        Raises:
            tornado.web.HTTPError: 403.
        """
        await super().prepare()
        scopes = self.parsed_scopes
        if not isinstance(self.current_user, orm.Service) or any(
            scopes.get(scope) != Scope.ALL for scope in ("admin:users", "admin:groups")
        ):
            raise web.HTTPError(403, "Only the site's own command line may ask this: use `doorstart roster`.")

    @property
    def accounts(self) -> Accounts:
        """The people of the site."""
        accounts: Accounts = self.authenticator.accounts
        return accounts

    def body(self, model: type[_Model]) -> _Model:
        """The request's body.

        Raises:
            tornado.web.HTTPError: 400, it is not such a request.
        """
        try:
            return model.model_validate_json(self.request.body or b"{}")
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the request"
            raise web.HTTPError(400, f"This request cannot be read: {where}: {first['msg']}") from error

    def refuse(self, status: int, message: str, problems: Iterable[roster.Problem] = ()) -> None:
        """Answer with an error that has a list of wrong lines."""
        self.set_status(status)
        listed = [{"line": problem.line, "reason": problem.reason} for problem in problems]
        self.finish({"status": status, "message": message, "problems": listed})

    async def new_passwords(self, usernames: Iterable[str]) -> tuple[dict[str, str], dict[str, bytes]]:
        """New passwords by username, and their hashes."""
        plain = {username: passwords.one_time() for username in usernames}
        return plain, {username: await self.authenticator.hashed(text) for username, text in plain.items()}

    def slips(self, plain: dict[str, str]) -> list[dict[str, Any]]:
        """New passwords with what a printed slip needs. This answer is the only place where they ever are."""
        people = [(self.accounts.person(username), text) for username, text in plain.items()]
        return [
            {
                "username": person.username,
                "display_name": person.display_name,
                "language": self.accounts.language(person.username),
                "password": text,
                "one_time": person.must_change_password,
            }
            for person, text in people
            if person is not None
        ]


class RosterHandler(_InternalHandler):
    """Makes the site agree with the rows of a roster."""

    async def post(self) -> None:
        """Import; the body is an :class:`ImportRequest`.

        Answers 200 with ``changes`` (``username``, ``kind``: create, restore, update or deactivate, ``what``: what
        differs, ``running_servers``: those that are left), ``unchanged`` (usernames), ``passwords`` (see
        :meth:`slips`) and ``dry_run``.
        Answers 422 with the wrong rows, 409 when the people changed meanwhile; then nothing was applied.
        """
        request = self.body(ImportRequest)
        rows = [roster.Row(**{**row.model_dump(), "courses": tuple(row.courses)}) for row in request.rows]
        problems = roster.check(rows)
        if problems:
            self.refuse(422, "Some rows are wrong, so nothing was changed.", problems)
            return
        try:
            async with _IMPORT:
                await self._import(rows, request)
        except plan.PlanError as error:
            self.refuse(422, f"Nothing was changed. {error}")

    async def _import(self, rows: list[roster.Row], request: ImportRequest) -> None:
        planned = self.accounts.plan(rows, remove=request.remove)
        fresh = [row.username for row in rows] if request.reset else planned.usernames("create", "restore")
        plain: dict[str, str] = {}
        if not request.dry_run and (planned.changes or fresh):
            plain, hashes = await self.new_passwords(fresh)
            if self.accounts.plan(rows, remove=request.remove) != planned:
                self.refuse(409, "Somebody changed the same people at this moment; nothing was changed. Try again.")
                return
            self.accounts.apply(planned, hashes, must_change=request.one_time)
            TOTAL_USERS.set(self.db.query(orm.User).count())
            self.log.info("Roster imported: %i changes, %i new passwords", len(planned.changes), len(plain))
            await self._stop_refused([change.username for change in planned.changes])
        changes = [
            {
                "username": change.username,
                "kind": change.kind,
                "what": list(change.what),
                "running_servers": self.accounts.running_servers(change.username),
            }
            for change in planned.changes
        ]
        self.finish(
            {
                "dry_run": request.dry_run,
                "changes": changes,
                "unchanged": list(planned.unchanged),
                "passwords": self.slips(plain),
            }
        )

    async def _stop_refused(self, usernames: Iterable[str]) -> None:
        """Stop the servers of these people that they may not have any more.

        The Hub waits for a slow one some seconds and then goes on without it. One that just starts cannot be stopped;
        its spawner asks again. Nothing is raised: who waits for this answer waits for passwords.
        """
        refused = [
            (user, name)
            for user in filter(None, map(self.find_user, usernames))
            for name in self.accounts.running_servers(user.name)
            if not _may_have(name, [group.name for group in user.groups])
        ]
        stops = (self.stop_single_user(user, name) for user, name in refused)
        for (user, name), done in zip(refused, await asyncio.gather(*stops, return_exceptions=True), strict=True):
            if isinstance(done, Exception):
                self.log.warning("Server %r of %s is not stopped: %s", name, user.name, done)


def _may_have(server: str, groups: list[str]) -> bool:
    try:
        grant(server, groups)
    except RefusedError:
        return False
    return True


class PeopleHandler(_InternalHandler):
    """Lists the people of the site."""

    async def get(self) -> None:
        """Everybody, active or not, by username."""
        people = []
        for state in self.accounts.states().values():
            person = self.accounts.person(state.username)
            people.append(
                {
                    "username": state.username,
                    "display_name": state.display_name,
                    "language": state.language,
                    "role": state.role,
                    "groups": sorted(state.groups),
                    "active": state.active,
                    "must_change_password": person is not None and person.must_change_password,
                    "created": None if person is None else f"{person.created.isoformat(timespec='seconds')}Z",
                    "running_servers": self.accounts.running_servers(state.username),
                }
            )
        self.finish({"people": people})


class PasswordHandler(_InternalHandler):
    """Gives one person a new password."""

    async def post(self, username: str) -> None:
        """Reset; the body is a :class:`ResetRequest`. Unlocks the account and ends the person's log-ins."""
        request = self.body(ResetRequest)
        async with _IMPORT:
            plain, hashes = await self.new_passwords([username])
            if self.accounts.active(username) is None:
                self.refuse(404, f"There is no active person {username!r} on this site. See: doorstart roster list")
                return
            self.accounts.set_password(username, hashes[username], must_change=request.one_time)
        self.log.info("New password for %s", username)
        self.finish({"passwords": self.slips(plain)})


api_handlers: list[tuple[str, type[web.RequestHandler]]] = [
    (r"/api/doorstart/roster", RosterHandler),
    (r"/api/doorstart/people", PeopleHandler),
    (r"/api/doorstart/people/([^/]+)/password", PasswordHandler),
]
