"""Writes the slips with new passwords: one page to print and cut up, readable by its owner only."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstart.language.catalogue import Words, of

_STYLE = """\
body { font: 14pt/1.4 sans-serif; margin: 1cm; color: #000; background: #fff; }
section { border: 1px dashed #000; padding: 6mm; margin-bottom: 6mm; break-inside: avoid; }
h2 { font-size: 16pt; margin: 0 0 3mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm; margin: 0 0 3mm; }
dt { font-weight: normal; } dd { margin: 0; font-weight: bold; }
dd.typed { font-family: monospace; font-size: 16pt; overflow-wrap: anywhere; }
p { margin: 0; }
"""


@dataclass(frozen=True)
class Slip:
    """What is on one person's slip."""

    username: str
    display_name: str
    language: str
    password: str
    one_time: bool = True


def slips(answer: Mapping[str, Any]) -> list[Slip]:
    """The slips in an answer of the roster's API (its ``passwords``)."""
    return [Slip(**entry) for entry in answer["passwords"]]


def require_writable(path: Path) -> None:
    """See whether the printable file can be written, before there are passwords to be written.

    Raises:
        FileExistsError: the file is there; it may hold the only copy of passwords.
        ValueError: neither ``.html`` nor ``.txt``.
        OSError: the folder is not there, or does not take such a file.
    """
    _require_absent(path)
    with tempfile.TemporaryDirectory(prefix=".doorstart-", dir=path.parent) as scratch:
        write(Path(scratch) / path.name, [], "")  # really: rights and kinds of disks refuse each in their own way


def write(path: Path, people: Iterable[Slip], address: str, *, overwrite: bool = False) -> None:
    """Write the printable file, mode 0600.

    Args:
        path: ``….html`` for the page to print, ``….txt`` for plain text.
        people: one slip each, in this order.
        address: the site's address as people type it.
        overwrite: replace a file that is there already.

    Raises:
        FileExistsError: the file is there; it may hold the only copy of passwords.
        ValueError: neither ``.html`` nor ``.txt``.
        OSError: it cannot be written; nothing is left of it.
    """
    if path.suffix not in (".html", ".txt"):
        raise ValueError(f"{path.name} is neither .html nor .txt: give the printable file one of these endings")
    page = (_page if path.suffix == ".html" else text)(list(people), address)
    if not overwrite:
        _require_absent(path)
    # Written beside and moved into place: the file never exists half, nor readable for others.
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            part.replace(path)
        else:
            os.link(part, path)  # unlike a rename, this fails when somebody else made the file in the meantime
    finally:
        part.unlink(missing_ok=True)


def text(people: Iterable[Slip], address: str) -> str:
    """The slips as plain text, as in a ``.txt`` file."""
    return ("\n" + "- " * 36 + "\n\n").join(_lines(slip, address) for slip in people)


def _require_absent(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise FileExistsError(
            f"{path} is there already, and may hold the only copy of somebody's password. "
            "Print it and delete it, or choose another name."
        )


def _page(people: list[Slip], address: str) -> str:
    sections = "".join(_section(slip, address) for slip in people)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Doorstart</title>\n'
        f"<style>\n{_STYLE}</style>\n</head>\n<body>\n{sections}</body>\n</html>\n"
    )


def _section(slip: Slip, address: str) -> str:
    words = of(slip.language)
    facts = "".join(
        f"<dt>{html.escape(name)}</dt><dd{typed}>{html.escape(value)}</dd>\n"
        for (name, value), typed in zip(_facts(words, slip, address), ("", *[' class="typed"'] * 3), strict=True)
    )
    notes = "\n".join(f"<p>{html.escape(note)}</p>" for note in _notes(words, slip))
    return f"""<section lang="{html.escape(slip.language)}">
<h2>{html.escape(words.gettext("Your account"))}</h2>
<dl>
{facts}</dl>
{notes}
</section>
"""


def _lines(slip: Slip, address: str) -> str:
    words = of(slip.language)
    facts = _facts(words, slip, address)
    width = max(len(name) for name, _ in facts) + 2
    lines = [f"{name + ':':{width}}{value}" for name, value in facts]
    return "\n".join([words.gettext("Your account"), "", *lines, "", *_notes(words, slip)]) + "\n"


def _facts(words: Words, slip: Slip, address: str) -> list[tuple[str, str]]:
    """Name and value; all but the first are to be typed."""
    return [
        (words.gettext("Name"), slip.display_name),
        (words.gettext("Address"), address),
        (words.gettext("Username"), slip.username),
        (words.gettext("Password"), slip.password),
    ]


def _notes(words: Words, slip: Slip) -> list[str]:
    once = words.gettext("You use this password only once. When you log in, you choose your own password.")
    keep = words.gettext("Do not show this paper to anyone. Destroy it after you have logged in.")
    return [once, keep] if slip.one_time else [keep]
