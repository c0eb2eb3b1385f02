"""A site that never built anything and has no network: it trusts, imports, starts, and people work.

Its engine is the tests' own, which has the images already, so they are not compressed and loaded: that an empty
engine gets every image under the id that was signed is in ``test_bundle.py``, and with the real images in
``make bench-bundle``.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
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
from doorstart.images.registry import NAMES, SERVICES
from doorstart.settings import settings
from doorstart.site import engine as engine_module
from doorstart.site.place import TOP

from .command import doorstart
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
        "DOORSTART_SITE": f"{settings().site[:12]}-stick{port}",
        "DOORSTART_PORT": str(port),
        "DOORSTART_BUILD": "false",
        "DOORSTART_LANGUAGES": "en",
    }
    yield chosen
    doorstart("site", "destroy", "--yes", **chosen)


def test_a_site_that_never_built_runs_what_came_on_the_stick(
    client: docker.DockerClient, stick: Stick, environment: dict[str, str]
) -> None:
    nothing = doorstart("site", "up", **environment)
    assert nothing.returncode == 1
    assert "Where images come on a stick, import them first" in " ".join(nothing.stderr.split())
    no_trust = doorstart("bundle", "import", str(stick.folder), **environment)
    assert no_trust.returncode == 1
    assert "trusts nobody yet" in no_trust.stderr

    for command in (("trust-root", str(stick.root), "--yes"), ("import", str(stick.folder))):
        done = doorstart("bundle", *command, **environment)
        assert done.returncode == 0, done.stderr
    up = doorstart("site", "up", **environment)
    assert up.returncode == 0, up.stderr
    assert "nothing is built here" in up.stdout
    site = environment["DOORSTART_SITE"]
    services = {name: client.containers.get(f"{site}-{name}").attrs["Image"] for name in SERVICES}
    assert services == {name: stick.images[name] for name in SERVICES}

    line = next(line for line in up.stdout.splitlines() if "demo-learner" in line)
    url = f"http://localhost:{environment['DOORSTART_PORT']}"
    with Person(url, "demo-learner", line.split()[2]) as person:
        assert TITLE in person.http.get("/hub/home").text
        assert person.start_server().run("print(6 * 7)").strip() == "42"
        servers = client.containers.list(filters={"label": [f"doorstart.site={site}", "doorstart.role=learner"]})
        assert [one.attrs["Image"] for one in servers] == [stick.images["learner"]]
        person.stop_server()
