"""Configuration in one call, from an ``nbgrader_config.py``::

from doorstart_exchange_client.config import configure
configure(get_config())
"""

from __future__ import annotations

from traitlets.config import Config

from doorstart_exchange_client.auth import ExchangeAuthPlugin
from doorstart_exchange_client.collect import ExchangeCollect
from doorstart_exchange_client.exchange import Exchange
from doorstart_exchange_client.fetch_assignment import ExchangeFetchAssignment
from doorstart_exchange_client.fetch_feedback import ExchangeFetchFeedback
from doorstart_exchange_client.listing import ExchangeList
from doorstart_exchange_client.release_assignment import ExchangeReleaseAssignment
from doorstart_exchange_client.release_feedback import ExchangeReleaseFeedback
from doorstart_exchange_client.submit import ExchangeSubmit


def configure(c: Config, socket: str | None = None) -> None:
    """Makes nbgrader use the Doorstart exchange.

    Args:
        c: the configuration object of an ``nbgrader_config.py``.
        socket: path of the relay's Unix socket, when it is not at its usual place.
    """
    c.ExchangeFactory.exchange = Exchange
    c.ExchangeFactory.release_assignment = ExchangeReleaseAssignment
    c.ExchangeFactory.fetch_assignment = ExchangeFetchAssignment
    c.ExchangeFactory.list = ExchangeList
    c.ExchangeFactory.submit = ExchangeSubmit
    c.ExchangeFactory.collect = ExchangeCollect
    c.ExchangeFactory.release_feedback = ExchangeReleaseFeedback
    c.ExchangeFactory.fetch_feedback = ExchangeFetchFeedback
    c.Authenticator.plugin_class = ExchangeAuthPlugin
    c.Exchange.path_includes_course = True
    if socket is not None:
        c.Exchange.socket = socket
        c.ExchangeAuthPlugin.socket = socket
