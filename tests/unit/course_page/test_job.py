"""One job of a course at a time, in a process of its own; a killed one does not keep the next from starting."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstart_course_page.acts import ACTS, ActError, Acts
from doorstart_course_page.job import Jobs
from doorstart_course_page.record import BusyError, Line, Place, Record
from doorstart_course_page.work import Teller, work
from doorstart_exchange_client.client import ExchangeClientError
from doorstart_grading.course import CourseError
from doorstart_grading.sentence import Sentence, sentence
from doorstart_sandbox_kernel.client import SandboxError

ALONE = sentence("Another run is grading in this course. Wait for its end, and try again.")
SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")


def wait_for(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_second_job_is_refused_until_the_first_is_over(tmp_path: Path) -> None:
    mine, other = Jobs(tmp_path, SLEEPS), Jobs(tmp_path, SLEEPS)
    assert mine.now() is None
    started = mine.start("collect", "ps1", by="ann")
    seen = other.now()
    assert seen is not None and (seen.id, seen.state, seen.by) == (started.id, "running", "ann")
    with pytest.raises(BusyError):
        other.start("grade", "ps1")
    assert mine._process is not None
    mine._process.kill()
    wait_for(lambda: not other.place.running())
    seen = other.now()
    assert seen is not None and seen.state == "stopped", "killed, whatever its file says"
    again = other.start("grade", "ps1")
    assert other._process is not None and again.id != started.id
    other._process.kill()
    other._process.wait()
    wait_for(lambda: mine._process is None or mine._process.poll() is not None)


def test_an_act_that_is_none_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Jobs(tmp_path, SLEEPS).start("rm", "ps1")
    assert not Place(tmp_path).running()


class Some(Acts):
    """Acts that do what a test says."""

    def __init__(self, tell: Teller, do: Callable[[Teller], None]) -> None:
        self.tell, self._do = tell, do

    def collect(self, assignment: str, _: str = "") -> None:
        self._do(self.tell)


def run(tmp_path: Path, do: Callable[[Teller], None], monkeypatch: pytest.MonkeyPatch) -> Record:
    monkeypatch.setitem(ACTS, "collect", Some.collect)  # type: ignore[arg-type]
    place = Place(tmp_path)
    lock = place.take()
    record = Record("1", "collect", "ps1")
    tell = Teller(place, record)
    work(place, record, Some(tell, do))
    os.close(lock)
    kept = place.read()
    assert kept is not None
    return kept


def test_how_far_it_is_and_how_it_ended_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def do(tell: Teller) -> None:
        tell.total(2)
        tell.line(Line("bea", "collected"))
        tell.step()
        kept = Place(tmp_path).read()
        assert kept is not None and (kept.state, kept.done, kept.total) == ("running", 1, 2)
        left = kept.seconds_left(kept.started + 30)
        assert left == 30
        tell.step()

    ended = run(tmp_path, do, monkeypatch)
    assert (ended.state, ended.done, [line.outcome for line in ended.lines]) == ("done", 2, ["collected"])
    assert ended.seconds_left(time.time()) is None


@pytest.mark.parametrize(
    ("error", "state", "problem"),
    [
        (KeyboardInterrupt(), "stopped", ""),
        (ExchangeClientError("unreachable", "away"), "failed", "away"),
        (ExchangeClientError("unknown_course", "no"), "failed", "refused"),
        (ActError("unit", "line 3"), "failed", "unit"),
        (CourseError(ALONE), "failed", "busy"),
        (SandboxError("The sandbox is being stopped. Try again in a minute."), "failed", "grader"),
        (ZeroDivisionError("x"), "failed", "other"),
        (SystemExit(1), "failed", "other"),
    ],
)
def test_what_goes_wrong_is_kept_as_a_word_and_what_was_done_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, state: str, problem: str
) -> None:
    def do(tell: Teller) -> None:
        tell.line(Line("bea", "collected"))
        raise error

    ended = run(tmp_path, do, monkeypatch)
    assert (ended.state, ended.problem, len(ended.lines)) == (state, problem, 1)
    if problem in ("busy", "grader"):
        assert ended.sentence and Sentence.from_json(ended.sentence).in_language("nl") != str(error) == ended.details
    else:
        assert ended.sentence is None


TOO_MUCH = """
import sys
import time
from pathlib import Path
from doorstart_course_page import similar_compare, work
from doorstart_course_page.acts import Acts
from doorstart_course_page.record import Place, Record

class Course:
    def submissions(self, unit):
        return ["ann"]

class TooMuch(Acts):
    def __init__(self):
        self.course, self.tell = Course(), None

def compare(*_):
    if sys.argv[2] == "memory":
        return bytearray(similar_compare.MEMORY)  # asked for, and never used
    end = time.process_time() + 6
    while time.process_time() < end:
        pass

similar_compare.SECONDS = int(time.process_time()) + (2 if sys.argv[2] == "time" else 60)
similar_compare.compare = compare
similar_compare.limit_process()
work.work(Place(Path(sys.argv[1])), Record("1", "compare", "ps1"), TooMuch())
"""


@pytest.mark.parametrize(("what", "said"), [("time", "TooLongError"), ("memory", "MemoryError")])
def test_a_comparison_that_needs_too_much_fails_in_words(tmp_path: Path, what: str, said: str) -> None:
    lock = Place(tmp_path).take()
    command = [sys.executable, "-c", TOO_MUCH, str(tmp_path), what]
    subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
    ended = Place(tmp_path).read()
    os.close(lock)
    assert ended is not None and (ended.state, ended.problem) == ("failed", "comparing")
    assert ended.details.startswith(said)


def test_only_the_job_that_is_meant_is_asked_to_stop(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, SLEEPS)
    started = jobs.start("collect", "ps1")
    stopped: list[str] = []
    jobs.stop("another")
    assert not (tmp_path / ".doorstart" / "stop").exists()
    jobs.stop(started.id)
    jobs.place.watch(started.id, lambda: stopped.append("yes"))
    assert stopped == ["yes"]
    assert jobs._process is not None
    jobs._process.kill()
    jobs._process.wait()
    jobs.start("release", "ps1")
    assert not (tmp_path / ".doorstart" / "stop").exists(), "what was asked of another job is forgotten"
    release = jobs.now()
    assert release is not None
    jobs.stop(release.id)
    assert not (tmp_path / ".doorstart" / "stop").exists(), "a release is left to its end"
    assert jobs._process is not None
    jobs._process.kill()
    jobs._process.wait()
