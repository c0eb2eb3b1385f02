"""Does a change of a program change what it does? Tried with the calls of the checks, and with calls like them.

A process of its own, because programs that were changed at random run in it:
``python -m doorstart.courses.check.probe``, with a request on standard input and the answer on standard output, both
JSON. The request: ``before``, the cells above the solution; ``solution``; ``checks``; ``mutants``, changed solutions.
The answer: for each mutant a text that shows the difference, or null where none was found.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import random
import signal
import sys
import types
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from doorstart_checks.compare import difference

CALL_SECONDS = 1.0
MOST_CALLS = 250
"""Calls tried for one function."""
_STEP: dict[type, Any] = {int: 1, float: 0.5, Decimal: Decimal("0.01")}


class _TooLong(BaseException):
    pass


Call = tuple[tuple[Any, ...], dict[str, Any]]


def differences(before: list[str], solution: str, checks: list[str], changed: list[str]) -> list[str | None]:
    """For each changed solution, a call that shows what it does otherwise, or None.

    Args:
        before: sources of the cells above, which run first.
        solution: the reference solution.
        checks: sources of its checks, run once to learn which calls are made.
        changed: the changed solutions.
    """
    names = _run([*before, solution])
    functions = [name for name, value in _run([solution], dict(_run(before))).items() if _is_own(value, name, solution)]
    calls = _recorded(names, functions, checks)
    if functions and not any(calls.values()):
        return [f"no check calls {' or '.join(functions)}"] * len(changed)
    allowed = {name: {type(_outcome(names[name], call)[0]) for call in calls[name]} for name in functions}
    tries = {name: _varied(calls[name]) for name in functions}
    expected = {name: [(call, _outcome(names[name], call)) for call in tries[name]] for name in functions}
    return [_difference(before, solution, source, functions, expected, allowed, names) for source in changed]


def _difference(
    before: list[str],
    solution: str,
    source: str,
    functions: list[str],
    expected: dict[str, list[tuple[Call, tuple[Any, ...]]]],
    allowed: dict[str, set[type]],
    names: dict[str, Any],
) -> str | None:
    try:
        with _limited():
            changed = _run([*before, source])
    except (Exception, _TooLong) as error:
        return f"it stops with {type(error).__name__}"
    for name in functions:
        for call, outcome in expected[name]:
            # Where the reference stops in a way that no check knows, nobody asked for what it does.
            if isinstance(outcome[0], BaseException) and type(outcome[0]) not in allowed[name]:
                continue
            other = _outcome(changed.get(name), call)
            if not _same(outcome, other):
                return f"{name}{_shown(call)} gives {_said(other)} instead of {_said(outcome)}"
    for name, value in names.items():
        is_asked = name not in functions and not name.startswith("_") and _is_plain(value) and f"{name} =" in solution
        if is_asked and difference(changed.get(name), value) is not None:
            return f"{name} is {changed.get(name)!r} instead of {value!r}"
    return None


def _run(sources: list[str], names: dict[str, Any] | None = None) -> dict[str, Any]:
    names = {"__name__": "__main__"} if names is None else names
    with contextlib.redirect_stdout(io.StringIO()):
        for source in sources:
            exec(compile(source, "<cell>", "exec"), names)  # noqa: S102 (an author's own code)
    return names


def _is_own(value: Any, name: str, solution: str) -> bool:
    return isinstance(value, types.FunctionType) and f"def {name}(" in solution


def _recorded(names: dict[str, Any], functions: list[str], checks: list[str]) -> dict[str, list[Call]]:
    """The calls that the checks make, with their arguments as they were before."""
    calls: dict[str, list[Call]] = {name: [] for name in functions}

    def recording(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **named: Any) -> Any:
            with contextlib.suppress(Exception):
                calls[name].append(copy.deepcopy((arguments, named)))
            return function(*arguments, **named)

        recorded.__name__ = name
        return recorded

    wrapped = dict(names) | {name: recording(name, names[name]) for name in functions}
    for source in checks:
        with contextlib.suppress(Exception, _TooLong), _limited(10 * CALL_SECONDS):
            _run([source], wrapped)
    return calls


def _outcome(function: Any, call: Call) -> tuple[Any, str, Any]:
    """What comes back or is raised, what is printed, and what the arguments have become."""
    arguments, named = copy.deepcopy(call)
    random.seed(0)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), _limited():
            result = function(*arguments, **named)
            if isinstance(result, types.GeneratorType):
                result = [item for item, _ in zip(result, range(1000), strict=False)]
    except (Exception, _TooLong) as error:
        return error, printed.getvalue(), None
    return result, printed.getvalue(), (arguments, named)


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    if isinstance(one[0], BaseException) or isinstance(other[0], BaseException):
        return type(one[0]) is type(other[0])
    try:
        if not (_is_plain(one[0]) or type(one[0]).__module__.startswith(("pandas", "numpy"))):
            return type(one[0]) is type(other[0])
        return (
            difference(other[0], one[0]) is None
            and type(one[0]) is type(other[0])
            and one[1] == other[1]
            and difference(list(other[2][0]), list(one[2][0])) is None
        )
    except Exception:
        return False


def _is_plain(value: Any) -> bool:
    return type(value) in (int, float, bool, str, bytes, list, tuple, dict, set, Decimal, date, timedelta, type(None))


def _varied(calls: list[Call]) -> list[Call]:
    """The calls, and such with one argument changed a little; at most MOST_CALLS."""
    result = list(calls)
    for arguments, named in calls:
        for place, value in enumerate(arguments):
            for other in _near(value, 2):
                result.append(((*arguments[:place], other, *arguments[place + 1 :]), named))
        for key, value in named.items():
            result += [(arguments, {**named, key: other}) for other in _near(value, 2)]
    if len(result) > MOST_CALLS:
        some = random.Random(0)  # noqa: S311 (no secret)
        result = result[: len(calls)] + some.sample(result[len(calls) :], max(0, MOST_CALLS - len(calls)))
    return result


def _near(value: Any, depth: int) -> Iterator[Any]:
    """Values like this one."""
    kind: Any = type(value)
    match value:
        case bool():
            yield not value
        case int() | float() | Decimal() if kind in _STEP:
            step = _STEP[kind]
            yield from (value + step, value - step, value * 0, value * 2)
        case str():
            yield from ("", value + value[-1:], value[:-1], value[1:], f" {value}", value.swapcase(), value[::-1])
        case date():
            yield from (value + timedelta(days=days) for days in (1, -1, 31))
        case list() | tuple() if kind in (list, tuple):
            yield from (kind(), value[:1], value[1:], value[::-1], kind([*value, *value[:1]]))
            if depth:
                for place, item in enumerate(value[:3]):
                    for other in _near(item, depth - 1):
                        yield kind([*value[:place], other, *value[place + 1 :]])
        case dict():
            yield {}
            for key, item in list(value.items())[:3]:
                yield {other: thing for other, thing in value.items() if other != key}
                if depth:
                    for other in _near(item, depth - 1):
                        yield {**value, key: other}
        case set():
            yield set()
            yield from ({other for other in value if other != item} for item in list(value)[:2])
    if hasattr(value, "iloc"):
        yield from (value.iloc[:0], value.iloc[:1], value.iloc[1:], value.iloc[::-1])


@contextlib.contextmanager
def _limited(seconds: float = CALL_SECONDS) -> Iterator[None]:
    def over(number: int, frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _shown(call: Call) -> str:
    arguments, named = call
    text = ", ".join([*map(repr, arguments), *(f"{key}={value!r}" for key, value in named.items())])
    return f"({text if len(text) <= 160 else text[:159] + '…'})"


def _said(outcome: tuple[Any, ...]) -> str:
    result, printed, _ = outcome
    if isinstance(result, _TooLong):
        return "no end"
    text = f"the error {type(result).__name__}" if isinstance(result, BaseException) else repr(result)
    return (text if len(text) <= 80 else text[:79] + "…") + (f", printing {printed[:60]!r}" if printed else "")


def main() -> None:
    """Answers the request on standard input."""
    request = json.load(sys.stdin)
    answer = differences(request["before"], request["solution"], request["checks"], request["mutants"])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
