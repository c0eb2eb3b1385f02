"""Starts JupyterHub's single-user server without what only a Hub needs: ``python -m doorstart_lab.singleuser``.

The server asks JupyterHub's package for a few names, and gets the Hub's handlers and its database with them: SQLAlchemy
and Alembic are a third of what the server imports, in time and in memory. So while it is imported, stand-ins have those
names. Who uses more of a stand-in gets the real module's; who imports such a module afterwards gets the real one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class HealthCheckHandler:
    """For ``jupyterhub.log``, which asks whether a request was one for the Hub's health."""


class SQLAlchemyError(Exception):
    """For ``jupyterhub.utils``, which lets errors of the Hub's database through."""


NAMES: dict[str, dict[str, Any]] = {
    "jupyterhub.handlers": {},
    "jupyterhub.handlers.pages": {"HealthCheckHandler": HealthCheckHandler},
    "jupyterhub.orm": {},
    "jupyterhub.roles": {},
    "requests": {},  # of JupyterLab's lists of allowed extensions, which are fetched from elsewhere
    "sqlalchemy": {},
    "sqlalchemy.exc": {"SQLAlchemyError": SQLAlchemyError},
}
"""The modules that are not imported, each with what is asked of it while others are."""


class StandIn(ModuleType):
    """A module with a few names; any other is looked up in the real module, which is imported for it."""

    def __getattr__(self, name: str) -> Any:
        """A name of the real module."""
        if name.startswith("__"):
            raise AttributeError(name)  # the import system's own questions
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def stand_ins() -> Iterator[None]:
    """Stand-ins for the modules that are not imported yet, while the body imports others."""
    made = {name: StandIn(name) for name in NAMES if name not in sys.modules}
    for name, stand_in in made.items():
        vars(stand_in).update(NAMES[name])
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, stand_in in made.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def main() -> None:
    """Start the server that the environment describes, as the command ``jupyterhub-singleuser`` does."""
    with stand_ins():
        import jupyterlab.labapp  # noqa: F401  it is loaded in any case
        from jupyterhub.singleuser import main as start
    start()


if __name__ == "__main__":
    main()
