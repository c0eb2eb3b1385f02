"""Several machines of one building: one has the stick and publishes it, the others have it from a registry.

The registry is only another way to carry a bundle: what a stick could not do to a site, a registry cannot either.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorstart.bundle import keys, verify
from doorstart.bundle.container_registry import ContainerRegistry
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.layout import Blob
from doorstart.bundle.published import Published, publish
from doorstart.bundle.source import Say

from .conftest import make_certificate
from .engines import second_engine
from .registries import DockerRegistry
from .sticks import FIRST, Builder, Site, building, make_signers, trusting

SECOND = {"learner": ["base one", "python one", "learner two"], "hub": ["base one", "hub one"]}


@pytest.fixture(scope="module")
def other_engine() -> Iterator[Engine]:
    """The engine of the machine that has no stick."""
    with second_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, keys.CryptoSigner]:
    """Two people with keys."""
    return make_signers(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="class")
def builder(signers: dict[str, keys.CryptoSigner], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """Who makes the sticks."""
    with building(signers, tmp_path_factory.mktemp("connected")) as made:
        yield made


@pytest.fixture(scope="class")
def site(builder: Builder, other_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A machine that has no image yet, and gets no stick."""
    with trusting(builder, other_engine, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="class")
def server(certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    """The building's registry."""
    made = DockerRegistry(tmp_path_factory.mktemp("registry") / "files", *certificate)
    made.start()
    yield made
    made.stop()


class Counted(ContainerRegistry):
    """Remembers what was fetched from it."""

    def __init__(self, server: DockerRegistry) -> None:
        super().__init__(server.address, server.certificate, server.login)
        self.fetched: list[str] = []

    def download(self, blob: Blob, file: Path) -> None:
        super().download(blob, file)
        if file.parent.name == "sha256":
            self.fetched.append(blob.digest)


@pytest.fixture(scope="class")
def registry(server: DockerRegistry) -> Counted:
    """The same, as a machine sees it."""
    return Counted(server)


def arriving(site: Site, registry: ContainerRegistry, number: int | None = None) -> Published:
    return Published(registry, site.store.arriving, number)


def publish_from(stick: Path, site: Site, registry: ContainerRegistry) -> verify.Verified:
    """As the machine does it that has the stick."""
    verified = verify.authenticate(stick, site.store.trusted)
    publish(stick, verified, registry)
    return verified


def test_a_machine_gets_from_the_registry_what_it_lacks_and_no_more(
    builder: Builder, site: Site, registry: Counted
) -> None:
    nothing = site.state()
    publish_from(builder.bundle(nothing, FIRST), site, registry)
    outcome = site.bring_in(arriving(site, registry))
    assert outcome.loaded == ["learner", "hub"]
    assert {one.id for one in site.known} == set(builder.made)
    assert all(site.engine.has(image) for image in builder.made)
    assert (site.store.courses / "law" / "vat.toml").read_text() == "rate = 21\n"  # type: ignore[operator]
    assert not site.store.arriving.exists()

    # The next stick carries everything, for whichever machine; this one has all but a layer.
    registry.fetched.clear()
    everything = builder.bundle(nothing, SECOND)
    said = publish_from(everything, site, registry).contents
    assert registry.numbers() == [outcome.contents.number, said.number]
    assert site.bring_in(arriving(site, registry)).loaded == ["learner"]
    learner = next(one for one in said.images if one.name == "learner")
    assert registry.fetched == [learner.id, learner.layers[-1].blob]
    assert site.store.imported == said
    assert site.bring_in(arriving(site, registry)).loaded == []


@dataclass
class Updated:
    """A machine with a bundle, and the numbers of that one and of the next, which is whole; the registry has both."""

    site: Site
    first: int
    second: int
    registry: Counted

    def refused(self, number: int = 0) -> RefusedError:
        """Why a bundle is refused, the second one if none is named; the machine is as it was."""
        before = self.site.everything()
        with pytest.raises(RefusedError) as caught:
            self.site.bring_in(arriving(self.site, self.registry, number or self.second))
        assert self.site.everything() == before
        return caught.value


@pytest.fixture(scope="class")
def updated(builder: Builder, site: Site, registry: Counted) -> Updated:
    """What the refusals share: none of them changes the machine."""
    stick = builder.bundle(site.state(), FIRST)
    site.bring_in(stick)
    first = publish_from(stick, site, registry)
    second = publish_from(builder.bundle(site.state(), SECOND), site, registry)
    return Updated(site, first.contents.number, second.contents.number, registry)


def blob_of(content: bytes) -> Blob:
    return Blob(f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))


class TestRefusals:
    """Whatever the registry does, the machine is as it was."""

    @pytest.mark.parametrize("which", ["layer", "contents"])
    def test_a_flipped_bit(self, updated: Updated, server: DockerRegistry, which: str) -> None:
        contents = server.blob(updated.registry.files(updated.second)["contents.json"].digest)
        said = json.loads(contents.read_bytes())
        layer = next(one["layers"][-1]["blob"] for one in said["images"] if one["name"] == "learner")
        path = contents if which == "contents" else server.blob(layer)
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        error = updated.refused()
        path.write_bytes(whole)
        assert error.reason == "changed"
        assert "publish the bundle again" in str(error)

    def test_other_content_under_a_digest_of_its_own(self, updated: Updated, server: DockerRegistry) -> None:
        files = updated.registry.files(updated.second)
        forged = server.blob(files["contents.json"].digest).read_bytes().replace(b"learner", b"leaner!")
        updated.registry.upload(blob_of(forged), forged)
        updated.registry.write(updated.second, {**files, "contents.json": blob_of(forged)})
        error = updated.refused()
        updated.registry.write(updated.second, files)
        assert error.reason == "changed"

    def test_a_bundle_that_lost_a_file(self, updated: Updated) -> None:
        files = updated.registry.files(updated.second)
        kept = {name: blob for name, blob in files.items() if not name.endswith("targets.json")}
        updated.registry.write(updated.second, kept)
        error = updated.refused()
        updated.registry.write(updated.second, files)
        assert error.reason == "missing"

    def test_a_file_outside_of_the_bundle_is_not_written(self, updated: Updated, tmp_path: Path) -> None:
        files = updated.registry.files(updated.second)
        updated.registry.write(updated.second, {**files, "metadata/../../escaped.json": files["contents.json"]})
        source = Published(updated.registry, tmp_path / "one" / "two", updated.second)
        source.open(lambda _: None)
        updated.registry.write(updated.second, files)
        assert {path.name for path in (tmp_path / "one" / "two").iterdir()} == {"metadata", "contents.json"}
        assert not list(tmp_path.rglob("escaped.json"))

    def test_a_bundle_that_too_few_signed(self, builder: Builder, updated: Updated) -> None:
        stick = builder.bundle(updated.site.state(), FIRST, people=("ann",))
        with pytest.raises(RefusedError, match="1 of the 2 signatures"):
            publish_from(stick, updated.site, updated.registry)
        # Somebody else may put it there all the same.
        files = {}
        for path in (path for path in stick.rglob("*") if path.is_file()):
            files[path.relative_to(stick).as_posix()] = blob_of(path.read_bytes())
            updated.registry.upload(blob_of(path.read_bytes()), path)
        number = json.loads((stick / "contents.json").read_text())["number"]
        updated.registry.write(number, files)
        assert updated.refused(number).reason == "signatures"

    def test_a_registry_that_has_nothing_and_one_that_does_not_let_in(
        self, updated: Updated, server: DockerRegistry
    ) -> None:
        before = updated.site.everything()
        for other, words in (
            (ContainerRegistry(f"{server.address}/empty", server.certificate, server.login), "has no bundle"),
            (ContainerRegistry(server.address, server.certificate), "DOORSTART_BUNDLE_REGISTRY_LOGIN"),
            (ContainerRegistry(server.address, None, server.login), "CERTIFICATE_VERIFY_FAILED"),
        ):
            with pytest.raises(BundleError, match=words):
                updated.site.bring_in(arriving(updated.site, other))
        assert updated.site.everything() == before

    def test_a_registry_that_goes_down_and_comes_back(self, updated: Updated, server: DockerRegistry) -> None:
        site, registry = updated.site, updated.registry
        before = site.everything()
        server.stop()
        with pytest.raises(BundleError, match="cannot be reached"):
            site.bring_in(arriving(site, registry))
        assert site.everything() == before

        server.start()
        with pytest.raises(BundleError, match="cannot be reached"):
            site.bring_in(GoesDown(registry, site.store.arriving, updated.second, server))
        assert {**site.everything(), "waste": []} == before
        server.start()
        registry.fetched.clear()
        assert site.bring_in(arriving(site, registry, updated.second)).loaded == ["learner"]
        assert len(registry.fetched) == 1  # the other one was there already
        assert not site.store.arriving.exists()

    def test_the_older_bundle_once_the_newer_one_was_taken(self, updated: Updated) -> None:
        updated.site.bring_in(arriving(updated.site, updated.registry, updated.second))
        assert updated.refused(updated.first).reason == "rollback"


class GoesDown(Published):
    """A bundle of a registry that goes down after the first file."""

    def __init__(self, registry: Counted, folder: Path, number: int, server: DockerRegistry) -> None:
        super().__init__(registry, folder, number)
        self.server = server

    def fetch(self, verified: verify.Verified, names: Sequence[str], say: Say) -> None:
        super().fetch(verified, names[:1], say)
        self.server.stop()
        super().fetch(verified, names, say)


def test_a_password_does_not_travel_in_the_open(tmp_path: Path) -> None:
    login = tmp_path / "netrc"
    login.write_text("machine updates.lan login site password secret\n")
    with pytest.raises(BundleError, match="in the open"):
        ContainerRegistry("http://updates.lan:5000/doorstart", None, login)
    shutil.rmtree(tmp_path)
    with pytest.raises(BundleError, match="cannot be read"):
        ContainerRegistry("https://updates.lan:5000/doorstart", None, login)
