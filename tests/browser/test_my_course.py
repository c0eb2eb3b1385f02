"""A lesson on *My course*, as a teacher has it: in a browser, with the keyboard, in each language.

One walk goes all the way in Dutch: release, collect, grade, return, a date, more time for one learner, what late work
costs, and grading again after a check was changed. Then the pages are looked at in the other languages, and a unit is
walked from its release to its return in each of them. A unit's title is hostile all the while, and may not act.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from doorstart import names
from doorstart.images.build import Builder
from doorstart.site.place import TOP
from doorstart_course_page.language import of
from doorstart_grading.translation import LANGUAGES

from .conftest import Window
from .hostile.submission import put, run
from .lesson import (
    COURSE,
    ESSAY,
    TITLE,
    UNIT,
    Pupil,
    add_learner,
    give_points,
    home,
    make_course,
    notebook,
    on_my_course,
    start,
)
from .looks import examine, tab_to

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
BRUSSELS = ZoneInfo("Europe/Brussels")
RIGHT, WRONG = "def two():\n    return 2", "def two():\n    return 3"


@pytest.fixture(scope="module")
def pupils(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Pupil]]:
    """The course, and two learners with servers."""
    image = Builder(TOP, site.client, print).build_all()["instructor"]
    make_course(site, image, tmp_path_factory.mktemp("desk"))
    shown = ["Bea", "Cem"]  # the roster takes no markup in a name
    people = [start(site, *add_learner(site, name), name) for name in shown]
    yield [pupil for _, pupil in people]
    for person, _ in people:
        with person:
            person.stop_server()
    # A check that was changed here is put back: other tests promote images, and a unit of each course is run for that.
    make_course(site, image, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def teacher(site: Any, pupils: list[Pupil], window: Callable[[str], Window]) -> Window:
    """A Dutch speaking instructor, who has just logged in."""
    return on_my_course(site, window, COURSE, "nl")


def go(window: Window, *parts: str) -> Page:
    """Open a page of the course."""
    origin = re.match(r"https?://[^/]+", window.page.url)
    assert origin
    window.page.goto("/".join([f"{origin[0]}{home(window, COURSE)}", *parts]))
    return window.page


def act(window: Window, step: str, *, at: Locator | None = None, state: str = "done") -> Page:
    """Press a step's button with the keyboard, and wait until the job is over."""
    page = window.page
    tab_to(page, (at or page.locator("main")).locator(f"form:has([name=act][value={step}]) button").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/course/job")
    expect(page.locator(f"#job[data-kind={step}]:not([data-running])")).to_be_attached(timeout=120_000)
    expect(page.locator("#job")).to_have_attribute("data-state", state)
    nothing_acted(page)
    return page


def nothing_acted(page: Page) -> None:
    """Fail if a name or a title was taken for HTML."""
    assert page.evaluate("window.acted") is None


def cell(page: Page, pupil: Pupil, unit: str = UNIT) -> Locator:
    """A learner's place in a unit, on the first page."""
    return page.locator(f"tr[data-learner='{pupil.name}'] td[data-unit='{unit}']")


def row(page: Page, pupil: Pupil) -> Locator:
    """A learner's row, on the page of a unit."""
    return page.locator(f"tr[data-learner='{pupil.name}']")


def local(days: float) -> tuple[str, str]:
    """Day and time so many days from now, by the site's clock."""
    when = datetime.now(BRUSSELS) + timedelta(days=days)
    return when.strftime("%Y-%m-%d"), when.strftime("%H:%M")


def fill_date(page: Page, days: float) -> None:
    """Fill in a date's form."""
    day, time = local(days)
    page.locator("#day").fill(day)
    page.locator("#time").fill(time)


def test_1_the_teacher_lands_on_my_course_and_releases_a_unit(teacher: Window, pupils: list[Pupil]) -> None:
    page = teacher.page
    expect(page.locator("[data-next=release] h3")).to_have_text(TITLE)  # a title is text
    expect(page.locator("tbody th").first).to_have_text(pupils[0].shown)
    nothing_acted(page)
    examine(teacher, "my-course-empty", "nl")
    act(teacher, "release")
    examine(teacher, "released", "nl")
    page = go(teacher)
    expect(cell(page, pupils[0])).to_have_attribute("data-state", "new")


def test_2_the_teacher_sees_who_is_where(teacher: Window, pupils: list[Pupil]) -> None:
    bea, cem = pupils
    cem.ask("fetch", UNIT)
    bea.hand_in(UNIT, RIGHT)
    page = go(teacher)
    expect(cell(page, bea)).to_have_attribute("data-state", "submitted")
    expect(cell(page, cem)).to_have_attribute("data-state", "started")
    expect(cell(page, cem)).to_contain_text("Bezig")
    expect(page.locator(f".step[data-unit='{UNIT}']")).to_contain_text("1 van 2 ingediend")


def test_3_collect_grade_and_return_are_one_button_each(teacher: Window, pupils: list[Pupil]) -> None:
    bea, _ = pupils
    page = act(teacher, "collect")
    expect(row(page, bea)).to_have_attribute("data-outcome", "collected")
    act(teacher, "grade")
    expect(row(page, bea)).to_have_attribute("data-outcome", "graded")
    examine(teacher, "graded", "nl")
    page = go(teacher)
    expect(cell(page, bea)).to_have_attribute("data-state", "graded")
    expect(cell(page, bea)).to_contain_text("2 van 2")
    act(teacher, "return")
    expect(row(page, bea)).to_have_attribute("data-outcome", "returned")
    page = go(teacher)
    expect(cell(page, bea)).to_have_attribute("data-state", "returned")
    assert '"state": "returned"' in bea.units() and '"score": 2.0' in bea.units()
    examine(teacher, "my-course", "nl")


def test_4_a_date_is_told_to_everybody_and_more_time_to_one(teacher: Window, pupils: list[Pupil]) -> None:
    bea, cem = pupils
    page = go(teacher, "unit", UNIT)
    fill_date(page, -1.5)
    page.locator("section:has(#due) button").click()
    expect(page.get_by_role("status").first).to_contain_text("Bewaard")
    cem.hand_in(UNIT, WRONG)
    page = go(teacher, "unit", UNIT)
    expect(row(page, bea).locator(".late").first).to_have_text("te laat")
    examine(teacher, "unit", "nl")
    act(teacher, "collect")
    act(teacher, "grade")
    page = go(teacher, "unit", UNIT)
    row(page, bea).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(bea.shown)
    fill_date(page, 2)
    page.locator("section:has(#own) button").click()
    expect(page.get_by_role("status")).to_have_text("Bewaard.")
    nothing_acted(page)
    examine(teacher, "more-time", "nl")
    own = local(2)[0]
    assert own[:4] in bea.units() and bea.units() != cem.units()
    dues = [re.findall(r'"due": "([\d-]+)', pupil.units()) for pupil in pupils]
    assert dues[0] != dues[1], "each sees the own date"
    page = go(teacher, "unit", UNIT)
    expect(row(page, bea).locator("strong.late")).to_have_count(0)
    expect(row(page, cem).locator("strong.late")).to_have_text("te laat")


def test_5_late_work_costs_what_the_rule_says_and_one_learner_is_let_off(teacher: Window, pupils: list[Pupil]) -> None:
    _, cem = pupils
    page = go(teacher, "late")
    page.locator("[name=kind][value=points]").check()
    page.locator("#points").fill("0,5")
    examine(teacher, "late", "nl")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard.")
    assert '"kind": "points", "points": 0.5' in cem.units()
    cem.hand_in(UNIT, RIGHT)
    go(teacher, "unit", UNIT)
    act(teacher, "collect")
    act(teacher, "grade")
    page = go(teacher, "unit", UNIT)
    expect(row(page, cem)).to_contain_text("1 van 2")
    expect(row(page, cem)).to_contain_text("1 afgetrokken")
    page = go(teacher, "unit", UNIT, "learner", cem.name)
    page.locator("[name=waived]").check()
    page.locator("section:has(#own) button").click()
    page = go(teacher, "unit", UNIT)
    expect(row(page, cem)).to_contain_text("2 van 2")


def test_6_a_changed_check_grades_everything_again(site: Any, teacher: Window, pupils: list[Pupil]) -> None:
    bea, _ = pupils
    server = f"{site.name}-server-{names.server_id(teacher.username, names.server_name(COURSE))}"
    changed = nbformat.writes(notebook(TITLE, "assert two() == 3")).encode()
    put(site, server, f"{names.COURSE_ROOT}/source/{UNIT}", {f"{UNIT}.ipynb": changed})
    page = go(teacher, "unit", UNIT)
    act(teacher, "regrade")
    expect(row(page, bea)).to_have_attribute("data-outcome", "graded")
    page = go(teacher, "unit", UNIT)
    expect(row(page, bea)).to_contain_text("0 van 2")
    expect(row(page, bea)).to_contain_text("Veranderd sinds")
    act(teacher, "withdraw")
    page = go(teacher, "unit", UNIT)
    expect(page.locator("form:has([name=act][value=release]) button")).to_have_count(1)


def test_7_points_by_hand_are_given_in_formgrader_in_a_tab_of_its_own(teacher: Window, pupils: list[Pupil]) -> None:
    bea, _ = pupils
    go(teacher, "unit", ESSAY)
    act(teacher, "release")
    bea.hand_in(ESSAY, RIGHT)
    for step in ("collect", "grade"):
        go(teacher, "unit", ESSAY)
        act(teacher, step)
    page = go(teacher, "unit", ESSAY)
    act(teacher, "return")
    expect(row(page, bea)).to_have_attribute("data-outcome", "waits")  # nothing is returned half graded
    page = go(teacher, "unit", ESSAY)
    give_points(page, row(page, bea).get_by_role("link", name=re.compile("Punten geven")), "3")
    page = go(teacher, "unit", ESSAY)
    expect(row(page, bea)).to_contain_text("5 van 5")
    act(teacher, "return")
    expect(row(page, bea)).to_have_attribute("data-outcome", "returned")


def test_8_a_job_that_is_killed_leaves_nothing_broken(site: Any, teacher: Window, pupils: list[Pupil]) -> None:
    server = f"{site.name}-server-{names.server_id(teacher.username, names.server_name(COURSE))}"
    page = go(teacher, "unit", UNIT)
    page.locator("form:has([value=regrade]) button").click()
    page.wait_for_url("**/course/job")
    found = "grep -q '[c]ourse_page.work' $p/cmdline 2>/dev/null"  # and not this shell
    run(site, server, f"for p in /proc/[0-9]*; do {found} && kill -9 ${{p#/proc/}}; done; true")
    expect(page.locator("#job:not([data-running])")).to_be_attached()
    page = go(teacher, "unit", UNIT)
    act(teacher, "regrade")
    expect(row(page, pupils[0])).to_have_attribute("data-outcome", "graded")


def test_9_forms_from_elsewhere_and_addresses_that_are_none(site: Any, teacher: Window) -> None:
    page = go(teacher, "unit", "no-such-unit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deze pagina bestaat niet")
    examine(teacher, "404", "nl")
    answer = page.request.post(f"{site.url}{home(teacher, COURSE)}/unit/{UNIT}/act", form={"act": "collect"})
    assert answer.status == 403, "a form without the page's own number"


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "nl"])
def test_the_pages_in_each_language(
    site: Any, teacher: Window, pupils: list[Pupil], window: Callable[[str], Window], language: str
) -> None:
    someone, words = on_my_course(site, window, COURSE, language), of(language)
    page = someone.page
    expect(page.locator("#who")).to_have_text(words.gettext("Who is where"))
    examine(someone, "my-course", language)
    for parts, heading, what in (
        (("unit", UNIT), TITLE, "unit"),
        (("unit", UNIT, "learner", pupils[0].name), pupils[0].shown, "learner"),
        (("late",), words.gettext("Late work"), "late"),
        (("job",), None, "job"),
    ):
        page = go(someone, *parts)
        if heading:
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        nothing_acted(page)
        examine(someone, what, language)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "nl"])
def test_a_unit_is_walked_from_release_to_return_in_each_language(
    site: Any, pupils: list[Pupil], window: Callable[[str], Window], language: str
) -> None:
    """Dutch has the long walk above."""
    someone, words = on_my_course(site, window, COURSE, language, prefix="lesson"), of(language)
    page = go(someone, "unit", ESSAY)
    if page.locator("form:has([name=act][value=withdraw]) button").count():
        act(someone, "withdraw")
        go(someone, "unit", ESSAY)
    act(someone, "release")
    examine(someone, "released", language)
    person, pupil = start(site, *add_learner(site, f"Dot-{language}"), f"Dot-{language}")
    pupil.hand_in(ESSAY, RIGHT)
    with person:
        person.stop_server()
    page = go(someone)
    expect(cell(page, pupil, ESSAY)).to_contain_text(words.gettext("Handed in"))
    for step in ("collect", "grade"):
        go(someone, "unit", ESSAY)
        act(someone, step)
        examine(someone, step, language)
    go(someone, "unit", ESSAY)
    page = act(someone, "return")
    expect(row(page, pupil)).to_have_attribute("data-outcome", "waits")
    examine(someone, "waits", language)
    page = go(someone, "unit", ESSAY)
    give_points(page, row(page, pupil).get_by_role("link", name=words.gettext("Give points")), "2")
    page = go(someone, "unit", ESSAY)
    expect(row(page, pupil)).to_contain_text(words.gettext("%(points)s of %(most)s", points="4", most="5"))
    page = act(someone, "return")
    expect(row(page, pupil)).to_have_attribute("data-outcome", "returned")
    examine(someone, "returned", language)
    page = go(someone)
    expect(cell(page, pupil, ESSAY)).to_have_attribute("data-state", "returned")
