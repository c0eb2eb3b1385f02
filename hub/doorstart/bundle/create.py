"""Make a bundle on a connected machine: the images and courses that a site lacks, ready to be signed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tuf.api.metadata import Metadata, Root

from doorstart.bundle import contents, packages, signing
from doorstart.bundle.contents import BundledCourse, BundledImage, Contents, Layer, SiteState, Version
from doorstart.bundle.courses import Packed
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import BundleError
from doorstart.bundle.layout import COMPRESSED_LAYER, LAYER, Blob, Layout
from doorstart.bundle.source import Say

SCRATCH = Path("/var/tmp")  # noqa: S108  # a folder of its own is made there; images do not fit where memory is the disk
COMPRESSORS = 2
"""Layers that are compressed at once."""


@dataclass(frozen=True)
class Offered:
    """An image of the connected side. ``version``, ``summary`` and ``packages`` are for people."""

    name: str
    id: str
    version: str = ""
    summary: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)


def create(
    target: Path,
    state: SiteState,
    images: Sequence[Offered],
    courses: Mapping[str, Packed],
    engine: Engine,
    roots: Sequence[Metadata[Root]],
    *,
    days: float = 60,
    say: Say = lambda _: None,
) -> Contents:
    """Write a bundle, not signed yet.

    Args:
        target: The bundle's folder; new or empty.
        state: What the site has.
        images: What the site is to have.
        courses: The folders of courses that it is to have, by name.
        engine: Has the images.
        roots: The roots of trust, from the first.
        days: How long the bundle is valid.
        say: Told what is being done.

    Returns:
        What the bundle says of itself.

    Raises:
        BundleError: the folder is not empty, or an image cannot be copied.
    """
    if target.exists() and any(target.iterdir()):
        raise BundleError(f"{target} is not empty. Give a new folder, so that nothing else is signed by mistake.")
    if roots[-1].signed.version < state.root:
        raise BundleError(
            f"The site trusts root {state.root} already, and your newest is {roots[-1].signed.version}. Get the newer "
            "roots from whoever signed them."
        )
    made = datetime.now(UTC).replace(microsecond=0)
    layout = Layout(target)
    done = _Images(layout, set(state.layers), engine)
    said = Contents(
        number=max(state.bundle + 1, int(f"{made:%Y%m%d%H%M%S}")),
        made=made,
        images=[_image(one, state, done, say) for one in images],
        courses=[_course(one, state, layout) for _, one in sorted(courses.items())],
    )
    layout.write_index(done.manifests)
    (target / contents.FILE).write_text(said.model_dump_json(indent=1) + "\n")
    say("listing what is to be signed")
    signing.write(target, said.number, made + timedelta(days=days), roots)
    return said


class _Images:
    """The images of a bundle, while it is made: each layer is compressed once."""

    def __init__(self, layout: Layout, there: set[str], engine: Engine) -> None:
        self.layout = layout
        self.manifests: dict[str, Blob] = {}
        self._there = there
        self._engine = engine
        self._blobs: dict[str, Blob] = {}

    def add(self, one: Offered, say: Say) -> tuple[Blob, list[Layer]]:
        """Copy an image; its manifest and its layers."""
        wanted = self._engine.diff_ids(one.id)
        with tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
            say(f"{one.name}: out of the engine")
            exported = self._engine.export(one.id, Path(scratch) / "image")
            files = dict(zip(wanted, exported.layers, strict=True))
            new = [diff_id for diff_id in files if diff_id not in self._there and diff_id not in self._blobs]
            say(f"{one.name}: compressing {len(new)} of {len(files)} layers")
            with ThreadPoolExecutor(max_workers=COMPRESSORS) as pool:
                blobs = pool.map(lambda diff_id: self.layout.add_compressed(files[diff_id]), new)
                self._blobs.update(zip(new, blobs, strict=True))
            sizes = {diff_id: file.stat().st_size for diff_id, file in files.items()}
        described = []
        layers = []
        for diff_id in wanted:
            blob = self._blobs.get(diff_id)
            here = blob.described(COMPRESSED_LAYER) if blob else Blob(diff_id, sizes[diff_id]).described(LAYER)
            described.append(here)
            layers.append(Layer(diff_id=diff_id, size=sizes[diff_id], blob=blob.digest if blob else None))
        self.manifests[one.name] = self.layout.add_manifest(self.layout.add(exported.config), described)
        return self.manifests[one.name], layers


def _image(one: Offered, state: SiteState, images: _Images, say: Say) -> BundledImage:
    had = [image for image in state.images if image.name == one.name]
    before = Version(id=had[-1].id, version=had[-1].version) if had else None
    if one.id in {image.id for image in state.images}:
        return BundledImage(name=one.name, id=one.id, version=one.version, summary=one.summary, before=before)
    manifest, layers = images.add(one, say)
    return BundledImage(
        name=one.name,
        id=one.id,
        version=one.version,
        summary=one.summary,
        manifest=manifest.digest,
        layers=layers,
        before=before,
        packages=packages.changes(had[-1].packages if had else {}, one.packages),
    )


def _course(one: Packed, state: SiteState, layout: Layout) -> BundledCourse:
    had = state.courses.get(one.name)
    if had == one.digest:
        return BundledCourse(name=one.name, languages=one.languages, digest=one.digest, before=had)
    blob = layout.add(one.compressed())
    return BundledCourse(
        name=one.name, languages=one.languages, digest=one.digest, blob=blob.digest, length=blob.length, before=had
    )
