"""What a stick has to carry: the first bundle, and what three kinds of change cost. ``make bench-bundle``.

Real images are rebuilt from a copy of this checkout after a changed course, a changed Python package and a Debian
security update. Each bundle is measured against the engine's own way, ``docker save`` of the same images, and is
imported into a second engine, so that a small bundle is also one that works.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import docker
from docker.errors import APIError
from integration.engines import second_engine
from securesystemslib.signer import CryptoSigner

from bench import changes
from bench.measure import MIB, Measure, report, share
from doorstart.bundle import courses, keys, signing, state, trust
from doorstart.bundle.bring_in import bring_in
from doorstart.bundle.create import Offered, create
from doorstart.bundle.engine import Engine
from doorstart.bundle.source import Stick
from doorstart.bundle.store import Store
from doorstart.images.build import Builder
from doorstart.images.registry import NAMES, Entry, Known, Registry
from doorstart.site import engine
from doorstart.site.place import TOP

GOALS = {"course_change": 0.01, "package_change": 0.15, "security_update": 0.60}
"""Largest share of ``docker save`` that a bundle may have."""
PASSPHRASE = "only for this benchmark"


@dataclass
class Bench:
    """A connected machine and a site; ``made`` are the images that this benchmark built."""

    builder_engine: Engine
    site_engine: Engine
    folder: Path
    signers: list[CryptoSigner] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("ann", "bea"):
            keys.make(self.folder / "keys", name, PASSPHRASE)
            self.signers.append(keys.read_signer(self.folder / "keys" / f"{name}.key", PASSPHRASE))
        self.root = trust.first([signer.public_key for signer in self.signers], 2)
        trust.sign(self.root, None, self.signers)
        self.store = Store(self.folder / "site")
        self.store.trust(self.root)

    def measure(self, name: str, top: Path, before: Callable[[Builder], None] = lambda _: None) -> Measure:
        """Build a checkout's images, carry over what the site lacks, and compare with ``docker save``.

        Args:
            name: The measure's.
            top: Top of the checkout.
            before: Done to the builder first.
        """
        client = self.builder_engine.client
        began = time.monotonic()
        builder = Builder(top, client, print)
        before(builder)
        images = Builder(top, client, print).build_all()
        built = time.monotonic()
        self.made |= {image.id for image in images.values() if image.built}
        bundle = self.folder / name
        offered = [Offered(one, images[one].id) for one in NAMES]
        create(
            bundle, self._state(), offered, courses.pack(top / "courses"), self.builder_engine, [self.root], say=print
        )
        signing.sign(bundle, self.signers)
        created = time.monotonic()
        bring_in(Stick(bundle), self.store, self.site_engine, self.known.extend, self.folder / "none", say=print)
        imported = time.monotonic()
        took = {"build": built - began, "create": created - built, "import": imported - created}
        self.seconds[name] = {step: round(seconds, 1) for step, seconds in took.items()}
        carried = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
        saved = _docker_save(client, [images[one].id for one in NAMES])
        return share(name, carried / MIB, saved / MIB, "MiB", GOALS.get(name))

    def _state(self) -> state.SiteState:
        entries = {one.id: Entry(**one.model_dump(), learned=datetime.now(UTC)) for one in self.known}
        return state.read(self.store, self.site_engine, Registry(images=entries), self.folder / "none")


def main() -> None:
    """Measure, print the table and write ``build/bench/bundle.json``."""
    client = engine.ensure_engine(print)
    engine.ensure_tools(print)
    # Not in the system's folder for temporary files, which may be in memory; beside what the builds share.
    (TOP / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOP / "build") as scratch, second_engine() as site_engine:
        bench = Bench(Engine(client), site_engine, Path(scratch) / "bench")
        try:
            measures = _measure(bench, Path(scratch))
        finally:
            _remove(client, bench.made)
    report("bundle", measures, seconds=bench.seconds)


def _measure(bench: Bench, scratch: Path) -> list[Measure]:
    top = changes.copy(TOP, scratch / "checkout")
    found = [bench.measure("full_bundle", top)]
    changes.change_a_course(top)
    found.append(bench.measure("course_change", top))
    changes.change_a_package(top)
    found.append(bench.measure("package_change", top))
    with changes.security_update(scratch / "tools"):
        found.append(bench.measure("security_update", top, Builder.refresh))
    return found


def _docker_save(client: docker.DockerClient, images: list[str]) -> int:
    """Bytes of what ``docker save`` of several images writes; layers that they share are in it once."""
    url = f"{client.api.base_url}/v{client.api._version}/images/get"
    with client.api.get(url, params={"names": images}, stream=True) as answer:
        answer.raise_for_status()
        return sum(len(chunk) for chunk in answer.iter_content(1 << 20))


def _remove(client: docker.DockerClient, images: set[str]) -> None:
    """Remove what was built here; an image on which another stands goes after it."""
    for _ in range(len(images)):
        for image in sorted(images):
            try:
                client.images.remove(image, force=True)
                images.discard(image)
            except APIError:
                continue


if __name__ == "__main__":
    main()
