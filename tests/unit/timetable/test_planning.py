"""What is started before a lesson, by a clock of the test."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from doorstart.timetable.lessons import Holiday, Lesson, Timetable, near
from doorstart.timetable.planning import AT_ONCE, Learner, Plan, Room, plan

ZONE = ZoneInfo("Europe/Brussels")
AHEAD = timedelta(minutes=5)
MIB = 1024 * 1024
PLENTY = Room(20_000 * MIB, 256 * MIB, 1024 * MIB)
LESSON = Lesson(course="accounting.nl", weekday=1, begins=time(9), ends=time(11))
TABLE = Timetable(lessons=(LESSON,))
MONDAY = date(2026, 11, 30)
BELL = datetime(2026, 11, 30, 9, tzinfo=ZONE)


def class_of(*names: str, state: str = "stopped", course: str = "accounting.nl") -> list[Learner]:
    return [Learner(name, frozenset({course}), state) for name in names]


def at(
    now: datetime, people: list[Learner], *, room: Room = PLENTY, table: Timetable = TABLE, **begun: list[str]
) -> Plan:
    return plan(table, people, begun, now, AHEAD, ZONE, room)


def started(found: Plan) -> list[str]:
    return [name for name, _ in found.start]


def run(table: Timetable, people: list[Learner], begin: datetime, *, seconds: int, takes: int) -> dict[str, float]:
    """When each server is asked for, in seconds from the beginning; a start takes so many seconds."""
    asked: dict[str, float] = {}
    begun: dict[str, list[str]] = {}
    for second in range(0, seconds, 5):
        states = {name: "running" if second - when >= takes else "starting" for name, when in asked.items()}
        now = [Learner(one.username, one.courses, states.get(one.username, "stopped")) for one in people]
        assert sum(state == "starting" for state in states.values()) <= AT_ONCE
        for name, lesson in plan(table, now, begun, begin + timedelta(seconds=second), AHEAD, ZONE, PLENTY).start:
            assert name not in asked
            asked[name] = second
            begun.setdefault(lesson, []).append(name)
    return asked


def test_nothing_starts_before_it_is_time_and_nothing_after_the_lesson() -> None:
    people = class_of("ann")
    assert started(at(BELL - timedelta(minutes=5, seconds=1), people)) == []
    assert started(at(BELL - timedelta(minutes=5), people)) == ["ann"]
    assert started(at(BELL + timedelta(minutes=119), people)) == ["ann"]
    assert started(at(BELL + timedelta(hours=2), people)) == []


def test_a_class_is_spread_over_the_time_before_the_bell_and_all_are_up_when_it_rings() -> None:
    people = class_of(*(f"learner-{number:02}" for number in range(30)))
    asked = run(TABLE, people, BELL - AHEAD, seconds=300, takes=10)
    times = sorted(asked.values())
    assert len(times) == 30
    assert times[-1] <= 250
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) <= 15
    assert times[14] > 90, "half of the class is not asked for in the first third of the time"


def test_who_has_a_server_or_had_one_in_this_lesson_gets_no_second() -> None:
    people = [*class_of("ann", state="running"), *class_of("bea", state="starting"), *class_of("cas")]
    found = at(BELL, people, **{"2026-11-30 09:00 accounting.nl": ["cas"]})
    assert started(found) == []
    assert found.keep == ("ann",)
    assert started(at(BELL, class_of("cas"), **{"2026-11-23 09:00 accounting.nl": ["cas"]})) == ["cas"]


def test_who_has_a_server_in_a_lesson_had_one_and_before_the_lesson_that_is_not_known_yet() -> None:
    people = [*class_of("ann", state="running"), *class_of("bea", state="starting"), *class_of("cas")]
    lesson = "2026-11-30 09:00 accounting.nl"
    assert at(BELL, people).had == (("ann", lesson), ("bea", lesson))
    assert at(BELL - timedelta(seconds=1), people).had == (), "it may be one of the lesson before"


def test_two_lessons_of_one_learner_ask_for_one_server() -> None:
    other = Lesson(course="programming.nl", weekday=1, begins=time(9), ends=time(10))
    both = [Learner("ann", frozenset({"accounting.nl", "programming.nl"}))]
    assert started(at(BELL, both, table=Timetable(lessons=(LESSON, other)))) == ["ann"]


def test_only_the_class_gets_servers_and_of_it_only_who_is_named() -> None:
    people = [*class_of("ann", "bea"), *class_of("cas", course="programming.nl")]
    assert started(at(BELL, people)) == ["ann", "bea"]
    named = LESSON.model_copy(update={"who": ("bea", "cas")})
    assert started(at(BELL, people, table=Timetable(lessons=(named,)))) == ["bea"]


@pytest.mark.parametrize(("free", "starts", "refused"), [(1279, 0, 2), (1280, 1, 1), (1536, 2, 0)])
def test_never_more_than_the_machine_holds(free: int, starts: int, refused: int) -> None:
    found = at(BELL, class_of("ann", "bea"), room=Room(free * MIB, 256 * MIB, 1024 * MIB))
    assert (len(found.start), len(found.refused)) == (starts, refused)


def test_a_server_that_is_starting_has_its_memory_already() -> None:
    people = [*class_of("ann", state="starting"), *class_of("bea")]
    found = at(BELL, people, room=Room(1280 * MIB, 256 * MIB, 1024 * MIB))
    assert (started(found), found.refused) == ([], ("bea",))


def test_a_holiday_is_kept_and_a_lesson_of_that_date_is_not_hit_by_it() -> None:
    free = Timetable(lessons=(LESSON,), holidays=(Holiday(first=MONDAY, last=MONDAY),))
    assert started(at(BELL, class_of("ann"), table=free)) == []
    other = Timetable(lessons=(LESSON,), holidays=(Holiday(first=MONDAY, last=MONDAY, course="programming.nl"),))
    assert started(at(BELL, class_of("ann"), table=other)) == ["ann"]
    extra = Lesson(course="accounting.nl", on=MONDAY, begins=time(9), ends=time(10))
    held = Timetable(lessons=(LESSON, extra), holidays=free.holidays)
    assert started(at(BELL, class_of("ann"), table=held)) == ["ann"]


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2026, 3, 29), 7), (date(2026, 10, 25), 8), (date(2026, 7, 5), 7), (date(2026, 1, 4), 8)],
)
def test_the_bell_rings_by_the_sites_clock_also_when_that_is_changed(day: date, hour: int) -> None:
    lesson = Lesson(course="accounting.nl", weekday=7, begins=time(9), ends=time(10))
    bell = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    table = Timetable(lessons=(lesson,))
    second = timedelta(seconds=1)
    assert list(near(table, bell - AHEAD, AHEAD, ZONE)) == [(lesson, day)]
    assert list(near(table, bell - AHEAD - second, AHEAD, ZONE)) == []
    assert list(near(table, bell + timedelta(hours=1) - second, AHEAD, ZONE)) == [(lesson, day)]
    assert list(near(table, bell + timedelta(hours=1), AHEAD, ZONE)) == []


def test_a_lesson_just_after_midnight_begins_the_day_before() -> None:
    early = Lesson(course="accounting.nl", weekday=2, begins=time(0, 2), ends=time(1))
    now = datetime(2026, 11, 30, 23, 58, tzinfo=ZONE)
    assert started(at(now, class_of("ann"), table=Timetable(lessons=(early,)))) == ["ann"]
