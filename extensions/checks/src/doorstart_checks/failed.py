"""What a check raises when it fails."""

from __future__ import annotations

from doorstart_checks.words import WORDS, Language


class CheckFailed(AssertionError):  # noqa: N818 (a check that fails is no error of the program)
    """A check did not pass.

    Attributes:
        called: the call, as Python writes it; "" if the check is not about one.
        verb: which of the words "returned", "printed" … goes with ``came_back``.
        came_back: the value that came back, or the error, shortened.
        expected: the value that was expected; "" if none can be shown.
        note: what kind of difference it is, in words.
        note_is_bare: whether nothing in the note depends on how the values are, beyond their kind.
        next_step: what the author advises; may be "".
    """

    def __init__(
        self,
        language: Language,
        *,
        called: str = "",
        verb: str = "returned",
        came_back: str = "",
        expected: str = "",
        note: str = "",
        note_is_bare: bool = True,
        next_step: str = "",
    ) -> None:
        self.called, self.verb, self.came_back, self.expected = called, verb, came_back, expected
        self.note, self.note_is_bare, self.next_step = note, note_is_bare, next_step
        self._words = WORDS[language]
        super().__init__(self._in_one_line())

    def _rows(self) -> list[tuple[str, str]]:
        words = self._words
        rows = [
            (words["called"], self.called),
            (words[self.verb], self.came_back),
            (words["expected"], self.expected),
            (words["next"], self.next_step),
        ]
        return [(name, text) for name, text in rows if text]

    def _in_one_line(self) -> str:
        colon = self._words["colon"]
        rows = [f"{name}{colon} {text.rstrip('.')}." for name, text in self._rows()]
        return " ".join([*rows[:-1], self.note, *rows[-1:]] if self.next_step else [*rows, self.note]).strip()

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in the place of a traceback, which would be about the check's own code."""
        rows = self._rows()
        width = max((len(name) for name, _ in rows), default=0)
        colon = self._words["colon"]
        lines = [f"  {name + colon:<{width + len(colon) + 1}}{text}" for name, text in rows]
        if self.note:
            lines.insert(len(lines) - 1 if self.next_step else len(lines), f"  {self.note}")
        return [self._words["not yet"], *lines]
