"""A lesson in the timetable: servers of its learners are there without anybody asking for them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorstart.check.client import Person
from doorstart.settings import settings

from .classroom import container_of, wait_until
from .command import doorstart

pytestmark = pytest.mark.engine
COURSE = "programming.en"


@pytest.fixture
def no_timetable() -> Iterator[None]:
    yield
    assert doorstart("timetable", "remove").returncode == 0


def test_a_class_has_its_servers_when_the_bell_rings_and_nobody_else(
    site: Any, tmp_path: Path, no_timetable: None
) -> None:
    people = {
        name: Person(site.url, name, password) for name, password in (site.add("learner", [COURSE]) for _ in "123")
    }
    ann, bea, cas = people
    # All day, so that no clock is in the way; before it rings is what the unit tests are about.
    today = datetime.now(ZoneInfo(settings().time_zone)).date()
    file = tmp_path / "lessons.csv"
    file.write_text(f"course,day,from,to,who\n{COURSE},{today},0:00,23:59,{ann} {bea}\n")
    done = doorstart("timetable", "import", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(doorstart("timetable", "list", "--json").stdout) == json.loads(done.stdout)

    wait_until(lambda: all((people[one]._server("") or {}).get("ready") for one in (ann, bea)), 90, "two servers")
    for one in (ann, bea):
        container = container_of(site, one)
        assert container.attrs["HostConfig"]["NetworkMode"] == "none"
        assert container.image.id == site.registry().promoted("learner")
        assert people[one].start_server().json("GET", "api/status")["kernels"] == 0
    assert not people[cas]._server("")

    # Whoever goes in the middle of a lesson has gone: nothing is started twice.
    people[ann].stop_server()
    time.sleep(15)
    assert not people[ann]._server("")
    assert people[bea]._server("")
    for person in people.values():
        person.stop_server()
        person.http.close()


def test_a_wrong_line_is_told_and_nothing_is_changed(site: Any, tmp_path: Path) -> None:
    before = doorstart("timetable", "list", "--json").stdout
    file = tmp_path / "lessons.csv"
    file.write_text(f"course,day,from,to\n{COURSE},Monday,9:00,8:00\nlaw.en,Monday,9:00,10:00\n")
    done = doorstart("timetable", "import", str(file))
    assert done.returncode == 1
    assert "line 2: a lesson ends after it begins" in done.stderr
    assert "line 3: there is no course 'law.en'" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert doorstart("timetable", "list", "--json").stdout == before
