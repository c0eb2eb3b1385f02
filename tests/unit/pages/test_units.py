"""What "My courses" makes of the exchange's list, and what it says of it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import jinja2
import pytest

from doorstart.exchange import wire
from doorstart.language import LANGUAGES
from doorstart.language.catalogue import of
from doorstart.language.templates import Translated
from doorstart.pages.units import Learning, learning

TEMPLATES = Path(__file__).parents[3] / "hub" / "templates"
NOW = "2030-01-28 09:00:00.000000 UTC"


def unit(name: str, **more: object) -> dict[str, object]:
    values = {"assignment": name, "title": f"Title of {name}", "minutes": 40, "due": None, "open": True, "state": "new",
              "fetched": None, "score": None, "max_score": None, "submissions": []}  # fmt: skip
    return values | more


def listed(*units: dict[str, object], first: str | None = None) -> wire.MyUnits:
    found = {"course": "programming.nl", "assignment": first} if first else None
    course = {"course": "programming.nl", "title": "Programmeren", "language": "nl", "units": list(units)}
    return wire.MyUnits.model_validate({"name": "ann", "now": NOW, "next": found, "courses": [course]})


def shown(units: wire.MyUnits, language: str = "en", *, running: bool = False) -> Learning:
    zone = ZoneInfo("Europe/Brussels")
    return learning(units, language, zone, hub="/hub/", server="/user/ann/", running=running, username="ann")


def page(units: wire.MyUnits, language: str = "en") -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, extensions=[Translated]
    )
    return environment.get_template("learning.html").render(learning=shown(units, language), language=language)


def target(url: str) -> str:
    return parse_qs(urlsplit(url).query)["next"][0]


def test_what_to_do_first_is_first_and_is_one_click_away() -> None:
    html = page(listed(unit("01-a", state="submitted"), unit("02-b", minutes=1), first="02-b"))
    link = re.search(r'<a class="btn btn-jupyter" href="([^"]*)">\s*Begin: Title of 02-b', html)
    assert link is not None and link[0] == re.search(r'<a class="btn[^>]*>\s*Begin: Title of 02-b', html)[0]
    assert html.index("Do this first") < html.index("Title of 01-a")
    assert "about 1 minute<" in html and "about 40 minutes<" in html


def test_a_new_unit_is_fetched_by_jupyterlab_and_a_fetched_one_is_opened() -> None:
    units = listed(unit("01-a", fetched=NOW, state="started"), unit("02-b"))
    wanted = [
        "/user/ann/lab/tree/programming.nl/01-a/01-a.ipynb?doorstart-unit=programming.nl%2F01-a",
        "/user/ann/lab?doorstart-unit=programming.nl%2F02-b",
    ]
    lines = shown(units).courses[0].units
    assert all(line.url.startswith("/hub/spawn/ann?next=") for line in lines), "so that the server is started first"
    assert [target(line.url) for line in lines] == wanted
    assert [line.url for line in shown(units, running=True).courses[0].units] == wanted


def test_a_date_that_is_over_is_only_late_when_nothing_was_handed_in() -> None:
    over = "2030-01-25 15:00:00.000000 UTC"
    begun, done = shown(listed(unit("a", due=over), unit("b", due=over, state="submitted"))).courses[0].units
    assert (begun.over, begun.late, done.over, done.late) == (True, True, True, False)
    assert "The time is over: Friday 25 January, 16:00" in page(listed(unit("a", due=over)))
    assert 'class="late"' not in page(listed(unit("b", due=over, state="submitted")))


def test_the_score_is_in_the_persons_form() -> None:
    html = page(listed(unit("a", state="returned", score=7.5, max_score=10.0)), "nl")
    assert "7,5 van 10 punten" in html and "Bekeken door je lesgever" in html
    assert "punten" not in page(listed(unit("a", state="returned")), "nl")


def test_the_feedback_of_the_latest_submission_that_has_any_can_be_read() -> None:
    def submission(identifier: str, *pages: str) -> dict[str, object]:
        receipt = dict.fromkeys(("course", "assignment", "learner", "digest", "time", "signature"), "x")
        files = [{"path": page, "size": 1, "sha256": "x"} for page in pages]
        given = {"version": 1, "digest": "x", "files": files, "score": 1.0, "max_score": 2.0} if pages else None
        return {"receipt": receipt | {"id": identifier}, "files": [], "feedback": given}

    units = listed(unit("a", submissions=[submission("s3"), submission("s2", "a.html", "x/b.html", "c.txt")]))
    assert shown(units).courses[0].units[0].feedback == (("a", "/hub/feedback/s2/a.html"),)
    assert 'href="/hub/feedback/s2/a.html" aria-label="Read the feedback: Title of a"' in page(units)
    assert "feedback/" not in page(listed(unit("a", submissions=[submission("s3")])))


def test_a_title_is_text_and_in_the_courses_language() -> None:
    html = page(listed(unit("a", title='<img src=x onerror="alert(1)">'), first="a"))
    assert "<img" not in html and "&lt;img" in html and 'lang="nl"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_nothing_waits_it_is_said(language: str) -> None:
    words = of(language)
    assert words.gettext("You have handed in everything. Well done.") in page(
        listed(unit("a", state="submitted")), language
    )
    assert words.gettext("There are no units in this course yet.") in page(listed(), language)
