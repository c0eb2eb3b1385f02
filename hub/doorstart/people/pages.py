"""The Hub's pages about log-in: the login form, the change of password, and what waits for that change."""

from __future__ import annotations

from typing import Any

from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.utils import url_path_join
from tornado import web
from tornado.httputil import url_concat

from doorstart.people import passwords, words
from doorstart.people.tables import Person


class _PeopleHandler(BaseHandler):  # type: ignore[misc]
    """Knows the person behind the logged-in user."""

    def person_of(self, user: Any) -> Person | None:
        """The active person of a Hub user."""
        person: Person | None = None if user is None else self.authenticator.accounts.active(user.name)
        return person

    def change_url(self, next_url: str) -> str:
        """The address of the change of password, going on to ``next_url`` after it."""
        return url_concat(url_path_join(self.hub.base_url, "change-password"), {"next": next_url})


class LoginPage(_PeopleHandler, LoginHandler):  # type: ignore[misc]
    """The login form, in the browser's language. Whatever went wrong, it says the same."""

    _refused = False

    def _render(self, login_error: str | None = None, username: str | None = None, **kwargs: Any) -> Any:
        language = words.preferred(self.request.headers.get("Accept-Language", ""))
        texts = words.of(language)
        if self._refused:
            minutes = -(-self.authenticator.seconds_before_next_try // 60)
            limit = self.authenticator.allowed_failed_logins
            login_error = texts["refused"].format(limit=limit, minutes=minutes)
        elif kwargs.get("status_code") == 403:
            login_error = texts["form_expired"]  # its XSRF token is not valid any more
        return super()._render(login_error, username, texts=texts, language=language, **kwargs)

    async def login_user(self, data: dict[str, str] | None = None) -> Any:
        """As the Hub's, and remembers a refusal."""
        user = await super().login_user(data)
        self._refused = user is None
        return user

    async def post(self) -> None:
        """Log in."""
        if "username" not in self.request.body_arguments:
            raise web.HTTPError(400, "The login form came without a username. Open the login page and try again.")
        await super().post()

    def get_next_url(self, user: Any = None, default: str | None = None) -> str:
        """Where to go after log-in: first to the change of password, if it is due."""
        url = str(super().get_next_url(user, default))
        person = self.person_of(user)
        return self.change_url(url) if person is not None and person.must_change_password else url


class ChangePasswordPage(_PeopleHandler):
    """Lets people choose their own password; the present one is always asked for."""

    @web.authenticated
    async def get(self) -> None:
        """The form."""
        await self._answer(self._logged_in())

    @web.authenticated
    async def post(self) -> None:
        """The filled-in form."""
        person = self._logged_in()
        old, new, again = (self.get_body_argument(name, "", strip=False) for name in ("old", "new", "again"))
        error: str | None = "differ" if new != again else passwords.weakness(new, person.username)
        if error is None and new == old:
            error = "same"
        if error is None and await self.authenticator.verify(person.username, old) is None:
            error = "wrong_old"
        if error is not None:
            self.set_status(403 if error == "wrong_old" else 400)
            await self._answer(person, error="weak_username" if error == "username" else error)
            return
        hash_ = await self.authenticator.hashed(new)
        self.authenticator.accounts.set_password(
            person.username, hash_, must_change=False, keep_session=self.get_session_cookie()
        )
        self.log.info("%s chose a new password", person.username)
        self.set_login_cookie(self.current_user)
        next_url = self._validate_next_url(self.get_argument("next", ""))
        if next_url:
            self.redirect(next_url)
        else:
            await self._answer(person, done=True)

    def _logged_in(self) -> Person:
        person = self.person_of(self.current_user)
        if person is None:
            raise web.HTTPError(403, "This account has no password here.")
        return person

    async def _answer(self, person: Person, *, error: str | None = None, done: bool = False) -> None:
        texts = words.of(person.language)
        values = {"length": passwords.MIN_LENGTH, "bytes": passwords.MAX_BYTES}
        html = await self.render_template(
            "change-password.html",
            texts={key: text.format_map(_Places(values)) for key, text in texts.items()},
            language=person.language,
            error=error,
            done=done,
            one_time=person.must_change_password,
            username=person.username,
            next_url=self._validate_next_url(self.get_argument("next", "")),
        )
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


class AuthorizePage(_PeopleHandler, OAuthAuthorizeHandler):  # type: ignore[misc]
    """Opens servers and services to a logged-in person, but not before an own password was chosen."""

    async def prepare(self) -> None:
        """Send somebody with a one-time password to the change of password."""
        await super().prepare()
        person = self.person_of(self.current_user)
        if person is not None and person.must_change_password:
            self.redirect(self.change_url(self.request.uri or ""))


class _Places(dict[str, object]):
    """Values for ``str.format_map`` that leaves places of other pages alone."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


page_handlers: list[tuple[str, type[web.RequestHandler]]] = [
    (r"/login", LoginPage),
    (r"/change-password", ChangePasswordPage),
    (r"/api/oauth2/authorize", AuthorizePage),
]
