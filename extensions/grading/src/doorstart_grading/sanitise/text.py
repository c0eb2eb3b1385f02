"""Plain text: without what a terminal or an editor would act on, and not too long."""

from __future__ import annotations

import re
from typing import Final

from doorstart_grading.sanitise import notes

TEXT_LIMIT: Final = 100_000
"""Characters of one text: a stream, a traceback, a value."""
LINE_LIMIT: Final = 2_000
"""Lines of one text."""
COLOUR_LIMIT: Final = 2_000
"""Changes of colour in one text; nbconvert's converter takes quadratic time in them."""
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"  # C0, C1, bidi embeddings and isolates
)
"""What shows nothing, or turns the direction of writing."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_ESCAPE = re.compile(
    r"\x1b\[[0-9;]*m"  # SGR: a colour
    r"|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: a title, a link, the clipboard
    r"|\x1b[PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: the cursor, the screen
    r"|\x1b[ -/]*[0-~]?"
)


def clean_text(text: object, *, colours: bool = False, limit: int = TEXT_LIMIT) -> str:
    """Plain text that can be encoded, and shows nothing but itself.

    Terminal sequences are removed; with ``colours``, those that set a colour or weight stay, in the form that
    nbconvert's ``ansi2html`` understands. Control characters and those that turn the direction of writing
    (U+202A..U+202E, U+2066..U+2069) become U+FFFD. What was written over (a progress bar's carriage return) is gone.

    Args:
        text: a text; a list, as nbformat has for several lines, is put together; anything else becomes its ``str``.
        colours: whether colours stay.
        limit: characters at most; what is in the middle goes, and a note stands there.
    """
    plain = _shorten(encodable(text).replace("\r\n", "\n"), limit)
    keep = colours and len(_SGR.findall(plain)) <= COLOUR_LIMIT
    plain = _ESCAPE.sub(lambda found: _colour(found[0]) if keep else "", plain)
    if "\r" in plain or "\x08" in plain:
        plain = "\n".join(_last_written(line) for line in plain.split("\n"))
    return CONTROL.sub(lambda found: found[0] if found[0] == "\x1b" and keep else REPLACEMENT, plain)


def joined(text: object) -> str:
    """One text of what nbformat may have: a text or a list of its lines. Anything else becomes its ``str``."""
    if isinstance(text, list | tuple):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else str(text)


def encodable(text: object) -> str:
    """``joined``, without the halves of characters that JSON can name and UTF-8 cannot write."""
    return _SURROGATE.sub(REPLACEMENT, joined(text))


def _shorten(text: str, limit: int) -> str:
    lines = text.split("\n")
    if len(lines) > LINE_LIMIT:
        start, end = LINE_LIMIT * 3 // 4, LINE_LIMIT // 5
        left_out = notes.LINES % {"n": f"{len(lines) - start - end:,}"}
        text = "\n".join([*lines[:start], left_out, *lines[-end:]])
    if len(text) > limit:
        start, end = limit * 3 // 4, limit // 5
        left_out = "\n" + notes.CHARACTERS % {"n": f"{len(text) - start - end:,}"} + "\n"
        text = (text[:start] + left_out + text[-end:]) if limit > 1_000 else text[: limit - 1] + "…"
    return text


def _colour(sequence: str) -> str:
    """An SGR sequence without what nbconvert's converter fails on; nothing for any other sequence."""
    found = _SGR.fullmatch(sequence)
    if found is None:
        return ""
    codes = [int(code[-4:] or 0) for code in found[1].split(";")]
    kept: list[int] = []
    while codes:
        code = codes.pop(0)
        if code not in (38, 48):
            kept.append(code)
            continue
        length = {5: 2, 2: 4}.get(codes[0] if codes else -1)
        if length is None or len(codes) < length or max(codes[:length]) > 255:
            return ""
        kept += [code, *codes[:length]]
        del codes[:length]
    return f"\x1b[{';'.join(map(str, kept))}m"


def _last_written(line: str) -> str:
    return next((part for part in reversed(line.split("\r")) if part), "").replace("\x08", "")
