"""Scripts in a page's templates get a mark (a nonce), so that they run, and a script that came in with a value not."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from typing import Final

from jinja2 import Environment
from jinja2.ext import Extension

_nonce: ContextVar[str] = ContextVar("nonce", default="")
_SCRIPT: Final = re.compile(r"<script(?=[\s>])", re.IGNORECASE)


def new_nonce() -> str:
    """Make the nonce of the page that is answered next in this context."""
    nonce = secrets.token_urlsafe(24)
    _nonce.set(nonce)
    return nonce


class MarkScripts(Extension):
    """Marks each script in a template's source. Values are put in later, so what is in them is never marked."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["page_nonce"] = _nonce.get
        if environment.cache is not None:
            environment.cache.clear()

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with a nonce on each script."""
        return _SCRIPT.sub('<script nonce="{{ page_nonce() }}"', source)


def mark_scripts(environment: Environment) -> None:
    """Make an environment mark the scripts of its templates; safe to do twice."""
    if MarkScripts.identifier not in environment.extensions:
        environment.add_extension(MarkScripts)
