"""The wait for a server: request to the Hub until the server answers, one side after the other. ``make bench-spawn``.

Each side has one person, whose server is started and stopped in every round; a start before the first round, which is
not counted, makes the home. How a start splits comes from what the engine and the server's log tell, by one clock:

- asked: request until the engine has made the container
- created: until the container runs
- started: until the server says that it listens: Python's imports and JupyterLab's extensions
- listens: until the Hub says that the server is ready: the seal, the Hub's own waiting, the route in the proxy
- ready: until the server's first answer through the proxy
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import httpx
from docker.models.containers import Container

from bench import options
from bench.measure import Measure, report, shares
from bench.sides import Side, both, check_isolation
from doorstart.check.client import Person

GOAL = 0.5
"""Share of the reference's wait."""
LONGEST = 120
"""Seconds after which a server that does not answer ends the benchmark."""
_LISTENS = re.compile(r"^(\S+) .*is running at", re.MULTILINE)


@dataclass(frozen=True)
class Start:
    """One start of a server, in seconds; ``total`` is the sum of the others."""

    total: float
    asked: float
    created: float
    started: float
    listens: float
    ready: float


def main() -> None:
    """Run all rounds, print the table and write ``build/bench/spawn.json``."""
    chosen = options.read("The wait for a server.", rounds=15)
    with both() as (ours, reference):
        if not chosen.without_attacks:
            check_isolation(ours)
        mine, theirs = measure([ours, reference], chosen.rounds)
    report(
        "spawn",
        measures(mine, theirs),
        rounds=chosen.rounds,
        ours=[asdict(one) for one in mine],
        reference=[asdict(one) for one in theirs],
    )


def measures(ours: Sequence[Start], reference: Sequence[Start]) -> list[Measure]:
    """The lines of the report: the median with its goal, the slow ones, and how a start splits."""

    def each(part: str) -> tuple[list[float], list[float]]:
        return [getattr(one, part) for one in ours], [getattr(one, part) for one in reference]

    return [
        shares("spawn", *each("total"), unit="seconds", goal=GOAL),
        shares("spawn_p95", *each("total"), unit="seconds", of=95),
        *(shares(f"spawn_{part}", *each(part), unit="seconds") for part in Start.__annotations__ if part != "total"),
    ]


def measure(sides: Sequence[Side], rounds: int) -> list[list[Start]]:
    """Starts of each side, in turn; the first of each, which makes the home, is left out."""
    people = [side.person() for side in sides]
    found: list[list[Start]] = [[] for _ in sides]
    try:
        for number in range(rounds + 1):
            for side, person, starts in zip(sides, people, found, strict=True):
                one = start(side, person)
                person.stop_server()
                if number:
                    starts.append(one)
                    print(f"round {number}: {side.name} {one.total:.2f} s", flush=True)
    finally:
        for person in people:
            person.stop_server()
            person.http.close()
    return found


def start(side: Side, person: Person) -> Start:
    """Ask for somebody's server, and wait for its first answer.

    Raises:
        TimeoutError: it did not come.
    """
    asked = time.time()
    ready = wait_until_ready(person, asked + LONGEST)
    answer = httpx.Response(0)
    while answer.status_code != httpx.codes.OK:
        answer = person.http.get(f"/user/{person.username}/api")
        if time.time() > asked + LONGEST:
            raise TimeoutError(f"{side.name}: the server did not answer (status {answer.status_code})")
    answered = time.time()
    container = side.container(person)
    created, started = engine_times(side, container, asked)
    listens = listens_at(container)
    steps = (asked, created, started, listens, ready, answered)
    return Start(answered - asked, *(end - begin for begin, end in itertools.pairwise(steps)))


def wait_until_ready(person: Person, deadline: float) -> float:
    """Ask for the server of somebody; when the Hub said that it is ready, in seconds since 1970.

    The Hub answers the request when the server is ready, unless that takes more than its ten seconds; then its progress
    is listened to, as its waiting page does.
    """
    answer = person.hub("POST", f"/users/{person.username}/server")
    if answer.status_code == httpx.codes.CREATED:
        return time.time()
    if answer.status_code != httpx.codes.ACCEPTED:
        raise RuntimeError(f"The Hub refused a server: {answer.status_code} {answer.text[:300]}")
    while time.time() < deadline:
        with person.http.stream("GET", f"/hub/api/users/{person.username}/server/progress") as events:
            for line in events.iter_lines():
                if '"ready": true' in line:
                    return time.time()
                if '"failed": true' in line:
                    raise RuntimeError(f"A server did not start: {line}")
    raise TimeoutError("The server was not ready in time.")


def engine_times(side: Side, container: Container, since: float) -> tuple[float, float]:
    """When a container was made, and when it ran, in seconds since 1970."""
    events = side.client.events(
        since=int(since), until=int(time.time()) + 1, decode=True, filters={"container": container.id}
    )
    times = {event["Action"]: event["timeNano"] / 1e9 for event in events if event["Action"] in ("create", "start")}
    return times["create"], times["start"]


def listens_at(container: Container) -> float:
    """When the server in a container said that it listens, in seconds since 1970."""
    said = container.logs(timestamps=True).decode(errors="replace")
    found = _LISTENS.search(said)
    if not found:
        raise RuntimeError(f"The server did not say that it listens:\n{said[-2000:]}")
    stamp = found[1].rstrip("Z")
    return datetime.fromisoformat(f"{stamp[:26]}+00:00").timestamp()


if __name__ == "__main__":
    main()
