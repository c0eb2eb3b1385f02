"""Who is where, and which step is the next: from the exchange's list and the course's own facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from doorstart_course_page.facts import Agreed, Facts, Grade
from doorstart_course_page.standing import Class, Unit, number_of, put_together
from doorstart_grading.late import Rule
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import sentence

UNIT = "01-first-steps"
DUE = datetime(2030, 1, 31, 16, tzinfo=UTC)
EARLY, LATE = "2030-01-31 15:00:00.000000 UTC", "2030-02-02 15:00:00.000000 UTC"
NOW = "2030-02-10 09:00:00.000000 UTC"


def time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC)


def row(learner: str, **said: Any) -> dict[str, Any]:
    nothing = {"fetched": None, "due": None, "submissions": 0, "submitted": None, "submission": None}
    return {"learner": learner, **nothing, "returned": False, "score": None, "max_score": None, **said}


def progress(*rows: dict[str, Any], open_: bool = True) -> dict[str, Any]:
    unit = {"assignment": UNIT, "title": "First steps", "minutes": 40, "due": None, "open": open_}
    return {"course": "sums.en", "title": "Sums", "now": NOW, "units": [{**unit, "learners": list(rows)}]}


def facts(
    collected: dict[str, str] | None = None,
    grades: dict[str, Grade] | None = None,
    agreed: dict[str, Agreed] | None = None,
    due: datetime | None = DUE,
) -> Facts:
    return Facts(
        titles={UNIT: "First steps"},
        dues={UNIT: due},
        collected={(UNIT, name): time(when) for name, when in (collected or {}).items()},
        grades={(UNIT, name): grade for name, grade in (grades or {}).items()},
        agreed={(UNIT, name): one for name, one in (agreed or {}).items()},
        rule=Rule(),
    )


def graded(when: str = EARLY, points: float = 7.5, by_hand: bool = False) -> Grade:
    return Grade(time(when), points, 10, 0, by_hand, "id")


def unsure(when: str = EARLY, points: float = 7.5) -> Grade:
    """A grade of which grading is not sure."""
    remark = Remark(sentence("Its files are too large to go along with the notebook, so it was run without."), True)
    return replace(graded(when, points), remarks=(remark,))


def unit(course: Class) -> Unit:
    found = course.unit(UNIT)
    assert found is not None
    return found


def test_a_learner_goes_from_new_to_returned_and_each_step_is_offered() -> None:
    names = {"bea": "Bea"}
    closed = unit(put_together(progress(open_=False), facts(), names))
    assert (closed.next, closed.standings[0].state) == ("release", "new")
    assert unit(put_together(progress(), facts(), names)).next is None
    begun = unit(put_together(progress(row("bea", fetched=EARLY)), facts(), names))
    assert (begun.next, begun.standings[0].state, begun.started) == (None, "started", 1)
    handed_in = progress(row("bea", fetched=EARLY, submissions=1, submitted=EARLY))
    waiting = unit(put_together(handed_in, facts(), names))
    assert (waiting.next, waiting.standings[0].state, waiting.to_collect) == ("collect", "submitted", 1)
    here = unit(put_together(handed_in, facts({"bea": EARLY}), names))
    assert (here.next, here.standings[0].state, here.to_grade) == ("grade", "submitted", 1)
    essay = unit(put_together(handed_in, facts({"bea": EARLY}, {"bea": graded(by_hand=True)}), names))
    assert (essay.next, essay.standings[0].state, essay.by_hand, essay.to_return) == ("by_hand", "graded", 1, 0)
    scored = unit(put_together(handed_in, facts({"bea": EARLY}, {"bea": graded()}), names))
    assert (scored.next, scored.standings[0].state, scored.to_return) == ("return", "graded", 1)
    told = progress(row("bea", fetched=EARLY, submissions=1, submitted=EARLY, returned=True, score=7.5))
    done = unit(put_together(told, facts({"bea": EARLY}, {"bea": graded()}), names))
    assert (done.next, done.standings[0].state, done.returned, done.to_return) == (None, "returned", 1, 0)


def test_a_score_that_changed_after_it_was_returned_is_to_return_again() -> None:
    told = progress(row("bea", submissions=1, submitted=EARLY, returned=True, score=7.5))
    changed = unit(put_together(told, facts({"bea": EARLY}, {"bea": graded(points=9)}), {}))
    assert (changed.next, changed.standings[0].state) == ("return", "returned")


def test_work_that_a_person_has_to_look_at_is_not_for_the_return_of_the_unit() -> None:
    rows = [row(name, submissions=1, submitted=EARLY) for name in ("bea", "cem")]
    everything = facts({"bea": EARLY, "cem": EARLY}, {"bea": unsure(), "cem": graded()})
    both = unit(put_together(progress(*rows), everything, {}))
    assert (both.next, both.to_return, both.to_look) == ("return", 1, 1)
    told = {"returned": True, "score": 7.5}
    left = unit(put_together(progress(rows[0], {**rows[1], **told}), everything, {}))
    assert (left.next, left.to_return, left.to_look) == ("look", 0, 1)
    looked = unit(put_together(progress(*({**one, **told} for one in rows)), everything, {}))
    assert (looked.next, looked.to_look) == (None, 0)
    changed = facts({"bea": EARLY}, {"bea": unsure(points=9)})
    assert unit(put_together(progress({**rows[0], **told}), changed, {})).next == "look", "it is another score now"


def test_a_newer_submission_is_collected_and_graded_again() -> None:
    newer = progress(row("bea", submissions=2, submitted=LATE))
    old = unit(put_together(newer, facts({"bea": EARLY}, {"bea": graded(EARLY)}), {}))
    assert (old.next, old.standings[0].grade) == ("collect", None), "the grade is another work's"
    here = unit(put_together(newer, facts({"bea": LATE}, {"bea": graded(EARLY)}), {}))
    assert here.next == "grade"


@pytest.mark.parametrize(
    ("submitted", "agreed", "late", "overdue"),
    [
        (EARLY, None, False, False),
        (LATE, None, True, False),
        (LATE, Agreed(datetime(2030, 2, 3, tzinfo=UTC), False), False, False),
        (None, None, False, True),
        (None, Agreed(datetime(2030, 3, 1, tzinfo=UTC), False), False, False),
    ],
)
def test_late_is_what_came_after_the_learners_own_date(
    submitted: str | None, agreed: Agreed | None, late: bool, overdue: bool
) -> None:
    given = {"bea": agreed} if agreed else {}
    (one,) = unit(put_together(progress(row("bea", submitted=submitted)), facts(agreed=given), {})).standings
    assert (one.late, one.overdue, one.own_due) == (late, overdue, agreed is not None)


def test_without_a_date_nothing_is_late() -> None:
    (one,) = unit(put_together(progress(row("bea", submitted=LATE)), facts(due=None), {})).standings
    assert (one.late, one.overdue, one.due) == (False, False, None)


def test_learners_are_listed_by_name_also_those_who_came_later() -> None:
    course = put_together(progress(row("zoe", fetched=EARLY)), facts(), {"cem": "Ada", "bea": "Bea"})
    assert list(course.learners.items()) == [("cem", "Ada"), ("bea", "Bea"), ("zoe", "zoe")]
    assert [one.learner for one in unit(course).standings] == ["cem", "bea", "zoe"]


def test_a_unit_that_was_never_released_is_listed_by_its_own_title() -> None:
    course = put_together({**progress(), "units": []}, facts(), {})
    assert [(one.title, one.number, one.next) for one in course.units] == [("First steps", "1", "release")]
    assert (number_of("12-own-plan"), number_of("essay")) == ("12", "essay")
