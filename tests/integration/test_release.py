"""Courses in a site: every language is there, an admin hands units out, what an instructor changed is left alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstart import names
from doorstart.courses import read_course
from doorstart.courses.new import new_unit
from doorstart.site.courses import course_folders

from .classroom import Classroom, Learner
from .command import doorstart
from .volumes import in_volume

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
CHANGED = "changed by the instructor"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of two units in Dutch and English that the site does not have."""
    folder = tmp_path_factory.mktemp("courses") / f"shop-{secrets.token_hex(3)}"
    new_unit(folder, "01-orders", ["nl", "en"])
    new_unit(folder, "02-more")
    return folder


@pytest.fixture(scope="module")
def released(site: Any, written: Path) -> Iterator[str]:
    """The course's id in the site, in Dutch, with its first unit released."""
    done = doorstart("course", "release", str(written), "01-orders")
    assert done.returncode == 0, done.stderr
    course = f"{written.name}.nl"
    assert f"{course}: released 01-orders" in done.stdout
    yield course
    site.client.volumes.get(f"{site.name}-course-{course}").remove(force=True)


@pytest.fixture(scope="module")
def learner(classroom: Classroom, released: str) -> Learner:
    return classroom.learner(released)


def test_every_course_is_there_in_all_its_languages(site: Any) -> None:
    for folder in course_folders():
        course = read_course(folder)
        for language in course.languages:
            units = in_volume(site, f"{folder.name}.{language}", "ls source").split()
            assert units == course.units
            # That there are no others: test_tls, on a site where no other test releases any.
            assert course.units[0] in in_volume(site, f"{folder.name}.{language}", "ls release").split()


def test_a_learner_gets_the_unit_in_the_language_and_with_own_numbers(learner: Learner) -> None:
    (entry,) = learner.assignments()
    assert entry["assignment_id"] == "01-orders"
    learner.ask("fetch", "01-orders")
    notebook = learner.notebook(f"{learner.course}/01-orders/01-orders.ipynb")
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "Wat een bestelling kost" in text and "doorstart_checks.nl" in text
    assert "HIDDEN" not in text and "SOLUTION" not in text
    assert len(learner.read(f"{learner.course}/01-orders/variant.txt").strip()) >= 16


def test_all_units_are_there_for_the_instructor_and_only_the_named_one_is_released(site: Any, released: str) -> None:
    assert in_volume(site, released, "ls source").split() == ["01-orders", "02-more"]
    assert in_volume(site, released, "ls release").split() == ["01-orders"]


def test_what_an_instructor_changed_stays_unless_the_admin_says_replace(
    site: Any, written: Path, released: str, learner: Learner
) -> None:
    change = f"sed -i 's/Wat een bestelling kost/{CHANGED}/' source/01-orders/01-orders.ipynb"
    in_volume(site, released, change)
    # What a start leaves that was killed while it made the learner's form.
    in_volume(site, released, f"install -d -o {names.SERVER_UID} -g {names.SERVER_UID} release/02-more")
    look = f"grep -lr '{CHANGED}' source || true"
    assert doorstart("course", "release", str(written), "01-orders", "02-more").returncode == 0
    assert in_volume(site, released, look).split() == ["source/01-orders/01-orders.ipynb"]
    assert {entry["assignment_id"] for entry in learner.assignments()} == {"01-orders", "02-more"}
    assert doorstart("course", "release", str(written), "01-orders", "--replace").returncode == 0
    assert in_volume(site, released, look) == ""
    kept = in_volume(site, released, f"grep -lr '{CHANGED}' kept").split()
    assert len(kept) == 1 and kept[0].startswith("kept/01-orders-")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere", "01-orders"], "there is no such course"),
        (["programming", "99-nothing"], "there is no unit 99-nothing"),
        (["programming", "01-first-steps", "--language", "de"], "there is no 'de'"),
    ],
)
def test_what_is_not_there_is_said(site: Any, arguments: list[str], says: str) -> None:
    done = doorstart("course", "release", *arguments)
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr
