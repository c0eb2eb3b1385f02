"""The base of all page handlers: it knows the page's language, and forbids what no page of ours needs."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, cast

from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.handlers.base import BaseHandler
from tornado import web
from tornado.httputil import url_concat

from doorstart.language import NAMES, Language
from doorstart.language.catalogue import Words, of
from doorstart.language.choice import COOKIE, known, preferred
from doorstart.people.tables import Person

ASSETS = "doorstart"
"""Our styles and scripts are at ``/hub/doorstart/…``."""
STATIC_SETTING = "doorstart_static"
"""Name of the Hub's setting with the folder that they are in."""
EXCHANGE_SETTING = "doorstart_exchange"
"""Name of the Hub's setting with the path of the exchange's socket."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""What a page may load: what comes from the site, and nothing that is written into the page itself."""


class Page(BaseHandler):  # type: ignore[misc]  # jupyterhub has no types
    """A page of the Hub, in the language of who looks at it."""

    @property
    def content_security_policy(self) -> str:
        """The Hub asks for it with each answer."""
        return f"{POLICY}; report-uri {self.csp_report_uri}"

    def set_default_headers(self) -> None:
        """As the Hub's; types are not guessed, and no address of the site goes elsewhere."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")

    def person_of(self, user: Any) -> Person | None:
        """The active person of a Hub user; ``None`` also for accounts from elsewhere (LDAP, OIDC)."""
        accounts = getattr(self.authenticator, "accounts", None)
        if user is None or accounts is None:
            return None
        person: Person | None = accounts.active(user.name)
        return person

    @property
    def language(self) -> Language:
        """The person's language; for somebody who is not logged in, the chosen one, or else the browser's."""
        # The Hub looks up the user before a page is made, but not before every error.
        person = self.person_of(getattr(self, "_jupyterhub_user", None))
        own = known(self.authenticator.accounts.language(person.username)) if person is not None else None
        chosen = known(self.get_cookie(COOKIE))
        return own or chosen or preferred(self.request.headers.get("Accept-Language", ""))

    @property
    def words(self) -> Words:
        """The sentences of this page's language."""
        return of(self.language)

    @property
    def template_namespace(self) -> dict[str, Any]:
        """What every template knows: beside the Hub's variables, the language and where our files are."""
        return {**super().template_namespace, "language": self.language, "languages": NAMES, "asset": self._asset}

    def _asset(self, name: str) -> str:
        """The address of one of our files. It changes with the file, so a browser may keep what it has."""
        return url_concat(
            f"{self.hub.base_url}{ASSETS}/{name}", {"v": _digest(Path(self.settings[STATIC_SETTING]) / name)}
        )


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def told(status: int, message: str, link: tuple[str, str] | None = None) -> web.HTTPError:
    """An error that the page of errors tells in these words, and the Hub's API too.

    Args:
        status: Of the answer.
        message: For the person who asked, in their language.
        link: Where to go on, and what the link says.
    """
    error: Any = web.HTTPError(status, message.replace("%", "%%"))
    error.jupyterhub_message = message  # the Hub's API answers with it
    error.doorstart_message, error.doorstart_link = message, link  # our template shows these two
    return cast(web.HTTPError, error)


def dressed(handler: type[web.RequestHandler]) -> type[web.RequestHandler]:
    """The same handler as a :class:`Page`; handlers that make no page stay as they are."""
    if not issubclass(handler, BaseHandler) or issubclass(handler, (Page, APIHandler)):
        return handler
    return type(handler.__name__, (Page, handler), {})
