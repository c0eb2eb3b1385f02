"""What a learner gets back, and what an instructor's formgrader shows of a learner's work.

*Feedback* is one page a notebook: the learner's work, the scores, the instructor's comments, and for each check that
did not pass what the examiner wrote for the learner. Into the page goes only what ``parts`` picks; a notebook's
metadata, the hidden regions of checks, what checks printed and what the examiner wrote for the instructor do not.
The page speaks the language of the course (``doorstart_grading.language``).

*formgrader* is nbgrader's own page, with nbgrader's template. What a learner made passes through ``CleanView`` and the
two filters of this module before it gets there, at each view: it need not have been graded by Doorstart.

``configure_feedback`` sets up both. How a check is run and scored is not decided here.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any, Final

import jinja2
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.filters.ansi import ansi2html
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import ClearHiddenTests, GetGrades
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import Bool
from traitlets.config import Config

from doorstart_grading import kinds, late, sanitise
from doorstart_grading import language as languages
from doorstart_grading.language import Translated
from doorstart_grading.sanitise import Budget, notes
from doorstart_grading.translation import N_, Language, Words

CODE_LIMIT: Final = 50_000
"""Characters of one code cell that are coloured and shown."""
SHORTENED: Final = 1_000
"""Characters of a cell that are shown when the notebook as a whole is too large."""
VALUE_LIMIT: Final = 2_000
"""Characters of one line about a check."""
HIDDEN_NOTE: Final = N_("# (more checks run here)")
"""Stands where the hidden region of a check was."""
ENDED: Final = {
    "out-of-memory": N_("The work needed more memory than there is."),
    "cell-time": N_("A step took longer than is allowed."),
    "notebook-time": N_("The whole notebook took longer than is allowed."),
    "cpu-time": N_("The whole notebook needed more computing time than is allowed."),
    "output": N_("The work printed more than is allowed."),
    "exited": N_("Python ended in the middle of the work."),
}
"""Why a learner kernel went away, in words for the learner."""
TOLD: Final = {
    "called": N_("What was called"),
    "came_back": N_("What came back"),
    "expected": N_("What was expected"),
    "next_step": N_("Next step"),
}
"""What the examiner tells the learner of a check that failed, in the order of the page, and its labels."""

AA: Final = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""
DARKEST_GROUND: Final = (0xD5, 0xD5, 0xD5)
"""The darkest ground that the page's style sheet puts behind text of a terminal."""

_STYLE = re.compile(r' style="[^"]*"')
"""Only ``ansi2html`` writes it so: quotation marks of the text are escaped."""
_RGB = re.compile(r"\b(background-)?color: rgb\((\d{1,3},\d{1,3},\d{1,3})\)")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_CHECKSUM = re.compile(r"[0-9a-f]{32}\Z")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()+-]{1,60}\Z")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_SCHEMA_VERSION = 3
_CELL_TYPES = ("code", "markdown", "raw")


def configure_feedback(c: Config) -> None:
    """Makes nbgrader write Doorstart's feedback, and formgrader show learners' work safely.

    Args:
        c: the configuration object of an ``nbgrader_config.py``.
    """
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.preprocessors = [Grades]
    configure_pages(c)


def configure_pages(c: Config) -> None:
    """Makes every page that nbconvert makes of a notebook harmless: formgrader's, and what JupyterLab exports.

    Args:
        c: the configuration object of an ``nbgrader_config.py`` or a ``jupyter_server_config.py``.
    """
    # formgrader makes an HTMLExporter of its own. None of nbconvert's preprocessors has anything to do there.
    c.HTMLExporter.default_preprocessors = []
    c.HTMLExporter.preprocessors = [CleanView]
    c.HTMLExporter.filters = {
        "markdown2html": markdown_filter,
        "highlight_code": highlight_filter,
        "clean_html": sanitise.clean_html,
    }
    c.HTMLExporter.sanitize_html = True


def clean_notebook(notebook: NotebookNode, *, view: bool = False) -> None:
    """Makes a notebook valid, and what a learner put into it harmless. In place; doing it twice changes nothing more.

    Of the metadata, only nbgrader's, Doorstart's and the kernel's name stay.

    Args:
        notebook: of any shape that nbformat could read as version 4.
        view: whether it is for showing only. Then raw cells become text, and what would take too long is cut.
    """
    budget = Budget()
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    cells = notebook.get("cells")
    notebook.metadata = _node(_notebook_metadata(metadata))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    names: set[str] = set()
    notebook.cells = [
        _clean_cell(cell, number, names, budget, view)
        for number, cell in enumerate(cells if isinstance(cells, list) else [], start=1)
        if isinstance(cell, Mapping)
    ]


def _node(content: dict[str, Any]) -> NotebookNode:
    return NotebookNode(content)  # type: ignore[no-untyped-call]


def _encodable(value: Any) -> Any:
    """What this package wrote about a submission, in which there may be values that a learner's code made."""
    if isinstance(value, Mapping):
        return _node({sanitise.encodable(key): _encodable(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return [_encodable(inner) for inner in value]
    return sanitise.encodable(value) if isinstance(value, str) else value


def _notebook_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kernel = metadata.get("kernelspec")
    names = [kernel.get(key) for key in ("name", "display_name")] if isinstance(kernel, Mapping) else []
    if len(names) != 2 or not all(isinstance(name, str) and _PLAIN_NAME.match(name) for name in names):
        names = ["python3", "Python 3"]
    kept: dict[str, Any] = {
        "kernelspec": {"name": names[0], "display_name": names[1], "language": "python"},
        "language_info": {"name": "python"},
    }
    if isinstance(metadata.get("doorstart"), Mapping):
        kept["doorstart"] = _encodable(metadata["doorstart"])
    return kept


def _clean_cell(cell: Mapping[str, Any], number: int, names: set[str], budget: Budget, view: bool) -> NotebookNode:
    kind = cell.get("cell_type")
    kind = kind if kind in _CELL_TYPES else "raw"
    source = sanitise.encodable(cell.get("source", ""))
    if view:
        affordable = budget.take("code" if kind == "code" else "markdown", len(source))
        source = sanitise.clean_text(source, limit=CODE_LIMIT if affordable else SHORTENED)
        if kind == "raw":
            kind, source = "markdown", _fenced(source)
    name = cell.get("id")
    if not (isinstance(name, str) and _CELL_ID.match(name) and name not in names):
        name = next(name for name in (f"cell-{number}{'x' * more}" for more in range(60)) if name not in names)
    names.add(name)
    cleaned = {"cell_type": kind, "id": name, "metadata": _cell_metadata(cell.get("metadata")), "source": source}
    if kind == "code":
        outputs = cell.get("outputs")
        cleaned["execution_count"] = sanitise.count(cell.get("execution_count"))
        cleaned["outputs"] = [
            _node(output) for output in sanitise.clean_outputs(outputs if isinstance(outputs, list) else [], budget)
        ]
    elif attachments := sanitise.clean_attachments(cell.get("attachments"), budget):
        cleaned["attachments"] = attachments
    return _node(cleaned)


def _fenced(text: str) -> str:
    fence = "`" * (2 + max((len(run) for run in re.findall("`+", text)), default=1))
    return f"{fence}\n{text}\n{fence}" if text.strip() else ""


def _cell_metadata(metadata: object) -> NotebookNode:
    kept: dict[str, Any] = {}
    if isinstance(metadata, Mapping):
        kept = {key: metadata[key] for key in ("deletable", "editable") if isinstance(metadata.get(key), bool)}
        if isinstance(metadata.get("doorstart"), Mapping):
            kept["doorstart"] = _encodable(metadata["doorstart"])
        nbgrader = _nbgrader_metadata(metadata.get("nbgrader"))
        if nbgrader:
            kept["nbgrader"] = _node(nbgrader)
    return _node(kept)


def _nbgrader_metadata(metadata: object) -> dict[str, Any]:
    """What nbgrader's schema allows, or nothing: the cell is then an ordinary one."""
    if not isinstance(metadata, Mapping):
        return {}
    name, points = metadata.get("grade_id"), metadata.get("points", 0)
    if not (isinstance(name, str) and _GRADE_ID.match(name)):
        return {}
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < math.inf:
        return {}
    kept: dict[str, Any] = {key: metadata.get(key) is True for key in ("grade", "locked", "solution", "task")}
    kept |= {"schema_version": _SCHEMA_VERSION, "grade_id": name}
    if kept["grade"] or kept["task"]:
        kept["points"] = points
    if isinstance(metadata.get("checksum"), str) and _CHECKSUM.match(metadata["checksum"]):
        kept["checksum"] = metadata["checksum"]
    if metadata.get("cell_type") in _CELL_TYPES:
        kept["cell_type"] = metadata["cell_type"]
    return kept


class CleanWork(Preprocessor):
    """``clean_notebook`` as a preprocessor, for the last of ``Autograde.autograde_preprocessors``."""

    enabled = Bool(True, help="Whether to clean what a learner made.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook, cleaned in place."""
        clean_notebook(nb)
        return nb, resources


class CleanView(CleanWork):
    """``clean_notebook`` for a page: what formgrader does to a notebook before it shows it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """The notebook, cleaned and shortened in place."""
        clean_notebook(nb, view=True)
        return nb, resources


@jinja2.pass_context
def markdown_filter(context: jinja2.runtime.Context, source: str) -> str:
    """In the place of nbconvert's ``markdown2html``."""
    return sanitise.clean_markdown(source, context.get("cell", {}).get("attachments"))


def highlight_filter(source: str, language: object = None, metadata: object = None) -> str:
    """In the place of nbconvert's ``highlight_code``: Python, whatever the notebook says that it is."""
    return coloured(source)


def coloured(source: str) -> str:
    """Python code as markup with pygments' classes."""
    if len(source) > CODE_LIMIT:
        return f'<div class="highlight"><pre>{escape(source)}</pre></div>'
    return str(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(cssclass="highlight")))


class Grades(GetGrades):
    """nbgrader's GetGrades, which also tells what a waiver left to the learner.

    A cell that the gradebook does not know is an ordinary one.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with its scores; ``late_waived``: the points that a waiver left to this learner."""
        nb, resources = super().preprocess(nb, resources)
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            about["late_waived"] = late.waived(gradebook, about["assignment"], about["student"], about["notebook"])
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The cell with its score, points and comment."""
        try:
            super().preprocess_cell(cell, resources, cell_index)
        except MissingEntry:
            self.log.warning("A cell is not in the gradebook and is shown without a score.")
            cell.metadata.pop("nbgrader", None)
        return cell, resources

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        found = {"score": grade.score, "points": grade.max_score, "by_hand": grade.manual_score is not None}
        cell.metadata.nbgrader.update(found)


@dataclass(frozen=True)
class Told:
    """One line about a check."""

    label: str
    text: str
    exact: bool
    """Whether the text is a value or code, not a description of it."""


@dataclass(frozen=True)
class Verdict:
    """How a check ended, in words."""

    kind: str
    """``passed``, ``partly``, ``failed`` or ``stopped``; the page has a look for each."""
    words: str
    lines: list[Told] = field(default_factory=list)
    """What was called, what came back, and so on."""
    message: str = ""


@dataclass(frozen=True)
class Part:
    """One cell of the notebook, as the page shows it."""

    number: int
    """From 1; the page's anchors are made of it."""
    title: str
    text: Markup | None = None
    code: Markup | None = None
    outputs: list[Markup] = field(default_factory=list)
    kept_back: bool = False
    """Whether what it showed is left out: it ran after a hidden check, whose arguments it could show."""
    answer: bool = False
    """Whether it is the learner's to fill in."""
    points: float | None = None
    score: float | None = None
    by_hand: bool = False
    comment: Markup | None = None
    verdict: Verdict | None = None


def without_hidden(source: str, begin: str, end: str, said: str = HIDDEN_NOTE) -> str:
    """The source of a check without its hidden regions; where each was, a line ``said`` says that more checks run.

    Delimiters that do not pair up hide more, never less: up to the end, or from the start.
    """
    kept: list[str] = []
    hidden = False
    for line in source.split("\n"):
        note = line[: len(line) - len(line.lstrip())] + said
        if begin in line:
            kept += [] if hidden else [note]
            hidden = True
        elif end in line:
            kept = kept if hidden else [said]
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def parts(notebook: NotebookNode, begin: str, end: str, language: Language = "en") -> Iterator[Part]:
    """What the page shows of a notebook that ``clean_notebook`` and ``Grades`` have been at.

    Args:
        notebook: the autograded notebook.
        begin: what the line before a hidden region has in it.
        end: what the line after it has in it.
        language: of the page's own words.

    The learner's code is called with a hidden check's arguments, and could keep them for a later cell to show. So what
    cells show after the first hidden check is left out; learners have that in their own notebook.
    """
    words = languages.of(language)
    note = words.gettext(HIDDEN_NOTE)
    title = ""
    after_hidden = False
    ended = _mapping(_mapping(notebook.metadata.get("doorstart")).get("kernel")).get("ended")
    for number, cell in enumerate(notebook.cells, start=1):
        nbgrader = _mapping(cell.metadata.get("nbgrader"))
        source = without_hidden(cell.source, begin, end, note)
        if cell.cell_type != "code" and not nbgrader.get("solution") and (heading := _HEADING.search(source)):
            title = sanitise.clean_text(re.sub(r"[*_`]|<[^<>]*>", "", heading[1]), limit=200)
        answer = bool(nbgrader.get("solution") or nbgrader.get("task"))
        common: dict[str, Any] = {"number": number, "title": title, "answer": answer, "comment": _comment(nbgrader)}
        if nbgrader.get("grade") or nbgrader.get("task"):
            common |= {"points": nbgrader.get("points"), "score": nbgrader.get("score")}
            common["by_hand"] = bool(nbgrader.get("by_hand"))
        if cell.cell_type != "code":
            if source.strip() or answer:
                markup = sanitise.clean_markdown(source, cell.get("attachments"))
                yield Part(**common, text=_markup(notes.said_in_markup(markup, words)))
            continue
        code = _markup(coloured(source))
        if (nbgrader.get("grade") and not answer) or _mapping(cell.metadata.get("doorstart")).get("check"):
            yield Part(**common, code=code, verdict=_verdict(cell, nbgrader, ended, words))
        elif source.strip() or cell.outputs:
            # A cell with a hidden region is a check, even if its metadata are lost: its outputs tell of the region.
            is_shown = source == cell.source and not after_hidden
            outputs = [_output(output, words) for output in cell.outputs] if is_shown else []
            kept_back = after_hidden and source == cell.source and bool(cell.outputs)
            yield Part(**common, code=code, outputs=outputs, kept_back=kept_back)
        after_hidden = after_hidden or source != cell.source


def _markup(safe: str) -> Markup:
    """What ``sanitise`` has cleaned, or pygments or nbconvert made of escaped text."""
    return Markup(safe)  # noqa: S704


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _comment(nbgrader: Mapping[str, Any]) -> Markup | None:
    comment = nbgrader.get("comment")
    return _markup(sanitise.clean_markdown(comment)) if isinstance(comment, str) and comment.strip() else None


def _verdict(cell: NotebookNode, nbgrader: Mapping[str, Any], ended: object, words: Words) -> Verdict:
    """How the check ended, from the examiner's report; from nbgrader's outputs and score if there is none."""
    report = _mapping(cell.metadata.get("doorstart"))
    score, points = nbgrader.get("score") or 0, nbgrader.get("points") or 0
    status = report.get("status")
    if status not in ("passed", "failed", "error", "not-run"):
        failed = bool(report.get("check")) or any(output.output_type == "error" for output in cell.outputs)
        status = "failed" if failed or (points > 0 and score == 0) else "passed"
    gettext = words.gettext
    if status == "error":
        message = gettext("Something in the check is wrong, not in your work.")
        return Verdict("stopped", gettext("Could not be run"), message=message)
    if status == "not-run":
        why = gettext(ENDED[str(ended)]) if str(ended) in ENDED else gettext("The work ended before this check.")
        message = why + " " + gettext("The check could not be run.")
        return Verdict("failed", gettext("Not run"), message=message)
    if status == "passed":
        partly = 0 < score < points and not nbgrader.get("by_hand")
        return Verdict("partly", gettext("Partly passed")) if partly else Verdict("passed", gettext("Passed"))
    check = _mapping(report.get("check"))
    told = _mapping(check.get("learner"))
    texts = {key: _line(told[key]) for key in (*TOLD, "message") if isinstance(told.get(key), str)}
    message = texts.pop("message", "")
    # What is shown of a hidden check are descriptions of values; of others, values and code.
    say = kinds.said if check.get("hidden") else kinds.shown
    texts |= {key: say(texts[key], words) for key in ("called", "came_back", "expected") if key in texts}
    message = kinds.shown(message, words)
    lines = [
        Told(gettext(TOLD[key]), text, exact=not check.get("hidden") and key != "next_step")
        for key, text in texts.items()
        if text.strip()
    ]
    return Verdict("failed", gettext("Not passed"), lines, message)


def _line(text: str) -> str:
    return sanitise.clean_text(text, limit=VALUE_LIMIT)


def _output(output: Mapping[str, Any], words: Words) -> Markup:
    """An output that has been cleaned, as markup: its best representation."""
    if output["output_type"] == "stream":
        return _terminal(notes.said(output["text"], words), output["name"])
    if output["output_type"] == "error":
        last = f"{output['ename']}: {output['evalue']}"
        return _terminal(notes.said("\n".join(output["traceback"]) or last, words), "error")
    data = output["data"]
    if "text/html" in data:
        return Markup('<div class="table">{}</div>').format(_markup(notes.said_in_markup(data["text/html"], words)))
    for kind in sanitise.PICTURES:
        if kind in data:
            size = output["metadata"].get(kind, {})
            sides = Markup("").join(Markup(' {}="{}"').format(side, size[side]) for side in sorted(size))
            picture = Markup('<img src="data:{};base64,{}" alt="{}"{}>')
            return picture.format(kind, data[kind], words.gettext("Picture made by the code above"), sides)
    return _terminal(notes.said(data.get("text/plain", ""), words), "result")


def _terminal(text: str, kind: str) -> Markup:
    coloured = ansi2html(text)  # type: ignore[no-untyped-call]
    shown = _markup(_STYLE.sub(lambda style: _RGB.sub(_readable, style[0]), coloured))
    return Markup('<pre class="{}" tabindex="0">{}</pre>').format(kind, shown)


def _readable(found: re.Match[str]) -> str:
    """A colour of a terminal's text, dark enough for a light page; of its background, light enough for dark text."""
    colour = [int(part) for part in found[2].split(",")]
    if found[1]:
        return f"background-color: rgb({','.join(str(255 - (255 - part) // 6) for part in colour)})"
    while contrast(colour, DARKEST_GROUND) < AA:
        colour = [part * 9 // 10 for part in colour]
    return f"color: rgb({','.join(map(str, colour))})"


def contrast(one: Sequence[int], other: Sequence[int]) -> float:
    """The contrast of two colours, each as red, green, blue from 0 to 255 (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: Sequence[int]) -> float:
        parts = (part / 255 for part in colour)
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


class FeedbackExporter(Exporter):
    """The page of one notebook, for ``GenerateFeedback.exporter_class``.

    Not one of nbconvert's template exporters: those find templates in the home of whoever runs them, give a template
    the whole notebook, and do not escape.
    """

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        """The page, and nbconvert's resources, of which ``nbgrader`` says whose notebook it is, and its score."""
        nb = copy.deepcopy(nb)
        clean_notebook(nb, view=True)
        nb, resources = super().from_notebook_node(nb, resources, **options)
        hidden = ClearHiddenTests(parent=self)
        about = resources["nbgrader"]
        language = self._language()
        page = _environment().get_template("feedback/index.html.j2")
        rendered = page.render(
            language=language,
            notebook=sanitise.clean_text(about["notebook"], limit=200),
            assignment=sanitise.clean_text(about["assignment"], limit=200),
            score=about.get("score"),
            max_score=about.get("max_score"),
            late_penalty=about.get("late_penalty") or 0,
            late_waived=about.get("late_waived") or 0,
            parts=list(parts(nb, hidden.begin_test_delimeter, hidden.end_test_delimeter, language)),
        )
        return rendered, resources

    def _language(self) -> Language:
        """Of the course whose feedback nbgrader's converter is making with this."""
        coursedir = getattr(self.parent, "coursedir", None)
        return languages.of_course(str(coursedir.course_id) if coursedir else "")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("doorstart_grading"),
        extensions=[Translated],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = languages.number
    environment.filters["code"] = lambda text: Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(re.split("`([^`]+)`", text))
    )
    environment.globals["code_colours"] = _markup(HtmlFormatter(style="xcode").get_style_defs(".highlight"))
    return environment
