"""What the sandbox says of a notebook, made into outputs of its cells.

The answer is written by trusted code, but much in it was made by a learner's. So it is taken apart and put together
anew: what is not known here is dropped, and text, pictures and HTML are cleaned. What the sandbox says itself is said
in the course's language. No score is decided here; nbgrader does that from the outputs of checks, and the rule that the
outputs keep to is:

- a check that was run to its end has no ``error`` among its outputs, and an ``execute_result`` only if it is a number
  from 0 to its points;
- every other check has an ``error``.

nbgrader gives no points for text on stderr, which any warning prints, so what is printed during a check is on stdout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, from_dict

from doorstart_grading import kinds, told
from doorstart_grading.job import VERSION, JobCell
from doorstart_grading.remarks import Remark
from doorstart_grading.sanitise import Budget, clean_outputs, clean_text, count
from doorstart_grading.sentence import Sentence, SentenceError, Told, sentence
from doorstart_grading.translation import N_, Words

_SHORT = 2_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)

_LEARNER_STATES = {"ok", "error", "timeout", "ended", "not-run"}
_CHECK_STATES = {"passed", "failed", "error", "not-run"}
_CHECK_FIELDS = ("called", "came_back", "expected", "message", "next_step")


class AnswerError(SentenceError):
    """The sandbox's answer is not one; the message is for an instructor."""


def results_of(answer: dict[str, Any], cells: Sequence[JobCell]) -> list[dict[str, Any]]:
    """What the answer says of each cell of a job.

    Raises:
        AnswerError: it is of another version, or not about these cells.
    """
    results = answer.get("cells")
    if answer.get("version") != VERSION or not isinstance(results, list) or len(results) != len(cells):
        raise AnswerError(
            sentence(
                "The sandbox gave an unexpected answer: it is not about this notebook. Nothing was scored. "
                "Ask the admin to look at its log."
            )
        )
    for result, cell in zip(results, cells, strict=True):
        states = _CHECK_STATES if cell.kind == "test" else _LEARNER_STATES
        if not isinstance(result, dict) or result.get("kind") != cell.kind or result.get("status") not in states:
            raise AnswerError(
                sentence(
                    "The sandbox gave an unexpected answer: it is not about these cells. Nothing was scored. "
                    "Ask the admin to look at its log."
                )
            )
    return results


def ending(answer: dict[str, Any]) -> tuple[str, Sentence] | None:
    """Why the learner's code was ended, as the sandbox names it and in words; None if it came to its end."""
    kernel = answer.get("kernel")
    ended = kernel.get("ended") if isinstance(kernel, dict) else None
    if not isinstance(kernel, dict) or ended is None:
        return None
    message = _line(kernel.get("message"))
    return _line(ended)[:50], Told(message) if message else _ENDED


def learner_outputs(result: dict[str, Any], budget: Budget, words: Words) -> tuple[list[NotebookNode], int | None]:
    """The outputs and the number of a cell that the learner's kernel was given.

    Args:
        result: what the answer says of the cell.
        budget: what is left of what this notebook may show.
        words: of the course's language.
    """
    number = count(result.get("execution_count"))
    found = result.get("outputs")
    outputs = [_node(output) for output in clean_outputs(found if isinstance(found, list) else [], budget)]
    for output in outputs:
        if output.output_type == "execute_result":
            output.execution_count = number
        if output.output_type == "error":
            _say(output, words)
    status = str(result["status"])
    if status not in ("ok", "error"):
        message = told.said(_line(result.get("message")), words) or words.gettext(_WORDS[status])
        outputs.append(_error(_NAMES[status], message, []))
    return outputs, number


@dataclass
class Outcome:
    """What became of a check."""

    outputs: list[NotebookNode]
    """They decide its points."""
    report: dict[str, Any]
    """What the feedback is made from: ``status``, and of a check that failed ``check`` with the learner's part."""
    remark: Remark | None = None
    """What the instructor should know."""


def check_outcome(result: dict[str, Any], points: float, name: str, words: Words) -> Outcome:
    """What became of a check.

    Args:
        result: what the answer says of the cell.
        points: most points that it may get.
        name: of the check.
        words: of the course's language.
    """
    printed = clean_text(result.get("printed") or "")
    outputs = [_stream("stdout", printed)] if printed else []
    status, message = str(result["status"]), _line(result.get("message"))
    why: Sentence = Told(message)
    if status == "passed" and result.get("value") is not None:
        score = _score(result["value"], points)
        if score is None:
            given = _line(result["value"])[:50]
            status = "error"
            why = sentence(
                "it gave %(value)s, which is not a number of points from 0 to %(most)s.",
                value=repr(given),
                most=f"{points:g}",
            )
        else:
            outputs.append(_value(score))
    report: dict[str, Any] = {"status": status}
    if status == "passed":
        return Outcome(outputs, report)
    if status == "failed":
        found = result.get("check")
        check = found if isinstance(found, dict) else {}
        report["check"] = {"hidden": check.get("hidden") is not False, "learner": _learner_part(check)}
        return Outcome([*outputs, _failure(check, message, words)], report)
    if status == "error":
        what = sentence(
            "The %(cell)s could not be run to its end, and gives no points: %(why)s",
            cell=sentence("check `%(name)s`", name=name),
            why=why,
        )
        message = why.said(words) or words.gettext("The check itself failed.")
        return Outcome([*outputs, _error("CheckError", message, [])], report, Remark(what, needs_person=True))
    return Outcome([*outputs, _error("NotRun", why.said(words) or words.gettext("The check was not run."), [])], report)


def _learner_part(check: dict[str, Any]) -> dict[str, str]:
    learner = check.get("learner")
    if not isinstance(learner, dict):
        return {}
    return {key: clean_text(learner[key], limit=_SHORT) for key in _CHECK_FIELDS if isinstance(learner.get(key), str)}


def too_long(words: Words) -> NotebookNode:
    """The output of a cell that is not run because of its length."""
    return _error("NotRun", words.gettext("This cell is too long. It was not run."), [])


_NAMES = {"timeout": "OutOfTime", "ended": "Ended", "not-run": "NotRun"}
_WORDS = {
    "timeout": N_("The cell took too long, and was stopped."),
    "ended": N_("The notebook was ended while this cell ran."),
    "not-run": N_("This cell was not run."),
}
_ENDED = sentence("The notebook was ended before its end.")


def _say(output: NotebookNode, words: Words) -> None:
    """An error of the learner's code with a text of ours, such as that nobody is there to answer ``input()``."""
    text = output.evalue
    said = told.said(text, words)
    if said != text:
        output.evalue = said
        output.traceback = [line.replace(text, said) for line in output.traceback]


def _line(value: Any) -> str:
    return clean_text(value, limit=_SHORT).strip() if isinstance(value, str) else ""


def _score(value: Any, points: float) -> float | None:
    """The points that a check gives itself; None if it is no number from 0 to its points."""
    if not isinstance(value, str) or len(value) > 64 or not _NUMBER.match(value):
        return None
    score = float(value)
    if not math.isfinite(score) or score < 0 or score > points + 1e-9:
        return None
    return min(score, points)


def _failure(check: dict[str, Any], message: str, words: Words) -> NotebookNode:
    """An error with all that the instructor may know of a check that failed."""
    found = check.get("instructor")
    facts = found if isinstance(found, dict) else {}
    gettext = words.gettext
    said = told.all_said(_line(facts.get("message")) or message, words)
    error = kinds.shown(_line(facts.get("error")), words)
    line = check.get("line")
    where = N_("Hidden check, line %(line)s") if check.get("hidden") is True else N_("Check, line %(line)s")
    source = clean_text(facts.get("source") or "", limit=_SHORT).rstrip()
    rows = [(gettext(label), kinds.shown(_line(facts.get(key)), words)) for key, label in _FACTS.items()]
    width = max(len(label) for label, _ in rows)
    lines = [
        gettext(where, line=line) if _is_line(line) else "",
        source,
        *(f"{label:<{width}} {text}" for label, text in rows if text),
        said,
    ]
    return _error("CheckFailed", said or error or gettext("The check failed."), ["\n".join(filter(None, lines))])


_FACTS = {
    "called": N_("Called:"),
    "came_back": N_("Came back:"),
    "expected": N_("Expected:"),
    "error": N_("Error:"),
}
"""What the examiner tells the instructor of a check that failed, and its labels."""


def _is_line(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _stream(name: str, text: str) -> NotebookNode:
    return _node({"output_type": "stream", "name": name, "text": text})


def _value(score: float) -> NotebookNode:
    text = {"text/plain": repr(score)}
    return _node({"output_type": "execute_result", "data": text, "metadata": {}, "execution_count": None})


def _error(name: str, value: str, trace: list[str]) -> NotebookNode:
    return _node({"output_type": "error", "ename": name or "Error", "evalue": value, "traceback": trace or [value]})


def _node(content: dict[str, Any]) -> NotebookNode:
    return from_dict(content)  # type: ignore[no-untyped-call, no-any-return]
