"""Memory of a learner's server, idle and at work, one side after the other. ``make bench-memory``.

Some servers of a side run at the same time, since what they share counts once. Idle: nobody has opened a page, ten
seconds after the start. At work: one notebook's kernel has imported pandas and matplotlib.pyplot.

- PSS: proportional set size of all processes; a page that several have counts in part for each (``proc(5)``)
- cgroup: what the kernel charges to the container, without file pages that nobody has used of late
- fit: how many servers at work 20 GiB hold, by their PSS
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from docker.models.containers import Container

from bench import options
from bench.measure import MIB, Measure, report, share, shares
from bench.sides import Side, both, check_isolation, process_tree
from doorstart.check.client import Person, Server

GOAL = 0.6
"""Share of the reference's memory."""
ROOM = 20 * 1024
"""MiB that servers may have together: a machine of 24 GiB, with 4 for the site and the engine."""
SETTLED = 10.0
"""Seconds after a start in which imports end and the garbage of the start is collected."""
WORK = "import pandas, matplotlib.pyplot"
_GROUPS = ("/sys/fs/cgroup/memory/docker/{}", "/sys/fs/cgroup/system.slice/docker-{}.scope")


@dataclass(frozen=True)
class Memory:
    """Of one server, in MiB."""

    pss: float
    cgroup: float


def main() -> None:
    """Measure both sides, print the table and write ``build/bench/memory.json``."""
    chosen = options.read("Memory of a learner's server.", rounds=1, servers=6)
    found: dict[str, list[Memory]] = {}
    with both() as (ours, reference):
        if not chosen.without_attacks:
            check_isolation(ours)
        for number in range(chosen.rounds):
            for side in (ours, reference):
                for state, memories in measure(side, chosen.servers).items():
                    found.setdefault(f"{side.name} {state}", []).extend(memories)
                    told = f"{memories[0].pss:.0f} MiB PSS, {memories[0].cgroup:.0f} MiB cgroup"
                    print(f"round {number + 1}: {side.name}, {state}: {told}", flush=True)
    report(
        "memory",
        measures(found, ours.name, reference.name),
        rounds=chosen.rounds,
        servers=chosen.servers,
        each={what: [asdict(one) for one in memories] for what, memories in found.items()},
    )


def measures(found: dict[str, list[Memory]], ours: str, reference: str) -> list[Measure]:
    """The lines of the report."""
    lines = []
    for state in ("idle", "at work"):
        for kind in ("pss", "cgroup"):
            mine, theirs = ([getattr(one, kind) for one in found[f"{side} {state}"]] for side in (ours, reference))
            lines.append(shares(f"memory_{state.replace(' ', '_')}_{kind}", mine, theirs, unit="MiB", goal=GOAL))
    fit = [ROOM // (lines[2].ours), ROOM // (lines[2].reference or 1)]
    return [*lines, share("memory_fit_in_20_gib", *fit, unit="servers at work; more is better", goal=None)]


def measure(side: Side, servers: int) -> dict[str, list[Memory]]:
    """Memory of each of some servers of a side that run at the same time, idle and at work."""
    with ExitStack() as stack:
        people = [stack.enter_context(_started(side)) for _ in range(servers)]
        containers = [side.container(person) for person in people]
        time.sleep(SETTLED)
        idle = [memory_of(container) for container in containers]
        for person in people:
            server = Server(person, "")
            kernel = server.json("POST", "api/kernels", json={"name": "python3"})["id"]
            server.run_in(kernel, WORK, timeout=120)
        time.sleep(SETTLED)
        return {"idle": idle, "at work": [memory_of(container) for container in containers]}


@contextlib.contextmanager
def _started(side: Side) -> Iterator[Person]:
    with side.person() as person:
        try:
            answer = person.hub("POST", f"/users/{person.username}/server")
            deadline = time.monotonic() + 120
            while person.http.get(f"/user/{person.username}/api").status_code != 200:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{side.name}: a server did not start (status {answer.status_code})")
                time.sleep(0.2)
            yield person
        finally:
            person.stop_server()


def memory_of(container: Container) -> Memory:
    """The memory of a container's processes."""
    pss = 0
    for process in process_tree(container):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            pss += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return Memory(round(pss / MIB, 1), round(_charged(str(container.id)) / MIB, 1))


def _charged(container: str) -> int:
    """Bytes that a control group, of version 1 or 2, is charged with, less inactive file pages."""
    folder = next(path for path in (Path(form.format(container)) for form in _GROUPS) if path.exists())
    usage = folder / "memory.usage_in_bytes"
    charged = int((usage if usage.exists() else folder / "memory.current").read_text())
    statistic = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    return charged - int(statistic.get("total_inactive_file", statistic.get("inactive_file", 0)))


if __name__ == "__main__":
    main()
