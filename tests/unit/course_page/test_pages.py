"""What the pages say: names, titles and messages are text, in every language, and each page offers its next step."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from markupsafe import escape

from doorstart_course_page import acts, forms
from doorstart_course_page.facts import Agreed
from doorstart_course_page.language import of
from doorstart_course_page.page import templates
from doorstart_course_page.record import Line, Record
from doorstart_course_page.site import Site
from doorstart_course_page.standing import Class, put_together
from doorstart_grading.late import Rule
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import Sentence, Told, sentence
from doorstart_grading.translation import LANGUAGES

from .test_standing import EARLY, LATE, UNIT, Grade, facts, progress, row, time

OTHER = {"ada", "dan", "cem", "Doorstart", "(ann)"}
"""Names."""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"

GONE = sentence("The notebook `%(name)s` was not handed in; its checks give no points.", name=HOSTILE)
"""A sentence of grading, with what a learner made in it."""


def course(title: str = HOSTILE, name: str = HOSTILE, needs_person: bool = False) -> Class:
    """A course in which everybody has another state, and everything that people wrote is hostile."""
    said = Grade(time(LATE), 7.5, 10, 1, False, "id", (Remark(Told(HOSTILE)), Remark(GONE, needs_person)))
    grades = {"cem": said, "dan": Grade(time(EARLY), 2, 10, 0, True, "id")}
    rows = [
        row("ada", fetched=EARLY),
        row("bea", submissions=1, submitted=LATE),
        row("cem", submissions=1, submitted=LATE, returned=True, score=3.0),
        row("dan", submissions=1, submitted=EARLY),
    ]
    told = progress(*rows)
    told["title"] = told["units"][0]["title"] = title
    agreed = {"bea": Agreed(time("2030-02-01 15:00:00.000000 UTC"), True)}
    return put_together(told, facts({"cem": LATE, "dan": EARLY}, grades, agreed), {"bea": name, "eve": name})


def job(state: str = "running", **values: Any) -> Record:
    lines = [
        Line("bea", "not graded", HOSTILE),
        Line("cem", "not graded", str(GONE), GONE.to_json()),
        Line(HOSTILE, "graded"),
    ]
    record = Record("1", "grade", UNIT, by=HOSTILE, started=0, total=18, done=7, lines=lines)
    record.state = state  # type: ignore[assignment]
    for name, value in values.items():
        setattr(record, name, value)
    return record


def page(template: str, language: str = "en", **values: Any) -> str:
    """A page as a handler makes it."""
    zone = ZoneInfo("Europe/Brussels")
    common: dict[str, Any] = {
        "address": lambda *parts: "/".join(["/user/ann/sums-en/course", *parts]),
        "asset": lambda name: f"/static/{name}",
        "base_url": "/user/ann/sums-en/",
        "course_id": "sums.en",
        "good_outcomes": acts.GOOD,
        "here": "/user/ann/sums-en/course",
        "job": None,
        "language": language,
        "moment": lambda when: forms.moment(when, language, zone),  # type: ignore[arg-type]
        "now": 70.0,
        "number": lambda value: forms.number(value, language),  # type: ignore[arg-type]
        "outcomes": acts.OUTCOMES,
        "problems": acts.PROBLEMS,
        "saved": "",
        "say": lambda kept: Sentence.from_json(kept).in_language(language),
        "site": Site("ann", "en", zone, "/hub/", {}),
        "stoppable": acts.STOPPABLE,
        "xsrf": "number",
    }
    return templates().get_template(template).render({**common, **values})


def pages(language: str) -> dict[str, str]:
    """All pages, with hostile values."""
    one, unsure = course(), course(needs_person=True)
    (unit,), (to_look,) = one.units, unsure.units
    bea = unit.of("bea")
    dates = {"day_and_time": ("2030-01-31", "17:00")}
    return {
        "overview": page("overview.html", language, course=one, waiting=[unit], following=unit),
        "unit": page("unit.html", language, course=one, unit=unit, saved="due", job=job(), **dates),
        "learner": page("learner.html", language, course=one, unit=unit, one=bea, saved="agreement", **dates),
        "graded": page("learner.html", language, course=one, unit=unit, one=unit.of("cem"), **dates),
        "to look at": page("unit.html", language, course=unsure, unit=to_look, **dates),
        "looked at": page("learner.html", language, course=unsure, unit=to_look, one=to_look.of("cem"), **dates),
        "left out": page("job.html", language, course=unsure, job=job("done", lines=[Line("cem", "look")])),
        "late": page("rule.html", language, rule=Rule("zero", days=3), saved="rule"),
        "running": page("job.html", language, course=one, job=job()),
        "failed": page("job.html", language, course=one, job=job("failed", problem="away", details=HOSTILE)),
        "comparing": page("job.html", language, course=one, job=job(kind="compare", lines=[])),
        "compared": page("job.html", language, course=one, job=job("done", kind="compare", lines=[])),
        "not compared": page("job.html", language, course=one, job=job("stopped", kind="compare", lines=[])),
        "nothing": page("job.html", language, course=one),
        "error": page("error.html", language, status=400, message=HOSTILE),
    }


class Elements(HTMLParser):
    """What a browser would make of a page: the scripts and pictures in it, and the names of all attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [name for name, _ in attrs]
        if tag in ("script", "img", "iframe", "style", "object", "embed", "svg"):
            self.sources.append(str(dict(attrs).get("src")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_people_wrote_is_text(language: str) -> None:
    for name, html in pages(language).items():
        found = Elements()
        found.feed(html)
        assert {one for one in found.sources if not one.startswith("/static/")} == set(), name
        assert [one for one in found.attributes if one.startswith("on")] == [], name
    assert "&lt;script&gt;" in pages(language)["overview"]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_page_has_a_sentence_of_another_language(language: str) -> None:
    english = {text for html in pages("en").values() for text in texts(html)}
    for name, html in pages(language).items():
        same = english & texts(html) - {"Formgrader", "Date", "Points", "Pages", "Stop", "Formgrader ↗"}
        assert not same, name


def texts(html: str) -> set[str]:
    """What a page says, without what people wrote or what is said to be English."""
    html = re.sub(r'<(\w+)[^>]* lang="en".*?</\1>', "", html, flags=re.DOTALL)
    found = {re.sub(r"\s+", " ", text).strip() for text in re.split(r"<[^>]*>", html)}
    return {text for text in found if re.search(r"[A-Za-z]{3}", text) and "alert(1)" not in text} - {
        "ada",
        "dan",
        "cem",
        "Doorstart",
        "(ann)",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_grading_says_is_said_in_the_language_of_the_page(language: str) -> None:
    said = str(escape(GONE.in_language(language)))
    assert (said == str(escape(str(GONE)))) is (language == "en")
    made = pages(language)
    assert f"<li>{said}</li>" in made["unit"] and f"<p>{said}</p>" in made["running"]
    why = {"problem": "grader", "details": str(GONE), "sentence": GONE.to_json()}
    failed = page("job.html", language, course=course(), job=job("failed", **why))
    assert f"<p>{said}</p></details></div>" in failed


def test_work_that_a_person_has_to_look_at_says_so_before_it_is_returned() -> None:
    made = pages("en")
    assert "<details>" in made["unit"] and "<details open>" not in made["unit"] and "Look at it" not in made["unit"]
    for name in ("to look at", "looked at"):
        assert "<details open>" in made[name] and f"<li><strong>{escape(str(GONE))}</strong></li>" in made[name], name
    assert "Look at it, then return it" in made["to look at"] and "1 to look at" in made["to look at"]
    assert "press Return here" in made["looked at"] and 'name="act" value="return"' in made["looked at"]
    assert "look at the work, and return it" in made["left out"]
    one = course("Sums", "Bea", needs_person=True)
    cem = one.units[0].of("cem")
    assert cem is not None
    only = replace(one, learners={"cem": "Cem"}, units=[replace(one.units[0], standings=[cem])])
    html = page("overview.html", course=only, waiting=only.units, following=None)
    assert f'href="/user/ann/sums-en/course/unit/{UNIT}#learners"' in html and 'data-next="look"' in html


def test_a_job_says_how_far_it_is_and_what_failed() -> None:
    html = page("job.html", course=course(), job=job())
    assert "7 of 18, about 2 minutes left" in html
    assert of("en").gettext(acts.OUTCOMES["not graded"]) in html
    assert 'value="1"' in html and "job/stop" in html, "it can be stopped"
    release = page("job.html", course=course(), job=job(kind="release"))
    assert "job/stop" not in release
    comparing = page("job.html", course=course(), job=job(kind="compare"))
    assert "job/stop" in comparing and "7 of 18" in comparing
    compared = page("job.html", course=course(), job=job("done", kind="compare"))
    assert f'class="btn btn-jupyter" href="/user/ann/sums-en/course/similar/{UNIT}"' in compared
    failed = page("job.html", course=course(), job=job("failed", problem="away"))
    assert acts.PROBLEMS["away"] in failed and "job/stop" not in failed


def test_the_next_step_comes_first_and_formgrader_has_a_tab_of_its_own() -> None:
    one = course("Sums", "Bea")
    (unit,) = one.units
    html = page("unit.html", course=one, unit=unit, day_and_time=("", ""))
    assert unit.next == "collect"
    assert [found for found in re.findall(r'<button class="([^"]*)"[^>]*>(\w+)', html) if "jupyter" in found[0]] == [
        ("btn btn-jupyter", "Collect")
    ]
    links = re.findall(r"<a [^>]*formgrader/(?:submissions|gradebook)[^>]*>", html)
    assert links and all('target="_blank" rel="noopener"' in link for link in links)


def test_the_table_is_one_for_screen_readers() -> None:
    html = page("overview.html", course=course("Sums", "Bea"), waiting=[], following=None)
    table = html[html.index("<table") : html.index("</table>")]
    assert table.count('scope="col"') == 2 and table.count('scope="row"') == 5
    assert "Returned, 7.5 of 10, late" in re.sub(r"\s+", " ", table)
    assert 'role="group"' in html and 'tabindex="0"' in html
