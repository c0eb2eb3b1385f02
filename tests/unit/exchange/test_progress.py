"""Who is where in a course, dates of single learners, and what late work costs: for instructors of that course only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from doorstart_exchange_client.client import ExchangeClientError

from .running import COURSE, Site, page, work

DUE = datetime(2030, 1, 31, 16, tzinfo=UTC)
OWN = datetime(2030, 2, 3, 16, tzinfo=UTC)


def learners(site: Site, assignment: str = "ps1") -> dict[str, dict[str, Any]]:
    """Who has begun something with an assignment, as an instructor is told."""
    units = {unit["assignment"]: unit for unit in site.client(site.instructor()).progress(COURSE)["units"]}
    return {one["learner"]: one for one in units[assignment]["learners"]}


def due(site: Site, token: str, assignment: str = "ps1") -> str | None:
    """When an assignment is due, as a learner is told."""
    (course,) = site.client(token).units()["courses"]
    (found,) = [unit["due"] for unit in course["units"] if unit["assignment"] == assignment]
    return found  # type: ignore[no-any-return]


def test_each_step_of_a_learner_is_told(site: Site) -> None:
    site.release()
    bea, ann = site.learner("bea"), site.client(site.instructor())
    assert learners(site) == {}
    site.client(bea).fetch(COURSE, "ps1")
    begun = learners(site)["bea"]
    assert begun["fetched"] and (begun["submissions"], begun["submitted"], begun["returned"]) == (0, None, False)
    site.client(bea).submit(COURSE, "ps1", work("one"))
    receipt, _ = site.client(bea).submit(COURSE, "ps1", work("two"))
    handed_in = learners(site)["bea"]
    assert (handed_in["submissions"], handed_in["submitted"]) == (2, receipt["time"])
    assert (handed_in["submission"], handed_in["returned"]) == (receipt["id"], False)
    ann.release_feedback(receipt["id"], page(b"good"), (7.5, 10))
    returned = learners(site)["bea"]
    assert (returned["returned"], returned["score"], returned["max_score"]) == (True, 7.5, 10)
    site.client(bea).submit(COURSE, "ps1", work("three"))
    assert (learners(site)["bea"]["returned"], learners(site)["bea"]["score"]) == (False, None), "of the latest"
    ann.withdraw(COURSE, "ps1")
    (unit,) = ann.progress(COURSE)["units"]
    assert (unit["open"], len(unit["learners"])) == (False, 1)


def test_a_date_of_ones_own_is_told_to_that_learner_and_to_nobody_else(site: Site) -> None:
    site.release()
    bea, cem, ann = site.learner("bea"), site.learner("cem"), site.client(site.instructor())
    ann.set_due(COURSE, "ps1", DUE)
    ann.set_own_due(COURSE, "ps1", "bea", OWN)
    assert due(site, bea) == "2030-02-03 16:00:00.000000 UTC"
    assert due(site, cem) == "2030-01-31 16:00:00.000000 UTC"
    assert learners(site)["bea"]["due"] == "2030-02-03 16:00:00.000000 UTC"
    assert "2030-02-03" not in str(site.client(cem).units())
    ann.set_own_due(COURSE, "ps1", "bea", DUE)
    assert due(site, bea) == due(site, cem), "the last one counts"
    ann.set_own_due(COURSE, "ps1", "bea", None)
    ann.set_due(COURSE, "ps1", OWN)
    assert due(site, bea) == "2030-02-03 16:00:00.000000 UTC", "without a date of one's own it is the assignment's"


def test_what_late_work_costs_is_told_to_the_courses_learners(site: Site) -> None:
    site.release()
    bea, ann = site.learner("bea"), site.client(site.instructor())

    def told() -> dict[str, Any]:
        (course,) = site.client(bea).units()["courses"]
        assert ann.progress(COURSE)["late"] == course["late"]
        return dict(course["late"])

    assert told() == {"kind": "none", "points": None, "days": None}
    ann.set_late(COURSE, "points", points=1.5)
    assert told() == {"kind": "points", "points": 1.5, "days": None}
    ann.set_late(COURSE, "zero", days=3)
    assert told() == {"kind": "zero", "points": None, "days": 3}
    ann.set_late(COURSE, "none")
    assert told()["kind"] == "none"


@pytest.mark.parametrize(
    "late",
    [
        {"kind": "points"},
        {"kind": "points", "points": 1, "days": 2},
        {"kind": "points", "points": -1},
        {"kind": "zero"},
        {"kind": "none", "points": 1},
        {"kind": "half"},
    ],
)
def test_a_rule_that_is_none_is_refused(shared_site: Site, late: dict[str, Any]) -> None:
    with shared_site.http(shared_site.instructor()) as http:
        assert http.put(f"/courses/{COURSE}/late", json=late).status_code == 422


def test_only_instructors_of_the_course_see_and_set_this(shared_site: Site) -> None:
    shared_site.release("only")
    bea = shared_site.client(shared_site.learner("bea"))
    otto = shared_site.client(shared_site.instructor("otto", "programming.en"))
    for client, refusal in ((bea, "Only instructors"), (otto, "You have no course")):
        with pytest.raises(ExchangeClientError, match=refusal):
            client.progress(COURSE)
        with pytest.raises(ExchangeClientError, match=refusal):
            client.set_own_due(COURSE, "only", "bea", OWN)
        with pytest.raises(ExchangeClientError, match=refusal):
            client.set_late(COURSE, "zero", days=0)
    assert otto.progress("programming.en")["units"] == [], "nothing of other courses"


def test_a_date_needs_an_assignment_a_learners_name_and_a_time(shared_site: Site) -> None:
    shared_site.release("dated")
    ann = shared_site.client(shared_site.instructor())
    with pytest.raises(ExchangeClientError, match="not released"):
        ann.set_own_due(COURSE, "never", "bea", OWN)
    with pytest.raises(ExchangeClientError, match="cannot be the name of a learner"):
        ann.set_own_due(COURSE, "dated", "<script>", OWN)
    with shared_site.http(shared_site.instructor()) as http:
        answer = http.put(f"/courses/{COURSE}/assignments/dated/due/bea", json={"due": "Friday"})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_time")
