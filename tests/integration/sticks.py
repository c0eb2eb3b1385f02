"""The two sides of a bundle, with images of a few bytes: who builds and signs, and a site with an engine of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tuf.api.metadata import Metadata, Root

from doorstart.bundle import courses, keys, signing, state, trust
from doorstart.bundle.bring_in import Outcome, bring_in
from doorstart.bundle.contents import SiteState
from doorstart.bundle.create import Offered, create
from doorstart.bundle.engine import Engine
from doorstart.bundle.source import Source, Stick
from doorstart.bundle.store import Store
from doorstart.images.registry import Entry, Known, Registry
from doorstart.site import engine as engine_module

from .engines import make_image

PASSPHRASE = "five words are enough here"
FIRST = {"learner": ["base one", "python one", "learner one"], "hub": ["base one", "hub one"]}


def make_signers(folder: Path) -> dict[str, keys.CryptoSigner]:
    """Two people with keys."""
    for name in ("ann", "bea"):
        keys.make(folder, name, PASSPHRASE)
    return {name: keys.read_signer(folder / f"{name}.key", PASSPHRASE) for name in ("ann", "bea")}


@dataclass
class Builder:
    """The connected side: an engine, courses, and two people with keys."""

    engine: Engine
    folder: Path
    signers: dict[str, keys.CryptoSigner]
    roots: list[Metadata[Root]]
    number: int = 0
    made: list[str] = field(default_factory=list)

    @property
    def courses(self) -> Path:
        return self.folder / "courses"

    def bundle(
        self,
        since: SiteState,
        images: dict[str, list[str]],
        *,
        people: tuple[str, ...] = ("ann", "bea"),
        days: float = 60,
    ) -> Path:
        """A signed bundle with these images, each given by the texts of its layers."""
        self.number += 1
        folder = self.folder / f"stick-{self.number}"
        offered = [self.offer(name, layers) for name, layers in images.items()]
        create(folder, since, offered, courses.pack(self.courses), self.engine, self.roots, days=days)
        signing.sign(folder, [self.signers[name] for name in people])
        return folder

    def offer(self, name: str, layers: list[str]) -> Offered:
        image = make_image(self.engine, name, layers)
        self.made.append(image)
        return Offered(name, image, "1", f"what {name} is for")


@dataclass
class Site:
    """The site: an engine, its store of bundles, and a registry that is a list."""

    engine: Engine
    folder: Path
    known: list[Known] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.folder / "bundle")

    @property
    def own_courses(self) -> Path:
        return self.folder / "courses"

    def learn(self, images: list[Known]) -> None:
        self.known += [one for one in images if one not in self.known]

    def bring_in(self, bundle: Path | Source) -> Outcome:
        source = Stick(bundle) if isinstance(bundle, Path) else bundle
        return bring_in(source, self.store, self.engine, self.learn, self.own_courses)

    def state(self) -> SiteState:
        entries = {one.id: Entry(**one.model_dump(), learned=datetime.now(UTC)) for one in self.known}
        return state.read(self.store, self.engine, Registry(images=entries), self.own_courses)

    def everything(self) -> dict[str, object]:
        """All that a refused bundle must leave as it was."""
        files = {
            str(path.relative_to(self.store.folder)): path.read_bytes() if path.is_file() else b""
            for path in sorted((self.store.folder / "current").resolve().rglob("*"))
        }
        waste = [path.name for path in self.store.folder.iterdir() if path.name not in ("lock", "current", "releases")]
        tags = sorted(tag for image in self.engine.client.images.list(all=True) for tag in image.tags)
        return {"files": files, "waste": waste, "images": self.engine.layers(), "tags": tags, "known": list(self.known)}


@contextmanager
def building(signers: dict[str, keys.CryptoSigner], folder: Path) -> Iterator[Builder]:
    """The connected side, whose images are removed again."""
    engine_module.ensure_tools(print)
    root = trust.first([signer.public_key for signer in signers.values()], 2)
    trust.sign(root, None, signers.values())
    made = Builder(Engine(engine_module.ensure_engine(print)), folder, signers, [root])
    (made.courses / "law").mkdir(parents=True)
    (made.courses / "law" / "vat.toml").write_text("rate = 21\n")
    yield made
    for image in dict.fromkeys(made.made):
        made.engine.client.images.remove(image, force=True)


@contextmanager
def trusting(builder: Builder, engine: Engine, folder: Path) -> Iterator[Site]:
    """A site that trusts the builder's people and has no image yet."""
    made = Site(engine, folder)
    made.store.trust(builder.roots[0])
    yield made
    for image in engine.client.images.list():
        engine.client.images.remove(image.id, force=True)
