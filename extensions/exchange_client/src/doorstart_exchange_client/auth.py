"""nbgrader's authentication plugin: which courses somebody is in, as the exchange knows it."""

# nbgrader has no type information, so its classes are Any to mypy.
from __future__ import annotations

from nbgrader.auth import BaseAuthPlugin
from nbgrader.exchange import ExchangeError
from traitlets import Unicode

from doorstart_exchange_client.client import RELAY_SOCKET, ExchangeClient, ExchangeClientError


class ExchangeAuthPlugin(BaseAuthPlugin):
    """Asks the exchange, which asks the Hub."""

    socket = Unicode(RELAY_SOCKET, help="Path of the Unix socket of the relay, which leads to the exchange.").tag(
        config=True
    )

    def get_student_courses(self, student_id: str) -> list[str]:
        """The courses of this server's owner, whatever ``student_id`` is: a token speaks for its owner only.

        Raises:
            ExchangeError: the exchange does not answer, or refuses the token.
        """
        try:
            me = ExchangeClient(self.socket).me()
        except ExchangeClientError as error:
            self.log.critical(str(error))
            raise ExchangeError(str(error)) from error
        return sorted({*me["learner"], *me["instructor"]})

    def add_student_to_course(self, student_id: str, course_id: str) -> None:
        """Does nothing: learners are enrolled by the site's roster, nbgrader's own list is only for grades."""
        self.log.info("%s is enrolled in %s by the roster, which the admin keeps.", student_id, course_id)

    def remove_student_from_course(self, student_id: str, course_id: str) -> None:
        """Does nothing, for the same reason."""
        self.log.info("To end the enrolment of %s in %s, ask the admin: it is in the roster.", student_id, course_id)
