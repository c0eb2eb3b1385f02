"""Similar work in a real course: from what was collected to what an instructor said about it."""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
import pytest

from doorstart_course_page import similar_kept
from doorstart_course_page.book import Book
from doorstart_course_page.similar import side_by_side, states
from doorstart_course_page.similar_compare import compare
from doorstart_grading.printed import printed

from .conftest import UNIT, ClassRoom

SAME = """\
def total(numbers):
    sum_so_far = 0
    place = len(numbers)
    while place > 0:
        place = place - 1
        if numbers[place] != 0:
            sum_so_far = sum_so_far + numbers[place]
    return sum_so_far
"""
DISGUISED = """\
def total(xs):
    # my own idea
    a = 0; i = len(xs)
    while i > 0:
        i = i - 1

        if xs[i] != 0: a = a + xs[i]
    return a
"""
TEXT = "My {} says that a heap of small stones is a large heap when you carry all of them home in one bag."


@dataclass
class Steps:
    """Is told how far a comparison is, and stops it when so many submissions were read."""

    last: int = 99
    count: int = 0
    read: int = 0

    def total(self, count: int) -> None:
        self.count = count

    def step(self) -> None:
        self.read += 1
        if self.read == self.last:
            raise KeyboardInterrupt


@pytest.fixture
def book(room: ClassRoom) -> Book:
    """Six submissions, of which Ann's and Eve's are alike; one is no notebook at all, and one is hostile."""
    room.submit("ann", total=SAME, twice="def twice(n):\n    return [n, n][0] + [n, n][1]", essay=TEXT.format("aunt"))
    room.submit("eve", total=DISGUISED, twice="def twice(k): return [k, k][0] + [k,k][1]", essay=TEXT.format("uncle"))
    room.submit("bob")
    room.submit("cem", essay="All numbers together.")
    room.submit("dan", b"{" * 100_000)
    room.submit("fay", total="('" * 200_000, twice="x" * 2_000_000)
    return Book(room.course)


def test_alike_is_found_shown_and_kept_as_fine_until_it_changes(room: ClassRoom, book: Book) -> None:
    (before,) = states(book)
    assert before.result is None and before.submissions == 6
    (found,) = compare(room.course, UNIT, Steps())
    assert (found.first, found.second) == ("ann", "eve") and found.share > 0.8
    (state,) = states(book)
    assert state.is_current and [one.first for one in state.open] == ["ann"] and state.result.submissions == 6

    pair = side_by_side(book, UNIT, "ann", "eve")
    assert pair is not None and pair.fine is None
    marked = ["".join(piece.text for cell in cells for piece in cell.pieces if piece.common) for _, cells in pair.sides]
    assert "numbers[place] != 0" in marked[0] and "xs[i] != 0" in marked[1] and "small stones" in marked[1]
    assert side_by_side(book, UNIT, "bob", "cem") is None

    with book.opened() as gradebook:
        similar_kept.say(gradebook, UNIT, found, "teacher", fine=True)
    (state,) = states(book)
    assert state.open == () and state.fine[0][1].by == "teacher"
    with book.opened() as gradebook:
        similar_kept.say(gradebook, UNIT, found, "teacher", fine=False)
    assert len(states(book)[0].open) == 1
    with book.opened() as gradebook:
        similar_kept.say(gradebook, UNIT, found, "teacher", fine=True)

    room.submit("eve", total=DISGUISED + "print(1)", twice="def twice(k): return [k, k][0] + [k,k][1]", essay=TEXT)
    assert not states(book)[0].is_current
    assert side_by_side(book, UNIT, "ann", "eve") is None, "not what was compared"
    compare(room.course, UNIT, Steps())
    assert len(states(book)[0].open) == 1, "somebody has to look again"


def test_a_result_stays_until_the_submissions_change_and_while_a_comparison_is_stopped(
    room: ClassRoom, book: Book
) -> None:
    steps = Steps()
    found = compare(room.course, UNIT, steps)
    assert (steps.count, steps.read) == (6, 6)
    (first,) = states(book)

    again = Steps()
    assert compare(room.course, UNIT, again) == found
    assert (again.count, again.read) == (0, 0), "nothing has changed"

    room.submit("gil", total=SAME)
    with pytest.raises(KeyboardInterrupt):
        compare(room.course, UNIT, Steps(last=3))
    (stopped,) = states(book)
    assert stopped.result == first.result and not stopped.is_current and stopped.submissions == 7

    changed = Steps()
    compare(room.course, UNIT, changed)
    (last,) = states(book)
    assert changed.read == 7 and last.is_current and last.result is not None and last.result.submissions == 7


def test_what_cells_show_is_read_from_any_file(room: ClassRoom) -> None:
    notebook = room.answered()
    notebook.cells[3].outputs = [
        nbformat.v4.new_output("stream", text="To pay: 12.50\n"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "7"}, execution_count=1),
    ]
    path = room.submit("ann", notebook)
    assert printed(path)["total"] == "To pay: 12.50\n\n7"
    for content in (
        b"",
        b"[]",
        b'{"cells": [1, {"metadata": {"nbgrader": {"grade_id": []}}, "outputs": {}}]}',
        b"\xff",
    ):
        path.write_bytes(content)
        assert printed(path) == {}
