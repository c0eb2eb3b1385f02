"""The paper twin of a unit, read back from the PDF."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import re
import string
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from doorstart.courses.build import source_notebook
from doorstart.courses.paper import PaperError, print_unit
from doorstart.courses.paper.listing import COLUMNS, GAP_COLUMNS, rows
from doorstart.courses.paper.pages import html, pdf
from doorstart.courses.paper.sheet import read_sheet
from doorstart.courses.paper.trace import on_paper, output_lines, own_numbers, trace, worked_example
from doorstart.courses.paper.words import WORDS
from doorstart.courses.reference import learner_notebook

EXAMPLE = """# Step 1, name
price = Decimal("20.00")
rate = 10

# Step 2, VAT
vat = price * rate / 100
print(vat)"""


def markdown(source: str, **metadata: Any) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def code(source: str, **metadata: Any) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def graded(name: str, **more: Any) -> dict[str, Any]:
    return {"grade_id": name, "grade": False, "locked": False, "solution": False, **more}


def task(number: int, name: str, text: str = "Write the function.") -> list[nbformat.NotebookNode]:
    visible = f'check({name}, {number}, Decimal("2.50")).gives(Decimal("7.5{number}"), next_step="Try.")'
    hidden = f"# Later\n### BEGIN HIDDEN TESTS\ncheck({name}, 9, 9).gives(secret_{name})\n### END HIDDEN TESTS\n"
    starter = f"def {name}(pieces, price):\n    # Your steps of {name}\n    ...\n"
    solution = f"### BEGIN SOLUTION\ndef {name}(pieces, price):\n    return answer_{name}\n### END SOLUTION\n"
    return [
        markdown(f"## Task {number}: do {name} (2 points)\n\n{text}", nbgrader=graded(f"{name}-text", locked=True)),
        code(starter + solution, nbgrader=graded(name, solution=True)),
        code(visible, nbgrader=graded(f"{name}-check", grade=True, points=1)),
        code(hidden, nbgrader=graded(f"{name}-check-more", grade=True, points=1)),
    ]


def unit(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata={"title": "Prices of the shop"})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return unit(
        markdown("# Prices of the shop\n\nA *rate* of 10 means 10 euros."),
        code(EXAMPLE),
        *task(1, "total"),
        markdown("## Task 2: explain (3 points)\n\nWhy do you round?", nbgrader=graded("explain-text", locked=True)),
        markdown(
            "### BEGIN SOLUTION\nBecause of the cents_answer.\n### END SOLUTION\n",
            nbgrader=graded("explain", solution=True, grade=True, points=3),
        ),
        markdown("| Word | Meaning |\n|---|---|\n| rate | euros of VAT on 100 euros |"),
    )


def print_(notebook: nbformat.NotebookNode, **more: Any) -> bytes:
    return print_unit(notebook, **{"course": "programming", "unit": "01-first-steps", "language": "en", **more})


def pages(content: bytes) -> list[str]:
    """The text of each page, with one space where there are several or a line ends."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def text(content: bytes) -> str:
    return " ".join(pages(content))


def test_lesson_tasks_words_and_foot(notebook):
    found = text(print_(notebook))
    for part in (
        "A rate of 10 means 10 euros.",
        'price = Decimal("20.00")',
        "What does Python show?",
        "Task 1: do total (2 points)",
        "# Your steps of total",
        'total(1, Decimal("2.50")) Decimal("7.51")',
        "Why do you round?",
        "Words of this unit",
        "euros of VAT on 100 euros",
        "programming · 01-first-steps · en · version ",
    ):
        assert part in found
    assert re.search(r"Name .*Date ", pages(print_(notebook))[0])
    assert all(f"{number} / " in page for number, page in enumerate(pages(print_(notebook)), start=1))


def test_a_learner_gets_neither_solutions_nor_hidden_checks(notebook):
    found = text(print_(notebook))
    for part in ("answer_total", "secret_total", "cents_answer", "BEGIN", "total-check"):
        assert part not in found


def test_no_unit_gives_a_learner_solutions_or_hidden_checks(course, unit, language):
    """What stands in the source notebook and not in the learner's stands not on the learner's paper either."""
    notebook = source_notebook(course / "units" / unit, language)
    sheet = read_sheet(notebook, {}, solutions=False)
    assert sheet.tasks
    assert not any(task.solution or task.checks for task in sheet.tasks)
    page = html(notebook, data={}, solutions=False, course="", unit=unit, language=language, version="")
    assert page.count('<section class="task">') == len(sheet.tasks)
    printed = unescape(re.sub(r"<[^>]+>", "", page))
    given = "\n".join(cell.source for cell in learner_notebook(course / "units" / unit, language).cells)
    # A long line is broken on paper.
    starts = {line.strip()[:60] for cell in notebook.cells for line in cell.source.splitlines()}
    secret = {start for start in starts if len(start) > 12 and start not in given}
    assert len(secret) > 10
    assert not {start for start in secret if start in printed}


def test_the_teacher_gets_solutions_points_and_all_checks(notebook):
    found = text(print_(notebook, solutions=True))
    for part in (
        "Teacher's copy",
        "return answer_total",
        "Because of the cents_answer.",
        "check(total, 9, 9).gives(secret_total)",
        "total-check-more · Points: 1 · the learner does not see this check",
        "You grade this answer. Points: 3",
        "Task 1: do total 2 Task 2: explain 3 Total 5",
    ):
        assert part in found
    assert "HIDDEN" not in found


def test_both_copies_have_one_version_and_a_change_gives_another(notebook):
    def version(content: bytes) -> str:
        return re.findall(r"version ([0-9a-f]{8})", text(content))[0]

    before = version(print_(notebook))
    assert version(print_(notebook, solutions=True)) == before
    assert version(print_(notebook, data={"a.csv": b"a;b\n1;2\n"})) != before
    notebook.cells[5].source += "\n# one more hidden check"
    assert version(print_(notebook)) != before


def test_same_input_same_bytes_in_another_process_too(notebook, tmp_path):
    content = print_(notebook)
    assert print_(notebook) == content
    nbformat.write(notebook, tmp_path / "unit.ipynb")
    script = (
        "import hashlib, sys, nbformat; from doorstart.courses.paper import print_unit;"
        "notebook = nbformat.read(sys.argv[1], as_version=4);"
        "content = print_unit(notebook, course='programming', unit='01-first-steps', language='en');"
        "print(hashlib.sha256(content).hexdigest())"
    )
    command = [sys.executable, "-c", script, tmp_path / "unit.ipynb"]
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == hashlib.sha256(content).hexdigest()
    assert not {"/CreationDate", "/ModDate"} & set(PdfReader(io.BytesIO(content)).metadata or {})


@pytest.mark.parametrize("language", WORDS)
def test_the_words_of_each_language(notebook, language):
    words = WORDS[language]
    found = text(print_(notebook, language=language))
    for key in ("name", "date", "on paper", "shows", "answer", "by hand", "trace", "trace how", "step", "output"):
        assert words[key] in found
    assert words["teacher"] not in found
    teachers = text(print_(notebook, language=language, solutions=True))
    for key in ("teacher", "solution", "checks", "visible", "hidden", "by teacher", "points", "given", "total"):
        assert words[key] in teachers


def test_each_language_has_all_words():
    places = {
        language: {
            key: sorted(field for _, field, _, _ in string.Formatter().parse(word) if field)
            for key, word in words.items()
        }
        for language, words in WORDS.items()
    }
    assert all(found == places["en"] for found in places.values())


@pytest.mark.parametrize("long", ["first_name + " * 30 + "last_name", "x" * 400, "# " + "a note " * 60])
def test_a_long_line_of_code_is_broken_with_a_mark(long):
    content = print_(unit(markdown("# Long"), code(f"total = 1\n{long}")))
    assert "".join(long.split()) in "".join(text(content).replace("↪", "").split())
    assert "↪" in text(content)
    assert _right_end(content) < _points(210 - 14) + 1


@pytest.mark.parametrize(
    "source", ["`" + "y" * 300 + "`", "| a | b |\n|---|---|\n| " + "z" * 200 + " | c |", "w" * 300]
)
def test_a_long_word_in_the_text_stays_on_the_page(source):
    assert _right_end(print_(unit(markdown(f"# Long\n\n{source}")))) < _points(210 - 14) + 1


def _points(millimetres: float) -> float:
    return millimetres / 25.4 * 72


def _right_end(content: bytes) -> float:
    """How far to the right text goes, in points, with each letter as wide as the narrower ones are."""
    ends = []

    def visit(text: str, matrix: list[float], own: list[float], font: Any, size: float) -> None:
        for line in text.splitlines():
            left = own[4] * matrix[0] + matrix[4]
            wide = 0.602 if font and "Mono" in font["/BaseFont"] else 0.4
            ends.append(left + len(line.rstrip()) * wide * size * own[0] * matrix[0])

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=visit)
    return max(ends)


@given(st.lists(st.sampled_from(["____", " ", "x", "total ", "'", "#", "é", "    ", "(" * 50, "n" * 90]), max_size=60))
def test_broken_lines_lose_nothing_and_fit(pieces):
    line = "".join(pieces)
    found = rows(line)
    assert "".join("".join(text for _, text in row.parts) for row in found).replace(" ", "") == line.replace(" ", "")
    for row in found:
        assert sum(GAP_COLUMNS if style == "gap" else len(text) for style, text in row.parts) <= COLUMNS
    assert [row.number for row in found if row.number] == [1]


class _Counter(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """A server, and the paths for which it was asked."""
    handler = type("Counter", (_Counter,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler.asked
        server.shutdown()


def test_an_image_from_outside_makes_no_request(outside):
    address, asked = outside
    image = f"![a cat]({address}/1.png)"
    raw = f'<img src="{address}/2.png"> <link rel="stylesheet" href="{address}/3.css">'
    hidden = f'![<img src="{address}/4.png">]({address}/5.png)'
    found = text(print_(unit(markdown(f"# Cats\n\n{image}\n\n{raw}\n\n{hidden}"))))
    assert "[a cat]" in found and "2.png" in found and "4.png" in found, "HTML is shown as it stands"
    assert asked == []


def test_nothing_is_fetched_even_if_the_page_asks(outside, tmp_path):
    address, asked = outside
    (tmp_path / "secret.css").write_text("body::before { content: 'from a file' }")
    links = [f"{address}/a.css", (tmp_path / "secret.css").as_uri(), "data:text/css,body::before{content:'data'}"]
    head = "".join(f'<link rel="stylesheet" href="{link}"><link rel="attachment" href="{link}">' for link in links)
    content, _ = pdf(
        f"<head>{head}<style>@import url({address}/b.css)</style></head><p>Hello <img src={address}/c.png>"
    )
    assert text(content) == "Hello"
    assert not PdfReader(io.BytesIO(content)).attachments
    assert asked == []


def test_a_task_is_not_split_over_pages():
    tasks = [cell for number in range(1, 8) for cell in task(number, f"do_{number}", "Read this. " * 60)]
    found = pages(print_(unit(markdown("# Many\n\n" + "A line.\n\n" * 9), *tasks)))
    assert len(found) > 3
    for number in range(1, 8):
        (page,) = (page for page in found if f"Task {number}: do do_{number}" in page)
        assert f'Decimal("7.5{number}")' in page


def test_the_trace_table_is_made_for_the_worked_example(notebook):
    found = text(print_(notebook))
    assert "Step Line price rate vat Python shows 1 2 3 4 5 6 " in found
    page = next(number for number, page in enumerate(pages(print_(notebook)), 1) if "Be the computer" in page)
    assert f"Trace this code by hand, on page {page}" in found


def test_trace_rows_follow_loops_and_calls():
    loop = "names = [1, 2, 3]\ntotal = 0\nfor one in names:\n    total += one\nprint(total)"
    assert trace(loop) is not None
    assert (trace(loop).names, trace(loop).rows) == (["names", "total", "one"], 3 + 3 * 2 + 1 + 2)
    call = (
        "def vat_on(price, rate):\n    vat = price * rate\n    return vat\n\n\nprint(vat_on(1, 2))\nprint(vat_on(3, 4))"
    )
    assert (trace(call).names, trace(call).rows) == (["price", "rate", "vat"], 6 + 2)
    assert worked_example([EXAMPLE, loop, call]) == trace(loop)


@pytest.mark.parametrize("source", ["print(1)", "%matplotlib inline", "def f(:", "a = 1\nprint(a)"])
def test_nothing_to_trace(source):
    assert trace(source) is None


def test_what_can_be_done_by_hand():
    codes = {
        "from decimal import Decimal\nprice = Decimal('2.50')": True,
        "with open('data/a.csv') as file:\n    lines = file.read()": False,
        "print(lines)": False,
        "import pandas as pd": False,
        "def read(name):\n    return pd.DataFrame(name)": False,
        "table = read('a')": False,
        "total = price * 2": True,
    }
    assert on_paper([*codes]) == [*codes.values()]


def test_endless_recursion_ends():
    assert trace("def f(n):\n    m = f(n - 1) + f(n - 2)\n    return m\n\n\nk = f(3)") is not None


def test_lines_for_what_is_shown():
    assert output_lines("a = 1") == 0
    assert output_lines("a = 1\na * 2") == 1
    assert output_lines("print(1)\nprint(2)") == 2
    assert output_lines("for a in [1, 2, 3]:\n    print(a)") == 3


def test_numbers_of_ones_own_are_chosen_on_paper():
    source = """from doorstart_checks import variant
mine = variant("order")
my_pieces = mine.whole(3, 40)
my_list = [1, mine.money("1.00", "2.00")]
my_table = pd.DataFrame(mine.shuffled(my_list))
print(my_pieces)"""
    assert own_numbers(source) == ["my_pieces", "my_list"]
    found = text(print_(unit(markdown("# Own"), code(source))))
    assert "Choose yours, and write them down. my_pieces =" in found
    assert "What does Python show" not in found


def test_what_an_author_says_of_a_cell(notebook):
    notebook.cells[0].metadata["paper"] = False
    notebook.cells.insert(0, code("a = 1\nb = 2", trace=True))
    found = text(print_(notebook))
    assert "A rate of 10 means" not in found
    assert "Step Line a b Python shows" in found


def test_a_cell_between_the_text_and_the_answer_belongs_to_the_task(notebook):
    notebook.cells.insert(3, code("september = [1, 2]"))
    (first, _) = read_sheet(notebook, {}, solutions=False).tasks
    assert [part.kind for part in first.parts] == ["prose", "example"]


def test_the_name_of_a_task_may_end_in_text(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            name = cell.metadata.nbgrader.grade_id
            cell.metadata.nbgrader.grade_id = name.replace("total", "total-text", 1)
    (first, _) = read_sheet(notebook, {}, solutions=False).tasks
    assert (first.id, [part.kind for part in first.parts]) == ("total-text", ["prose"])
    assert first.starter and first.by_hand


def test_room_fits_the_kind_of_answer(notebook):
    answer = notebook.cells[3]
    (first, second) = read_sheet(notebook, {}, solutions=False).tasks
    assert (first.lines, second.lines, second.in_words) == (6, 6, True)
    answer.source = "b = a\na = 1\n### BEGIN SOLUTION\na = 1\nb = a\n### END SOLUTION\n"
    assert read_sheet(notebook, {}, solutions=False).tasks[0].lines == 3
    answer.source = "a = ____\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\n"
    assert read_sheet(notebook, {}, solutions=False).tasks[0].has_gaps
    assert "a = ____" not in text(print_(notebook))


def test_small_data_is_printed(notebook):
    rows_ = "".join(f"{number};Parcel {number}\n" for number in range(1, 51))
    found = text(print_(notebook, data={"slips.csv": f"slip;what\n{rows_}".encode(), "a.json": b"{}"}))
    assert "slips.csv slip what 1 Parcel 1 2 Parcel 2" in found
    assert "12 Parcel 12 The file has 38 more rows." in found


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("raise ImportError(name='weasyprint')", "--extra paper"),
        ("print('Read the manual'); raise OSError('cannot load library libpango')", "apt-get install libpango-1.0-0"),
    ],
)
def test_what_is_missing_is_said_in_one_line(notebook, module, says, tmp_path, monkeypatch, capsys):
    (tmp_path / "weasyprint.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [*sys.modules]:
        if name.partition(".")[0] == "weasyprint" or name == "doorstart.courses.paper.pages":
            monkeypatch.delitem(sys.modules, name)
    with pytest.raises(PaperError) as caught:
        print_(notebook)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().out == ""


def test_a_missing_font_is_said(notebook, tmp_path):
    """In a process of its own: the fonts are looked up once."""
    (tmp_path / "fonts.conf").write_text(
        f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    nbformat.write(notebook, tmp_path / "unit.ipynb")
    script = (
        "import sys, nbformat; from doorstart.courses.paper import print_unit;"
        "notebook = nbformat.read(sys.argv[1], as_version=4);"
        "print_unit(notebook, course='programming', unit='01-first-steps', language='en')"
    )
    env = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    command = [sys.executable, "-c", script, str(tmp_path / "unit.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (
        "PaperError: The font DejaVu Sans is not installed here. Run: apt-get install fonts-dejavu-core" in done.stderr
    )
