"""From a source notebook to HTML, and from HTML to a PDF, with nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from nbformat import NotebookNode
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from doorstart.courses.format import Language
from doorstart.courses.paper.listing import rows
from doorstart.courses.paper.sheet import read_sheet
from doorstart.courses.paper.words import WORDS


def html(
    notebook: NotebookNode,
    *,
    data: Mapping[str, bytes],
    solutions: bool,
    course: str,
    unit: str,
    language: Language,
    version: str,
) -> str:
    """The paper of a unit as one HTML document. Arguments as of :func:`doorstart.courses.paper.print_unit`."""
    return (
        _environment()
        .get_template("sheet.html")
        .render(
            sheet=read_sheet(notebook, data, solutions=solutions),
            solutions=solutions,
            course=course,
            unit=unit,
            language=language,
            version=version,
            words=WORDS[language],
        )
    )


def pdf(document: str) -> tuple[bytes, set[str]]:
    """An HTML document as a PDF, and the families of the fonts in it. No address is fetched, not even of a file."""
    pages = HTML(string=document, url_fetcher=URLFetcher(allowed_protocols=())).render()
    return pages.write_pdf(), {font.family for font in pages.fonts.values()}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    markdown = _markdown(environment)
    environment.filters["markdown"] = lambda text: Markup(markdown.render(text))  # noqa: S704  # HTML is escaped in it
    environment.filters["rows"] = rows
    return environment


def _markdown(environment: Environment) -> MarkdownIt:
    """Markdown as JupyterLab shows it, but HTML is shown as it stands, an image as its text, a link as words."""

    def fence(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        if tokens[place].info.strip() != "python":
            return renderer.code_block(tokens, place, options, env)
        return str(environment.get_template("code.html").module.listing(rows(tokens[place].content)))  # type: ignore[attr-defined]

    def image(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return escape(f"[{renderer.renderInlineAsText(tokens[place].children or [], options, env)}]")

    def nothing(*_: Any) -> str:
        return ""

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name, rule in {"fence": fence, "image": image, "link_open": nothing, "link_close": nothing}.items():
        markdown.add_render_rule(name, rule)
    return markdown
