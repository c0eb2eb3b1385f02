"""Numbers of one's own come from the site's file, whatever a submission does to it while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doorstart_checks.variant import FILE, Variant
from doorstart_examiner.local import Nursery

TASK = "my-order"
CHECK = f"""from doorstart_checks import variant
from doorstart_checks.en import check

case_mine = variant("{TASK}")
expected = case_mine.whole(1, 10**9)
check.that(my_number == expected, next_step="use your own number.")
"""
ANSWER = f"""from doorstart_checks import variant
my_number = variant("{TASK}").whole(1, 10**9)
"""
OTHERS = {
    "nothing": "",
    "writes another's": "open('variant.txt', 'w').write('ben')",
    "deletes it": "import os; os.remove('variant.txt')",
    "renames onto it": "open('mine', 'w').write('ben'); import os; os.rename('mine', 'variant.txt')",
    "links it": "import os; os.remove('variant.txt'); open('a', 'w').write('ben'); os.symlink('a', 'variant.txt')",
    "makes it a folder": "import os; os.remove('variant.txt'); os.mkdir('variant.txt')",
    "writes through a file descriptor": "import os; os.pwrite(os.open('variant.txt', os.O_RDWR), b'ben', 0)",
    "moves away": "import os; os.mkdir('other'); os.chdir('other'); open('variant.txt', 'w').write('ben')",
    "reads another file": "import doorstart_checks.variant as v; v.FILE = 'a'; open('a', 'w').write('ben')",
}


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def graded(nursery: Nursery, *cells: str) -> str:
    """The status of the check after these cells, for a learner whose seed is ``ann``."""
    described = [{"kind": "learner", "source": cell} for cell in cells] + [{"kind": "test", "source": CHECK}]
    job: dict[str, Any] = {"version": 1, "cells": described, "imports": [], "hidden": ["#", "#"]}
    job["limits"] = {"cell_seconds": 20, "test_seconds": 20}
    return str(nursery.grade(job, {FILE: b"ann\n"})["cells"][-1]["status"])


def test_the_learners_own_number_passes(nursery: Nursery) -> None:
    assert graded(nursery, ANSWER) == "passed"
    assert graded(nursery, f"my_number = {Variant('ann', TASK).whole(1, 10**9)}") == "passed"


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_the_number_of_another_learner_does_not(nursery: Nursery, change: str) -> None:
    others = Variant("ben", TASK).whole(1, 10**9)
    assert graded(nursery, f"{change}\nmy_number = {others}") == "failed"
    # The same from inside a call that the check makes.
    lying = f"class Lie:\n    def __eq__(self, other):\n        {change.replace('; ', chr(10) + ' ' * 8) or 'pass'}\n"
    assert graded(nursery, f"{lying}        return True\nmy_number = Lie()") != "passed"
