"""What a probe is: an attack, a positive control, and what came out of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doorstart.check.arena import Arena
from doorstart.check.inside import Result
from doorstart.check.places import Inside


@dataclass(frozen=True)
class Outcome:
    """What came out.

    Attributes:
        refused: The attack did not succeed.
        control: The same attack succeeded where it must: the probe is known to work.
        detail: Both, in words.
    """

    refused: bool
    control: bool
    detail: str

    @property
    def ok(self) -> bool:
        """The attack was refused, and that proves something."""
        return self.refused and self.control


@dataclass(frozen=True)
class Probe:
    """An attack that must be refused.

    Attributes:
        name: Its name; a word or a few with hyphens.
        tried: What is tried, in a sentence without its full stop.
        run: Does it.
    """

    name: str
    tried: str
    run: Callable[[Arena], Outcome]


def judged(attack: Result, control: Result) -> Outcome:
    """The outcome of an attack, from its result and that of the same attack where it must succeed."""
    absent = bool(control.get("absent")) and not control["reached"]
    other = "this machine does not have it" if absent else control["detail"]
    return Outcome(
        refused=not attack["reached"],
        control=bool(control["reached"]) or absent,
        detail=f"{attack['detail']} (control: {other})",
    )


def same(
    name: str,
    tried: str,
    function: Callable[..., Result],
    control: Callable[[Arena], Inside],
    arguments: Callable[[Arena], dict[str, Any]] = lambda _: {},
) -> Probe:
    """A probe that calls the same function, with the same arguments, in the attacker's place and in the control's.

    Args:
        name: As :attr:`Probe.name`.
        tried: As :attr:`Probe.tried`.
        function: One of :mod:`doorstart.check.inside`.
        control: The place where it must succeed.
        arguments: The function's arguments.
    """

    def run(arena: Arena) -> Outcome:
        given = arguments(arena)
        return judged(arena.attacker.call(function, **given), control(arena).call(function, **given))

    return Probe(name, tried, run)
