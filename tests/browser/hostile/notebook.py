"""Cases as a notebook that a learner could hand in."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from .case import MARK, Case

SHOWN = "from IPython.display import display\ndisplay({data!r}, raw=True, metadata={metadata!r})"
"""What shows an output again when the cell is run, so that it is an output that JupyterLab trusts."""


def notebook(cases: Iterable[Case], canary: str, answer: NotebookNode | None = None) -> NotebookNode:
    """A notebook that holds the cases.

    Args:
        cases: all that are to stand in one notebook.
        canary: the address of the canary.
        answer: a notebook that was handed out, to which the cases are added.
    """
    made = v4.new_notebook() if answer is None else answer
    made.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3", "language": "python"})
    for case in cases:
        content = case.filled(canary)
        if case.kind == "notebook-metadata":
            _put(made.metadata, content, _markup(case, canary))
        else:
            made.cells += _cells(case, content, canary)
    nbformat.validate(made)
    return made


def _markup(case: Case, canary: str) -> str:
    return Case(case.name, "\"'><img src='@URL@' onerror=\"@ACT@\"><script>@ACT@</script>").filled(canary)


def _cells(case: Case, content: str, canary: str) -> list[NotebookNode]:
    if case.kind == "html":
        return [v4.new_markdown_cell(content), _code(_output(case, content))]
    if case.kind == "formula":
        return [v4.new_markdown_cell(content), _code(_output(case, content))]
    if case.kind == "markdown":
        return [v4.new_markdown_cell(content)]
    if case.kind == "output":
        return [_code(_output(case, content))]
    if case.kind == "stream":
        return [_code(v4.new_output("stream", text=content), f"print({content!r})")]
    if case.kind == "error":
        error = v4.new_output("error", ename=content, evalue=content, traceback=[content, f"\x1b[31m{content}\x1b[0m"])
        cell = _code(error, f"raise type({content!r}, (Exception,), {{}})({content!r})")
        cell.metadata["tags"] = ["raises-exception"]  # so that those behind it are run
        return [cell]
    if case.kind == "code":
        return [v4.new_code_cell(content)]
    if case.kind == "raw":
        return [v4.new_raw_cell(content, metadata={"format": case.mime, "raw_mimetype": case.mime})]
    if case.kind == "attachment":
        data = base64.b64encode(content.encode()).decode()
        cell = v4.new_markdown_cell("![x](attachment:x) <img src='attachment:x'>")
        cell["attachments"] = {"x": {case.mime: data}}
        return [cell]
    assert case.kind == "cell-metadata", case.kind
    cell = v4.new_code_cell("1")
    markup = _markup(case, canary)
    tag = f"<img src='{canary}/{MARK}{case.name}'>"  # nbformat allows no comma there
    cell.metadata[content] = [tag] if content == "tags" else {"class": markup} if content == "jupyter" else markup
    return [cell]


def _output(case: Case, content: str) -> NotebookNode:
    data: Any = json.loads(content) if case.mime.endswith("json") else content
    return v4.new_output("display_data", data={case.mime: data}, metadata=case.metadata)


def _code(output: NotebookNode, source: str = "") -> NotebookNode:
    if not source:
        source = SHOWN.format(data=dict(output.data), metadata=dict(output.metadata))
    return v4.new_code_cell(source, outputs=[output], execution_count=1)


def _put(metadata: NotebookNode, name: str, markup: str) -> None:
    if name == "widgets":
        model = {
            "model_name": "HTMLModel",
            "model_module": "@jupyter-widgets/controls",
            "model_module_version": "2.0.0",
        }
        model["state"] = {"value": markup, "_view_name": "HTMLView", "_view_module": "@jupyter-widgets/controls"}
        metadata["widgets"] = {
            "application/vnd.jupyter.widget-state+json": {
                "version_major": 2, "version_minor": 0, "state": {"beacon": model},
            }
        }  # fmt: skip
    elif name == "authors":
        metadata["authors"] = [{"name": markup}]
    elif "." in name:
        part, key = name.split(".")
        metadata.setdefault(part, {})[key] = markup
    else:
        metadata[name] = markup
