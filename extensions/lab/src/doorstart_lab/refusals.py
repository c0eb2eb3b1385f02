"""What an answer to the page says when something was refused: a word for programs, a sentence, and about which file.

The page says it in the person's language, by the word (``ui/words.ts``); the English sentence is for what has no word.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.wire import ArchiveError

ABOUT_A_FILE = ("bad_file_name", "duplicate_name", "file_type", "not_a_file", "unreadable")
"""The words whose sentences begin with a file's name, as ``repr`` writes it."""
QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
UNSEEN = "\N{REPLACEMENT CHARACTER}"


class Refusal(NamedTuple):
    """``file`` is a name that a person wrote: text, never HTML; empty when it is about no file."""

    error: str
    message: str
    file: str = ""


def by_exchange(error: ExchangeClientError) -> Refusal:
    """What the exchange refused, or its client."""
    return _refusal(error.code, str(error))


def by_archive(error: ArchiveError, sending: bool) -> Refusal:
    """What cannot be packed to be sent, or unpacked when it has arrived; the cause says which of its kinds it is."""
    cause = error.__cause__
    if not sending:
        code = "files" if isinstance(cause, OSError) else "damaged"
    elif isinstance(cause, OSError):
        code = "unreadable"
    else:
        code = "bad_file_name" if isinstance(cause, ValueError) else "too_large"
    return _refusal(code, str(error))


def by_files(error: OSError) -> Refusal:
    """What could not be read or written in the learner's home."""
    return Refusal("files", f"A file could not be read or written: {error.strerror or error}.")


def _refusal(code: str, message: str) -> Refusal:
    return Refusal(code, message, _file(message) if code in ABOUT_A_FILE else "")


def _file(message: str) -> str:
    found = QUOTED.search(message)
    try:
        name = str(ast.literal_eval(found[0])) if found else ""
    except (SyntaxError, ValueError):
        return ""
    # What cannot be seen may be what is wrong with the name, and must not change how the text around it is read.
    return "".join(character if character.isprintable() else UNSEEN for character in name)
