"""What a learner's server is told about its page: the person's language, and which tools to show.

Comfort only: what a server may do is in :mod:`doorstart.spawner.confinement`. Read by ``doorstart_lab.options``.
"""

from __future__ import annotations

from doorstart.settings import Settings


def environment(settings: Settings, language: str) -> dict[str, str]:
    """Variables for the server.

    Args:
        settings: the site's.
        language: the person's, from the roster.
    """
    return {
        "DOORSTART_LANGUAGE": language,
        "DOORSTART_TOOLS": settings.learner_tools,
        "DOORSTART_SIMPLE": "yes" if settings.simple_mode else "no",
    }
