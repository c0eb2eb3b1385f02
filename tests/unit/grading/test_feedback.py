"""Feedback and formgrader's page: nothing of a learner's runs or loads in a browser, nothing hidden is told.

The pages are the ones that nbgrader makes: with its GenerateFeedback and gradebook, and with the exporter and template
that its formgrader makes, including formgrader's own scripts. Each is opened in a real Chromium in which every request
that is not for the page itself is recorded and stopped. The policy in the head of the feedback page is taken out for
these tests: it is the second line, and has a test of its own.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import pandas as pd
import playwright.sync_api
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from playwright.sync_api import Browser, Page, Route, sync_playwright
from pygments.styles import get_style_by_name
from traitlets.config import Config

from doorstart.check.loop import score_of
from doorstart_grading import feedback
from doorstart_grading.feedback import FeedbackExporter, clean_notebook, configure_feedback, without_hidden

matplotlib.use("Agg")

BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
CHROMIUM = "/usr/bin/chromium"
SITE = "http://page.test"
STATIC = Path(handlers.static_path)
MATHJAX = Path(__file__).parents[3] / "images" / "learner" / "mathjax.html.j2"
"""What the image of a server puts in the place of nbconvert's own, which loads a script from elsewhere."""

RUN = "top.ran=1"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = base64.b64encode(f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>".encode()).decode()
PAGE = base64.b64encode(f"<script>{RUN}</script>".encode()).decode()
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

PAYLOADS = {
    "script": f"<script>{RUN}</script>",
    "script-case": f"<ScRiPt >{RUN}</sCrIpT >",
    "script-src": "<script src=//evil.test/x.js></script>",
    "script-module": f'<script type="module">{RUN}</script>',
    "script-unclosed": f"<script>{RUN}//",
    "script-slash": f"<script/x>{RUN}</script/x>",
    "script-split": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "script-null": f"<scr\x00ipt>{RUN}</scr\x00ipt>",
    "script-markdown": f"\n\n<div>\n\n<script>{RUN}</script>\n\n</div>\n",
    "img-onerror": f"<img src=x onerror={RUN}>",
    "img-onerror-quotes": f'<img src="x" onerror="{RUN}">',
    "img-slashes": f"<img/src=x/onerror={RUN}>",
    "img-newline": f"<img\nsrc=x\nonerror\n=\n{RUN}\n>",
    "img-malformed": f'<img """><script>{RUN}</script>">',
    "img-unclosed": f'<img src="x" onerror="{RUN}"',
    "img-outside": "<img src=http://evil.test/a.png srcset='http://evil.test/b.png 2x'>",
    "img-relative": "<img src=../../api/contents><img src=//evil.test/a.png>",
    "img-lowsrc": "<img lowsrc=http://evil.test/x dynsrc=http://evil.test/y><image src=http://evil.test/z>",
    "picture": "<picture><source srcset=http://evil.test/s.png><img src=data:,x></picture>",
    "svg-onload": f"<svg onload={RUN}>",
    "svg-script": f"<svg><script>{RUN}</script></svg>",
    "svg-script-entities": f"<svg><script>&#116;op.ran=1</script><a xlink:href='javascript:{RUN}'>x</a></svg>",
    "svg-animate": f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    "svg-use": f"<svg><use href='data:image/svg+xml;base64,{SVG}#x'/></svg>",
    "svg-image": "<svg><image href=http://evil.test/x.png /></svg>",
    "svg-style": "<svg><style>@import url(http://evil.test/x.css)</style></svg>",
    "svg-foreign": f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>",
    "svg-data": f"<img src='data:image/svg+xml;base64,{SVG}'><embed src='data:image/svg+xml;base64,{SVG}'>",
    "math": (
        f"<math><mi xlink:href='javascript:{RUN}'>x</mi><maction "
        "actiontype='statusline#http://evil.test'>y</maction></math>"
    ),
    "mutation-math-style": f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    "mutation-math-comment": (
        f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RUN}&gt;'>"
    ),
    "mutation-noscript": f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    "mutation-svg-title": f"<svg></p><style><a id='</style><img src=x onerror={RUN}>'>",
    "mutation-form": f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>",
    "mutation-template": f"<template><style></template><img src=x onerror={RUN}></style>",
    "mutation-select": (
        f"<select><template><style><!--</style><a rel='--></style></template><img src=x onerror={RUN}>'>"
    ),
    "mutation-cdata": f"<svg><![CDATA[><img src=x onerror={RUN}>]]></svg>",
    "mutation-plaintext": f"<plaintext><img src=x onerror={RUN}>",
    "mutation-xmp": f"<xmp><p title='</xmp><img src=x onerror={RUN}>'></xmp>",
    "mutation-listing": f"<listing>&lt;img src=x onerror={RUN}&gt;</listing>",
    "mutation-backtick": f"<p title='`><img src=x onerror={RUN}>`'>",
    "comment-end": f"--><img src=x onerror={RUN}><!--",
    "comment-bang": f"<!--!><img src=x onerror={RUN}>--!><img src=x onerror={RUN}>",
    "comment-open": "<!-- everything after this is gone",
    "processing": f"<?xml-stylesheet href='javascript:{RUN}'?><img src=x onerror={RUN}>",
    "doctype": f"<!DOCTYPE x [<!ENTITY y SYSTEM 'http://evil.test/y'>]>&y;<img src=x onerror={RUN}>",
    "iframe": f"<iframe src='javascript:{RUN}'></iframe>",
    "iframe-srcdoc": f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    "iframe-data": f"<iframe src='data:text/html;base64,{PAGE}'></iframe><iframe src=http://evil.test/></iframe>",
    "object": f"<object data='data:text/html;base64,{PAGE}'></object><object data=http://evil.test/></object>",
    "embed": "<embed src=http://evil.test/x.pdf><applet code=x archive=http://evil.test/x.jar></applet>",
    "link": "<link rel=stylesheet href=http://evil.test/x.css><link rel=prefetch href=http://evil.test/y>",
    "meta-refresh": (
        "<meta http-equiv=refresh content='0;url=http://evil.test/'>"
        f"<meta http-equiv=refresh content='0;javascript:{RUN}'>"
    ),
    "base": "<base href=http://evil.test/><img src=relative.png>",
    "style-import": "<style>@import 'http://evil.test/x.css';</style>",
    "style-url": "<style>*{background:url(http://evil.test/x.png)!important}</style>",
    "style-font": "<style>@font-face{font-family:x;src:url(http://evil.test/x.woff)} *{font-family:x}</style>",
    "style-attribute": (
        "<p style='background:url(http://evil.test/p.png)'>x</p>"
        "<p style='background-image:u\\72 l(//evil.test/q)'>x</p>"
    ),
    "style-cover": "<div style='position:fixed;inset:0;background:white;z-index:9999'>Score: 10/10</div>",
    "style-sheet-id": (
        "<style>#T_x{background:url(http://evil.test/t)} "
        "#T_x{color:red;}</style><table><tr><td id=T_x>x</td></tr></table>"
    ),
    "body": (
        f"<body onload={RUN} background=http://evil.test/b.png><frameset onload={RUN}><frame src=http://evil.test/f>"
    ),
    "details": f"<details open ontoggle={RUN}><summary>x</summary></details>",
    "media": (
        f"<video src=http://evil.test/v onerror={RUN}></video><audio "
        f"src=x onerror={RUN}></audio><video poster=//evil.test/p>"
    ),
    "focus": (
        f"<input autofocus onfocus={RUN}><textarea autofocus "
        f"onfocus={RUN}></textarea><p tabindex=0 autofocus onfocus={RUN}>x"
    ),
    "marquee": f"<marquee onstart={RUN}>x</marquee>",
    "animation": f"<p style='animation-name:x' onanimationstart={RUN}>x</p><style>@keyframes x{{}}</style>",
    "form": (
        f"<form action=http://evil.test/><button formaction='javascript:{RUN}'>"
        "Save</button><input name=password></form>"
    ),
    "link-javascript": (
        f"<a href='javascript:{RUN}'>x</a><a href='java&#x73;cript:{RUN}'>y</a><a href='\x01javascript:{RUN}'>z</a>"
    ),
    "link-ping": "<a href=http://evil.test/a ping=http://evil.test/b target=_top>x</a><area href=http://evil.test/c>",
    "clobber": (
        "<form id=formgrader name=base_url><input name=attributes>"
        "</form><a id=submission_id></a><img name=getElementById>"
    ),
    "gadget-tooltip": (
        f"<span data-toggle=tooltip data-html=true title='<img src=x onerror={RUN}>'>x</span><p data-link='x'>y</p>"
    ),
    "look-alike": (
        "<div class='check passed part' id=part-1>Check: Passed</div><span class='score-saved nbgrader_cell'>x</span>"
    ),
    "markdown-image": "![x](http://evil.test/m.png) ![y][ref]\n\n[ref]: http://evil.test/r.png",
    "markdown-image-break": f'![x" onerror="{RUN}](x) ![y](x "t\' onerror={RUN}") ![z](<x"onerror={RUN}>)',
    "markdown-link": (
        f"[x](javascript:{RUN}) [y](<javascript:{RUN}>) [z]: "
        f"javascript:{RUN}\n\n[z] <javascript:{RUN}> <http://evil.test/>"
    ),
    "markdown-data": (
        f"![x](data:text/html;base64,{PAGE}) ![y](data:image/svg+xml;base64,{SVG}) [z](data:text/html;base64,{PAGE})"
    ),
    "markdown-code": f"```mermaid\n</pre><script>{RUN}</script>\n```\n```'><img src=x onerror={RUN}>\n</code>\n```",
    "markdown-math": (
        f"$$<img src=x onerror={RUN}>$$ $</span><script>{RUN}</script>$ \\begin{{x}}<img src=x onerror={RUN}>\\end{{x}}"
    ),
    "markdown-heading": (
        f"# <img src=x onerror={RUN}>\n\n<h1 id=\"x\" onclick='{RUN}'>t</h1>\n\nt <img src=x onerror={RUN}>\n==="
    ),
    "markdown-files": f"<img src=files/x onerror={RUN}> ![x](files/javascript:{RUN})",
    "attribute-break": f'"><img src=x onerror={RUN}>',
    "attribute-break-single": f"'><img src=x onerror={RUN}><p id='",
    "attribute-event": f'" onfocus="{RUN}" autofocus="" onmouseover="{RUN}" x="',
    "title-break": f"</title><script>{RUN}</script>",
    "style-break": f"</style><script>{RUN}</script>",
    "script-break": f"</script><script>{RUN}</script>",
    "script-string-break": f'";{RUN};//',
    "pre-break": f"</code></pre></div></section></main><script>{RUN}</script>",
    "textarea-break": f"</textarea><img src=x onerror={RUN}>",
    "jinja": "{{ 7*191 }}{% for x in [1] %}loop{% endfor %}{# gone #}{{ cycler.__init__.__globals__ }}",
    "entities": f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;img src=x onerror={RUN}&#62; &amp;lt;script&amp;gt;",
    "terminal": (
        f"\x1b[31m<img src=x onerror={RUN}>\x1b[0m \x1b]8;;javascript:{RUN}\x07x\x1b]8;;\x07 \x1b[38m \x9b31m \x1b[<b>m"
    ),
    "controls": f"\x00<\x00script>{RUN}</script>\ud800\u202e<\u202cimg src=x onerror={RUN}>\ufffe",
    "utf-7": "+ADw-script+AD4-top.ran=1+ADw-/script+AD4-",
    "overlong": "<" * 300 + "img src=x onerror=" + RUN + ">" * 300,
    "deep": "<b><i>" * 1000 + f"<img src=x onerror={RUN}>",
}
"""What a learner may put anywhere: by what it tries."""

ON_PLAIN_NBGRADER = (
    "script",
    "img-onerror",
    "svg-onload",
    "iframe",
    "link",
    "base",
    "style-import",
    "details",
    "markdown-image",
    "mutation-math-style",
    "script-break",
    "attribute-break",
    "img-outside",
    "focus",
    "gadget-tooltip",
)
"""Some that are known to do something on the page of a formgrader that is not configured: so the tests can fail."""

LOOK = """() => {
    const found = [];
    const banned = 'script,iframe,frame,object,embed,applet,svg,math,form,input,textarea,select,button,link,meta,base,'
        + 'style,video,audio,picture,source,template,noscript,a[href],area,map,marquee,dialog,canvas,portal,slot';
    for (const root of document.querySelectorAll(ROOTS)) {
        for (const element of root.querySelectorAll('*')) {
            if (element.matches(banned) && !element.matches(OWN)) found.push(element.outerHTML.slice(0, 200));
            for (const {name, value} of element.attributes) {
                if (name.startsWith('on') || ['action', 'formaction', 'srcset', 'ping', 'poster'].includes(name)
                    || (name === 'src' && !/^data:image\\/(png|jpeg|gif);base64,[A-Za-z0-9+/=]*$/.test(value))
                    || (name === 'style' && /url|expression|position|@|\\\\/i.test(value))
                    || name.startsWith('data-') || name === 'name')
                    if (!element.matches(OWN)) found.push(name + '=' + value.slice(0, 200));
            }
        }
    }
    return found;
}"""


def nbgrader_metadata(name: str, **more: Any) -> dict[str, Any]:
    """The metadata of one of the assignment's cells."""
    return {
        "nbgrader": {
            "schema_version": 3,
            "grade": False,
            "locked": False,
            "solution": False,
            "task": False,
            "grade_id": name,
        }
        | more
    }


NUMBERS = itertools.count()


def cell(kind: str, source: str, outputs: list[Any] | None = None, metadata: dict[str, Any] | None = None) -> Any:
    """A cell as a learner may write it into the file: not held against the schema, as ``new_code_cell`` does."""
    content = {"cell_type": kind, "id": f"c{next(NUMBERS)}", "source": source, "metadata": metadata or {}}
    return content | ({"outputs": outputs or [], "execution_count": None} if kind == "code" else {})


def shows(kind: str, **content: Any) -> Any:
    """An output, likewise."""
    return {"output_type": kind, "metadata": {}, **content}


def everywhere(payload: str) -> Any:
    """A notebook that has a text of the learner's in every place where there can be one."""
    data = dict.fromkeys(
        (
            "text/plain",
            "text/html",
            "text/markdown",
            "text/latex",
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            "image/gif",
            "application/javascript",
            "application/pdf",
            "application/json",
            "text/vnd.mermaid",
            payload,
        ),
        payload,
    )
    sizes = {"width": payload, "height": payload, "alt": payload, "unconfined": payload}
    metadata = {
        "text/html": {"isolated": True},
        "image/png": sizes,
        "image/jpeg": sizes,
        "filenames": {"image/png": payload},
    }
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": payload, "version_major": 2}}
    one_each = [shows("display_data", data={kind: value}, metadata=metadata) for kind, value in data.items()]
    outputs = [
        shows("execute_result", data=data, metadata=metadata, execution_count=1),
        shows("display_data", data=widget),
        shows("display_data", data={"image/png": PNG, "text/plain": payload}, metadata=metadata),
        shows("stream", name="stdout", text=payload),
        shows("stream", name="stderr", text=payload),
        shows("error", ename=payload, evalue=payload, traceback=[payload, payload]),
        *one_each,
    ]
    cell_metadata = {"tags": [payload], "name": payload, "alt": payload, "magics_language": payload, payload: payload}
    code = cell("code", payload, outputs=outputs, metadata=cell_metadata)
    code["execution_count"] = payload
    code["id"] = payload
    attached = cell("markdown", f"![{payload}](<attachment:{payload}>) ![x](attachment:x)", metadata=cell_metadata)
    attached["attachments"] = {payload: {"image/png": PNG, payload: payload}, "x": {"image/svg+xml": SVG}}
    raw = cell("raw", payload, metadata={"raw_mimetype": "text/html", "format": payload})
    unknown = cell("raw", payload)
    unknown["cell_type"] = unknown["type"] = payload
    told = dict.fromkeys(("called", "came_back", "expected", "message", "next_step"), payload)
    report = {"doorstart": {"status": "failed", "check": {"learner": told}}}
    cells = [
        code,
        cell("markdown", payload),
        attached,
        raw,
        unknown,
        cell("code", payload, metadata=nbgrader_metadata(payload, solution=True)),
        cell("code", payload, metadata=nbgrader_metadata("points", grade=True, points=payload)),
        cell("markdown", payload, metadata=nbgrader_metadata("written", grade=True, solution=True, points=2)),
        cell("markdown", payload, metadata=nbgrader_metadata("task", task=True, points=2)),
        cell(
            "code",
            payload,
            outputs=outputs,
            metadata=nbgrader_metadata("check", grade=True, locked=True, points=1) | report,
        ),
    ]
    metadata = {
        "title": payload,
        "authors": [{"name": payload}],
        "kernelspec": {"name": payload, "display_name": payload, "language": payload},
        "language_info": {"name": payload, "pygments_lexer": payload, "codemirror_mode": payload},
        "language": payload,
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {payload: {"x": payload}}}},
        payload: payload,
    }
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@dataclass
class Opened:
    """A page in the browser, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def ran(self) -> bool:
        """Whether a script of a payload ran."""
        return self.page.evaluate("() => window.ran === 1") is True or self.dialogs != []

    def look(self, roots: str, own: str = "_") -> list[str]:
        """Elements and attributes below ``roots`` that can run or load something, except the page's own."""
        found = self.page.evaluate(LOOK.replace("ROOTS", json.dumps(roots)).replace("OWN", json.dumps(own)))
        return list(found)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "Chromium is not installed. Run: apt-get install --yes chromium"
    with sync_playwright() as playwright:
        # The tests run as root.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1024, "height": 768})
    yield context.new_page()
    context.close()


@pytest.fixture
def open_page(page: Page) -> Iterator[Callable[[str], Opened]]:
    """Opens markup at an address of its own; formgrader's scripts are there, anything else is recorded and stopped."""
    opened = Opened(page)
    markup = ""

    def answer(route: Route) -> None:
        address = route.request.url
        static = STATIC / address.removeprefix(f"{SITE}/formgrader/static/")
        if address == f"{SITE}/":
            route.fulfill(body=markup.encode(), content_type="text/html; charset=utf-8")
        elif address.startswith(f"{SITE}/formgrader/static/") and ".." not in address and static.is_file():
            route.fulfill(path=static)
        elif re.match(re.escape(SITE) + r"/formgrader/api/(grades|comments)\?submission_id=S$", address):
            route.fulfill(json=[])
        elif address.startswith(f"{SITE}/formgrader/api/submission/S/"):
            route.fulfill(json={})
        else:
            opened.requests.append(address)
            route.abort()

    def dismiss(dialog: Any) -> None:
        opened.dialogs.append(dialog.message)
        dialog.dismiss()

    def open_markup(text: str) -> Opened:
        nonlocal markup
        markup = text
        page.goto(f"{SITE}/")
        # What is about to load or to run has been asked for by then.
        try:
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
        except playwright.sync_api.Error:
            opened.requests.append("the page was left")
        return opened

    page.route("**/*", answer)
    page.on("dialog", dismiss)
    yield open_markup
    page.remove_listener("dialog", dismiss)
    page.unroute("**/*")
    page.goto("about:blank")


def graded(comment: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    """In the place of ``Grades``: no points for anything, and a comment on everything."""

    def preprocess(notebook: Any, resources: Any) -> tuple[Any, Any]:
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.update({"score": 0, "comment": comment, "by_hand": True})
        return notebook, resources

    return preprocess


def feedback_page(content: Any, /, comment: str = "", **about: Any) -> str:
    """The page of feedback, without the gradebook."""
    resources = {
        "nbgrader": {"notebook": "p1", "assignment": "ps1", "score": 1, "max_score": 3, "late_penalty": 0} | about
    }
    exporter = FeedbackExporter()
    if comment:
        exporter.register_preprocessor(graded(comment))
    html, _ = exporter.from_notebook_node(content, resources)
    return str(html)


@pytest.fixture(scope="module")
def formgrader_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """What formgrader answers for a notebook; configured, or as nbgrader is without configuration."""
    own = tmp_path_factory.mktemp("templates")
    (own / "formgrade").mkdir()
    (own / "formgrade" / "mathjax.html.j2").write_text(MATHJAX.read_text())

    def exporter(config: Config) -> HTMLExporter:
        config.merge(FormgradeExtension().build_extra_config())
        config.HTMLExporter.extra_template_basedirs.insert(0, str(own))
        return HTMLExporter(config=config)

    configured = Config()
    configure_feedback(configured)
    exporters = {True: exporter(configured), False: exporter(Config())}
    names = {"assignment_id": "ps1", "notebook_id": "p1", "student": "s", "last_name": "L", "first_name": "F"}
    numbers = {"submission_id": "S", "index": 0, "total": 1}

    def render(notebook: Any, *, configured: bool = True) -> str:
        resources = {**names, **numbers, "base_url": "", "notebook_path": "x.ipynb"}
        html, _ = exporters[configured].from_notebook_node(notebook, resources)
        return str(html)

    return render


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_of_a_learner_runs_in_feedback(name: str, open_page: Callable[[str], Opened]) -> None:
    payload = PAYLOADS[name]
    rendered = feedback_page(everywhere(payload), comment=payload, notebook=payload, assignment=payload)
    assert len(POLICY.findall(rendered)) == 1
    opened = open_page(POLICY.sub("", rendered))
    assert not opened.ran() and opened.requests == []
    assert opened.look("body", 'a[href^="#part-"], a[href="#top"], header#top > p.total') == []
    # Programs read the score there: nobody else writes one.
    assert opened.page.locator("[data-score], [data-most]").count() == 1
    assert score_of(rendered) == ("1", "3")
    assert opened.page.locator("head > *").count() == 5 and opened.page.locator("head style").count() == 1
    # The page's own form is whole: nothing of it was closed, opened or covered.
    assert opened.page.locator("body > *").count() == 3
    assert opened.page.locator("main > section").count() == opened.page.locator("section").count() >= 8
    assert opened.page.locator(".check").count() == 1 and opened.page.locator(".comment").count() == 3
    assert opened.page.locator("[id=top]").count() == 1
    ids = opened.page.evaluate("() => [...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"top|summary|(part|label)-\d+", one) for one in ids)


@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_of_a_learner_runs_in_formgrader(
    name: str, open_page: Callable[[str], Opened], formgrader_page: Callable[..., str]
) -> None:
    opened = open_page(formgrader_page(everywhere(PAYLOADS[name])))
    assert not opened.ran() and opened.requests == []
    # Formgrader's own buttons and fields are in the cells' headings and footers.
    assert opened.look("#notebook-container", ".panel-heading *, .panel-footer *") == []
    ids = opened.page.evaluate("() => [...document.querySelectorAll('#notebook-container [id]')].map(one => one.id)")
    own = {
        f"{cell}{end}" for cell in ("points", "written", "task", "check") for end in ("", "_extra_credit", "-comment")
    }
    own |= {"notebook", "notebook-container"}
    assert all(one in own or re.fullmatch(r"cell-id=[A-Za-z0-9_-]+", one) for one in ids)
    assert opened.page.evaluate("() => Array.isArray(formgrader.grade_uis)")


@pytest.mark.parametrize("name", ON_PLAIN_NBGRADER)
def test_the_same_does_something_on_a_page_of_plain_nbgrader(
    name: str, open_page: Callable[[str], Opened], formgrader_page: Callable[..., str]
) -> None:
    output = new_output("display_data", data={"text/html": PAYLOADS[name]})
    cells = [new_code_cell("1", outputs=[output]), new_markdown_cell(PAYLOADS[name])]
    opened = open_page(formgrader_page(new_notebook(cells=cells), configured=False))
    assert opened.ran() or opened.requests or opened.look("#notebook-container", ".anchor-link")


def test_the_policy_alone_stops_script_and_requests(open_page: Callable[[str], Opened]) -> None:
    rendered = feedback_page(new_notebook())
    loaded = "".join(PAYLOADS[name] for name in ("script", "img-onerror", "img-outside", "link", "iframe-data", "base"))
    opened = open_page(rendered.replace("</main>", loaded + "</main>"))
    assert not opened.ran() and opened.requests == []
    bare = open_page(POLICY.sub("", rendered).replace("</main>", loaded + "</main>"))
    assert bare.ran() and bare.requests


HIDDEN = [f"CANARY-{number}" for number in range(21)]


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A gradebook of one assignment with one graded submission."""
    file = tmp_path_factory.mktemp("course") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        # Making it runs `alembic`, which is where Python is.
        patch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        with Gradebook(f"sqlite:///{file}", "c") as gradebook:
            gradebook.add_assignment("ps1")
            gradebook.add_notebook("p1", "ps1")
            gradebook.add_grade_cell("t1-check", "p1", "ps1", max_score=2, cell_type="code")
            gradebook.add_grade_cell("t2", "p1", "ps1", max_score=3, cell_type="markdown")
            gradebook.add_solution_cell("t1", "p1", "ps1")
            gradebook.add_solution_cell("t2", "p1", "ps1")
            gradebook.add_student("learner-1")
            gradebook.add_submission("ps1", "learner-1", timestamp=datetime.now(UTC).replace(tzinfo=None))
            gradebook.find_grade("t1-check", "p1", "ps1", "learner-1").auto_score = 0
            gradebook.find_grade("t2", "p1", "ps1", "learner-1").manual_score = 2.5
            gradebook.find_comment("t2", "p1", "ps1", "learner-1").manual_comment = (
                "Schön, *aber* kurz. " + PAYLOADS["script"]
            )
            gradebook.find_comment("t1", "p1", "ps1", "learner-1").manual_comment = "Voilà."
            gradebook.db.commit()
    yield file


@pytest.fixture
def course(tmp_path: Path, gradebook: Path) -> tuple[Config, Any]:
    """A course with that submission on disk, which has been prepared to tell too much."""
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.course_id = "c"
    config.CourseDirectory.assignment_id = "ps1"
    configure_feedback(config)
    source = (
        f"assert total([1]) == 1, 'visible'\nif True:\n    {BEGIN}\n    assert total([{HIDDEN[0]!r}]) == 7\n    {END}\n"
    )
    learner = {
        "called": "`total` with a list of 2 items", "came_back": "a number", "expected": None,
        "message": "The total is the sum of the lines.", "next_step": "Multiply before you add.",
    }  # fmt: skip
    instructor = {"source": HIDDEN[1], "called": HIDDEN[2], "expected": HIDDEN[3], "error": HIDDEN[4]}
    check = {"line": 4, "hidden": True, "learner": learner, "instructor": instructor}
    report = {
        "doorstart": {
            "status": "failed",
            "check": check,
            "message": HIDDEN[5],
            "printed": HIDDEN[6],
            "value": HIDDEN[7],
        }
    }
    outputs = [
        new_output("stream", name="stdout", text=HIDDEN[8]),
        new_output("stream", name="stderr", text=HIDDEN[9]),
        new_output("error", ename=HIDDEN[10], evalue=HIDDEN[11], traceback=[HIDDEN[12]]),
        new_output(
            "execute_result", data={"text/plain": HIDDEN[13], "text/html": HIDDEN[14]}, metadata={"a": HIDDEN[15]}
        ),
    ]
    graded = nbgrader_metadata("t1-check", grade=True, locked=True, points=2)
    broken = {"nbgrader": graded["nbgrader"] | {"grade_id": f"not valid {HIDDEN[16]}"}}
    unknown = nbgrader_metadata("not-in-the-gradebook", grade=True, locked=True, points=2)
    notebook = new_notebook(
        cells=[
            new_markdown_cell("## Task 1: a *total*", metadata=nbgrader_metadata("t1-text", locked=True)),
            new_code_cell("print('Öl')", outputs=[new_output("stream", name="stdout", text="Öl\n")]),
            new_code_cell("def total(x):\n    return 'mine'", metadata=nbgrader_metadata("t1", solution=True)),
            new_code_cell(source, outputs=outputs, metadata=graded | report | {"tags": [HIDDEN[17]]}),
            new_code_cell(source, outputs=outputs, metadata=broken | report),
            new_code_cell(source, outputs=outputs, metadata=unknown),
            new_code_cell(source, outputs=outputs),
            new_code_cell("print(kept)", outputs=[new_output("stream", name="stdout", text=HIDDEN[20])]),
            new_markdown_cell("My words.", metadata=nbgrader_metadata("t2", grade=True, solution=True, points=3)),
        ],
        metadata={"doorstart": {"remarks": [{"text": HIDDEN[18], "needs_person": True}]}, "title": HIDDEN[19]},
    )
    folder = tmp_path / "autograded" / "learner-1" / "ps1"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "p1.ipynb")
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00.000000 UTC")
    shutil.copy(gradebook, tmp_path / "gradebook.db")
    return config, notebook


def generate(config: Config) -> Path:
    """Run nbgrader's GenerateFeedback; the folder that it made."""
    coursedir = CourseDirectory(config=config)
    GenerateFeedback(coursedir=coursedir, config=config).start()
    return Path(config.CourseDirectory.root) / "feedback" / "learner-1" / "ps1"


def test_feedback_of_nbgrader_tells_what_it_should_and_no_more(course: tuple[Config, Any]) -> None:
    folder = generate(course[0])
    assert sorted(path.name for path in folder.iterdir()) == ["p1.html", "timestamp.txt"]
    html = (folder / "p1.html").read_text()
    for hidden in HIDDEN:
        assert hidden not in html
    assert "HIDDEN TESTS" not in html and "<!--" not in html and "<script" not in html and "http:" not in html
    text = " ".join(re.sub(r"<[^<>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", html)).split())
    for told in (
        "Score: 2.5 of 5",
        "Task 1: a total Not passed 0 of 2",
        "Check: Not passed 0 of 2 points The total is the sum of the lines.",
        "What was called total with a list of 2 items What came back a number Next step Multiply before you add.",
        "Your answer 2.5 of 3 points My words. From your instructor: Schön, aber kurz.",
        "From your instructor: Voilà.",
        "Marked by your instructor 2.5 of 3",
        "# (more checks run here)",
        "mine",
        "Shown when it ran: Öl",
        "What this cell shows is in your own notebook.",
    ):
        assert told in text
    assert "What was expected" not in text
    assert text.count("visible") == 4


def test_plain_nbgrader_tells_what_is_hidden(course: tuple[Config, Any]) -> None:
    config = Config(CourseDirectory=course[0].CourseDirectory)
    notebook = course[1]
    notebook.cells[4:7] = []
    nbformat.write(notebook, Path(config.CourseDirectory.root) / "autograded" / "learner-1" / "ps1" / "p1.ipynb")
    html = (generate(config) / "p1.html").read_text()
    assert HIDDEN[0] in html and HIDDEN[8] in html and HIDDEN[12] in html


def test_other_delimiters_are_those_of_the_configuration(course: tuple[Config, Any]) -> None:
    config, notebook = course
    config.ClearHiddenTests.begin_test_delimeter = "VERBORGEN AN"
    config.ClearHiddenTests.end_test_delimeter = "VERBORGEN AUS"
    for cell in notebook.cells:
        cell.source = cell.source.replace(BEGIN, "# VERBORGEN AN").replace(END, "# VERBORGEN AUS")
    nbformat.write(notebook, Path(config.CourseDirectory.root) / "autograded" / "learner-1" / "ps1" / "p1.ipynb")
    html = (generate(config) / "p1.html").read_text()
    assert HIDDEN[0] not in html and "VERBORGEN" not in html and "more checks run here" in html


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("a\n# B\nx\n# E\nb", ["a", feedback.HIDDEN_NOTE, "b"]),
        ("a\n    # B\nx\n    # E\nb", ["a", "    " + feedback.HIDDEN_NOTE, "b"]),
        ("a\n# B\nx", ["a", feedback.HIDDEN_NOTE]),
        ("x\n# E\nb", [feedback.HIDDEN_NOTE, "b"]),
        ("# B\nx\n# B\nx\n# E\nx\n# E\nb", [feedback.HIDDEN_NOTE, "b"]),
        ("# B\nx\n# E\na\n# B\nx\n# E", [feedback.HIDDEN_NOTE, "a", feedback.HIDDEN_NOTE]),
        ("a", ["a"]),
    ],
)
def test_what_does_not_pair_up_hides_more(source: str, kept: list[str]) -> None:
    assert without_hidden(source, "# B", "# E").split("\n") == kept


@pytest.mark.parametrize(
    ("report", "score", "words"),
    [
        ({"status": "passed"}, 2, "Check: Passed 2 of 2 points"),
        ({"status": "passed"}, 1, "Check: Partly passed 1 of 2 points"),
        ({"status": "failed", "check": None}, 0, "Check: Not passed 0 of 2 points"),
        (
            {"status": "error", "message": "SECRET"},
            0,
            "Check: Could not be run 0 of 2 points Something in the check is wrong",
        ),
        ({"status": "not-run"}, 0, "Check: Not run 0 of 2 points The work needed more memory than there is."),
        ({"status": ["x"], "check": 3}, 0, "Check: Not passed"),
        ({}, 2, "Check: Passed"),
        ({}, 0, "Check: Not passed"),
    ],
)
def test_how_a_check_ended_in_words(report: dict[str, Any], score: float, words: str) -> None:
    metadata = nbgrader_metadata("a", grade=True, locked=True, points=2) | {"doorstart": report}
    notebook = new_notebook(cells=[new_code_cell("check()", metadata=metadata)])
    notebook.metadata["doorstart"] = {"kernel": {"ended": "out-of-memory"}}
    clean_notebook(notebook, view=True)
    notebook.cells[0].metadata.nbgrader["score"] = score
    (part,) = feedback.parts(notebook, BEGIN, END)
    assert part.verdict
    said = f"Check: {part.verdict.words} {score} of {part.points} points {part.verdict.message}"
    assert said.startswith(words) and "SECRET" not in said


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (f"color: rgb({'9' * 400},0,0)", f"color: rgb({'9' * 400},0,0)"),
        (f"color: rgb({'9' * 5000},0,0)", f"color: rgb({'9' * 5000},0,0)"),
        ("color: rgb(255,255,255)", "color: rgb(255,255,255)"),
        (' style="color: rgb(255,255,255)"', " style=&#34;color: rgb(255,255,255)&#34;"),
        ("\x1b[38;2;0;0;0mcolor: rgb(9,9,999)", '<span style="color: rgb(0,0,0)">color: rgb(9,9,999)</span>'),
        ("\x1b[1;48;2;0;0;0mx", '<span class="ansi-bold" style="background-color: rgb(213,213,213)">x</span>'),
    ],
)
def test_only_colours_of_a_terminal_are_made_readable(printed: str, shown: str) -> None:
    cell = new_code_cell("x", outputs=[new_output("stream", name="stdout", text=printed)])
    assert shown in feedback_page(new_notebook(cells=[cell]))


def test_cleaning_twice_is_cleaning_once() -> None:
    for name in ("script", "terminal", "style-sheet-id", "comment-open", "controls", "entities"):
        notebook = everywhere(PAYLOADS[name])
        clean_notebook(notebook)
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode()
        once = json.dumps(notebook, sort_keys=True)
        clean_notebook(notebook)
        assert json.dumps(notebook, sort_keys=True) == once


@pytest.mark.parametrize("odd", [None, 3, "text", [], [[]], {"x": 1}, True, 1e308, ["a", 1]])
def test_a_notebook_of_any_shape_becomes_valid(odd: Any) -> None:
    keys = ("id", "source", "metadata", "outputs", "execution_count", "attachments")
    cells = [{"cell_type": kind, **dict.fromkeys(keys, odd)} for kind in ("code", "markdown", "raw", odd)]
    metadata = {"kernelspec": odd, "language_info": odd, "doorstart": odd}
    nbgrader = dict.fromkeys(("grade_id", "points", "grade", "solution", "checksum", "cell_type"), odd)
    cells.append({"cell_type": "code", "metadata": {"nbgrader": nbgrader, "doorstart": odd}, "source": ""})
    for view in (False, True):
        notebook = nbformat.from_dict(
            {"cells": [*cells, odd], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        )
        clean_notebook(notebook, view=view)
        nbformat.validate(notebook)
        feedback_page(notebook)
    notebook = nbformat.from_dict({"cells": odd, "metadata": odd})
    clean_notebook(notebook)
    nbformat.validate(notebook)


def test_grading_sees_the_same_sources_and_metadata_after_cleaning() -> None:
    metadata = nbgrader_metadata("a", grade=True, locked=True, points=2.5, checksum="0" * 32, cell_type="code")
    source = "x = '\u202e\x1b[31m'\n" * 5_000
    number = new_output("execute_result", data={"text/plain": "0.5"}, execution_count=3)
    cell = new_code_cell(
        source, outputs=[number], metadata=metadata | {"editable": False, "collapsed": True}, execution_count=3
    )
    notebook = new_notebook(cells=[cell, new_raw_cell("raw")], metadata={"doorstart": {"remarks": []}})
    clean_notebook(notebook)
    assert notebook.cells[0].source == source and notebook.cells[1].cell_type == "raw"
    assert notebook.cells[0].metadata == metadata | {"editable": False}
    assert notebook.cells[0].outputs[0].data == {"text/plain": "0.5"} and notebook.cells[0].execution_count == 3
    assert notebook.metadata.doorstart == {"remarks": []}


def test_a_notebook_of_5000_cells_is_shown() -> None:
    cells = [new_code_cell("x = 1"), new_markdown_cell("*a*"), new_raw_cell("r")] * 1_667
    for number, cell in enumerate(cells):
        cells[number] = nbformat.from_dict({**cell, "id": f"n{number}"})
    html = feedback_page(new_notebook(cells=cells))
    assert html.count("<section") == 5_001


HONEST_TEXT = "Grüße aus Köln, ça coûte 3 €, één café: «oui» 🧀🚲"


def honest() -> Any:
    """What honest work shows: a table, a coloured table, a plot, colours, words of several languages."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(3, 2))
    axes.plot([1, 3, 2])
    content = io.BytesIO()
    figure.savefig(content, format="png")
    plot = {"image/png": base64.b64encode(content.getvalue()).decode(), "text/plain": "<Figure size 300x200>"}
    frame = pd.DataFrame({"Ware": ["Öl", "Crème"], "Preis": [1.5, 2.25]})
    styled = frame.style.highlight_max(subset=["Preis"], color="yellow").to_html()
    error = ["\x1b[31mZeroDivisionError\x1b[39m: x", "\x1b[38;5;204mlight\x1b[0m \x1b[48;5;16mdark ground\x1b[0m"]
    outputs = [
        new_output("execute_result", data={"text/html": frame._repr_html_(), "text/plain": "frame"}, execution_count=1),
        new_output("display_data", data={"text/html": styled, "text/plain": "styler"}),
        new_output("display_data", data=plot),
        new_output("stream", name="stdout", text=HONEST_TEXT + "\n"),
        new_output("error", ename="ZeroDivisionError", evalue="x", traceback=error),
    ]
    picture = new_markdown_cell(f"{HONEST_TEXT}\n\n![Bild](attachment:b.png)\n\n|a|b|\n|-|-|\n|1|2|")
    picture["attachments"] = {"b.png": {"image/png": PNG}}
    code = f"def gruß(name):  # {HONEST_TEXT}\n    '''doc'''\n    return f'Hallo {{name}} <b>' + 1.5 @ None\n"
    told = {
        "called": "gruß('Zoë')",
        "came_back": "'Hallo <Zoë>'",
        "expected": "'Hallo Zoë'",
        "message": "Tel `<x>` op.",
        "next_step": "Look at the brackets.",
    }
    failed = {"doorstart": {"status": "failed", "check": {"hidden": False, "learner": told}}}
    metadata = nbgrader_metadata("check", grade=True, locked=True, points=2)
    return new_notebook(
        cells=[
            picture,
            new_code_cell(code, outputs=outputs, metadata=nbgrader_metadata("gruss", solution=True)),
            new_code_cell("assert gruß('Zoë') == 'Hallo Zoë'", metadata=metadata | failed),
            new_code_cell(
                "assert True",
                metadata=nbgrader_metadata("c2", grade=True, points=0) | {"doorstart": {"status": "passed"}},
            ),
            new_code_cell(
                "assert x", metadata=nbgrader_metadata("c3", grade=True, points=1) | {"doorstart": {"status": "error"}}
            ),
            new_raw_cell("``` raw <b>text</b>"),
        ]
    )


@pytest.mark.parametrize("which", ["feedback", "formgrader"])
def test_honest_work_stays_as_it_is(
    which: str, open_page: Callable[[str], Opened], formgrader_page: Callable[..., str]
) -> None:
    rendered = feedback_page(honest()) if which == "feedback" else formgrader_page(honest())
    opened = open_page(rendered)
    shown = opened.page.locator("main" if which == "feedback" else "#notebook-container").first
    assert opened.requests == []
    assert shown.get_by_text(HONEST_TEXT).count() == 3
    assert shown.locator("table.dataframe tbody tr").count() == 2
    assert shown.locator("table.dataframe th").all_inner_texts() == ["", "Ware", "Preis", "0", "1"]
    assert shown.get_by_role("cell", name="Crème").count() == 2
    yellow = shown.get_by_role("cell", name="2.250000")
    assert yellow.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 0)"
    widths = shown.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert sorted(widths) == [1, 300]
    assert shown.locator("pre .ansi-red-fg").inner_text() == "ZeroDivisionError"
    assert shown.get_by_text("``` raw <b>text</b>").count() == 1
    assert "ca_" not in shown.inner_text() and "\ufffd" not in shown.inner_text()
    if which == "feedback":
        box = shown.get_by_role("region", name="Check: Not passed")
        lines = box.locator("dt, dd").all_inner_texts()
        assert lines == ["What was called", "gruß('Zoë')", "What came back", "'Hallo <Zoë>'", "What was expected",
                         "'Hallo Zoë'", "Next step", "Look at the brackets."]  # fmt: skip
        assert box.locator(".message").inner_text() == "Tel <x> op." and box.locator(".message code").count() == 1


def test_the_page_can_be_read_and_used_without_a_mouse(open_page: Callable[[str], Opened], tmp_path: Path) -> None:
    opened = open_page(feedback_page(honest()))
    page = opened.page
    for state in (page.locator("details"), page.locator("summary")):
        assert state.count() == 3
    page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    low = page.evaluate(
        """() => {
            const low = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const numbers = text => text.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => [r, g, b].map(one => one / 255)
                .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
                .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                if (!walker.currentNode.data.trim() || element.closest('td[style]')) continue;
                let ground = element;
                const behind = one => getComputedStyle(one).backgroundColor;
                while (ground && numbers(behind(ground))[3] === 0) ground = ground.parentElement;
                const pair = [getComputedStyle(element).color, ground ? behind(ground) : 'rgb(255, 255, 255)'];
                const [dark, light] = pair.map(one => luminance(numbers(one))).sort((a, b) => a - b);
                if ((light + 0.05) / (dark + 0.05) < 4.5) low.push([walker.currentNode.data, ...pair]);
            }
            return low;
        }"""
    )
    assert low == []
    page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = false)")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.textContent.trim().slice(0, 20)"))
    assert {"What this check runs", "To the top"} <= set(reached)
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("() => document.scripts.length") == 0
    page.emulate_media(media="print")
    assert not page.locator("details").first.is_visible() and page.locator(".check.failed dl").is_visible()
    page.emulate_media(media="screen")


def test_colours_of_code_have_enough_contrast() -> None:
    ground = (0xF7, 0xF7, 0xF7)
    colours = {style["color"] for _, style in get_style_by_name("xcode") if style["color"]}
    assert len(colours) > 5
    for colour in colours:
        assert feedback.contrast(bytes.fromhex(colour), ground) >= feedback.AA
