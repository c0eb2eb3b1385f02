"""Reading a notebook that a learner handed in, whatever state it is in. Of it, only text and names are taken over.

Outputs, execution counts and metadata are not read at all: nothing that a submission says about itself is trusted.
What a cell is for is decided in :mod:`doorstart_grading.repair`.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorstart_grading.remarks import Remark
from doorstart_grading.sanitise import clean_attachments, encodable
from doorstart_grading.sentence import Sentence, SentenceError, sentence

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read as a notebook."""

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CELLS = re.compile(r'"cells"\s*:\s*\[')
_SEPARATOR = re.compile(r"[\s,]*")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,256}\Z")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
_TYPES = {"code": "code", "markdown": "markdown", "heading": "markdown", "html": "markdown"}


@dataclass
class SubmittedCell:
    """What a cell of a submission says."""

    cell_type: str
    source: str
    name: str | None = None
    """Its ``grade_id``, if it has one that could be one."""
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    """Pictures that were pasted into a Markdown cell, in base64."""


@dataclass
class Submitted:
    """What was read of a notebook."""

    cells: list[SubmittedCell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read(path: Path) -> Submitted:
    """Read a notebook; one that cannot be read has no cells, and a remark that says why. Links are not followed."""
    try:
        content = content_of(path)
    except UnreadableError as error:
        return _nothing(path, error.sentence)
    remarks: list[Remark] = []
    text = _decode(content, path.name, remarks)
    if not text.strip():
        return _nothing(path, sentence("The file `%(name)s` is empty.", name=path.name))
    try:
        notebook = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        cells = list(_salvage(text))
        if not cells:
            return _nothing(
                path, sentence("The file `%(name)s` is not a notebook: its text is not JSON.", name=path.name)
            )
        remarks.append(
            Remark(
                sentence(
                    "The file `%(name)s` is damaged. Its first %(n)s cells could be read.",
                    name=path.name,
                    n=len(cells),
                ),
                needs_person=True,
            )
        )
        notebook = {"nbformat": 4, "cells": cells}
    found = _cells(notebook) if isinstance(notebook, dict) else None
    if found is None:
        return _nothing(
            path, sentence("The file `%(name)s` is not a notebook: there are no cells in it.", name=path.name)
        )
    version = notebook.get("nbformat")
    if version != 4:
        remarks.append(
            Remark(
                sentence(
                    "The file `%(name)s` is in another notebook format (%(version)s); its cells were taken.",
                    name=path.name,
                    version=str(version)[:20],
                )
            )
        )
    return Submitted(list(_read_cells(found, remarks)), remarks)


class UnreadableError(SentenceError):
    """Why a file cannot be read."""


def _nothing(path: Path, why: Sentence) -> Submitted:
    return Submitted([], [Remark(sentence("%(why)s It was graded as an empty one.", why=why), needs_person=True)])


def content_of(path: Path) -> bytes:
    """What is in a file of a submission.

    Raises:
        UnreadableError: it is no ordinary file, or too large.
    """
    try:
        if path.is_symlink():
            raise UnreadableError(sentence("The file `%(name)s` is a link, which is not followed.", name=path.name))
        if path.is_dir():
            raise UnreadableError(sentence("The file `%(name)s` is a folder, not a file.", name=path.name))
        # Not followed if it became a link just now, and not waited for if it is a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        what = sentence("The file `%(name)s` cannot be read (%(text)s).", name=path.name, text=error.strerror)
        raise UnreadableError(what) from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(sentence("The file `%(name)s` is not an ordinary file.", name=path.name))
        if status.st_size > MAX_BYTES:
            megabytes = MAX_BYTES // 1024**2
            what = sentence("The file `%(name)s` is larger than %(megabytes)s MB.", name=path.name, megabytes=megabytes)
            raise UnreadableError(what)
        return file.read(MAX_BYTES)


def _decode(content: bytes, name: str, remarks: list[Remark]) -> str:
    encoding = next((encoding for bom, encoding in _BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        remarks.append(
            Remark(
                sentence(
                    "The file `%(name)s` has bytes that are not UTF-8 text; they were read as question marks.",
                    name=name,
                )
            )
        )
        return content.decode(encoding, "replace")
    if encoding != "utf-8":
        remarks.append(
            Remark(
                sentence(
                    "The file `%(name)s` was saved by another program (%(encoding)s); it was read as text.",
                    name=name,
                    encoding=encoding,
                )
            )
        )
    return text


def _salvage(text: str) -> Iterator[Any]:
    """The cells of a notebook file that breaks off, or that is broken somewhere."""
    start = _CELLS.search(text)
    if not start:
        return
    decoder = json.JSONDecoder(strict=False)
    position = start.end()
    while True:
        position = _SEPARATOR.match(text, position).end()  # type: ignore[union-attr]  # it matches everywhere
        try:
            cell, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield cell


def _cells(notebook: dict[str, Any]) -> list[Any] | None:
    """The cells in any version of the format; None if there is no list of cells."""
    found = notebook.get("cells")
    if isinstance(found, list):
        return found
    worksheets = notebook.get("worksheets")
    if isinstance(worksheets, list):
        sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
        return [cell for cells in sheets if isinstance(cells, list) for cell in cells]
    return None


def _read_cells(found: list[Any], remarks: list[Remark]) -> Iterator[SubmittedCell]:
    for number, cell in enumerate(found, start=1):
        read_cell = _read_cell(cell) if isinstance(cell, dict) else None
        if read_cell is None:
            remarks.append(
                Remark(
                    sentence("Cell %(number)s could not be read; it was left out.", number=number), needs_person=True
                )
            )
        else:
            yield read_cell


def _read_cell(cell: dict[str, Any]) -> SubmittedCell | None:
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input")))
    if source is None:
        return None
    if kind == "heading":
        level = cell.get("level")
        source = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + source
    cell_type = _TYPES.get(str(kind), "raw")
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    identity = cell.get("id")
    return SubmittedCell(
        cell_type,
        encodable(source),
        name if isinstance(name, str) and _NAME.match(name) else None,
        identity if isinstance(identity, str) and _ID.match(identity) else None,
        clean_attachments(cell.get("attachments")) if cell_type == "markdown" else {},
    )


def _joined(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None
