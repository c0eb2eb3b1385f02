"""Asks a policy what to order, and lets nothing come back but a number of pieces.

In grading, the policy is a learner's function in another process: it is called with plain data of its own, and what it
returns is looked at before it is used. In a learner's notebook it is an ordinary call. The same rules hold in both.
"""

from __future__ import annotations

import contextlib
import io
import math
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NoReturn, TextIO

from doorstart_warehouse.articles import Article
from doorstart_warehouse.problem import Kind, Language, PolicyError

Policy = Callable[[dict[str, Any], int, int, list[int]], Any]
"""``policy(article, on_hand, on_order, history)`` returns the pieces to order now, 0 for none.

``article`` is what :meth:`Article.facts` gives; ``on_hand`` and ``on_order`` are pieces; ``history`` has the pieces
sold in each week until now, the oldest first: two years, and then the weeks of the season.
"""

LARGEST_ORDER = 100_000
"""Pieces. More than three years of any article."""
MOST_PRINTED = 20_000
"""Characters that a policy may print in one season: a line in each call fits in."""
MOST_SECONDS = 4.0
"""That a policy may take in one season, all calls together. The simulation itself takes less than a tenth of one."""
_LONGEST_TEXT = 200
_SHOWN_DIGITS = 10**15
_EXAMINER = "doorstart_examiner"


class Asker:
    """Asks one policy, for one season.

    Args:
        policy: the function.
        language: of what is said when it goes wrong.
        seconds: that all calls together may take.
    """

    def __init__(self, policy: Policy, language: Language = "en", seconds: float = MOST_SECONDS) -> None:
        self._policy, self._language = policy, language
        self._left, self._seconds = seconds, seconds
        self._printed = 0

    def __call__(self, week: int, article: Article, on_hand: int, on_order: int, history: Sequence[int]) -> int:
        """The pieces to order.

        Args:
            week: 1 to 26; only for what is said when it goes wrong.
            article: about which to ask.
            on_hand, on_order: pieces.
            history: weekly sales; the policy gets a copy.

        Raises:
            PolicyError: no number of pieces came back.
        """

        def refuse(kind: Kind, value: str = "", most: int = 0) -> NoReturn:
            raise PolicyError(kind, week, article.name, self._language, value=value, most=most) from None

        printed = _Counted(sys.stdout, MOST_PRINTED - self._printed)
        before = time.monotonic()
        try:
            with contextlib.redirect_stdout(printed):
                answer = self._policy(article.facts(), on_hand, on_order, list(history))
        except Exception as error:
            # What the examiner says of the link to the learner's code is not of the learner's making.
            if type(error).__module__.startswith(_EXAMINER):
                raise
            refuse("raised", _said(error))
        self._left -= time.monotonic() - before
        self._printed += printed.count
        if self._printed > MOST_PRINTED:
            refuse("printed", most=MOST_PRINTED)
        if self._left < 0:
            refuse("slow", most=round(self._seconds))
        kind, pieces = pieces_of(answer)
        if kind is not None:
            refuse(kind, _shown(answer, kind), LARGEST_ORDER)
        return pieces


def pieces_of(answer: object) -> tuple[Kind | None, int]:
    """The number of pieces that an answer means; or what is wrong with it, and 0.

    Whole floats and Decimals are fine: ``round(x, 0)`` and a sum of a pandas column give such. True is no number.
    """
    value: Any = _plain(answer)
    if value is None:
        return "nothing", 0
    if type(value) is str:
        return "text", 0
    if type(value) not in (int, float, Decimal):
        return "kind", 0
    # Each in its own way: a float of a large int overflows, and a signalling NaN of Decimal raises.
    if (type(value) is float and not math.isfinite(value)) or (type(value) is Decimal and not value.is_finite()):
        return "no number", 0
    if value < 0:
        return "negative", 0
    # Before anything is made of it: 10**100000 and Decimal("1E+999999") are numbers, too.
    if value > LARGEST_ORDER:
        return "huge", 0
    if value != int(value):
        return "fraction", 0
    return None, int(value)


def _plain(answer: Any) -> Any:
    """A scalar of numpy as Python's own."""
    if type(answer).__module__ == "numpy" and getattr(answer, "ndim", 1) == 0 and hasattr(answer, "item"):
        return answer.item()
    return answer


def _shown(answer: object, kind: Kind) -> str:
    value = _plain(answer)
    if kind in ("kind", "nothing"):
        return type(value).__name__
    if type(value) is str:
        return repr(value[:_LONGEST_TEXT])
    if type(value) is int:
        digits = value.bit_length() * 30103 // 100000
        return str(value) if abs(value) < _SHOWN_DIGITS else f"{'-' if value < 0 else ''}10**{digits}"
    return f"{value:g}"


def _said(error: Exception) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    name = type(error).__name__
    return f"{name}: {text[:_LONGEST_TEXT]}" if text else name


class _Counted(io.TextIOBase):
    """Passes text on, up to a number of characters, and counts it."""

    def __init__(self, target: TextIO, most: int) -> None:
        super().__init__()
        self._target, self._most = target, most
        self.count = 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Write text."""
        left = self._most - self.count
        self.count += len(text)
        if left > 0:
            self._target.write(text[:left])
        return len(text)

    def flush(self) -> None:
        """Flush what it is passed on to."""
        self._target.flush()
