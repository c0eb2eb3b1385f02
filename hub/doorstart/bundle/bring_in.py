"""Import a bundle into a site: everything is proven first, and what counts for the site changes last, in one step.

An image that was loaded before an import was killed stays in the engine, where nobody can start it, and the next run
goes on from there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstart.bundle import contents, courses, space, verify
from doorstart.bundle.contents import BundledCourse, BundledImage, Contents
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import RefusedError
from doorstart.bundle.layout import COMPRESSED_LAYER, LAYER, Blob, Layout
from doorstart.bundle.planning import Plan, prepare
from doorstart.bundle.refusals import lacking
from doorstart.bundle.source import Say, Source
from doorstart.bundle.store import Store
from doorstart.bundle.verify import Verified
from doorstart.images.registry import Known

Learn = Callable[[list[Known]], object]
"""Notes images in the site's registry as known."""


@dataclass(frozen=True)
class Outcome:
    """What an import has done. ``loaded``: names of images that the engine did not have before."""

    verified: Verified
    loaded: list[str]

    @property
    def contents(self) -> Contents:
        """What the bundle says of itself."""
        return self.verified.contents


def bring_in(
    source: Source,
    store: Store,
    engine: Engine,
    learn: Learn,
    own_courses: Path,
    *,
    free: space.Free = space.free,
    say: Say = lambda _: None,
) -> Outcome:
    """Import a bundle.

    Args:
        source: Where it is.
        store: The site's store of bundles.
        engine: The site's engine.
        learn: Notes images as known.
        own_courses: The courses that the site was set up with, for a site that never imported any.
        free: Tells the free bytes of a disk.
        say: Told what is being done.

    Raises:
        RefusedError: the bundle is refused; the site is as it was.
        BundleError: an image could not be copied. Running it again goes on.
    """
    with store.alone():
        try:
            outcome = _bring_in(source, store, engine, learn, own_courses, free, say)
        except RefusedError:
            source.discard()
            raise
        source.discard()
    return outcome


def _bring_in(
    source: Source, store: Store, engine: Engine, learn: Learn, own_courses: Path, free: space.Free, say: Say
) -> Outcome:
    bundle = source.folder
    source.open(say)
    say("checking signatures")
    verified = verify.authenticate(bundle, store.trusted)
    said = verified.contents
    base = store.courses or own_courses
    here = {name: one.digest for name, one in courses.pack(base).items()}
    new_courses = [course for course in said.courses if here.get(course.name) != course.digest]
    for course in new_courses:
        if not course.blob:
            raise RefusedError("lacking", lacking(f"the course {course.name} as it was"))
    plan = prepare(said, engine, store, sparing=not source.whole)
    names = [*plan.files, *(verify.blob(course.blob) for course in new_courses if course.blob)]
    if not source.whole:
        fetched = sum(verified.targets[name].length for name in names if name in verified.targets)
        plan.needs[store.work] = plan.needs.get(store.work, 0) + fetched
    space.check(plan.needs, free)
    source.fetch(verified, names, say)
    shutil.rmtree(store.work, ignore_errors=True)
    try:
        _load(bundle, verified, plan, engine, store.work, say)
    finally:
        shutil.rmtree(store.work, ignore_errors=True)
    with store.next_release() as fresh:
        say("storing courses")
        _store(bundle, verified, new_courses, base, fresh)
        say("noting the images as known")
        learn([_known(image, said) for image in said.images])
    return Outcome(verified, [image.name for image in plan.load])


def _load(bundle: Path, verified: Verified, plan: Plan, engine: Engine, work: Path, say: Say) -> None:
    layers: dict[str, Path] = {}
    for number, (provider, wanted) in enumerate(plan.providers.items(), 1):
        say(f"taking layers from images that the site has ({number} of {len(plan.providers)})")
        folder = work / f"layers-{number}"
        exported = engine.export(provider, folder)
        by_digest = dict(zip(engine.diff_ids(provider), exported.layers, strict=True))
        layers.update({layer.diff_id: by_digest[layer.diff_id] for layer in wanted})
        for path in folder.iterdir():
            if path not in layers.values():
                path.unlink()
    for image in plan.load:
        say(f"loading {image.name}")
        layout = _complete(bundle, verified, image, layers, work / f"image-{image.name}")
        tag = f"doorstart/{image.name}:{image.id.removeprefix('sha256:')[:12]}"
        engine.load(layout.folder, image.name, image.id, tag)
        shutil.rmtree(layout.folder)


def _complete(bundle: Path, verified: Verified, image: BundledImage, layers: dict[str, Path], folder: Path) -> Layout:
    """An OCI layout with this image only, complete: layers of the bundle, and layers that the site has.

    The configuration is the signed one to the byte, and it names every layer by digest, which the engine checks.
    """
    config = verify.read_checked(bundle, verified, verify.blob(image.id))
    if json.loads(config)["rootfs"]["diff_ids"] != [layer.diff_id for layer in image.layers]:
        raise RefusedError("changed", f"contents.json names other layers for {image.name} than its configuration.")
    layout = Layout(folder)
    described = []
    for layer in image.layers:
        if layer.blob and layer.diff_id not in layers:
            blob = Blob(layer.blob, verified.targets[verify.blob(layer.blob)].length)
            layout.add_link(blob, bundle / verify.blob(layer.blob))
            described.append(blob.described(COMPRESSED_LAYER))
        else:
            blob = Blob(layer.diff_id, layer.size)
            layout.add_link(blob, layers[layer.diff_id])
            described.append(blob.described(LAYER))
    layout.write_index({image.name: layout.add_manifest(layout.add(config), described)})
    return layout


def _store(bundle: Path, verified: Verified, new: Sequence[BundledCourse], base: Path, fresh: Path) -> None:
    said = verified.contents
    target = fresh / "courses"
    if said.courses and not target.exists():
        for name in courses.pack(base):
            shutil.copytree(base / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for course in new:
        if course.blob:
            courses.unpack(target, course, verify.read_checked(bundle, verified, verify.blob(course.blob)))
    own = (said.model_dump_json(indent=1) + "\n").encode()
    for name, content in {**verified.metadata, contents.FILE: own}.items():
        (fresh / name).unlink(missing_ok=True)
        (fresh / name).write_bytes(content)


def _known(image: BundledImage, said: Contents) -> Known:
    return Known(
        name=image.name, id=image.id, version=image.version, source=f"bundle {said.number}, {said.made:%Y-%m-%d}"
    )
