"""Which address below a server's base URL is which page, and the files beside them."""

from __future__ import annotations

import re
from typing import Any

from jupyter_server.base.handlers import FileFindHandler

from doorstart_course_page import grades, jobs, learner, overview, rules, similar, unit
from doorstart_course_page.facts import UNIT_NAME
from doorstart_course_page.page import OWN, SETTING, CoursePage, Desk

UNIT = f"({UNIT_NAME})"
"""An assignment's name."""
LEARNER = "([a-z0-9._-]{1,32})"
"""A username: ``doorstart.names.USERNAME``."""

PAGES: list[tuple[str, type[CoursePage]]] = [
    ("", overview.OverviewPage),
    ("/grades", grades.GradesPage),
    ("/grades/(csv|xlsx)", grades.GradesFile),
    ("/similar", similar.SimilarPage),
    (f"/similar/{UNIT}", similar.SimilarUnitPage),
    (f"/similar/{UNIT}/{LEARNER}/{LEARNER}", similar.SimilarPairPage),
    ("/job", jobs.JobPage),
    ("/job/stop", jobs.StopPage),
    ("/late", rules.RulePage),
    (f"/unit/{UNIT}", unit.UnitPage),
    (f"/unit/{UNIT}/act", unit.ActPage),
    (f"/unit/{UNIT}/due", unit.DuePage),
    (f"/unit/{UNIT}/learner/{LEARNER}", learner.LearnerPage),
    (f"/unit/{UNIT}/learner/{LEARNER}/agreement", learner.AgreementPage),
]
"""Path below ``course``, as an expression, and the page."""


def add_pages(web_app: Any, desk: Desk | None = None) -> None:
    """Add the pages to a server.

    Args:
        web_app: the server's tornado application.
        desk: for tests.
    """
    desk = desk or Desk()
    web_app.settings[SETTING] = desk
    top = re.escape(f"{web_app.settings['base_url']}course")
    handlers: list[tuple[Any, ...]] = [(f"{top}{path}/?", page) for path, page in PAGES]
    handlers.append((rf"{top}/static/(.*)", FileFindHandler, {"path": [str(OWN), str(desk.shared)]}))
    web_app.add_handlers(".*$", handlers)
