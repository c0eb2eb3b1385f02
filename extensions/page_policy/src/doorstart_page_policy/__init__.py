"""What a browser may do on the pages of a server: a Jupyter Server extension.

On a learner's server, pages show the reader's own work: scripts run, and nothing outside the site is loaded. On an
instructor's server they show what others wrote, so nothing in it may act:

* :mod:`.pages` says what kind of page an address is: JupyterLab, formgrader, a part of these, or *content*, which is
  everything else, and gets the least.
* :mod:`.policy` writes the Content-Security-Policy of each kind.
* :mod:`.templates` marks the scripts in formgrader's templates, so that these run and no other does.
* :mod:`.requests` refuses what only content would ask for.
* :mod:`.extension` puts these into the server.

This is not where learners' work is cleaned (``doorstart_grading.sanitise``). It holds where cleaning failed.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "doorstart_page_policy.extension"}]
