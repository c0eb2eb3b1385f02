"""The model of a timetable: which class has a lesson when. Times are of the site's clock; nothing here reads one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from doorstart import names


class Lesson(BaseModel):
    """A lesson of every week, or of one date."""

    model_config = ConfigDict(frozen=True)

    course: str
    weekday: int | None = Field(None, ge=1, le=7, description="1 is Monday (ISO 8601).")
    on: date | None = Field(None, description="The date of a lesson that is not of every week.")
    begins: time
    ends: time
    who: tuple[str, ...] = Field((), description="Usernames; empty: all learners of the course.")

    @model_validator(mode="after")
    def _has_one_day_and_an_end(self) -> Lesson:
        if not names.COURSE_ID.match(self.course):
            raise ValueError(f"{self.course!r} is not a course id")
        if (self.weekday is None) == (self.on is None):
            raise ValueError("a lesson is either of a weekday or of a date")
        if self.begins >= self.ends:
            raise ValueError("a lesson ends after it begins, on the same day")
        return self

    def is_on(self, day: date) -> bool:
        """Whether the lesson is on this day, holidays aside."""
        return self.on == day if self.on else self.weekday == day.isoweekday()


class Holiday(BaseModel):
    """Days without lessons of every week, of one course or of all."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date
    course: str = Field("", description="Empty: all courses.")

    @model_validator(mode="after")
    def _is_in_order(self) -> Holiday:
        if self.first > self.last:
            raise ValueError("the first day of a holiday is after its last")
        return self

    def hits(self, course: str, day: date) -> bool:
        """Whether a course has no lesson on a day because of this."""
        return self.first <= day <= self.last and self.course in ("", course)


class Timetable(BaseModel):
    """All lessons and holidays of a site. A lesson of one date is held also in a holiday."""

    model_config = ConfigDict(frozen=True)

    lessons: tuple[Lesson, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    def held(self, day: date) -> Iterator[Lesson]:
        """The lessons that are held on a day."""
        for lesson in self.lessons:
            free = any(holiday.hits(lesson.course, day) for holiday in self.holidays)
            if lesson.is_on(day) and (lesson.on or not free):
                yield lesson


def moments(lesson: Lesson, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a lesson begins and ends on a day, in a time zone; right also on the two days that the clock is changed."""
    return datetime.combine(day, lesson.begins, zone), datetime.combine(day, lesson.ends, zone)


def near(table: Timetable, now: datetime, ahead: timedelta, zone: ZoneInfo) -> Iterator[tuple[Lesson, date]]:
    """The lessons that are going on, or begin within ``ahead``, with their day.

    Args:
        table: The timetable.
        now: The time, with any zone.
        ahead: At most a day.
        zone: The site's.
    """
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        for lesson in table.held(day):
            begins, ends = moments(lesson, day, zone)
            # Compared in UTC: Python compares two times of one zone by the clock on the wall, also where it jumps.
            if begins.timestamp() - ahead.total_seconds() <= now.timestamp() < ends.timestamp():
                yield lesson, day
