"""nbgrader in a learner's server: the exchange is Doorstart's."""

from doorstart_exchange_client.config import configure

c = get_config()  # noqa: F821  # traitlets defines it
configure(c)
