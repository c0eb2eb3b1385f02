"""*My course*: the page on which an instructor runs a lesson. A Jupyter Server extension of an instructor's server.

* :mod:`.page` is the base of all pages, :mod:`.routes` says which address is which page.
* :mod:`.site` is what the Hub told this server: language, clock, learners of the course.
* :mod:`.book` opens the course's gradebook, :mod:`.language` and :mod:`.forms` say things in the person's language.
* :mod:`.overview`, :mod:`.unit`, :mod:`.learner`, :mod:`.rules` and :mod:`.jobs` are the pages.
* :mod:`.facts` reads the gradebook, :mod:`.standing` says who is where; :mod:`.settling` changes dates and rules.
* :mod:`.job` begins what takes long, :mod:`.work` is its process, :mod:`.acts` is what it does, and :mod:`.record` what
  is known of it.
* :mod:`.grades` are the pages of the grades, :mod:`.similar` those of similar work; what they show is in the modules
  whose names begin so.

Pages are made on the server; the only script shows how far a job is. What learners wrote is text, never HTML, and a
policy of its own (``doorstart_page_policy``) holds these pages to it.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "doorstart_course_page"}]


def _load_jupyter_server_extension(app: Any) -> None:
    # Only here: whoever imports one module of this package, to test it or in a job, needs no server.
    from doorstart_course_page.routes import add_pages

    add_pages(app.web_app)
