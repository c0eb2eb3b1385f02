"""Where people land after log-in, and what the start page offers them."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest

from doorstart import landing
from doorstart.landing import Entry, destination, entries
from doorstart.language import LANGUAGES
from doorstart.language.catalogue import of
from doorstart.language.templates import Translated

TEMPLATES = Path(__file__).parents[2] / "hub" / "templates"
LEARNER = "course:programming.en:learner"
TEACHES = ["course:stock-management.en:instructor", "course:accounting.nl:instructor"]


def test_a_learner_has_one_server_for_all_courses() -> None:
    assert entries([LEARNER, "course:accounting.en:learner"], {}) == [Entry("", "", "stopped")]


def test_an_instructor_has_one_server_for_each_course_with_its_state() -> None:
    found = entries(TEACHES, {"accounting-nl": "running", "": "running", "left-over": "running"})
    assert found == [
        Entry("accounting-nl", "accounting.nl", "running"),
        Entry("stock-management-en", "stock-management.en", "stopped"),
    ]
    assert [entry.title for entry in found] == ["Accounting (nl)", "Stock management (en)"]


@pytest.mark.parametrize("groups", [[], ["admins"], ["course:../x:instructor"], ["course:a.en:owner"]])
def test_groups_that_are_no_course_give_no_server(groups: list[str]) -> None:
    assert entries(groups, {}) == []


@pytest.mark.parametrize(
    ("groups", "admin", "expected"),
    [
        ([LEARNER], False, "/hub/home"),
        (TEACHES[:1], False, "/hub/spawn/ann/stock-management-en"),
        (TEACHES, False, "/hub/home"),
        ([LEARNER, *TEACHES[:1]], False, "/hub/home"),
        ([], False, "/hub/home"),
        ([], True, "/hub/admin"),
        (TEACHES[:1], True, "/hub/spawn/ann/stock-management-en"),
    ],
)
def test_where_somebody_lands(groups: list[str], admin: bool, expected: str) -> None:
    assert destination(entries(groups, {}), admin=admin, hub="/hub/", username="ann") == expected


def test_nobody_is_sent_anywhere_before_log_in() -> None:
    assert landing.default_url(SimpleNamespace(current_user=None)) == ""


def page(servers: list[Entry], *, admin: bool = False, language: str = "en") -> str:
    parent = "{% block title %}{% endblock %}{% block main %}{% endblock %}"
    files = {"page.html": parent, "start.html": (TEMPLATES / "start.html").read_text()}
    environment = jinja2.Environment(loader=jinja2.DictLoader(files), autoescape=True, extensions=[Translated])
    user = SimpleNamespace(
        name="ann", admin=admin, server_url=lambda name: f"/user/ann/{name}/" if name else "/user/ann/"
    )
    return environment.get_template("start.html").render(
        servers=servers, user=user, base_url="/hub/", language=language, asset=str
    )


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


def test_the_page_starts_what_is_stopped_and_opens_what_runs() -> None:
    stopped, running = Entry("a-en", "a.en", "stopped"), Entry("b-en", "b.en", "running")
    assert links(page([stopped])) == ["/hub/spawn/ann/a-en"]
    html = page([running])
    assert links(html) == ["/user/ann/b-en/course", "/user/ann/b-en/formgrader", "/user/ann/b-en/lab"]
    assert 'data-stops="b-en"' in html


def test_formgrader_opens_in_a_tab_of_its_own_and_never_for_a_learner() -> None:
    link = re.search(r"<a [^>]*formgrader\"[^>]*>", page([Entry("b-en", "b.en", "running")]))
    assert link is not None and 'target="_blank"' in link[0] and 'rel="noopener"' in link[0]
    assert "formgrader" not in page([Entry("", "", "running")])
    assert links(page([Entry("", "", "stopped")])) == ["/hub/spawn/ann"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_without_a_course_is_told_so(language: str) -> None:
    html = page([], language=language)
    assert of(language).gettext("You are not in a course yet. Ask your teacher.") in html and links(html) == []
    assert links(page([], admin=True)) == ["/hub/admin"]


def test_the_page_asks_nothing_from_outside() -> None:
    html = page([Entry("b-en", "b.en", "running"), Entry("", "", "running")], admin=True)
    assert not re.search(r"""["'(](?:https?:)?//""", html)
