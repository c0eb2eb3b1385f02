"""Feedback as a page, without a server: what the exchange shows for a submission, shut in so that it cannot act.

It holds a learner's work, and came from an instructor's server: to the Hub it is foreign, so the browser gives it an
origin of its own and runs nothing in it.
"""

from __future__ import annotations

from tornado import web

from doorstart.language.catalogue import N_
from doorstart.pages.exchange import ExchangeError, NothingThereError, feedback_page
from doorstart.pages.page import EXCHANGE_SETTING, Page, told

_AWAY = N_("The feedback cannot be shown at this moment. Nothing is lost. Try again in a minute.")

SHUT_IN = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""No origin, no script, no form, no way out; styles and pictures that are in the page itself."""


class FeedbackPage(Page):
    """One page of the feedback for one of the person's own submissions."""

    @web.authenticated
    async def get(self, submission: str, name: str) -> None:
        """The page as it was released.

        Raises:
            tornado.web.HTTPError: 404, there is none for this person; 503, the exchange does not answer.
        """
        try:
            html = await feedback_page(self.current_user, self.settings[EXCHANGE_SETTING], submission, name)
        except NothingThereError as error:
            raise web.HTTPError(404, str(error)) from None
        except ExchangeError as error:
            self.log.error("%s", error)
            raise told(503, self.words.gettext(_AWAY)) from None
        self.set_header("Content-Security-Policy", SHUT_IN)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(html)


handlers: list[tuple[str, type[web.RequestHandler]]] = [(r"/feedback/([^/]+)/([^/]+\.html)", FeedbackPage)]
