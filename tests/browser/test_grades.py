"""An instructor looks at grades and at similar work: in a browser, in each language, with hostile answers.

What was handed in is put into the course's folder, as collecting does: of ten learners, one has another's work in
disguise, with numbers that the tasks gave to the other.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import Page, expect

from doorstart import names
from doorstart.images.build import Builder
from doorstart.settings import settings
from doorstart.site import containers
from doorstart.site.place import TOP, Place
from doorstart.site.units import SiteCourse
from doorstart_checks import Variant
from doorstart_course_page.language import of
from doorstart_grading.translation import LANGUAGES

from .conftest import Window
from .hostile.submission import put, run
from .lesson import ACTS, home, on_my_course
from .looks import examine, tab_to

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE, UNIT = "alike.en", "01-stock"
BY_HAND = f"""
from nbgrader.api import Gradebook
with Gradebook("sqlite:///{names.COURSE_ROOT}/gradebook.db", "{COURSE}") as gradebook:
    for submission in gradebook.assignment_submissions("{UNIT}"):
        for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
            if grade.name == "why":
                grade.manual_score, grade.needs_manual_grade = 0, False
    gradebook.db.commit()
"""
"""What an instructor does in formgrader: the text answers are looked at."""
NUMBERS = """\
from doorstart_checks import variant

mine = variant("sale")
price, pieces = mine.money("100.00", "900.00"), mine.whole(120, 980)
print(price, pieces)"""
COUNT = """\
def count(words):
    found = {}
    place = len(words)
    while place > 0:
        place = place - 1
        if words[place] not in found:
            found[words[place]] = 0
        found[words[place]] += 1
    return found"""
NAME = """Adam; "O'Neill", A."""
"""The roster takes no markup and no formula; tests/unit/course_page has names that would act."""
HOSTILE = ACTS.replace("%s", "answer") + "</pre></mark>"
TEXT = (
    "A count that is below nothing cannot be true, my neighbour says, because nobody puts minus three pens on a shelf."
)
HONEST = "def count(words):\n    return {word: words.count(word) for word in words}"


def notebook(count: str = "...", total: str = "...", why: str = "Why?", shown: str = "") -> NotebookNode:
    """The unit with these answers."""
    cells = [
        v4.new_code_cell(NUMBERS, id="sale-numbers"),
        v4.new_code_cell(total, id="sale"),
        v4.new_code_cell(count, id="count"),
        v4.new_code_cell('assert count(["a"]) == {"a": 1}', id="count-check"),
        v4.new_markdown_cell(why, id="why"),
    ]
    marks: dict[str, dict[str, Any]] = {
        "sale-numbers": {"grade": False, "solution": False, "locked": True, "task": False},
        "sale": {"grade": False, "solution": True, "locked": False, "task": False},
        "count": {"grade": False, "solution": True, "locked": False, "task": False},
        "count-check": {"grade": True, "solution": False, "locked": True, "task": False, "points": 4},
        "why": {"grade": True, "solution": True, "locked": False, "task": False, "points": 0},
    }
    for cell in cells:
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": cell.id, **marks[cell.id]}
    if shown:
        cells[0].outputs = [v4.new_output("stream", text=shown)]
    made = v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def numbers(seed: str) -> tuple[str, str]:
    """What the task gives to the learner with this seed."""
    stream = Variant(seed, "sale")
    return str(stream.money("100.00", "900.00")), str(stream.whole(120, 980))


def handed_in(number: int) -> NotebookNode:
    """What each of ten learners hands in; the first and the last are alike."""
    price, pieces = numbers("seed0" if number == 9 else f"seed{number}")
    total = f"total = {price} * {pieces}\nprint('to pay', total, '!' * {number + 1})"
    if number == 0:
        return notebook(f"{COUNT}\n# {HOSTILE}", total, f"{TEXT} {HOSTILE}", f"{price} {pieces}")
    if number == 9:
        disguised = re.sub("words", "xs", re.sub("found", "a", COUNT)).replace("place", "i")
        return notebook(f"# mine\n{disguised}", total.replace("total", "t"), f"Indeed: {TEXT}", f"{price} {pieces}")
    return notebook(HONEST if number % 2 else "...", total, f"Reason {number}.", f"{price} {pieces}")


@pytest.fixture(scope="module")
def learners(site: Any, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The course, and the usernames of ten learners of it; one name is hard for a table."""
    folder = tmp_path_factory.mktemp("alike")
    source = folder / "source" / UNIT
    source.mkdir(parents=True)
    solution = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
    nbformat.write(notebook(solution.format(HONEST), solution.format("total = 0")), source / f"{UNIT}.ipynb")
    (folder / "nbgrader_config.json").write_text(json.dumps({}))
    image = Builder(TOP, site.client, print).build_all()["instructor"]
    SiteCourse(site.client, Place(settings()), image.id, COURSE).generate(folder, [UNIT])
    shown = [NAME, *(f"Learner {n}" for n in range(1, 10))]
    found = [f"alike-{n}" for n in range(10)]
    rows = [
        {"username": name, "display_name": said, "language": "en", "role": "learner", "courses": [COURSE]}
        for name, said in zip(found, shown, strict=True)
    ]
    command = ["python", "-m", "doorstart.people", "import"]
    containers.execute_json(site.client, f"{site.name}-hub", command, {"rows": rows, "one_time": False})
    return found


def server_of(site: Any, window: Window) -> str:
    """The container of the instructor's server."""
    return f"{site.name}-server-{names.server_id(window.username, names.server_name(COURSE))}"


def nothing_acted(page: Page) -> None:
    """Fail if something that a learner wrote was taken for HTML."""
    assert page.evaluate("window.acted") is None
    assert page.locator("img[src=x]").count() == 0


@pytest.fixture(scope="module")
def teacher(site: Any, learners: list[str], window: Callable[[str], Window]) -> Window:
    """A Dutch speaking instructor, who has collected and graded."""
    someone = on_my_course(site, window, COURSE, "nl", "grades")
    server = server_of(site, someone)
    for number, learner in enumerate(learners):
        files = {
            f"{UNIT}.ipynb": nbformat.writes(handed_in(number)).encode(),
            "variant.txt": f"seed{number}\n".encode(),
        }
        files["timestamp.txt"] = b"2030-01-31 12:00:00.000000 UTC"
        put(site, server, f"{names.COURSE_ROOT}/submitted/{learner}/{UNIT}", files)
    said = run(site, server, f"doorstart grade {COURSE} {UNIT} --json")
    assert json.loads(said.splitlines()[-1])["ok"], said
    run(site, server, f"python -c '{BY_HAND}'")
    return someone


def test_1_grades_are_a_table_and_two_files(site: Any, teacher: Window, learners: list[str], tmp_path: Path) -> None:
    page = teacher.page
    tab_to(page, page.get_by_role("link", name="Punten", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Punten")
    expect(page.locator("tbody tr")).to_have_count(len(learners))
    expect(page.locator("tbody tr").first).to_contain_text(NAME)
    expect(page.locator("tbody tr").nth(1)).to_contain_text("100")
    nothing_acted(page)
    examine(teacher, "grades", "nl")
    found = {}
    for kind in ("csv", "xlsx"):
        link = page.locator(f"a[download][href$={kind}]")
        tab_to(page, link)
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == f"{COURSE}-grades.{kind}"
        download.value.save_as(tmp_path / kind)
        found[kind] = (tmp_path / kind).read_bytes()
    rows = list(csv.reader(io.StringIO(found["csv"].decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Gebruikersnaam", "Naam", UNIT] and len(rows) == 2 + len(learners)
    assert rows[2][:3] == [learners[0], NAME, "4"]
    assert {row[2] for row in rows[2:]} == {"4", "0"}
    with zipfile.ZipFile(io.BytesIO(found["xlsx"])) as book:
        content = b"".join(book.read(name) for name in book.namelist())
    assert b"<f>" not in content and b"TargetMode" not in content and site.name.encode() not in content
    run(site, server_of(site, teacher), f"doorstart export {COURSE} /tmp/grades.csv")
    assert run(site, server_of(site, teacher), "cat /tmp/grades.csv").encode()[-40:] == found["csv"][-40:]


def test_2_similar_work_is_found_looked_at_and_kept(teacher: Window, learners: list[str]) -> None:
    page = teacher.page
    tab_to(page, page.get_by_role("link", name="Gelijkend werk", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(f"tr[data-unit='{UNIT}']")).to_contain_text("nog niet vergeleken")
    examine(teacher, "similar", "nl")
    page.get_by_role("link", name=UNIT).click()
    tab_to(page, page.get_by_role("button", name="De werken vergelijken"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/course/job")
    expect(page.locator("#job:not([data-running])")).to_be_attached(timeout=120_000)
    expect(page.locator("#job")).to_have_attribute("data-state", "done")
    examine(teacher, "similar-job", "nl")
    tab_to(page, page.get_by_role("link", name="Naar de vergelijking"))
    page.keyboard.press("Enter")
    pairs = page.locator("table.pairs tbody tr")
    expect(pairs).to_have_count(1)
    expect(pairs.first).to_contain_text("Learner 9")
    expect(pairs.first).to_contain_text("heeft de getallen van de ander")
    examine(teacher, "similar-unit", "nl")
    pairs.first.get_by_role("link").click()
    sides = page.locator("section.side")
    expect(sides).to_have_count(2)
    expect(sides.first.locator("mark").first).to_be_visible()
    assert "not in found" in sides.first.locator("pre", has_text="while").inner_text()
    assert "not in a" in sides.last.locator("pre", has_text="while").inner_text()
    assert "<script>" in sides.first.inner_text()
    expect(page.locator(".alert-warning").first).to_contain_text(numbers("seed0")[0])
    nothing_acted(page)
    examine(teacher, "similar-pair", "nl")
    tab_to(page, page.get_by_role("button", name="Bekeken, in orde"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bekeken, in orde")).to_be_visible()
    expect(page.locator("table.pairs tbody tr")).to_contain_text(teacher.username)
    assert page.request.post(page.url, form={}).status == 403, "a form without the page's own number"
    answer = page.goto(f"{page.url}/{learners[1]}/{learners[2]}")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("alert")).to_contain_text("laatste vergelijking")


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "nl"])
def test_the_pages_in_each_language(
    site: Any, teacher: Window, learners: list[str], window: Callable[[str], Window], language: str
) -> None:
    someone, words = on_my_course(site, window, COURSE, language, "grades"), of(language)
    page, origin = someone.page, f"{site.url}{home(someone, COURSE)}"
    for parts, what in (
        (("grades",), "grades"),
        (("similar",), "similar"),
        (("similar", UNIT), "similar-unit"),
        (("similar", UNIT, learners[0], learners[9]), "similar-pair"),
    ):
        page.goto("/".join([origin, *parts]))
        heading = words.gettext("Grades" if what == "grades" else "Similar work")
        assert heading in page.title()
        nothing_acted(page)
        examine(someone, what, language)
