"""The Hub's pages about log-in and one's own account, and what waits for the choice of a password."""

from __future__ import annotations

from typing import Any

from jupyterhub.apihandlers.auth import OAuthAuthorizeHandler
from jupyterhub.handlers.login import LoginHandler, LogoutHandler
from jupyterhub.utils import url_path_join
from tornado import web
from tornado.httputil import url_concat

from doorstart.language import Language
from doorstart.language.catalogue import N_
from doorstart.language.choice import COOKIE, known
from doorstart.pages.page import Page
from doorstart.people import passwords
from doorstart.people.tables import Person

_REFUSED = N_(
    "You are not logged in. The username or the password is wrong, or there were too many wrong tries. "
    "Check the capital letters. After %(limit)s wrong tries, an account is closed for %(minutes)s min. "
    "Forgot your password? Ask your teacher."
)
_WRONG_OLD = N_("The password that you have now is not right, or there were too many wrong tries.")
_DIFFER = N_("The two new passwords are not the same.")
_SAME = N_("This is the password that you have now. Choose another one.")
_WEAK: dict[passwords.Weakness, str] = {
    "short": N_("The new password is too short. Use at least %(length)s characters."),
    "long": N_("The new password is too long. Use at most %(bytes)s characters."),
    "control": N_("The new password has a character in it that you cannot see. Type it again."),
    "username": N_("The new password looks too much like your username."),
    "common": N_("Many people use this password. Choose another one."),
    "simple": N_("The new password has too few different characters."),
}


class _PersonsPage(Page):
    """Knows where the change of password is."""

    def change_url(self, next_url: str) -> str:
        """The address of the change of password, going on to ``next_url`` after it."""
        return url_concat(url_path_join(self.hub.base_url, "change-password"), {"next": next_url})

    def logged_in(self) -> Person:
        """The person who asks.

        Raises:
            tornado.web.HTTPError: 403, this account is not one of the roster.
        """
        person = self.person_of(self.current_user)
        if person is None:
            raise web.HTTPError(403, "This account has no password here.")
        return person

    async def answer(self, template: str, person: Person, **values: Any) -> None:
        """Show a page that has the form for a password in it."""
        html = await self.render_template(
            template,
            username=person.username,
            one_time=person.must_change_password,
            min_length=passwords.MIN_LENGTH,
            next_url=self._validate_next_url(self.get_argument("next", "")),
            **values,
        )
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


class LoginPage(_PersonsPage, LoginHandler):  # type: ignore[misc]
    """The login form. Whatever went wrong, it says the same."""

    _refused = False

    @property
    def language(self) -> Language:
        """The one that was chosen at this moment, or else as on other pages."""
        return known(self.get_query_argument("language", None)) or super().language

    def _render(self, login_error: str | None = None, username: str | None = None, **kwargs: Any) -> Any:
        if self.get_query_argument("language", None) == self.language:
            self.set_cookie(
                COOKIE, self.language, path=self.hub.base_url, expires_days=365, httponly=True, samesite="Lax"
            )
        if self._refused:
            minutes = -(-self.authenticator.seconds_before_next_try // 60)
            login_error = self.words.gettext(_REFUSED, limit=self.authenticator.allowed_failed_logins, minutes=minutes)
        elif kwargs.get("status_code") == 403:  # its XSRF token is not valid any more
            login_error = self.words.gettext("The page was open for too long. Please try again.")
        return super()._render(login_error, username, language_url=self._language_url, **kwargs)

    def _language_url(self, language: str) -> str:
        asked = {"next": self.get_argument("next", ""), "language": language}
        return url_concat(self.settings["login_url"], {key: value for key, value in asked.items() if value})

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


class LogoutPage(Page, LogoutHandler):  # type: ignore[misc]
    """Says that somebody is logged out: on a shared computer, the next person must not have to guess."""

    _spoken: Language | None = None

    @property
    def language(self) -> Language:
        """Still that of the person who has just left."""
        return self._spoken or super().language

    async def get(self) -> None:
        """Log out."""
        self._spoken = self.language
        await super().get()

    async def render_logout_page(self) -> None:
        """The Hub asks for it at the end."""
        self.finish(await self.render_template("logout.html"))


class ChangePasswordPage(_PersonsPage):
    """Lets people choose their own password; the present one is always asked for."""

    @web.authenticated
    async def get(self) -> None:
        """The form."""
        await self.answer("change-password.html", self.logged_in())

    @web.authenticated
    async def post(self) -> None:
        """The filled-in form."""
        person = self.logged_in()
        old, new, again = (self.get_body_argument(name, "", strip=False) for name in ("old", "new", "again"))
        weak = passwords.weakness(new, person.username)
        wrong = _DIFFER if new != again else _WEAK[weak] if weak else _SAME if new == old else None
        if wrong is None and await self.authenticator.verify(person.username, old) is None:
            wrong = _WRONG_OLD
        if wrong is not None:
            self.set_status(403 if wrong == _WRONG_OLD else 400)
            error = self.words.gettext(wrong, length=passwords.MIN_LENGTH, bytes=passwords.MAX_BYTES)
            await self.answer("change-password.html", person, error=error)
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
            await self.answer("change-password.html", person, done=True)


class AccountPage(_PersonsPage):
    """What people can change about themselves: the language of their pages, and their password."""

    @web.authenticated
    async def get(self) -> None:
        """The page."""
        await self._answer(saved=False)

    @web.authenticated
    async def post(self) -> None:
        """A choice of language."""
        person = self.logged_in()
        language = known(self.get_body_argument("language", ""))
        if language is None:
            raise web.HTTPError(400, "This is not a language of the site. Go back and choose one of the list.")
        self.authenticator.accounts.choose_language(person.username, language)
        await self._answer(saved=True)

    async def _answer(self, *, saved: bool) -> None:
        person = self.logged_in()
        await self.answer("account.html", person, display_name=person.display_name, saved=saved)


class AuthorizePage(_PersonsPage, OAuthAuthorizeHandler):  # type: ignore[misc]
    """Opens servers and services to a logged-in person, but not before an own password was chosen."""

    async def prepare(self) -> None:
        """Send somebody with a one-time password to the change of password."""
        await super().prepare()
        person = self.person_of(self.current_user)
        if person is not None and person.must_change_password:
            self.redirect(self.change_url(self.request.uri or ""))


page_handlers: list[tuple[str, type[web.RequestHandler]]] = [
    (r"/login", LoginPage),
    (r"/logout", LogoutPage),
    (r"/change-password", ChangePasswordPage),
    (r"/account", AccountPage),
    (r"/api/oauth2/authorize", AuthorizePage),
]
