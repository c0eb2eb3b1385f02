"""The stick between two engines: one builds, the other plays a site without a network.

The images have a few bytes; what is refused, and that nothing of the site changes then, does not depend on their size.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata

from doorstart.bundle import keys
from doorstart.bundle.bring_in import bring_in
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.source import Stick

from .engines import make_image, second_engine
from .sticks import FIRST, Builder, Site, building, make_signers, trusting


@pytest.fixture(scope="module")
def other_engine() -> Iterator[Engine]:
    """The site's engine."""
    with second_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, keys.CryptoSigner]:
    """Two people with keys."""
    return make_signers(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def builder(signers: dict[str, keys.CryptoSigner], tmp_path: Path) -> Iterator[Builder]:
    """The connected side."""
    with building(signers, tmp_path / "connected") as made:
        yield made


@pytest.fixture
def site(builder: Builder, other_engine: Engine, tmp_path: Path) -> Iterator[Site]:
    """A site that has no image yet."""
    with trusting(builder, other_engine, tmp_path / "site") as made:
        yield made


@dataclass
class Sticks:
    """A site with one bundle in it, that bundle, and the next, which is whole."""

    site: Site
    older: Path
    newer: Path


@pytest.fixture(scope="class")
def sticks(
    signers: dict[str, keys.CryptoSigner], other_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sticks]:
    """What the refusals share: none of them changes the site."""
    folder = tmp_path_factory.mktemp("sticks")
    with building(signers, folder / "connected") as builder, trusting(builder, other_engine, folder / "site") as site:
        older = builder.bundle(site.state(), FIRST)
        site.bring_in(older)
        images = {"learner": ["base two", "python two"], "hub": ["base two", "hub two"]}
        yield Sticks(site, older, builder.bundle(site.state(), images))


def tagged(site: Site) -> set[str]:
    return {tag for image in site.engine.client.images.list() for tag in image.tags}


def blobs(bundle: Path) -> int:
    return len(list((bundle / "blobs" / "sha256").iterdir()))


def test_a_site_without_anything_gets_all_images_under_the_ids_that_were_signed(builder: Builder, site: Site) -> None:
    outcome = site.bring_in(builder.bundle(site.state(), FIRST))
    assert outcome.loaded == ["learner", "hub"]
    assert {one.id for one in site.known} == set(builder.made)
    assert all(site.engine.has(image) for image in builder.made)
    assert tagged(site) == {f"doorstart/{one.name}:{one.id[7:19]}" for one in outcome.contents.images}
    assert all(one.source.startswith(f"bundle {outcome.contents.number}") for one in site.known)
    assert (site.store.courses / "law" / "vat.toml").read_text() == "rate = 21\n"  # type: ignore[operator]


def test_the_next_bundle_carries_only_what_the_site_lacks(builder: Builder, site: Site) -> None:
    site.bring_in(builder.bundle(site.state(), FIRST))
    said = site.state()
    nothing_new = builder.bundle(said, FIRST)
    assert blobs(nothing_new) == 0
    # A new base below the same Python packages: the engine cannot use the layer that it has, so it is taken from there.
    bundle = builder.bundle(said, {**FIRST, "learner": ["base two", "python one", "learner one"]})
    assert blobs(bundle) == 3  # the base, the configuration, the manifest
    assert site.bring_in(bundle).loaded == ["learner"]
    assert site.engine.has(builder.made[-2])
    assert not site.store.work.exists()


def test_a_changed_course_travels_without_an_image(builder: Builder, site: Site) -> None:
    site.bring_in(builder.bundle(site.state(), FIRST))
    (builder.courses / "law" / "vat.toml").write_text("rate = 6\n")
    bundle = builder.bundle(site.state(), FIRST)
    assert blobs(bundle) == 1
    outcome = site.bring_in(bundle)
    assert outcome.loaded == []
    assert (site.store.courses / "law" / "vat.toml").read_text() == "rate = 6\n"  # type: ignore[operator]


def test_the_state_of_a_site_names_nobody(builder: Builder, site: Site) -> None:
    site.bring_in(builder.bundle(site.state(), FIRST))
    said = json.loads(site.state().model_dump_json())
    assert set(said) == {"format", "made", "bundle", "root", "images", "layers", "courses"}
    assert "ann" not in json.dumps(said)
    assert str(site.folder) not in json.dumps(said)


def flip_a_layer(stick: Path, older: Path) -> None:
    path = max((stick / "blobs" / "sha256").iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def flip_metadata(stick: Path, older: Path) -> None:
    path = next((stick / "metadata").glob("*.targets.json"))
    content = bytearray(path.read_bytes())
    content[content.index(b"blobs/sha256/") + 20] ^= 1
    path.write_bytes(content)


def flip_the_index(stick: Path, older: Path) -> None:
    path = stick / "index.json"
    path.write_bytes(path.read_bytes().replace(b"hub", b"bub"))


def lose_a_blob(stick: Path, older: Path) -> None:
    next((stick / "blobs" / "sha256").iterdir()).unlink()


def mix_blobs(stick: Path, older: Path) -> None:
    shutil.rmtree(stick / "blobs")
    shutil.copytree(older / "blobs", stick / "blobs")


def mix_metadata(stick: Path, older: Path) -> None:
    next((stick / "metadata").glob("*.targets.json")).unlink()
    shutil.copy(next((older / "metadata").glob("*.targets.json")), stick / "metadata")


def strip_a_signature(stick: Path, older: Path) -> None:
    path = next((stick / "metadata").glob("*.targets.json"))
    metadata = Metadata.from_file(str(path))
    metadata.signatures.popitem()
    metadata.to_file(str(path))


class TestTampering:
    """Whatever was done to a stick, the site refuses it and is as it was; the stick itself it takes."""

    @pytest.mark.parametrize(
        ("tamper", "reason"),
        [
            (flip_a_layer, "changed"),
            (flip_metadata, "changed"),
            (flip_the_index, "changed"),
            (lose_a_blob, "missing"),
            (mix_blobs, "missing"),
            (mix_metadata, "mixed"),
            (strip_a_signature, "signatures"),
        ],
    )
    def test_a_bundle_that_was_tampered_with_is_refused(
        self, sticks: Sticks, tmp_path: Path, tamper: Callable[[Path, Path], None], reason: str
    ) -> None:
        stick = shutil.copytree(sticks.newer, tmp_path / "stick")
        before = sticks.site.everything()
        tamper(stick, sticks.older)
        with pytest.raises(RefusedError) as caught:
            sticks.site.bring_in(stick)
        assert caught.value.reason == reason
        assert sticks.site.everything() == before

    def test_a_disk_that_is_too_full_is_found_before_anything_is_written(self, sticks: Sticks) -> None:
        before = sticks.site.everything()
        site = sticks.site
        with pytest.raises(RefusedError, match=r"has 0\.1 GiB free, and the import needs 0\.3 GiB") as caught:
            bring_in(
                Stick(sticks.newer), site.store, site.engine, site.learn, site.own_courses, free=lambda _: 100 << 20
            )
        assert caught.value.reason == "disk"
        assert site.everything() == before

    def test_two_imports_at_once_are_one_after_the_other(self, sticks: Sticks) -> None:
        with sticks.site.store.alone(), pytest.raises(BundleError, match="Another import"):
            sticks.site.bring_in(sticks.newer)

    def test_the_older_bundle_is_refused_once_the_whole_newer_one_was_taken(self, sticks: Sticks) -> None:
        assert sticks.site.bring_in(sticks.newer).loaded == ["learner", "hub"]
        before = sticks.site.everything()
        with pytest.raises(RefusedError) as caught:
            sticks.site.bring_in(sticks.older)
        assert caught.value.reason == "rollback"
        assert sticks.site.everything() == before


@pytest.mark.parametrize(("people", "days", "reason"), [(("ann",), 60, "signatures"), (("ann", "bea"), -1, "expired")])
def test_a_bundle_that_does_not_count_leaves_the_site_as_it_was(
    builder: Builder, site: Site, people: tuple[str, ...], days: float, reason: str
) -> None:
    stick = builder.bundle(site.state(), FIRST, people=people, days=days)
    before = site.everything()
    with pytest.raises(RefusedError) as caught:
        site.bring_in(stick)
    assert caught.value.reason == reason
    assert site.everything() == before


def test_a_bundle_for_another_site_leaves_this_one_as_it_was(builder: Builder, site: Site) -> None:
    site.bring_in(builder.bundle(site.state(), FIRST))
    said = site.state()
    another = make_image(builder.engine, "other", ["base of another site"])
    builder.made.append(another)
    claimed = said.model_copy(update={"layers": [*said.layers, *builder.engine.diff_ids(another)]})
    stick = builder.bundle(claimed, {"learner": ["base of another site", "python one"]})
    before = site.everything()
    with pytest.raises(RefusedError, match="takes for granted") as caught:
        site.bring_in(stick)
    assert caught.value.reason == "lacking"
    assert site.everything() == before


KILLED = """
import os, signal, sys
from pathlib import Path
import docker
from doorstart.bundle.bring_in import bring_in
from doorstart.bundle.engine import Engine
from doorstart.bundle.source import Stick
from doorstart.bundle.store import Store

stick, folder, host = sys.argv[1:]

def say(text):
    if text == "loading hub":
        os.kill(os.getpid(), signal.SIGKILL)

engine = Engine(docker.DockerClient(host), host)
bring_in(Stick(Path(stick)), Store(Path(folder) / "bundle"), engine, print, Path(folder) / "courses", say=say)
"""


def test_an_import_that_was_killed_goes_on_when_it_is_run_again(builder: Builder, site: Site) -> None:
    stick = builder.bundle(site.state(), FIRST)
    before = site.everything()
    arguments = [str(stick), str(site.folder), site.engine._host]
    assert subprocess.run([sys.executable, "-c", KILLED, *arguments]).returncode == -9
    between = site.everything()
    assert (between["files"], between["known"]) == (before["files"], before["known"])
    assert site.bring_in(stick).loaded == ["hub"]
    assert {one.id for one in site.known} == set(builder.made)
    assert not site.store.work.exists()


def test_every_blob_is_named_by_its_digest(builder: Builder, site: Site) -> None:
    stick = builder.bundle(site.state(), FIRST)
    for path in (stick / "blobs" / "sha256").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    assert json.loads((stick / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    names = [one["annotations"] for one in json.loads((stick / "index.json").read_text())["manifests"]]
    assert names == [{"org.opencontainers.image.ref.name": name} for name in ("hub", "learner")]
