"""The process of a job: does one act, and keeps how far it is in the course's :class:`~.record.Record`.

Started by :mod:`.job` with the course's lock as an open file, which it holds until it ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path

from doorstart_course_page import similar_compare
from doorstart_course_page.acts import ACTS, STOPPABLE, Acts, problem_of, sentence_of
from doorstart_course_page.book import Book
from doorstart_course_page.record import Line, Place, Record
from doorstart_course_page.site import read_site
from doorstart_exchange_client.client import ATTEMPTS


class Teller:
    """Keeps each step in the record."""

    def __init__(self, place: Place, record: Record) -> None:
        self._place = place
        self._record = record

    def total(self, count: int) -> None:
        """So many learners."""
        self._record.total, self._record.started = count, time.time()
        self._place.write(self._record)

    def step(self) -> None:
        """One of them is done."""
        self._record.done += 1
        self._place.write(self._record)

    def line(self, line: Line) -> None:
        """What became of one of them."""
        self._record.lines.append(line)
        self._place.write(self._record)


def work(place: Place, record: Record, acts: Acts) -> None:
    """Do the act of a record, and keep how it ended."""
    try:
        ACTS[record.kind](acts, record.assignment, record.learner)
    except KeyboardInterrupt:
        record.state = "stopped"
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        record.state = "failed"
        found = error if isinstance(error, Exception) else RuntimeError(str(error))
        record.problem, record.details = problem_of(found)
        record.sentence = sentence_of(found)
    else:
        record.state = "done"
    record.ended = time.time()
    place.write(record)


def main() -> None:
    """Do the job that the course's record names."""
    warnings.filterwarnings("ignore", module="nbgrader")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    book = Book()
    place = Place(Path(book.course.coursedir.root))
    record = place.read()
    assert record is not None  # noqa: S101  # job.py has just written it
    if record.kind in STOPPABLE:
        stop = (record.id, lambda: os.kill(os.getpid(), signal.SIGINT))
        threading.Thread(target=place.watch, args=stop, daemon=True).start()
    if record.kind == "compare":
        similar_compare.limit_process()
    lock = int(sys.argv[1])
    work(place, record, Acts(book, book.exchange(attempts=ATTEMPTS), Teller(place, record), read_site().learners))
    os.close(lock)  # Python takes its time to end, and the next button must not wait for that.


if __name__ == "__main__":
    main()
