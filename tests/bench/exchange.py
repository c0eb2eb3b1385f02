"""The exchange with the data of a large school, and with ten times as many learners. ``make bench-exchange``.

The real service in a process of its own, on its socket, with its database and its files; only the Hub, which it asks
who calls, is the tests' own. A list is what nbgrader's panel asks: the assignments, and one's own submissions to all of
them. Submissions come from all learners of a lesson at once. A figure without a reference: nbgrader's own exchange is a
folder that everybody can read and write, and without a network there is none to share.
"""

from __future__ import annotations

import random
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, select
from unit.exchange.running import COURSE, NOTEBOOK, Site, running_site

from bench import options
from bench.measure import MIB, Measure, bound, percentile, report
from doorstart.exchange.receipts import verify_receipt
from doorstart.exchange.store.models import Assignment, Blob, Feedback, Release, Submission
from doorstart.exchange.wire import Receipt
from doorstart_exchange_client.wire import digest_of, pack

LIST_GOAL = 0.05
"""Seconds of a list, 95 of 100."""
GROWTH_GOAL = 1.5
"""Times as long as that with ten times the data."""
TIMES = 10
SEED = 20261130


@dataclass(frozen=True)
class Figures:
    """Of one amount of data. Times in seconds."""

    submissions_before: int
    list_median: float
    list_p95: float
    units_p95: float
    """Of *My courses*."""
    handed_in: int
    seconds: float
    """From the first submission sent until the last receipt has come."""
    slowest: float
    lost: int
    """Receipts that are missing or not valid, and submissions that are not there afterwards, or not what was sent."""


def main() -> None:
    """Measure both amounts of data, print the table and write ``build/bench/exchange.json``."""
    chosen = options.read(
        "The exchange with much data.", rounds=300, learners=500, assignments=40, submissions=200, isolation=False
    )
    found = []
    for times in (1, TIMES):
        with _filled(chosen.learners * times, chosen.assignments) as site:
            found.append(measure(site, chosen.learners * times, chosen.assignments, chosen.rounds, chosen.submissions))
        print(f"{found[-1].submissions_before} submissions: list p95 {1000 * found[-1].list_p95:.0f} ms", flush=True)
    report("exchange", measures(*found), **vars(chosen), each=[asdict(one) for one in found])
    if any(one.lost for one in found):
        sys.exit("Submissions were lost.")


def measures(usual: Figures, large: Figures) -> list[Measure]:
    """The lines of the report."""
    lines = []
    for name, one in (("", usual), ("_tenfold", large)):
        lines += [
            bound(f"exchange{name}_list_p95", 1000 * one.list_p95, "ms", 1000 * LIST_GOAL),
            bound(f"exchange{name}_my_courses_p95", 1000 * one.units_p95, "ms", None),
            bound(f"exchange{name}_rate", one.handed_in / one.seconds, "submissions of 1 MB each second", None),
            bound(f"exchange{name}_slowest", one.slowest, "seconds until the last receipt", None),
            bound(f"exchange{name}_lost", one.lost, "submissions", 0),
        ]
    return [*lines, bound("exchange_list_growth", large.list_p95 / usual.list_p95, "times", GROWTH_GOAL)]


def measure(site: Site, learners: int, assignments: int, rounds: int, submissions: int) -> Figures:
    """The figures of a site that has its data."""
    choose = random.Random(SEED)  # noqa: S311  # the same learners in each run
    lists, units = [], []
    for learner in choose.choices(range(learners), k=rounds):
        client = site.client(site.learner(_name(learner)))
        began = time.monotonic()
        offered, own = client.assignments(COURSE), client.own_submissions(COURSE)
        listed = time.monotonic()
        assert len(offered) == len(own) == assignments, (len(offered), len(own))
        lists.append(listed - began)
        client.units()
        units.append(time.monotonic() - listed)
    seconds, slowest, lost = _hand_in(site, choose.sample(range(learners), submissions))
    before = learners * assignments
    return Figures(
        before, percentile(lists, 50), percentile(lists, 95), percentile(units, 95), submissions, seconds, slowest, lost
    )


def _hand_in(site: Site, learners: list[int]) -> tuple[float, float, int]:
    """All hand in 1 MB at once: seconds until the last receipt, the longest wait of one, how many were lost."""
    works = [pack({"ps.ipynb": NOTEBOOK, "data.csv": secrets.token_bytes(MIB).hex().encode()[:MIB]}) for _ in learners]
    tokens = [site.learner(_name(learner)) for learner in learners]
    key = site.key()

    def send(place: int) -> tuple[float, Receipt | None]:
        began = time.monotonic()
        try:
            receipt, _ = site.client(tokens[place]).submit(COURSE, "unit-00", works[place])
        except Exception as error:
            print(f"a submission failed: {error}", flush=True)
            return time.monotonic() - began, None
        return time.monotonic() - began, Receipt(**receipt)

    began = time.monotonic()
    with ThreadPoolExecutor(len(learners)) as pool:
        answers = list(pool.map(send, range(len(learners))))
    seconds = time.monotonic() - began
    lost = 0
    for (_, receipt), work, token in zip(answers, works, tokens, strict=True):
        kept = receipt is not None and receipt.digest == digest_of(work) and verify_receipt(receipt, key)
        kept = kept and receipt is not None and site.client(token).submission_archive(receipt.id).archive == work
        lost += not kept
    return seconds, max(took for took, _ in answers), lost


@contextmanager
def _filled(learners: int, assignments: int) -> Iterator[Site]:
    """A running exchange in which every learner has handed in every assignment, and has feedback to half of them."""
    running = running_site()
    site = next(running)
    try:
        for number in range(assignments):
            site.release(f"unit-{number:02}")
        _fill(site.state / "exchange.db", learners)
        yield site
    finally:
        running.close()


def _fill(database: Path, learners: int) -> None:
    """Put submissions and feedback straight into the database: it is lists that are measured, not years of lessons."""
    engine = create_engine(f"sqlite:///{database}")
    now = datetime.now(UTC) - timedelta(days=100)
    with engine.begin() as connection:
        assignments = list(connection.scalars(select(Assignment.id)))
        digest = connection.scalar(select(Release.digest).limit(1))
        assert connection.scalar(select(Blob.digest).where(Blob.digest == digest))
        for learner in range(learners):
            rows = [
                {
                    "id": secrets.token_hex(16),
                    "assignment_id": one,
                    "learner": _name(learner),
                    "digest": digest,
                    "submitted_at": now + timedelta(days=place),
                    "signature": "seeded",
                }
                for place, one in enumerate(assignments)
            ]
            connection.execute(insert(Submission), rows)
            marks = {"version": 1, "digest": digest, "released_at": now, "released_by": "ann"}
            marks |= {"score": 3.0, "max_score": 4.0}
            connection.execute(insert(Feedback), [{**marks, "submission_id": row["id"]} for row in rows[::2]])
    engine.dispose()


def _name(learner: int) -> str:
    return f"learner-{learner:05}"


if __name__ == "__main__":
    main()
