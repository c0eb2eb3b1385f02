"""``check``: calls the learner's function and says in plain words what was not right.

Nothing here trusts what comes back: it is compared by :mod:`doorstart_checks.compare`, which asks an object of the
learner's nothing.
"""

from __future__ import annotations

import contextlib
import io
import reprlib
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from doorstart_checks.compare import RELATIVE, Difference, difference, kind
from doorstart_checks.failed import CheckFailed
from doorstart_checks.words import WORDS, Language

_LONGEST_LINE = 100
_OURS = ("doorstart_checks", "doorstart_examiner")
_GAP = "'____'"


class Check:
    """Makes checks with messages in one language. ``check(total, [1, 2]).gives(3, next_step="…")``.

    Args:
        language: of the messages.
    """

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Checked:
        """A call that is to be checked; it is made by what follows, such as ``.gives(…)``."""
        return Checked(self._language, function, arguments, named)

    def value(self, name: str, value: Any) -> Checked:
        """The value of a name that the learner gave it: ``check.value("total", total).gives(3)``."""
        return Checked(self._language, lambda: value, (), {}, name=name)

    def that(self, condition: Any, *, next_step: str) -> None:
        """Whether something is true.

        Raises:
            CheckFailed: it is not.
        """
        if condition is not True and not (_is_plain_true(condition)):
            raise CheckFailed(self._language, next_step=next_step)


class Checked:
    """One call, before it is made. Each method makes it once, and raises CheckFailed if it is not as it should be."""

    def __init__(
        self,
        language: Language,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        named: dict[str, Any],
        name: str = "",
    ) -> None:
        self._language: Language = language
        self._words = WORDS[language]
        self._function, self._arguments, self._named, self._name = function, arguments, named, name
        # Before the call, which may change what it gets.
        self._shown = ", ".join([*map(shown, arguments), *(f"{key}={shown(value)}" for key, value in named.items())])

    def gives(
        self, expected: Any, *, within: float | None = None, any_order: bool = False, next_step: str = ""
    ) -> None:
        """The call returns ``expected``.

        Args:
            expected: a plain value, an array, or a pandas table.
            within: how much numbers may differ.
            any_order: whether items or rows may be in another order.
            next_step: what to do next, in words.
        """
        got = self._call(next_step)
        found = difference(got, expected, within, any_order)
        if found is not None:
            verb = "is" if self._name else "returned"
            self._fail(verb, self._show(got), self._about(expected, within), found, next_step)

    def raises(self, error: type[Exception], *, next_step: str = "") -> None:
        """The call ends with an exception of the type ``error``."""
        wanted = self._words["an error"].format(name=error.__name__)
        try:
            got = self._function(*self._arguments, **self._named)
        except Exception as caught:
            if isinstance(caught, error):
                return
            self._stopped(caught, wanted, next_step)
        self._fail("returned", f"{self._show(got)} ({self._words['no error']})", wanted, Difference(), next_step)

    def prints(self, expected: str, *, next_step: str = "") -> None:
        """The call prints the lines of ``expected``.

        Spaces at the ends of lines, and empty lines at the end, do not count.
        """
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self._call(next_step)
        got, wanted = _lines(printed.getvalue()), _lines(expected)
        if got != wanted:
            found = difference("\n".join(got), "\n".join(wanted)) or Difference()
            self._fail("printed", _quoted(got) or self._words["nothing printed"], _quoted(wanted), found, next_step)

    def changes(
        self, value: Any, to: Any, *, within: float | None = None, any_order: bool = False, next_step: str = ""
    ) -> None:
        """After the call, ``value``, which is one of its arguments, is equal to ``to``."""
        self._call(next_step)
        found = difference(value, to, within, any_order)
        if found is not None:
            self._fail("became", self._show(value), self._about(to, within), found, next_step)

    def _call(self, next_step: str) -> Any:
        try:
            return self._function(*self._arguments, **self._named)
        except Exception as error:
            return self._stopped(error, "", next_step)

    def _stopped(self, error: Exception, expected: str, next_step: str) -> Any:
        """The call ended with an exception that nobody asked for."""
        if type(error).__module__.startswith(_OURS):
            raise error
        text = f"{kind(error)}: {error}" if str(error) else kind(error)
        line = _learners_line(error)
        if line:
            text = self._words["at line"].format(error=text, line=line)
        note = self._words["gap"] if isinstance(error, NameError) and _GAP in str(error) else ""
        raise CheckFailed(
            self._language,
            called=self._called(),
            verb="raised",
            came_back=text,
            expected=expected,
            note=note,
            next_step=next_step,
        ) from error

    def _fail(self, verb: str, came_back: str, expected: str, found: Difference, next_step: str) -> None:
        note = self._words[found.word].format(**found.values) if found.word else ""
        called = "" if self._name else self._called()
        if self._name:
            came_back = f"{self._name} = {came_back}"
        raise CheckFailed(
            self._language,
            called=called,
            verb=verb,
            came_back=came_back,
            expected=expected,
            note="" if self._name and found.word == "no return" else note,
            note_is_bare=not found.values,
            next_step=next_step,
        )

    def _called(self) -> str:
        name = getattr(self._function, "__name__", "")
        return f"{name if isinstance(name, str) and name else 'it'}({self._shown})"

    def _show(self, value: Any) -> str:
        if value is None:
            return self._words["nothing"]
        return str(value) if type(value) is Decimal else shown(value)

    def _about(self, expected: Any, within: float | None) -> str:
        if within is not None:
            return self._words["about"].format(value=self._show(expected), within=f"{within:g}")
        if type(expected) is float and not expected.is_integer():
            return self._show(float(f"{expected:.7g}")) if abs(expected) * RELATIVE else self._show(expected)
        return self._show(expected)


class _Shown(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxset, self.maxdict = 5, 12, 12, 12, 12
        self.maxstring, self.maxlong, self.maxother, self.maxfrozenset = 160, 60, 400, 12

    def repr1(self, x: Any, level: int) -> str:
        if type(x) is Decimal:
            return f'Decimal("{x}")'
        if type(x).__module__.startswith("pandas"):
            return "\n" + str(x.head(10)) + "\n" if hasattr(x, "head") else repr(x)
        text = super().repr1(x, level)
        if type(x) is str and '"' not in x and text.startswith("'"):
            return f'"{text[1:-1]}"'  # As the lessons write it.
        return getattr(x, "__name__", text) if callable(x) and text.startswith("<") else text


_SHOWN = _Shown()


def shown(value: Any) -> str:
    """A value as Python writes it, shortened."""
    try:
        return _SHOWN.repr(value)
    except Exception:
        return kind(value)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _quoted(lines: list[str]) -> str:
    return shown(lines[0]) if len(lines) == 1 else "\n" + "\n".join(f"    {line}" for line in lines) if lines else ""


def _learners_line(error: Exception) -> str:
    """The line of the learner's code in which it happened; "" if it is not known here, as in the examiner."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "site-packages" not in frame.filename and "doorstart_checks" not in frame.filename and frame.line:
            is_library = frame.filename.startswith("/") and "ipykernel" not in frame.filename
            if not is_library:
                return frame.line.strip()[:_LONGEST_LINE]
    return ""


def _is_plain_true(value: Any) -> bool:
    """True of numpy counts; an object of the learner's that says that it is true does not."""
    return type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 and bool(value)
