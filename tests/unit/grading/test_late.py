"""What late work costs: the rule, learners' own dates, waivers, and points that a person gives later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook

from doorstart_grading import late
from doorstart_grading.late import DAY, Rule, penalty

from .conftest import UNIT, ClassRoom


def utc(*when: int) -> datetime:
    """A time as nbgrader keeps it: UTC, without a zone."""
    return datetime(*when, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[arg-type,misc]


TWO_DAYS_BEFORE = utc(2026, 2, 27, 12)
"""Before what the class room hands in, on 1 March at 10."""


@pytest.mark.parametrize(
    ("rule", "points", "seconds", "expected"),
    [
        (Rule(), 8, 9 * DAY, 0),
        (Rule("points", points=1.5), 8, 0, 0),
        (Rule("points", points=1.5), 8, 1, 1.5),
        (Rule("points", points=1.5), 8, DAY, 1.5),
        (Rule("points", points=1.5), 8, DAY + 1, 3),
        (Rule("points", points=1.5), 2, 9 * DAY, 2),
        (Rule("zero", days=3), 8, 3 * DAY, 0),
        (Rule("zero", days=3), 8, 3 * DAY + 1, 8),
        (Rule("zero", days=0), 8, 1, 8),
    ],
)
def test_the_points_that_are_taken_off(rule: Rule, points: float, seconds: float, expected: float) -> None:
    assert penalty(rule, points, seconds) == expected


def test_several_notebooks_share_what_is_taken_off() -> None:
    assert penalty(Rule("points", points=1), 8, 1, 0.9) + penalty(Rule("points", points=1), 1, 1, 0.1) == 1


def net(gradebook: Gradebook, student: str = "ann") -> tuple[float, float]:
    """A learner's points without what was taken off, and that."""
    gradebook.db.expire_all()
    found = gradebook.find_submission(UNIT, student)
    return found.score - found.late_submission_penalty, found.late_submission_penalty


def test_grading_takes_off_what_the_rule_says_and_a_date_of_ones_own_gives_it_back(room: ClassRoom) -> None:
    with room.course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=TWO_DAYS_BEFORE)
        late.set_rule(gradebook, Rule("points", points=1))
        late.agree(gradebook, UNIT, "bea", utc(2026, 3, 2), False)
    for student in ("ann", "bea"):
        room.submit(student)
        assert room.grade(student) is None
    with room.course.gradebook() as gradebook:
        assert net(gradebook) == pytest.approx((4, 2)), "2 + 3 + 1 points from checks, 2 days"
        assert net(gradebook, "bea") == (6, 0), "agreed before it was graded"
        assert gradebook.find_submission(UNIT, "bea").extension == utc(2026, 3, 2) - TWO_DAYS_BEFORE
        late.agree(gradebook, UNIT, "ann", utc(2026, 3, 1, 9), False)
        assert net(gradebook) == pytest.approx((5, 1)), "and after it"
        late.agree(gradebook, UNIT, "ann", None, True)
        assert net(gradebook) == (6, 0)
        late.agree(gradebook, UNIT, "ann", None, False)
        assert late.agreements(gradebook).keys() == {(UNIT, "bea")}
        assert net(gradebook) == pytest.approx((4, 2))


def test_a_date_that_was_changed_anywhere_counts_and_nothing_is_graded_again(room: ClassRoom) -> None:
    with room.course.gradebook() as gradebook:
        late.set_rule(gradebook, Rule("points", points=1))
    for student in ("ann", "bea"):
        room.submit(student)
        assert room.grade(student) is None
    with room.course.gradebook() as gradebook:
        # As formgrader does it, which knows no rule.
        gradebook.update_or_create_assignment(UNIT, duedate=TWO_DAYS_BEFORE)
        late.agree(gradebook, UNIT, "bea", utc(2026, 3, 2), False)
    room.course.prepare(UNIT)
    assert room.course.changed(UNIT, ["ann", "bea"]) == []
    with room.course.gradebook() as gradebook:
        assert net(gradebook) == pytest.approx((4, 2))
        assert net(gradebook, "bea") == (6, 0)


def test_a_waiver_is_told_where_it_left_points_to_a_learner_and_to_nobody_else(room: ClassRoom) -> None:
    with room.course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=TWO_DAYS_BEFORE)
        late.set_rule(gradebook, Rule("points", points=1))
        late.agree(gradebook, UNIT, "ann", None, True)
        late.agree(gradebook, UNIT, "cem", utc(2026, 3, 2), True)
    for student in ("ann", "bea", "cem"):
        room.submit(student)
        assert room.grade(student) is None

    def left(student: str) -> list[float]:
        with room.course.gradebook() as gradebook:
            return [late.waived(gradebook, UNIT, student, notebook) for notebook in ("first", "second")]

    assert sum(left("ann")) == pytest.approx(2), "2 days"
    assert left("bea") == [0, 0], "nothing was agreed"
    assert left("cem") == [0, 0], "in time, by the own date"
    assert feedback(room, "ann") == (True, False)
    assert feedback(room, "bea") == (False, True)
    assert feedback(room, "cem") == (False, False)
    with room.course.gradebook() as gradebook:
        late.set_rule(gradebook, Rule())
    assert left("ann") == [0, 0] and feedback(room, "ann") == (False, False), "nothing is taken off anybody"


def feedback(room: ClassRoom, student: str) -> tuple[bool, bool]:
    """Whether the feedback of both notebooks tells of a waiver, and of points that were taken off."""
    assert room.course.feedback(UNIT, student) is None
    folder = room.root / "feedback" / student / UNIT
    pages = [(folder / f"{notebook}.html").read_text() for notebook in ("first", "second")]
    waiver, penalty = (
        [said in page for page in pages] for said in ("decided that nothing is taken off", "taken off because")
    )
    assert len(set(waiver)) == len(set(penalty)) == 1
    return waiver[0], penalty[0]


def test_points_that_a_person_gives_later_are_nothing_too_when_it_was_too_late(room: ClassRoom) -> None:
    room.submit("ann")
    with room.course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=TWO_DAYS_BEFORE)
        late.set_rule(gradebook, Rule("zero", days=1))
    assert room.grade("ann") is None
    with room.course.gradebook() as gradebook:
        assert net(gradebook) == (0, 6)
        gradebook.find_grade("essay", "first", UNIT, "ann").manual_score = 4
        gradebook.db.commit()
    assert room.course.feedback(UNIT, "ann") is None
    with room.course.gradebook() as gradebook:
        assert net(gradebook) == (0, 10), "feedback works it out anew"
        late.set_rule(gradebook, Rule())
        assert net(gradebook) == (10, 0)


def test_a_unit_without_a_date_can_have_one_for_a_single_learner(room: ClassRoom) -> None:
    room.submit("ann")
    with room.course.gradebook() as gradebook:
        late.set_rule(gradebook, Rule("zero", days=0))
        late.agree(gradebook, UNIT, "ann", TWO_DAYS_BEFORE, False)
    assert room.grade("ann") is None
    with room.course.gradebook() as gradebook:
        assert net(gradebook) == (0, 6)
        assert gradebook.find_submission(UNIT, "ann").extension is None


def test_what_is_no_rule_is_refused(room: ClassRoom) -> None:
    with room.course.gradebook() as gradebook:
        for rule in (Rule("half"), Rule("points", points=-1), Rule("zero", days=-1)):
            with pytest.raises(ValueError, match="no rule"):
                late.set_rule(gradebook, rule)
        assert late.read_rule(gradebook) == Rule()
