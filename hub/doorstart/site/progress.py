"""What the command line prints while it works: one line a step, a spinner on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Step:
    """A step that is under way. Assign ``note`` to say at its end what was found or done, ``ok`` if it is not right."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.note = ""
        self.ok = True
        self._status = console.status(f"{name} …") if console.is_terminal else None

    def say(self, text: str) -> None:
        """Tell what the step is doing now."""
        if self._status:
            self._status.update(f"{self.name}: {text} …")
        else:
            console.print(f"  … {text}", markup=False)


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a step while the body runs, and its time in seconds at its end."""
    current = Step(name)
    started = time.monotonic()
    if current._status:
        current._status.start()
    try:
        yield current
    except BaseException:
        if current._status:
            current._status.stop()
        console.print(f"[red]✗[/red] {name}")
        raise
    if current._status:
        current._status.stop()
    took = time.monotonic() - started
    note = f": {current.note}" if current.note else ""
    mark = "[green]✓[/green]" if current.ok else "[red]✗[/red]"
    console.print(f"{mark} {name}{note} [dim]({took:.1f} s)[/dim]")
