"""Translation in the Hub's Jinja templates: ``{{ _("Log in") }}`` says it in the language of the page.

The language is the variable ``language`` of each rendering, so that one environment serves everybody.
"""

from __future__ import annotations

from typing import Any

import jinja2
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context

from doorstart.language import catalogue


class Translated(InternationalizationExtension):
    """Jinja's own extension for gettext, with the site's catalogues. Values: ``{{ _("For %(name)s", name=…) }}``."""

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        install: Any = environment.install_gettext_callables  # type: ignore[attr-defined]  # the line above adds it
        install(_gettext, _ngettext, newstyle=True)


def _words(context: Context) -> catalogue.Words:
    return catalogue.of(str(context.get("language", "en")))


@jinja2.pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).translations.gettext(message)


@jinja2.pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return _words(context).translations.ngettext(one, many, n)
