"""Many start at once: who waits for a turn is told how many are before, and gets what is promoted when it comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import expect

from doorstart import names
from doorstart.check.client import Person
from doorstart.settings import Settings
from doorstart.site import lifecycle

from .conftest import Window
from .looks import FULL, examine

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE = "programming.en"
BEFORE = 7
"""Learners in the line before the one who is watched; a start takes a second or two."""


@pytest.fixture(scope="module", autouse=True)
def one_at_a_time(site: Any) -> Iterator[None]:
    """The site with one start at a time, until the module's end."""
    lifecycle.up(Settings(starts_at_once=1))
    site.wait_until_healthy()
    yield
    lifecycle.up(Settings())
    site.wait_until_healthy()


@pytest.fixture
def line(site: Any) -> Iterator[Callable[[], list[Person]]]:
    """Asks for the servers of some learners at once; behind the test all of them have come up, and are stopped."""
    with ExitStack() as stack:
        people = [
            stack.enter_context(Person(site.url, *site.add("learner", [COURSE], prefix="line"))) for _ in range(BEFORE)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(BEFORE))
        started: list[Any] = []

        def ask() -> list[Person]:
            started.extend(pool.submit(person.start_server) for person in people)
            while not any(map(_waits, people)):
                assert not all(one.done() for one in started), "nobody waited"
            return people

        yield ask
        for one in started:
            one.result()
        for person in people:
            person.stop_server()


def test_who_waits_sees_the_line_grow_shorter_and_lands_in_jupyterlab(
    site: Any, window: Callable[[str], Window], line: Callable[[], list[Person]]
) -> None:
    someone = window("line")
    username, password = site.add("learner", [COURSE], language="nl", prefix="line")
    page = someone.page
    page.set_viewport_size(FULL)
    page.goto(f"{site.url}/hub/login?language=nl")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord", exact=True).fill(password)
    page.keyboard.press("Enter")
    start = page.locator('[data-server=""] a')
    expect(start).to_be_visible()
    line()
    start.click()
    said = page.locator("#starting [role=status]")
    expect(said).to_have_text(re.compile(r"Er starten nu veel mensen tegelijk\. Er zijn \d+ mensen voor jou\."))
    examine(someone, "waits", "nl")
    first = int(re.search(r"\d+", said.inner_text())[0])  # type: ignore[index]
    assert 1 < first <= BEFORE
    expect(said).not_to_contain_text(str(first))
    page.wait_for_url(re.compile(f"{re.escape(site.url)}/user/{username}/(lab|doc)"), wait_until="commit")


@pytest.fixture
def taken_back(site: Any) -> Iterator[Callable[[], None]]:
    """The promoted image of learners, which :func:`line` finds; the call takes it back."""
    before, image = site.registry().promoted("learner"), site.derive("learner")
    told = {"who": "test", "reason": "test", "checked": "", "two_persons": False}
    site.act("promote", subject=image, **told)
    yield lambda: site.act("promote", subject=before, **told)
    if site.registry().promoted("learner") != before:
        site.act("promote", subject=before, **told)
    site.act("retire", subject=image, who="test", reason="the test has ended")
    for tag in site.client.images.get(image).tags:
        site.client.images.remove(tag)
    site.act("pruned", images=[image], who="test")


def test_who_waits_gets_the_image_that_is_promoted_when_the_turn_comes(
    site: Any, taken_back: Callable[[], None], line: Callable[[], list[Person]]
) -> None:
    people = line()
    taken_back()
    waiting = [person for person in people if _waits(person)]
    assert waiting, "the line was over before the image was taken back"
    for person in people:
        person.start_server()
    images = {_image(site, person) for person in waiting}
    assert images == {site.registry().promoted("learner")}
    assert {_image(site, person) for person in people} > images, "whoever came before has the other one"


def _waits(person: Person) -> bool:
    """Whether somebody's server waits for its turn."""
    told = (event["waiting"] for event in person.progress() if "waiting" in event)
    return bool(next(told, ""))


def _image(site: Any, person: Person) -> str:
    name = f"{site.name}-server-{names.server_id(person.username, '')}"
    return str(site.client.containers.get(name).image.id)
