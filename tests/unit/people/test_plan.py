"""What a roster would change."""

from __future__ import annotations

import pytest

from doorstart.people.plan import Change, Plan, PlanError, State, make
from doorstart.people.roster import Row

ANN = Row("ann", "Ann", "nl", "learner", ("a.nl",))
ROOT = Row("root", "Root", "en", "admin", ())
NOW = {
    "ann": State("ann", "Ann", "nl", "learner", frozenset({"course:a.nl:learner"})),
    "root": State("root", "Root", "en", "admin", frozenset()),
}


def test_nothing_to_do():
    assert make([ANN, ROOT], NOW, remove=True) == Plan((), ("ann", "root"))


def test_people_who_are_not_in_the_file_are_left_alone_unless_asked():
    assert make([ROOT], NOW).changes == ()
    assert make([ROOT], NOW, remove=True).changes == (Change("deactivate", "ann"),)


def test_somebody_deactivated_is_not_deactivated_again_but_restored_when_listed():
    gone = NOW | {"ann": State("ann", "Ann", "nl", "learner", frozenset(), active=False)}
    assert make([ROOT], gone, remove=True).changes == ()
    assert make([ANN], gone).changes == (Change("restore", "ann", ANN),)


def test_a_group_that_somebody_took_away_by_hand_comes_back():
    stripped = NOW | {"ann": State("ann", "Ann", "nl", "learner", frozenset())}
    assert make([ANN], stripped).changes[0].what == ("joins a.nl as learner",)


def test_an_admin_with_courses_teaches_them():
    both = Row("root", "Root", "en", "admin", ("a.nl",))
    assert make([both], NOW).changes[0].what == ("joins a.nl as instructor",)


@pytest.mark.parametrize("row", [Row("root", "Root", "en", "learner", ("a.nl",)), ANN])
def test_the_last_admin_stays(row):
    with pytest.raises(PlanError, match="no admin would be left"):
        make([row], NOW, remove=True)


def test_a_site_without_an_admin_may_still_import():
    assert make([ANN], {}).usernames("create") == ["ann"]
