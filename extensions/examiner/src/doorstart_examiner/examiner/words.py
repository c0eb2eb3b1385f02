"""How values and texts are shown in a failed check: in English, which grading says again in the course's language.

What comes from the learner's code is shown short, in one line, without anything that a page or a terminal would act on.
"""

from __future__ import annotations

import re
import reprlib
import types
import unicodedata
from typing import Any

from doorstart_examiner.link import standins
from doorstart_examiner.link.errors import REFUSED, CannotCross, KernelGone, TimeOver
from doorstart_examiner.link.standins import StandInClass, class_note, label_of
from doorstart_examiner.said import said

LONGEST = 300
"""Characters of a text that came from the learner's code."""
_MOST_LINES = 4
_ADDRESS = re.compile(r"( at )?0x[0-9a-fA-F]{4,16}")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NOT_A_TAG = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_LINK = re.compile(r"\](?=[(\[])")
_MARKS = ("<", "](", "][", "0x")
"""Without any of these, printable text is as it should be."""
_LONG_NUMBER = 2000

NOTHING = "nothing (None)"


def clean(text: str, longest: int = LONGEST, lines: int = _MOST_LINES) -> str:
    """Text that can be shown: short, no control characters or hidden ones, no tags or links, no addresses of memory."""
    if len(text) <= longest and text.isascii() and text.isprintable() and not any(mark in text for mark in _MARKS):
        return text
    cut = len(text) > longest
    text = _ADDRESS.sub("", text[: longest * 2])
    kept = text.splitlines()
    if len(kept) > lines:
        kept, cut = kept[:lines], True
    text = "\n".join("".join(map(_visible, line)) for line in kept)
    text = _LINK.sub("] ", _TAG.sub(_NOT_A_TAG, text))
    return text[:longest] + "…" if cut or len(text) > longest else text


def _visible(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character)[0] in "CZ" or unicodedata.combining(character):
        return " " if character in "\t\xa0" else character.encode("unicode_escape", "surrogatepass").decode()
    return character


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxset, self.maxdict = 4, 8, 8, 8, 8
        self.maxfrozenset, self.maxdeque, self.maxarray = 8, 8, 8
        self.maxstring, self.maxlong, self.maxother = 120, 60, 120

    def repr1(self, x: Any, level: int) -> str:
        cls = type(x)
        if isinstance(cls, StandInClass) or isinstance(x, StandInClass):
            return shown_stand_in(x)
        if cls is int and x.bit_length() > _LONG_NUMBER:
            return kind(x)
        library = cls.__module__.partition(".")[0]
        if library == "pandas" and cls.__name__ == "Series":
            return f"Series({self.repr1(x.iloc[:9].tolist(), level - 1)})"
        if library == "pandas" and hasattr(x, "columns"):
            return f"{kind(x)}: {', '.join(str(column) for column in x.columns[:8])}"
        if library == "numpy" and cls.__name__ == "ndarray":
            return f"array({self.repr1(x.tolist() if x.size < 50 else x.ravel()[:9].tolist(), level - 1)})"
        if isinstance(x, types.FunctionType | types.BuiltinFunctionType | types.MethodType | type):
            return kind(x) if x.__name__ == "<lambda>" else x.__name__
        text = super().repr1(x, level)
        return kind(x) if text.startswith("<") else text


_SHORT = _Short()


def short(value: object) -> str:
    """A value as it may be shown: as Python writes it, but short."""
    try:
        return clean(_SHORT.repr(value))
    except Exception:
        return kind(value)


def shown_stand_in(value: Any) -> str:
    """What stands for an object of the learner's, without asking the learner kernel."""
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({str(value)[:80]!r})"
    if isinstance(value, StandInClass):
        return f"the class {class_note(value).name}"
    if hasattr(standins.StandIn, "_doorstart_base"):
        try:
            return _SHORT.repr(standins.plain_of(value))
        except AttributeError:
            pass
    label = label_of(value)
    name = class_note(type(value)).name
    if label and name in ("function", "method", "builtin_function_or_method", "module"):
        return clean(label, 60, 1)
    return f"an object of the class {name}"


_KINDS = {
    bool: "True or False",
    int: "a number",
    float: "a number",
    complex: "a number",
    bytes: "bytes",
    type(None): NOTHING,
}
_NAMED = {"Decimal": "a number", "Fraction": "a number", "date": "a date", "datetime": "a date", "Timestamp": "a date"}
_COUNTED = {
    "list": "a list",
    "tuple": "a tuple",
    "set": "a set",
    "frozenset": "a set",
    "dict": "a dict",
    "Counter": "a dict",
    "defaultdict": "a dict",
    "OrderedDict": "a dict",
    "deque": "a deque",
}


def bare_kind(value: object) -> str:
    """As :func:`kind`, with nothing in it that the learner's code could choose freely, such as a length or a name.

    A hidden test passes values to the learner's code, which must not come back to the learner in this way.
    """
    cls = type(value)
    if isinstance(cls, StandInClass) or isinstance(value, StandInClass | BaseException):
        return bare_error(value) if isinstance(value, BaseException) else "an object"
    return kind(value).partition(" of ")[0]


def bare_error(error: BaseException) -> str:
    """An exception: the type of Python's own that it is, or why the learner's code could not go on."""
    if isinstance(error, KernelGone | TimeOver):
        return raised(error)
    if isinstance(error, CannotCross):
        return said("What the test needs cannot go between it and the learner's code.")
    name = next((cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"), "Exception")
    return f"{_article(name)} {name}"


def kind(value: object) -> str:
    """What kind of value it is, without the value: ``a list of 2 items``."""
    cls = type(value)
    if isinstance(cls, StandInClass) or isinstance(value, StandInClass):
        if isinstance(value, BaseException):
            return f"a {cls.__name__}"
        return (
            shown_stand_in(value)
            if isinstance(value, StandInClass)
            else f"an object of the class {class_note(cls).name}"
        )
    if cls in _KINDS:
        return _KINDS[cls]
    if cls is str:
        return f"text of {len(str(value))} characters"
    name = cls.__name__
    if name in _NAMED:
        return _NAMED[name]
    if name in _COUNTED:
        count = len(value)  # type: ignore[arg-type]
        return f"{_COUNTED[name]} of {count} item{'' if count == 1 else 's'}"
    table: Any = value
    if cls.__module__.startswith("pandas"):
        if name == "DataFrame":
            return f"a table of {len(table)} rows and {len(table.columns)} columns"
        if name in ("Series", "Index"):
            return f"a column of {len(table)} values"
    if cls.__module__.startswith("numpy"):
        if name == "ndarray":
            return f"an array of {table.size} values"
        return "a number"
    if callable(value):
        return "a function"
    if isinstance(value, BaseException):
        return f"{_article(name)} {name}"
    return f"{_article(name)} {name}"


def _article(name: str) -> str:
    return "an" if name[:1].lower() in "aeiou" else "a"


def raised(error: BaseException, text: str | None = None) -> str:
    """An exception: its type and text.

    Args:
        error: the exception.
        text: its text, if that was asked for before; asking may need the learner kernel.
    """
    text = clean(text_of(error) if text is None else text)
    if isinstance(error, KernelGone) and error.reason == REFUSED:
        return said("The learner's code gave an answer that no check can use, so it was stopped.")
    if isinstance(error, CannotCross):
        return clean(said("What the test needs cannot go between it and the learner's code: %(why)s.", why=text))
    if text and isinstance(error, KernelGone | TimeOver):
        return text  # Its text says all, and its name is of no use to anybody.
    return f"{_article(type(error).__name__)} {type(error).__name__}: {text}" if text else raised_kind(error)


def raised_kind(error: BaseException) -> str:
    """An exception: its type only."""
    return f"{_article(type(error).__name__)} {type(error).__name__}"


def text_of(error: BaseException) -> str:
    """The text of an exception; empty if it cannot be had."""
    try:
        return str(error)
    except Exception:
        return ""


def refused(why: object) -> str:
    """The learner kernel did not keep to the form, which hardly any honest code does. For the instructor."""
    return said(
        "The learner's code gave an answer that no check can use, so it was stopped and this check is not passed. "
        "Read the code, and if nothing in it tampers with Python or the grading, give the points by hand. "
        "For the course's author: %(why)s.",
        why=why,
    )


def not_believed(cls: type) -> str:
    """An object where plain data is needed."""
    return said(
        "The learner's code gave an object of the class %(kind)s where the check needs plain "
        "data. Objects are not believed; if the check is meant for this class, name the class in the test.",
        kind=class_note(cls).name,
    )


def arguments(values: tuple[Any, ...], named: dict[str, Any]) -> str:
    """The arguments of a call, as they are written in it."""
    return ", ".join([*map(short, values), *(f"{name}={short(value)}" for name, value in named.items())])


def argument_kinds(values: tuple[Any, ...], named: dict[str, Any]) -> str:
    """The arguments of a call, without their values."""
    kinds = [*map(kind, values), *(f"{name}: {kind(value)}" for name, value in named.items())]
    if not kinds:
        return ""
    return " with " + (kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + " and " + kinds[-1])
