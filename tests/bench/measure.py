"""What a piece of work costs the whole machine, and the shape in which every benchmark reports. Runs nothing itself."""

from __future__ import annotations

import json
import os
import platform
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "build" / "bench"
_CONTAINERS = (Path("/sys/fs/cgroup/memory/docker"), Path("/sys/fs/cgroup/system.slice"))
_SECONDS_PER_TICK = 0.01
MIB = 1024 * 1024


@dataclass
class Cost:
    """What a piece of work took."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of all processors, of everything on the machine, less what it used when nothing was asked of it."""
    peak_memory: int = 0
    """Bytes of anonymous memory of all containers together, at its highest, less what they had before."""


@dataclass(frozen=True)
class Measure:
    """One line of a report."""

    name: str
    ours: float
    reference: float | None
    """None where the reference has nothing of the kind."""
    ratio: float | None
    """How many times better than the reference: above 1 is better, whichever way the unit goes. Of a share: ours by the
    reference, so less is better."""
    unit: str
    goal: float | None
    """For the ratio; where there is no reference, the most that ours may be."""
    met: bool | None
    ours_spread: tuple[float, float] | None = None
    """Lowest and highest of what was measured; None of a single figure."""
    reference_spread: tuple[float, float] | None = None


@contextmanager
def cost(idle: float) -> Iterator[Cost]:
    """Measure what the body costs.

    Args:
        idle: processors that the machine uses when nothing is asked of it; :func:`idle_use`.
    """
    spent, ended = Cost(), threading.Event()
    before = _anonymous_memory()

    def watch() -> None:
        while not ended.wait(0.25):
            spent.peak_memory = max(spent.peak_memory, _anonymous_memory() - before)

    watcher = threading.Thread(target=watch, daemon=True)
    begin, used = time.monotonic(), _used()
    watcher.start()
    try:
        yield spent
    finally:
        spent.wall_seconds = time.monotonic() - begin
        spent.cpu_seconds = _used() - used - idle * spent.wall_seconds
        ended.set()
        watcher.join()


def idle_use(seconds: float = 5.0) -> float:
    """Processors in use over the next seconds, in which nothing should be asked of the machine."""
    begin, used = time.monotonic(), _used()
    time.sleep(seconds)
    return (_used() - used) / (time.monotonic() - begin)


def more_is_better(name: str, ours: Sequence[float], reference: Sequence[float], unit: str, goal: float) -> Measure:
    """A measure with a goal for the ratio of the medians."""
    mine, theirs = statistics.median(ours), statistics.median(reference)
    ratio = mine / theirs
    spreads = _spread(ours), _spread(reference)
    return Measure(name, round(mine, 2), round(theirs, 2), round(ratio, 2), unit, goal, ratio >= goal, *spreads)


def less_is_better(name: str, ours: Sequence[float], reference: Sequence[float], unit: str) -> Measure:
    """A measure without a goal."""
    mine, theirs = statistics.median(ours), statistics.median(reference)
    spreads = _spread(ours), _spread(reference)
    return Measure(name, round(mine, 2), round(theirs, 2), round(theirs / mine, 2), unit, None, None, *spreads)


def share(name: str, ours: float, reference: float, unit: str, goal: float | None) -> Measure:
    """A measure whose ratio is a share of the reference, with the goal that it is no larger than that."""
    ratio = round(ours / reference, 4)
    return Measure(
        name, round(ours, 2), round(reference, 2), ratio, unit, goal, None if goal is None else ratio <= goal
    )


def shares(
    name: str, ours: Sequence[float], reference: Sequence[float], unit: str, goal: float | None = None, of: int = 50
) -> Measure:
    """As :func:`share`, of the ``of``-th percentiles of what was measured several times, with their spread."""
    one = share(name, percentile(ours, of), percentile(reference, of), unit, goal)
    return replace(one, ours_spread=_spread(ours), reference_spread=_spread(reference))


def bound(name: str, ours: float, unit: str, goal: float | None) -> Measure:
    """A figure that the reference has not, with the most that it may be."""
    return Measure(name, round(ours, 2), None, None, unit, goal, None if goal is None else ours <= goal)


def percentile(values: Sequence[float], which: int) -> float:
    """The value that ``which`` percent of the values do not exceed, between two of them if need be."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * which / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def machine() -> dict[str, object]:
    """What the figures were measured on, and how busy it was in the minute before."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MIB,
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 2),
    }


def report(name: str, measures: Sequence[Measure], **details: object) -> Path:
    """Write ``build/bench/<name>.json`` and print it as a table; the file's path."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    told = {"measures": [asdict(one) for one in measures], **details, "machine": machine()}
    path.write_text(json.dumps(told, indent=2) + "\n")
    print(f"\n{'':36}{'ours':>10}{'reference':>12}{'ratio':>8}  goal")
    for one in measures:
        goal = "" if one.goal is None else f"{_goal(one)}: {'met' if one.met else 'NOT met'}"
        reference = "-" if one.reference is None else f"{one.reference:.2f}"
        ratio = "-" if one.ratio is None else f"{one.ratio:.3g}"
        print(f"{one.name:36}{one.ours:10.2f}{reference:>12}{ratio:>8}  {goal} ({one.unit}){_spreads(one)}")
    about = machine()
    print(f"{about['processor']}, {about['processors']} processors, {about['memory_mib']} MiB, load {about['load']}")
    return path


def _goal(one: Measure) -> str:
    assert one.goal is not None
    if one.reference is None:
        return f"at most {one.goal:g}"
    return f"{one.goal:.0%} or less" if one.goal < 1 else f"{one.goal:g} times"


def _spread(values: Sequence[float]) -> tuple[float, float] | None:
    return (round(min(values), 2), round(max(values), 2)) if len(values) > 1 else None


def _spreads(one: Measure) -> str:
    both = [f"{low:g} to {high:g}" for low, high in filter(None, (one.ours_spread, one.reference_spread))]
    return f"  [{'; '.join(both)}]" if both else ""


def _used() -> float:
    """Seconds that all processors together have worked since the machine started."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle, waiting = fields[3], fields[4]
    return (sum(fields) - idle - waiting) * _SECONDS_PER_TICK


def _anonymous_memory() -> int:
    """Bytes that containers' processes hold, without what the kernel keeps of files. Control groups, version 1 or 2."""
    total = 0
    for folder in _CONTAINERS:
        for statistic in folder.glob("*/memory.stat"):
            try:
                lines = dict(line.split() for line in statistic.read_text().splitlines())
            except OSError:  # The container has just ended.
                continue
            total += int(lines.get("total_rss", lines.get("anon", 0)))
    return total
