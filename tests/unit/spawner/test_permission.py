"""Who may start which server."""

import pytest

from doorstart.spawner.permission import Grant, Kind, RefusedError, grant

LEARNER = ["course:accounting.nl:learner", "course:programming.nl:learner"]
INSTRUCTOR = ["course:accounting.nl:instructor", "course:stock-management.en:instructor"]


def test_a_learner_has_one_server_for_all_courses() -> None:
    assert grant("", LEARNER) == Grant(Kind.LEARNER)


def test_an_instructor_has_one_for_each_course() -> None:
    assert grant("accounting-nl", INSTRUCTOR) == Grant(Kind.INSTRUCTOR, "accounting.nl")
    assert grant("stock-management-en", INSTRUCTOR) == Grant(Kind.INSTRUCTOR, "stock-management.en")


@pytest.mark.parametrize("name", ["accounting-nl", "accounting.nl", "x", "programming-nl"])
def test_a_learner_has_no_named_server(name: str) -> None:
    with pytest.raises(RefusedError, match="no such server"):
        grant(name, LEARNER)


def test_an_instructor_has_no_server_of_another_course() -> None:
    with pytest.raises(RefusedError, match="no such server"):
        grant("programming-nl", INSTRUCTOR)


def test_an_instructor_is_told_which_servers_there_are() -> None:
    with pytest.raises(RefusedError, match=r"accounting\.nl, stock-management\.en"):
        grant("", INSTRUCTOR)


def test_somebody_without_a_course_is_sent_to_the_instructor() -> None:
    with pytest.raises(RefusedError, match="not in a course yet"):
        grant("", ["something-else"])
