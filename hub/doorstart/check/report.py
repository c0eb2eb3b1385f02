"""What a check says: one line for each step with its time, or one JSON document for a script."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from doorstart.site.progress import Step, step


class StepFailedError(Exception):
    """A step of a check failed; ``step`` is its name, the text says why and what to do."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"The step “{step}” failed. {why}")
        self.step = step
        self.why = why


@dataclass
class Done:
    """A step that has ended; ``seconds`` is how long it took, ``error`` why it failed."""

    name: str
    seconds: float
    ok: bool
    error: str = ""


class Report:
    """Collects the steps of a check, and prints them as they come unless JSON was asked for."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.steps: list[Done] = []

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Run the body as a step.

        Raises:
            StepFailedError: the body raised; which error it was, in words, is in it.
        """
        started = time.monotonic()
        error = "it was interrupted"
        try:
            with nullcontext(Step(name)) if self.as_json else step(name) as current:
                try:
                    yield current
                except Exception as failure:
                    error = in_words(failure)
                    raise StepFailedError(name, error) from failure
            error = ""
        finally:
            self.steps.append(Done(name, round(time.monotonic() - started, 2), not error, error))

    @property
    def seconds(self) -> float:
        """The time of all steps together."""
        return round(sum(done.seconds for done in self.steps), 2)

    def plain(self) -> dict[str, Any]:
        """The steps in the form of ``--json``: ``ok``, ``steps``, ``seconds``."""
        steps = [{key: value for key, value in asdict(done).items() if key != "error" or value} for done in self.steps]
        return {"ok": all(done.ok for done in self.steps), "steps": steps, "seconds": self.seconds}


def in_words(error: Exception) -> str:
    """An error as a sentence; the kind of error is added where its own text would not be understood alone."""
    text = str(error).strip()
    if not text:
        return f"There is no more to say than {type(error).__name__}."
    ours = type(error).__module__.startswith("doorstart.")
    return text if ours else f"{type(error).__name__}: {text}"
