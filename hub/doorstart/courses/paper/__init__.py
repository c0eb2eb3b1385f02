"""The paper twin of a unit: a PDF for days without computers.

It has the lesson, a page to trace the worked example by hand, the tasks with room to write, and the unit's words. The
teacher's copy has the reference solutions, the points and the checks as well.

:mod:`~doorstart.courses.paper.sheet` says what stands on the paper, :mod:`~doorstart.courses.paper.listing` and
:mod:`~doorstart.courses.paper.trace` how code looks on it, :mod:`~doorstart.courses.paper.words` in which words,
``sheet.html`` and ``sheet.css`` where. Not for reading units: a source notebook comes in.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import warnings
from collections.abc import Mapping

from nbformat import NotebookNode

from doorstart.courses.format import Language

__all__ = ["LIBRARIES", "PaperError", "print_unit"]

FONT = "DejaVu Sans"
NO_FONT = f"The font {FONT} is not installed here. Run: apt-get install fonts-dejavu-core"
LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
"""Debian packages that WeasyPrint needs, and the font."""


class PaperError(Exception):
    """This machine cannot print. Its text is one line: what is missing, and what to run."""


def print_unit(
    notebook: NotebookNode,
    *,
    course: str,
    unit: str,
    language: Language,
    data: Mapping[str, bytes] | None = None,
    solutions: bool = False,
) -> bytes:
    """A unit as a PDF. The same input gives the same bytes, on a machine with the same fonts and libraries.

    Args:
        notebook: nbgrader's source notebook, with solutions and hidden checks; it is not changed.
        course: the course's id, for the foot of the page.
        unit: the unit's id, for the foot of the page.
        language: of the notebook; the paper's own words are in it too.
        data: the unit's data files by name; small tables are printed.
        solutions: make the teacher's copy.

    Raises:
        PaperError: a package, a library or the font is missing.
    """
    try:
        # When WeasyPrint does not find its libraries it writes on standard output; when there is no font at all it
        # warns, and the process would end later on.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.filterwarnings("error", ".*font", UserWarning)
            # Without that library the same input does not give the same bytes.
            warnings.filterwarnings("error", "HarfBuzz-Subset", DeprecationWarning)
            from doorstart.courses.paper.pages import html, pdf
    except ImportError as error:
        run = ".venv/bin/uv sync --frozen --inexact --extra cli --extra paper"
        raise PaperError(f"What makes PDFs is not installed here ({error.name}). Run: {run}") from None
    except (OSError, DeprecationWarning):
        raise PaperError(f"What lays out pages is not installed here. Run: apt-get install {LIBRARIES}") from None
    except UserWarning:
        raise PaperError(NO_FONT) from None
    document = html(
        notebook,
        data=data or {},
        solutions=solutions,
        course=course,
        unit=unit,
        language=language,
        version=_version(notebook, data or {}),
    )
    result, families = pdf(document)
    # With another font a line of code would be longer than its room, and letters might be missing.
    if FONT not in families:
        raise PaperError(NO_FONT)
    return result


def _version(notebook: NotebookNode, data: Mapping[str, bytes]) -> str:
    """What both copies of one version of a unit have in common, and no other version has."""
    digest = hashlib.sha256(json.dumps(notebook, sort_keys=True).encode())
    for name, content in sorted(data.items()):
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return digest.hexdigest()[:8]
