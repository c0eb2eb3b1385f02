"""What JupyterLab's menu offers to save a notebook as: what works here, and without asking nbconvert.

JupyterLab asks for all of nbconvert's exporters when the first notebook is opened. To answer, Jupyter Server imports
every one of them, 4 to 16 s on a busy machine, while the notebook's kernel starts beside it. And most of what it names
then fails: they need LaTeX, Pandoc or a browser, or load scripts from elsewhere.
"""

from __future__ import annotations

import json

from jupyter_server.base.handlers import APIHandler
from tornado import web

EXPORTS = {"html": "text/html", "markdown": "text/markdown", "script": "text/plain"}
"""By nbconvert's names, the media types. A script is one in the notebook's language."""


class ExportsHandler(APIHandler):
    """In place of Jupyter Server's handler of the same address; an export itself is still nbconvert's."""

    @web.authenticated
    async def get(self) -> None:
        """Each export by its name."""
        self.finish(json.dumps({name: {"output_mimetype": kind} for name, kind in EXPORTS.items()}))
