"""Runs the learner's cells in IPython, as a notebook does, without Jupyter's messaging around it."""

from __future__ import annotations

import builtins
import json
import sys
from base64 import b64encode
from collections.abc import Callable
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from doorstart_examiner.kernel.output import Drain, Output, Stream
from doorstart_examiner.said import said

NO_INPUT = said(
    "This cell asks for input, and nobody is there to answer. Give the value in the code, or call it from a test."
)
_MOST_OUTPUTS = 2000


class Publisher(DisplayPublisher):
    """``display()`` and figures."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Take one bundle; an update is taken as another output."""
        _flush()
        cast(Shell, self.shell).output.add(
            {"output_type": "display_data", "data": _bundle(data), "metadata": _plain(metadata or {})}
        )

    def clear_output(self, wait: bool = False) -> None:
        """Drop the outputs so far."""
        cast(Shell, self.shell).output.clear()


class Hook(DisplayHook):
    """The value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """There is no prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Take the value in its formats."""
        _flush()
        cast(Shell, self.shell).output.add(
            {
                "output_type": "execute_result",
                "data": _bundle(format_dict),
                "metadata": _plain(md_dict or {}),
                "execution_count": self.prompt_count,
            }
        )

    def finish_displayhook(self) -> None:
        """Nothing is left to do."""


class Shell(InteractiveShell):
    """IPython, with its outputs collected."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def __init__(self, **options: Any) -> None:
        self.output = Output()
        self.drain: Drain | None = None
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "neutral"
        config.InteractiveShell.cache_size = 1000
        super().__init__(config=config, **options)  # type: ignore[no-untyped-call]

    def init_io(self) -> None:
        """Leave the streams alone until cells run."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> None:
        """``exit`` ends nothing: the next cell runs."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        _flush()
        self.output.add(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", etype))[:200],
                "evalue": _one_text(evalue),
                "traceback": [line.encode("utf-8", "replace").decode() for line in stb],
            }
        )

    def system(self, command: str) -> None:
        """Run a shell command; its output comes through the descriptors."""
        self.system_raw(command)  # type: ignore[no-untyped-call]
        if self.drain is not None:
            self.drain.settle()

    def capture(self, reader: Callable[[str], str]) -> None:
        """From here on, everything that is written, and asked for with ``input()``, goes through this object.

        Args:
            reader: asked for a line by ``input()``, with its prompt.
        """
        self.drain = Drain(self.output)
        sys.stdout = sys.__stdout__ = Stream(self.output, "stdout", 1)  # type: ignore[misc, assignment]
        sys.stderr = sys.__stderr__ = Stream(self.output, "stderr", 2)  # type: ignore[misc, assignment]
        builtins.input = lambda prompt="": reader(str(prompt))
        import getpass

        getpass.getpass = lambda prompt="Password: ", stream=None, **_: reader(str(prompt))

    def run(self, source: str, most: int) -> dict[str, Any]:
        """Run one cell.

        Args:
            source: of the cell.
            most: bytes of output.

        Returns:
            The reply to ``X``.
        """
        self.output.begin(most)
        count = self.execution_count
        failed = True
        try:
            failed = not self.run_cell(source, store_history=True).success  # type: ignore[no-untyped-call]
        except BaseException:  # An interrupt outside of the learner's code.
            self.showtraceback()
        outputs = self.collected()
        return {
            "status": "error" if failed else "ok",
            "outputs": outputs,
            "execution_count": count,
            "truncated": self.output.truncated,
        }

    def collected(self) -> list[dict[str, Any]]:
        """All outputs so far."""
        _flush()
        if self.drain is not None:
            self.drain.settle()
        outputs = self.output.take()
        if len(outputs) > _MOST_OUTPUTS:
            self.output.truncated = True
        return outputs[:_MOST_OUTPUTS]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: S112 (a stream of the learner's)
            continue


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    return _plain(
        {kind: b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in data.items()}
    )


def _plain(data: Any) -> dict[str, Any]:
    """As JSON has it; what it cannot have is left out."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(data, default=str).encode("utf-8", "replace"))
        return plain
    except (TypeError, ValueError, RecursionError):
        return {}


def _one_text(value: Any) -> str:
    try:
        return str(value).encode("utf-8", "replace").decode()
    except Exception:
        return said("(its text cannot be shown)")
