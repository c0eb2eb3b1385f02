"""What the Hub told this server of the site and its person, in the environment: ``doorstart.spawner.comfort``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from doorstart_course_page.language import known
from doorstart_grading.translation import Language


@dataclass(frozen=True)
class Site:
    """The site, as one instructor's server knows it."""

    username: str
    language: Language
    zone: ZoneInfo
    """By whose clock work is due."""
    hub: str
    """Address of the Hub's pages, with a slash at its end."""
    learners: Mapping[str, str]
    """Display names of the learners who were in the course when this server started, by username."""

    def name_of(self, learner: str) -> str:
        """A learner's name for people; the username where the roster's is not known."""
        return self.learners.get(learner) or learner


def read_site(environment: Mapping[str, str] | None = None) -> Site:
    """What the Hub told; what is missing or cannot be read has a plain default.

    Args:
        environment: by default this process's.
    """
    given = os.environ if environment is None else environment
    return Site(
        username=given.get("JUPYTERHUB_USER", ""),
        language=known(given.get("DOORSTART_LANGUAGE")) or "en",
        zone=_zone(given.get("DOORSTART_TIME_ZONE", "")),
        hub=f"{given.get('JUPYTERHUB_HOST', '')}{given.get('JUPYTERHUB_BASE_URL', '/')}hub/",
        learners=_learners(given.get("DOORSTART_LEARNERS", "")),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _learners(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(shown) for name, shown in found.items()} if isinstance(found, dict) else {}
