"""A class that asks for its servers at once, one side after the other. ``make bench-class``.

All are logged in; then each asks at the same moment, and waits until the own server answers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import httpx

from bench import options
from bench.measure import Measure, bound, percentile, report, shares
from bench.sides import Side, both, check_isolation
from doorstart.check.client import Person

GOAL = 0.5
"""Share of the reference's time until the last has a server."""
LONGEST = 300
"""Seconds after which a server that has not answered is a failure."""


@dataclass(frozen=True)
class Class:
    """What one class waited, in seconds; ``failures`` are those without a server in the end."""

    last: float
    median: float
    failures: int


def main() -> None:
    """Run all rounds, print the table and write ``build/bench/class.json``."""
    chosen = options.read("A class that asks for its servers at once.", rounds=2, servers=30)
    found: dict[str, list[Class]] = {}
    with both() as sides:
        if not chosen.without_attacks:
            check_isolation(sides[0])
        for number in range(1, chosen.rounds + 1):
            for side in sides:
                one = measure(side, chosen.servers)
                found.setdefault(side.name, []).append(one)
                print(f"round {number}: {side.name} {one.last:.1f} s, {one.failures} failures", flush=True)
    report(
        "class",
        measures(*found.values()),
        rounds=chosen.rounds,
        servers=chosen.servers,
        each={name: [asdict(one) for one in classes] for name, classes in found.items()},
    )


def measures(ours: Sequence[Class], reference: Sequence[Class]) -> list[Measure]:
    """The lines of the report."""

    def each(what: str) -> tuple[list[float], list[float]]:
        return [getattr(one, what) for one in ours], [getattr(one, what) for one in reference]

    return [
        shares("class_last_ready", *each("last"), unit="seconds", goal=GOAL),
        shares("class_median_wait", *each("median"), unit="seconds"),
        bound("class_failures", sum(one.failures for one in ours), "servers", 0),
        bound("class_failures_of_reference", sum(one.failures for one in reference), "servers", None),
    ]


def measure(side: Side, servers: int) -> Class:
    """One class of a side."""
    with ExitStack() as stack:
        people = [stack.enter_context(side.person()) for _ in range(servers)]
        with ThreadPoolExecutor(servers) as pool:
            began = time.monotonic()
            waits = list(pool.map(lambda person: _wait(person, began + LONGEST), people))
            last = time.monotonic() - began
            list(pool.map(Person.stop_server, people))
    served = [one for one in waits if one is not None]
    return Class(last, percentile(served, 50) if served else float(LONGEST), servers - len(served))


def _wait(person: Person, deadline: float) -> float | None:
    """Seconds from asking until the server answers; None if it does not."""
    began = time.monotonic()
    try:
        answer = person.hub("POST", f"/users/{person.username}/server")
        if answer.status_code not in (httpx.codes.CREATED, httpx.codes.ACCEPTED):
            return None
        # As the Hub's waiting page, which is told when it is ready and does not ask again and again.
        for event in person.progress(timeout=LONGEST):
            if event.get("failed") or time.monotonic() > deadline:
                return None
        if person.http.get(f"/user/{person.username}/api").status_code == httpx.codes.OK:
            return time.monotonic() - began
    except httpx.HTTPError:
        pass
    return None


if __name__ == "__main__":
    main()
