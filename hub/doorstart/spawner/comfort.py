"""What a server is told about its pages: the person's language, and what to show.

Comfort only: what a server may do is in :mod:`doorstart.spawner.confinement`. Read by ``doorstart_words.server`` and by
the images' ``jupyter_server_config.py``; in a learner's server by ``doorstart_lab.options``, in an instructor's by
``doorstart_course_page.site``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from doorstart import names
from doorstart.people.plan import State
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


def of_course(settings: Settings, learners: Mapping[str, str]) -> dict[str, str]:
    """Variables for an instructor's server.

    Args:
        settings: the site's.
        learners: of the course, see :func:`learners_of`. Who comes later is seen as soon as they fetch something, by
            the username, and by the name after the next start of the server.
    """
    return {
        "DOORSTART_TIME_ZONE": settings.time_zone,
        "DOORSTART_LEARNERS": json.dumps(learners),
    }


def learners_of(course: str, people: Mapping[str, State]) -> dict[str, str]:
    """The display names of a course's learners, by username.

    Args:
        course: its id.
        people: everybody: :meth:`doorstart.people.accounts.Accounts.states`.
    """
    group = names.group(course, "learner")
    return {
        name: one.display_name or name for name, one in sorted(people.items()) if one.active and group in one.groups
    }
