"""``doorstart bundle`` as the people run it, against the running site: from the key ceremony to a released course."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstart.bundle import keys
from doorstart.settings import Settings
from doorstart.site import registry
from doorstart.site.place import Place

from .command import Done, doorstart
from .conftest import make_certificate
from .registries import DockerRegistry

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
PASSPHRASE = "five words are enough here"
KEYS = ("education-1", "education-2", "it-1")


@pytest.fixture(scope="module")
def place(site: Any) -> Iterator[Place]:
    """The site's files; what came with bundles is removed behind the tests: others expect the checkout's."""
    found = Place(Settings())
    yield found
    shutil.rmtree(found.bundles, ignore_errors=True)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of three people, and the root of trust that two of them signed."""
    folder = tmp_path_factory.mktemp("team")
    for name in KEYS:
        assert run(folder, "keys", ".", "--name", name).returncode == 0
    public = [word for name in KEYS for word in ("--key", f"{name}.pub")]
    made = run(folder, "trust", *public)
    assert made.returncode == 0, made.stderr
    assert "still missing: 2" in made.stdout
    signed = run(folder, "sign", "trust", "--key", "education-1.key", "--key", "it-1.key")
    assert signed.returncode == 0, signed.stderr
    assert "missing" not in signed.stdout
    return folder


def run(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> Done:
    environment |= {"DOORSTART_KEY_PASSPHRASE": PASSPHRASE}
    return doorstart("bundle", *arguments, stdin=stdin, cwd=folder, **environment)


def answer(done: Done) -> dict[str, Any]:
    return dict(json.loads(done.stdout))


def test_a_site_trusts_a_root_only_after_somebody_has_looked_at_the_fingerprints(place: Place, team: Path) -> None:
    refused = run(team, "trust-root", "trust/1.root.json", stdin="n\n")
    assert refused.returncode == 1
    assert not (place.bundles / "current").exists()
    for name in KEYS:
        assert f"{name} " in refused.stdout
        assert keys.fingerprint(keys.read_public(team / f"{name}.pub")) in refused.stdout
    taken = run(team, "trust-root", "trust/1.root.json", stdin="y\n")
    assert taken.returncode == 0, taken.stderr
    again = run(team, "trust-root", "trust/1.root.json", "--yes")
    assert again.returncode == 1
    assert "already" in again.stderr


def test_a_course_travels_from_the_state_file_to_the_learners(site: Any, place: Place, team: Path) -> None:
    before = registry.read(site.client, place)
    assert run(team, "state").returncode == 0
    said = json.loads((team / "site-state.json").read_text())
    said["courses"]["programming"] = "sha256:" + "0" * 64  # as if the site had another version of it
    (team / "site-state.json").write_text(json.dumps(said))

    made = run(team, "create", "--since", "site-state.json", "-o", "stick", "--key", "education-1.key")
    assert made.returncode == 0, made.stderr
    assert "still missing: 1" in made.stdout
    found = answer(run(team, "inspect", "stick", "--json"))
    assert [one["name"] for one in found["changes"]] == ["programming"]
    assert (found["signers"], found["reason"], found["ok"]) == (["education-1"], "signatures", False)
    refused = run(team, "import", "stick")
    assert refused.returncode == 1
    assert "1 of the 2 signatures" in refused.stderr
    assert "The site is as it was" in refused.stderr

    assert run(team, "sign", "stick", "--key", "education-2.key").returncode == 0
    shown = run(team, "inspect", "stick")
    assert "education-1, education-2" in shown.stdout
    assert "programming (en, nl, fr)" in shown.stdout
    assert answer(run(team, "verify", "stick", "--json"))["ok"]
    taken = run(team, "import", "stick")
    assert taken.returncode == 0, taken.stderr
    assert "--from-bundle" in taken.stdout
    after = registry.read(site.client, place)
    assert (after.images.keys(), after.history) == (before.images.keys(), before.history)

    released = doorstart("course", "release", "programming", "02-numbers-and-text", "--language", "en", "--from-bundle")
    assert released.returncode == 0, released.stderr
    assert "released 02-numbers-and-text" in released.stdout


def test_the_stick_is_published_for_the_other_machines(place: Place, team: Path, tmp_path: Path) -> None:
    server = DockerRegistry(tmp_path / "registry", *make_certificate(tmp_path))
    not_set = run(team, "publish", "stick")
    assert not_set.returncode == 1
    assert "DOORSTART_BUNDLE_REGISTRY" in not_set.stderr
    server.start()
    try:
        done = run(team, "publish", "stick", **server.environment)
        assert done.returncode == 0, done.stderr
        assert "that the registry did not have" in " ".join(done.stdout.split())
        found = answer(run(team, "inspect", "--json", **server.environment))
        assert (found["ok"], [one["name"] for one in found["changes"]]) == (True, ["programming"])
        taken = answer(run(team, "import", "--json", **server.environment))
        assert (taken["ok"], taken["number"]) == (True, found["number"])
        unknown = run(team, "import", "--number", "7", **server.environment)
        assert "no such bundle" in unknown.stderr
    finally:
        server.stop()
    down = run(team, "import", **server.environment)
    assert down.returncode == 1
    assert "cannot be reached" in down.stderr
    assert "Traceback" not in down.stderr
