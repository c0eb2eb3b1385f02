"""A site that never built anything and has no network: it trusts, imports, starts, and people work.

Its engine is the tests' own, which has the images already, so they are not compressed and loaded: that an empty
engine gets every image under the id that was signed is in ``test_bundle.py``, and with the real images in
``make bench-bundle``.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import docker
import pytest

from doorstart.bundle import courses, keys, signing, trust
from doorstart.bundle.contents import NamedVersion, SiteState
from doorstart.bundle.create import Offered, create
from doorstart.bundle.engine import Engine
from doorstart.check.client import Person
from doorstart.images.build import Builder
from doorstart.images.registry import NAMES, SERVICES, Known, short
from doorstart.settings import Settings
from doorstart.site import engine as engine_module
from doorstart.site import registry
from doorstart.site.place import TOP, Place

from .command import Done, doorstart
from .sticks import make_signers

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
TITLE = "Programming, as it came on the stick"


@dataclass(frozen=True)
class Stick:
    """A signed bundle, the root of those who signed it, and the images that it is about, by name."""

    folder: Path
    root: Path
    images: dict[str, str]


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return engine_module.ensure_engine(print)


@pytest.fixture(scope="module")
def stick(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Stick:
    """What a connected machine made, with a course that is not the checkout's."""
    folder = tmp_path_factory.mktemp("connected")
    for name in ("programming", *courses.SHARED):
        shutil.copytree(TOP / "courses" / name, folder / "courses" / name)
    course = folder / "courses" / "programming" / "course.toml"
    course.write_text(course.read_text().replace('en = "Programming in Python"', f'en = "{TITLE}"'))
    built = Builder(TOP, client, print).build_all()
    images = {name: built[name].id for name in NAMES}
    signers: list[keys.CryptoSigner] = list(make_signers(folder / "keys").values())
    root = trust.first([signer.public_key for signer in signers], 2)
    trust.sign(root, None, signers)
    there = [NamedVersion(name=name, id=image) for name, image in images.items()]
    said = SiteState(made=datetime.now(UTC), images=there)
    offered = [Offered(name, image, "1") for name, image in images.items()]
    create(folder / "stick", said, offered, courses.pack(folder / "courses"), Engine(client), [root])
    assert signing.sign(folder / "stick", signers) == 0
    return Stick(folder / "stick", trust.write(root, folder / "trust"), images)


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The settings of a site that builds nothing; what there is of it is destroyed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = {
        "DOORSTART_SITE": f"{os.environ.get('DOORSTART_TEST_SITE', 'doorstart')[:12]}-stick{port}",
        "DOORSTART_PORT": str(port),
        "DOORSTART_BUILD": "false",
        "DOORSTART_LANGUAGES": "en",
        "DOORSTART_TWO_PERSONS": "true",
    }
    yield chosen
    doorstart("site", "destroy", "--yes", **chosen)


def place_of(environment: dict[str, str]) -> Place:
    return Place(Settings(site=environment["DOORSTART_SITE"], port=int(environment["DOORSTART_PORT"])))


def log_in(environment: dict[str, str], name: str) -> Person:
    """Somebody of the demo accounts."""
    place = place_of(environment)
    line = next(line for line in place.accounts.read_text().splitlines() if name in line)
    return Person(place.url, name, line.split()[2])


def test_a_site_starts_nothing_and_takes_nothing_before_it_trusts_somebody(
    stick: Stick, environment: dict[str, str]
) -> None:
    nothing = doorstart("site", "up", **environment)
    assert nothing.returncode == 1
    assert "Where images come on a stick, import them first" in " ".join(nothing.stderr.split())
    no_trust = doorstart("bundle", "import", str(stick.folder), **environment)
    assert no_trust.returncode == 1
    assert "trusts nobody yet" in no_trust.stderr


@pytest.fixture(scope="module")
def up(stick: Stick, environment: dict[str, str]) -> Done:
    """The site's first start, after it was told whom to trust and has imported the stick."""
    for command in (("trust-root", str(stick.root), "--yes"), ("import", str(stick.folder))):
        done = doorstart("bundle", *command, **environment)
        assert done.returncode == 0, done.stderr
    return doorstart("site", "up", **environment)


def test_a_site_that_never_built_runs_what_came_on_the_stick(
    client: docker.DockerClient, stick: Stick, environment: dict[str, str], up: Done
) -> None:
    assert up.returncode == 0, up.stderr
    assert "nothing is built here" in up.stdout
    site = environment["DOORSTART_SITE"]
    services = {name: client.containers.get(f"{site}-{name}").attrs["Image"] for name in SERVICES}
    assert services == {name: stick.images[name] for name in SERVICES}

    with log_in(environment, "demo-learner") as person:
        assert TITLE in person.http.get("/hub/home").text
        assert person.start_server().run("print(6 * 7)").strip() == "42"
        servers = client.containers.list(filters={"label": [f"doorstart.site={site}", "doorstart.role=learner"]})
        assert [one.attrs["Image"] for one in servers] == [stick.images["learner"]]
        person.stop_server()


@pytest.fixture
def next_of(
    client: docker.DockerClient, stick: Stick, environment: dict[str, str], up: Done
) -> Iterator[Callable[[str], str]]:
    """Makes the next image of a name, which the site then knows; its id."""
    made: list[str] = []

    def make(name: str) -> str:
        lines = f"FROM {stick.images[name]}\nLABEL doorstart.test={secrets.token_hex(8)}\n"
        image, _ = client.images.build(fileobj=io.BytesIO(lines.encode()), network_mode="none", rm=True)
        made.append(str(image.id))
        registry.learn(client, place_of(environment), [Known(name=name, id=str(image.id), version="2", source="test")])
        return str(image.id)

    yield make
    doorstart("site", "destroy", "--yes", **environment)  # or the engine would not let go of them
    for image in made:
        client.images.remove(image)


def test_two_persons_promote_a_service_by_command_and_a_kernel_on_the_page(
    client: docker.DockerClient, stick: Stick, environment: dict[str, str], up: Done, next_of: Callable[[str], str]
) -> None:
    place, relay, kernel = place_of(environment), next_of("relay"), next_of("kernel")

    def promote(who: str) -> Done:
        return doorstart("image", "promote", short(relay), "--reason", "update", SUDO_USER=who, **environment)

    def runs() -> str:
        return str(client.containers.get(place.container("relay")).attrs["Image"])

    asked = promote("ann")
    assert asked.returncode == 0, asked.stderr
    assert "A second person has to confirm" in asked.stdout
    again = promote("ann")
    assert again.returncode == 1
    assert "somebody else has to confirm it" in " ".join(again.stderr.split())
    assert (runs(), registry.read(client, place).promoted("relay")) == (stick.images["relay"],) * 2
    confirmed = promote("bea")
    assert confirmed.returncode == 0, confirmed.stderr
    assert runs() == registry.read(client, place).promoted("relay") == relay
    assert registry.read(client, place).log[-1].detail == "it starts; asked for by ann: update"

    with log_in(environment, "demo-admin") as admin:
        form = {"image": kernel, "reason": "it is good", "_xsrf": admin._xsrf("/hub/")}
        asking = {"reason": "update", "checked": "units of 1 courses", "two_persons": True}
        registry.act(client, place, "promote", subject=kernel, who=admin.username, **asking)
        refused = admin.http.post("/hub/images/promote", data=form)
        assert (refused.status_code, "somebody else has to confirm it" in refused.text) == (400, True)
        registry.act(client, place, "retire", subject=kernel, who="test", reason="to ask anew")
        registry.act(client, place, "restore", subject=kernel, who="test", reason="to ask anew")
        registry.act(client, place, "promote", subject=kernel, who="ann", **asking)
        assert "ann" in admin.http.get("/hub/images").text
        assert admin.http.post("/hub/images/promote", data=form).is_success
        deadline = time.monotonic() + 60
        while registry.read(client, place).promoted("kernel") != kernel and time.monotonic() < deadline:
            time.sleep(0.5)
        last = registry.read(client, place).log[-1]
        assert (last.what, last.image, last.who) == ("promote", kernel, admin.username)
        assert last.detail == "units of 1 courses; asked for by ann: update"
        assert "is promoted" in admin.http.get("/hub/images/check").text
