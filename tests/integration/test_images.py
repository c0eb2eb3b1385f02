"""Images on a running site: what is checked before a promotion, what a promotion and a rollback change, what is pruned.

Images of the tests are made from the promoted ones, so that each has just one thing that is new or broken.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from doorstart import names
from doorstart.check.client import Person
from doorstart.check.stage import open_stage
from doorstart.images.registry import CHECK_GROUPS, NAMES, short
from doorstart.site import containers

from .command import doorstart

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
COURSE = "programming.en"
NOTICE = "print(open('/run/doorstart/server/notice.json').read())"


@pytest.fixture(scope="module", autouse=True)
def as_before(site: Any) -> Iterator[None]:
    """When the module ends, the site has the images that it had, and the engine none of the module's."""
    before = site.registry()
    yield
    after = site.registry()
    for name in NAMES:
        if after.promoted(name) != before.promoted(name):
            told = {"reason": "the tests have ended", "checked": "", "two_persons": False}
            site.act("promote", subject=before.promoted(name), who="test", **told)
    for image in after.images:
        if image not in before.images and not after.images[image].removed:
            site.act("retire", subject=image, who="test", reason="the tests have ended")
    doorstart("image", "prune")


@pytest.fixture
def learner(site: Any) -> Iterator[Person]:
    """Somebody who is logged in."""
    with Person(site.url, *site.add("learner", [COURSE])) as person:
        yield person
        person.stop_server()


def image_of(site: Any, person: Person) -> str:
    """The image of somebody's running server."""
    container = site.client.containers.get(f"{site.name}-server-{names.server_id(person.username)}")
    assert container.labels[names.LABEL_IMAGE] == container.attrs["Image"]
    return str(container.attrs["Image"])


def left_of_checks(site: Any) -> list[str]:
    """What there is of the check before a promotion: people, containers, volumes, networks."""
    people = containers.execute_json(site.client, f"{site.name}-hub", ["python", "-m", "doorstart.people", "list"])
    found = [one["username"] for one in people["people"] if set(one["groups"]) & set(CHECK_GROUPS)]
    engine = [one.name for one in site.client.containers.list(ignore_removed=True, all=True)]
    engine += [one.name for one in site.client.networks.list()] + [one.name for one in site.client.volumes.list()]
    marks = (f"{site.name}-check-", f"{site.name}-inspector", f"{site.name}-course-{names.PROMOTION_COURSE}")
    return found + [name for name in engine if name.startswith(marks)]


@contextlib.contextmanager
def promoting(image: str) -> Iterator[subprocess.Popen[str]]:
    """`doorstart image promote` of an image, in a process of its own."""
    command = [str(Path(sys.executable).with_name("doorstart")), "image", "promote", short(image), "--reason", "test"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What a command prints up to a line with this text."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"it never said {text!r}: {lines}, {process.stderr.read() if process.stderr else ''}")


def test_every_image_of_the_site_is_known_and_one_of_each_name_is_promoted(site: Any) -> None:
    listed = json.loads(doorstart("image", "list", "--json").stdout)
    promoted = {one["name"]: one["id"] for one in listed if one["state"] == "promoted"}
    assert set(promoted) == set(NAMES)
    for service in ("hub", "proxy", "relay", "exchange", "sandbox"):
        assert site.container(service).attrs["Image"] == promoted[service]
    assert all(one["size"] > 0 for one in listed)
    shown = json.loads(doorstart("image", "show", "learner", "--json").stdout)
    assert shown["id"] == promoted["learner"]
    assert {"learn", "promote"} <= {act["what"] for act in shown["log"]} and shown["log"][-1]["who"]


def test_a_check_that_is_killed_promotes_nothing_and_the_next_clears_up(site: Any) -> None:
    before, image = site.registry().promoted("learner"), site.derive("learner")
    with promoting(image) as process:
        read_until(process, "Learner's server starts")
        assert site.registry().choose("learner", CHECK_GROUPS) == image
        site.client.containers.get(f"{site.name}-inspector").kill()
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and "was killed" in said
    assert site.registry().promoted("learner") == before
    assert left_of_checks(site) != []
    with open_stage(names.PROMOTION_COURSE):
        pass
    assert left_of_checks(site) == []


def test_an_image_that_lacks_what_a_course_needs_is_not_promoted_and_it_is_said_why(site: Any) -> None:
    before = site.registry().promoted("learner")
    broken = site.derive("learner", "USER 0", "RUN rm -r /opt/venv/lib/python3.13/site-packages/pandas", "USER 1000")
    done = doorstart("image", "promote", short(broken), "--reason", "the December update")
    assert done.returncode == 1
    assert "is not promoted" in done.stderr and "No module named 'pandas'" in done.stderr
    after = site.registry()
    assert after.promoted("learner") == before
    assert [one.id for one in after.images.values() if one.trials] == [], "also of the check that was killed before"
    assert left_of_checks(site) == []


def test_a_good_image_is_promoted_after_its_check(site: Any, learner: Person) -> None:
    before, image = site.registry().promoted("learner"), site.derive("learner")
    learner.start_server()
    with promoting(image) as process, Person(site.url, *site.add("learner", [COURSE])) as other:
        read_until(process, "Learner logs in")
        refused = doorstart("image", "promote", short(image), "--reason", "impatient")
        assert refused.returncode == 1 and "is being checked" in refused.stderr
        # Nobody but the check's people has it yet, whatever a request says.
        other.hub("POST", f"/users/{other.username}/server", json={"image": image, "opt-image": image})
        other.start_server()
        assert image_of(site, other) == before
        other.stop_server()
        printed, said = process.communicate(timeout=800)
        assert process.returncode == 0, said
        assert "Unit" in printed and "Refused: to" in printed
        assert f"still with {short(before)}: {learner.username}" in printed
        after = site.registry()
        assert after.promoted("learner") == image and after.images[image].trials == {}
        act = after.log[-1]
        assert (act.what, act.image, act.reason) == ("promote", image, "test")
        assert re.search(r"units of \d courses, \d+ attacks refused", act.detail)
        assert left_of_checks(site) == []
        other.start_server()
        assert image_of(site, other) == image
        other.stop_server()


def test_no_request_starts_an_image_that_nobody_promoted(site: Any, learner: Person) -> None:
    """Options of every form, servers of other names, and a container that is there already under the server's name."""
    before, image = site.registry().promoted("learner"), site.derive("learner")
    told = {"image": image, "allowed_images": {image: image}, "cmd": ["sh"], "environment": {"DOORSTART_IMAGE": image}}
    name = f"{site.name}-server-{names.server_id(learner.username)}"
    left = site.client.containers.create(image, ["sleep", "60"], name=name, network_mode="none")
    page = learner.http.post("/hub/spawn", data={"_xsrf": learner._xsrf("/hub/"), "image": image, "profile": image})
    assert page.is_success
    learner.start_server()
    assert image_of(site, learner) == before
    with pytest.raises(docker.errors.NotFound):
        left.reload()
    learner.stop_server()
    for path in ("server", "servers/programming-en", "servers/accounting-en", f"servers/{short(image)}"):
        answer = learner.hub("POST", f"/users/{learner.username}/{path}", json=told)
        if path == "server":
            assert answer.is_success
            learner.start_server()
            assert image_of(site, learner) == before
    # What a server's own token could ask for, and what was asked for before is not asked for again.
    learner.stop_server()
    learner.start_server()
    assert image_of(site, learner) == before
    started = {one.attrs["Image"] for one in site.client.containers.list(ignore_removed=True, all=True)}
    assert image not in started


def test_a_rollback_is_at_once_and_ends_servers_at_a_time_after_a_warning(site: Any, learner: Person) -> None:
    before, image = site.registry().promoted("learner"), site.derive("learner")
    learner.start_server()
    site.act("promote", subject=image, who="test", reason="test", checked="", two_persons=False)
    with Person(site.url, *site.add("learner", [COURSE])) as other:
        desk = other.start_server()
        assert image_of(site, other) == image
        done = doorstart("image", "rollback", "learner", "--reason", "it is slow", "--end-in", "0.4")
        assert done.returncode == 0, done.stderr
        assert f"learner is {short(before)} again" in done.stdout
        assert f"still with {short(image)}: {other.username}" in done.stdout and learner.username not in done.stdout
        notice = json.loads(wait_for(lambda: desk.run(NOTICE)))
        assert notice["kind"] == "ending" and notice["reason"] == "it is slow"
        wait_for(lambda: image_gone(site, other), 90)
        wait_for(lambda: site.registry().endings == [] or None)
        other.start_server()
        assert image_of(site, other) == before
        other.stop_server()
    assert image_of(site, learner) == before, "who has the right image goes on"


def image_gone(site: Any, person: Person) -> bool:
    """Whether somebody's server has ended."""
    with contextlib.suppress(docker.errors.NotFound):
        image_of(site, person)
        raise LookupError("it still runs")
    return True


def wait_for(call: Any, seconds: float = 30) -> Any:
    """What a call gives as soon as it does not raise, nor gives None."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = call()
            if found is not None:
                return found
        except Exception:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline
        threading.Event().wait(0.5)


def test_only_a_group_on_trial_gets_an_image(site: Any, learner: Person) -> None:
    before, image = site.registry().promoted("learner"), site.derive("learner")
    group = names.group("accounting.en", "learner")
    done = doorstart("image", "trial", short(image), "--group", group)
    assert done.returncode == 0, done.stderr
    with Person(site.url, *site.add("learner", ["accounting.en"])) as other:
        learner.start_server()
        other.start_server()
        assert (image_of(site, learner), image_of(site, other)) == (before, image)
        pruned = json.loads(doorstart("image", "prune", "--dry-run", "--json").stdout)
        kept = {one["id"]: one["why"] for one in pruned["kept"]}
        assert kept[image] == "in use" and kept[before] == "promoted"
        other.stop_server()
    pruned = json.loads(doorstart("image", "prune", "--dry-run", "--json").stdout)
    assert {one["id"]: one["why"] for one in pruned["kept"]}[image] == "on trial"
    assert doorstart("image", "trial", short(image), "--group", group, "--end").returncode == 0
    assert doorstart("image", "retire", short(image), "--reason", "not needed").returncode == 0
    done = doorstart("image", "prune", "--json")
    assert image in json.loads(done.stdout)["removed"], done.stderr
    with pytest.raises(docker.errors.ImageNotFound):
        site.client.images.get(image)
    refused = doorstart("image", "promote", short(image), "--reason", "after all")
    assert refused.returncode == 1 and "was retired by" in refused.stderr


def test_a_service_that_does_not_start_is_not_changed_and_one_that_ends_goes_back(site: Any) -> None:
    before = site.registry().promoted("exchange")
    lacks = site.derive("exchange", "USER 0", "RUN rm -r /opt/venv/lib/python3.13/site-packages/alembic")
    done = doorstart("image", "promote", short(lacks), "--reason", "update")
    assert done.returncode == 1 and "does not start" in done.stderr and "alembic" in done.stderr
    assert site.container("exchange").attrs["Image"] == before
    ends = site.derive("exchange", 'CMD ["false"]')
    done = doorstart("image", "promote", short(ends), "--reason", "update")
    assert done.returncode == 1 and "The image before is promoted again" in done.stderr, done.stderr
    after = site.registry()
    assert after.promoted("exchange") == before
    assert [act.what for act in after.log[-2:]] == ["promote", "rollback"]
    container = site.container("exchange")
    assert container.attrs["Image"] == before and container.attrs["State"]["Health"]["Status"] == "healthy"


REFUSED = [
    (["promote", "abcdef012345", "--reason", "x"], "knows no image"),
    (["promote", "learner", "--reason", "x"], "promoted already"),
    (["rollback", "desktop", "--reason", "x"], "'desktop' is no image"),
    (["retire", "learner", "--reason", "x"], "Promote another learner first"),
    (["trial", "hub", "--group", "course:programming.en:learner"], "no group can try it"),
    (["trial", "learner", "--group", "a b"], "not the name of a group"),
]


def test_refusals_are_sentences_and_change_nothing(site: Any) -> None:
    before = site.registry()
    for arguments, said in REFUSED:
        done = doorstart("image", *arguments)
        assert done.returncode == 1, arguments
        assert said in re.sub(r"\s+", " ", done.stderr) and "Traceback" not in done.stderr, done.stderr
    assert site.registry() == before
