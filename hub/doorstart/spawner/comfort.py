"""What a server is told about its pages: the person's language, and for a learner which tools to show.

Comfort only: what a server may do is in :mod:`doorstart.spawner.confinement`. Read by ``doorstart_lab.options``,
``doorstart_words.server`` and the images' ``jupyter_server_config.py``.
"""

from __future__ import annotations

from doorstart.settings import Settings


def spoken(language: str | None) -> dict[str, str]:
    """Variables for anybody's server.

    Args:
        language: the person's, as the roster or *My account* has it; English if it has none.
    """
    return {"DOORSTART_LANGUAGE": language or "en"}


def tools(settings: Settings) -> dict[str, str]:
    """Variables for a learner's server."""
    return {
        "DOORSTART_TOOLS": settings.learner_tools,
        "DOORSTART_SIMPLE": "yes" if settings.simple_mode else "no",
    }
