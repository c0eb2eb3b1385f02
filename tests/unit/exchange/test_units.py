"""A learner's list of units: what it says at each step of the loop, and that it says nothing of anybody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from doorstart.courses.build import build_course
from doorstart.exchange.store.database import Database, migrate
from doorstart.exchange.store.models import Base
from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.wire import pack

from .running import COURSE, NOTEBOOK, Site, page, work

COURSES = Path(__file__).parents[3] / "courses"


def described(title: str = "Choices", minutes: int = 40) -> bytes:
    said = {"title": title, "minutes": minutes, "course_title": "Simple accounting"}
    return json.dumps({**json.loads(NOTEBOOK), "metadata": {"doorstart": said}}).encode()


def units(site: Site, token: str, course: str = COURSE) -> dict[str, dict[str, Any]]:
    """The learner's units in a course, by the assignment's name."""
    listed = {one["course"]: one for one in site.client(token).units()["courses"]}
    return {unit["assignment"]: unit for unit in listed[course]["units"]}


def test_a_unit_goes_from_new_to_returned(site: Site) -> None:
    site.release("ps1", content=described())
    bea, ann = site.learner("bea"), site.client(site.instructor())
    new = units(site, bea)["ps1"]
    assert (new["title"], new["minutes"], new["state"], new["open"]) == ("Choices", 40, "new", True)
    assert (new["due"], new["fetched"], new["score"], new["submissions"]) == (None, None, None, [])

    site.client(bea).fetch(COURSE, "ps1")
    started = units(site, bea)["ps1"]
    assert started["state"] == "started"
    assert started["fetched"] <= site.client(bea).units()["now"]
    site.client(bea).fetch(COURSE, "ps1")
    assert units(site, bea)["ps1"]["fetched"] == started["fetched"], "the first time counts"

    receipt, _ = site.client(bea).submit(COURSE, "ps1", work("one"))
    submitted = units(site, bea)["ps1"]
    assert submitted["state"] == "submitted"
    assert [one["receipt"] for one in submitted["submissions"]] == [receipt]

    ann.release_feedback(receipt["id"], page(b"well done"), (7.5, 10))
    returned = units(site, bea)["ps1"]
    assert (returned["state"], returned["score"], returned["max_score"]) == ("returned", 7.5, 10)
    assert returned["submissions"][0]["feedback"]["files"][0]["path"] == "ps1.html"

    again, _ = site.client(bea).submit(COURSE, "ps1", work("two"))
    both = units(site, bea)["ps1"]
    assert both["state"] == "submitted", "the latest has no feedback yet"
    assert both["score"] == 7.5, "and the score so far is still told"
    assert [one["receipt"]["id"] for one in both["submissions"]] == [again["id"], receipt["id"]]


def test_course_has_the_title_that_its_units_say(site: Site) -> None:
    site.release("ps1")
    bea = site.learner("bea")
    assert site.client(bea).units()["courses"][0]["title"] == "Accounting (en)"
    site.release("ps2", content=described())
    (course,) = site.client(bea).units()["courses"]
    assert (course["title"], course["language"]) == ("Simple accounting", "en")
    assert units(site, bea)["ps1"]["title"] == "ps1", "a unit that says nothing goes by its name"


@pytest.mark.parametrize("said", ["{", "[]", '{"metadata": 1}', '{"metadata": {"doorstart": {"title": ""}}}'])
def test_release_with_a_damaged_description_goes_by_its_name(shared_site: Site, said: str) -> None:
    name = f"odd{abs(hash(said))}"[:20]
    shared_site.release(name, content=said.encode())
    assert units(shared_site, shared_site.learner("bea"))[name]["title"] == name


def test_what_to_do_first(site: Site) -> None:
    bea, ann = site.learner("bea"), site.client(site.instructor())
    assert site.client(bea).units()["next"] is None
    for name in ("a", "b", "c"):
        site.release(name)

    def first() -> str:
        return str(site.client(bea).units()["next"]["assignment"])

    assert first() == "a"
    site.client(bea).fetch(COURSE, "b")
    assert first() == "b", "what was begun"
    ann.set_due(COURSE, "c", datetime(2030, 1, 31, 16, tzinfo=UTC))
    assert units(site, bea)["c"]["due"] == "2030-01-31 16:00:00.000000 UTC"
    assert first() == "c", "what has a date"
    ann.set_due(COURSE, "a", datetime(2020, 1, 1, tzinfo=UTC))
    assert first() == "a", "late work is still to do"
    site.client(bea).submit(COURSE, "a", work("a"))
    ann.set_due(COURSE, "c", None)
    assert units(site, bea)["c"]["due"] is None
    assert first() == "b"


def test_only_instructors_set_due_dates(shared_site: Site) -> None:
    shared_site.release("dates")
    when = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(ExchangeClientError, match="Only instructors"):
        shared_site.client(shared_site.learner("bea")).set_due(COURSE, "dates", when)
    with pytest.raises(ExchangeClientError, match="You have no course"):
        shared_site.client(shared_site.instructor("otto", "programming.en")).set_due(COURSE, "dates", when)
    with pytest.raises(ExchangeClientError, match="not released"):
        shared_site.client(shared_site.instructor()).set_due(COURSE, "never", when)
    with shared_site.http(shared_site.instructor()) as http:
        answer = http.put(f"/courses/{COURSE}/assignments/dates/due", json={"due": "tomorrow"})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_time")


@pytest.mark.parametrize("score", ["", "7", "7/", "nan/1", "-1/2", "1e9/1", "1/2/3", "9999999/1"])
def test_score_that_is_none_is_refused(shared_site: Site, score: str) -> None:
    shared_site.release()
    receipt = shared_site.send(shared_site.learner("bea"), work("scored")).json()
    path = f"/submissions/{receipt['id']}/feedback"
    answer = shared_site.send(shared_site.instructor(), page(b"x"), "PUT", path, **{"Doorstart-Score": score})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_score")


def test_new_score_is_shown_also_when_the_page_is_the_same(shared_site: Site) -> None:
    shared_site.release("regraded")
    bea, ann = shared_site.learner("bea"), shared_site.client(shared_site.instructor())
    receipt, _ = shared_site.client(bea).submit(COURSE, "regraded", work("x"))
    answers = [ann.release_feedback(receipt["id"], page(b"x"), (points, 10)) for points in (5, 5, 6)]
    assert [created for _, created in answers] == [True, False, True]
    assert units(shared_site, bea)["regraded"]["score"] == 6


def test_withdrawn_unit_is_listed_only_for_who_handed_it_in(shared_site: Site) -> None:
    shared_site.release("over")
    bea, cem = shared_site.learner("bea"), shared_site.learner("cem")
    shared_site.client(bea).submit(COURSE, "over", work("x"))
    shared_site.client(shared_site.instructor()).withdraw(COURSE, "over")
    assert units(shared_site, bea)["over"]["open"] is False
    assert "over" not in units(shared_site, cem)


def test_list_tells_nothing_of_others(shared_site: Site) -> None:
    shared_site.release("apart")
    bea, cem = shared_site.learner("bea"), shared_site.learner("cem")
    shared_site.client(bea).fetch(COURSE, "apart")
    receipt, _ = shared_site.client(bea).submit(COURSE, "apart", work("of bea"))
    told = json.dumps(shared_site.client(cem).units())
    assert units(shared_site, cem)["apart"]["state"] == "new"
    assert "bea" not in told
    assert receipt["id"] not in told
    assert receipt["digest"] not in told


def test_instructor_has_no_list_and_leaves_no_trace(shared_site: Site) -> None:
    shared_site.release("seen")
    ann = shared_site.instructor()
    shared_site.client(ann).fetch(COURSE, "seen")
    assert shared_site.client(ann).units()["courses"] == []


def test_units_of_our_courses_say_their_titles(site: Site, tmp_path: Path) -> None:
    build_course(COURSES / "programming", "nl", tmp_path)
    content = (tmp_path / "source/03-choices/03-choices.ipynb").read_bytes()
    ann = site.client(site.instructor(course="programming.nl"))
    ann.release("programming.nl", "03-choices", pack({"03-choices.ipynb": content}))
    bea = site.learner("bea", "programming.nl")
    assert site.client(bea).units()["courses"][0]["title"] == "Programmeren in Python"
    unit = units(site, bea, "programming.nl")["03-choices"]
    assert (unit["title"], unit["minutes"]) == ("Keuzes: if, elif, else", 45)


def test_database_of_the_first_version_is_brought_up_with_what_is_in_it(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'exchange.db'}")
    with engine.begin() as connection:
        migrate(connection, "0001")
        connection.execute(sa.text("INSERT INTO assignments (course, name, offered) VALUES ('a.en', 'ps1', 1)"))
    engine.dispose()
    database = Database(f"sqlite:///{tmp_path / 'exchange.db'}", tmp_path)
    with database.read() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []
        assert session.execute(sa.text("SELECT name, title, due_at FROM assignments")).all() == [("ps1", None, None)]
    database.close()
