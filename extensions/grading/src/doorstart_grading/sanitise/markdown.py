"""Markdown, as it is typed into text cells, and the pictures that are attached to it: as markup that is harmless."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import mistune
from mistune.plugins import import_plugin

from doorstart_grading.sanitise.budget import Budget
from doorstart_grading.sanitise.markup import TAG_LIMIT, clean
from doorstart_grading.sanitise.pictures import DATA_ADDRESS, IMAGE_LIMIT, IN_MARKDOWN, clean_address, clean_image
from doorstart_grading.sanitise.text import clean_text, encodable

MARKDOWN_LIMIT: Final = 50_000
"""Characters of one Markdown text; some patterns take the parser quadratic time."""


def clean_markdown(source: str, attachments: object = None) -> str:
    """Markdown as markup without script, links, and pictures from elsewhere.

    Pictures stay if they are attached to the text or in it (``data:``), and are PNG, JPEG or GIF. Formulas stay as
    they were typed. What cannot be read as Markdown is shown as it was typed.

    Args:
        source: the text of the cell.
        attachments: the cell's, as nbformat has them; anything else counts as none.
    """
    pictures = _attached(attachments)

    def set_aside(found: re.Match[str]) -> str:
        address = f"attachment:{len(pictures)}/in-the-text"
        pictures[address] = clean_address(found[0])
        return address

    text = DATA_ADDRESS.sub(set_aside, source) if len(source) <= 4 * IMAGE_LIMIT else source
    text = clean_text(text)
    if len(text) <= MARKDOWN_LIMIT and text.count("<") <= TAG_LIMIT:
        try:
            cleaned = clean(_markdown(text), {}, pictures.get)
        except RecursionError:
            cleaned = ""
        if cleaned or not text.strip():
            return cleaned
    return f"<pre>{html.escape(text)}</pre>"


def clean_attachments(attachments: object, budget: Budget | None = None) -> dict[str, dict[str, str]]:
    """The attachments of a text cell that are pictures, as nbformat has them."""
    budget = Budget() if budget is None else budget
    cleaned: dict[str, dict[str, str]] = {}
    for name, attachment in attachments.items() if isinstance(attachments, Mapping) else ():
        for kind in IN_MARKDOWN if isinstance(attachment, Mapping) else ():
            content = clean_image(attachment.get(kind), kind)
            if content and budget.take("image_bytes", len(content)):
                cleaned.setdefault(encodable(name), {})[kind] = content
    return cleaned


def _attached(attachments: object) -> dict[str, str | None]:
    """The addresses by which a text asks for its attachments, and the pictures themselves."""
    return {
        f"attachment:{name}": f"data:{kind};base64,{content}"
        for name, attachment in clean_attachments(attachments).items()
        for kind, content in attachment.items()
    }


class _Renderer(mistune.HTMLRenderer):
    """Markdown as markup that is still to be cleaned, with nothing in it that needs a style or a script of the page."""

    def __init__(self) -> None:
        super().__init__(escape=False)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """The words of a link: where it leads is not shown."""
        return text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture, to be looked up when the markup is cleaned."""
        return f'<img src="{html.escape(unquote(url))}" alt="{self.escape_attribute(text)}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in a text, uncoloured."""
        return f"<pre><code>{html.escape(code)}</code></pre>\n"


def _markdown(text: str) -> str:
    renderer = _Renderer()
    markdown = mistune.Markdown(renderer)
    for name in ("table", "strikethrough", "def_list", "math"):
        import_plugin(name)(markdown)
    renderer.register("inline_math", lambda _, formula: f"${html.escape(formula)}$")
    renderer.register("block_math", lambda _, formula: f"<p>$${html.escape(formula)}$$</p>\n")
    return str(markdown(text))
