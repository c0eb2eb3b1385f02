"""A class whose lesson is in the timetable: what its learners wait when the bell rings. ``make bench-timetable``.

The lesson begins as long from now as the site starts servers ahead (``DOORSTART_LESSON_AHEAD``, five minutes). When it
does, all learners follow the link of *My courses* to their first unit at the same moment, and wait for the first answer
of their server.
"""

from __future__ import annotations

import html
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from bench import options
from bench.measure import bound, percentile, report
from bench.sides import COURSE, Side, check_isolation, our_site
from doorstart.check.client import Person
from doorstart.settings import settings
from doorstart.site import containers
from doorstart.timetable.lessons import Lesson, Timetable

GOAL = 1.5
"""Seconds that half of the class may wait at most."""
LONGEST = 120
LOOKING = 15
"""Seconds before the lesson at which learners see *My courses*."""
COMMAND = ["python", "-m", "doorstart.timetable"]


def main() -> None:
    """Measure, print the table and write ``build/bench/timetable.json``."""
    chosen = options.read("The wait of a class that is in the timetable.", rounds=1, servers=30)
    waits: list[float] = []
    with our_site() as ours:
        if not chosen.without_attacks:
            check_isolation(ours)
        for number in range(1, chosen.rounds + 1):
            waits += measure(ours, chosen.servers)
            print(f"round {number}: median {percentile(waits, 50):.2f} s", flush=True)
    late = sum(wait >= LONGEST for wait in waits)
    report(
        "timetable",
        [
            bound("timetable_wait", percentile(waits, 50), "seconds", GOAL),
            bound("timetable_wait_p95", percentile(waits, 95), "seconds", None),
            bound("timetable_failures", late, "servers", 0),
        ],
        **vars(chosen),
        ahead=settings().lesson_ahead,
        waits=[round(wait, 3) for wait in waits],
    )


def measure(side: Side, servers: int) -> list[float]:
    """What each of a class waited, in seconds, when its lesson began."""
    assert side.site is not None
    hub = f"{side.site.name}-hub"
    with ExitStack() as stack:
        people = [stack.enter_context(side.person()) for _ in range(servers)]
        bell = datetime.now(ZoneInfo(settings().time_zone)) + timedelta(seconds=settings().lesson_ahead)
        ends = bell + timedelta(minutes=10)
        if bell.date() != ends.date():
            sys.exit("A lesson ends on the day that it begins. Measure again after midnight.")
        who = tuple(sorted(person.username for person in people))
        lesson = Lesson(course=COURSE, on=bell.date(), begins=bell.time(), ends=ends.time(), who=who)
        table = Timetable(lessons=(lesson,)).model_dump(mode="json")
        containers.execute_json(side.client, hub, [*COMMAND, "write"], table)
        try:
            time.sleep(max(0.0, (bell - datetime.now(bell.tzinfo)).total_seconds() - LOOKING))
            links = [_link(person) for person in people]
            time.sleep(max(0.0, (bell - datetime.now(bell.tzinfo)).total_seconds()))
            with ThreadPoolExecutor(servers) as pool:
                return list(pool.map(_arrive, people, links))
        finally:
            containers.execute_json(side.client, hub, [*COMMAND, "remove"])
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(Person.stop_server, people))


def _link(person: Person) -> str:
    """Where *My courses* leads somebody who begins."""
    found = re.search(r'class="btn btn-jupyter" href="([^"]*doorstart-unit[^"]*)"', person.http.get("/hub/home").text)
    if not found:
        sys.exit(f"My courses shows {person.username} no unit to begin with.")
    return html.unescape(found[1])


def _arrive(person: Person, link: str) -> float:
    """Seconds from the click on a link until the server answers; :data:`LONGEST` if it does not."""
    began = time.monotonic()
    while time.monotonic() < began + LONGEST:
        try:
            person.http.get(link)
            if person.http.get(f"/user/{person.username}/api").status_code == httpx.codes.OK:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    return float(LONGEST)


if __name__ == "__main__":
    main()
