"""What an import has to do on this site, found out before anything is written."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from doorstart.bundle import verify
from doorstart.bundle.contents import BundledImage, Contents, Layer
from doorstart.bundle.engine import Engine
from doorstart.bundle.errors import RefusedError
from doorstart.bundle.refusals import lacking
from doorstart.bundle.store import Store


@dataclass
class Plan:
    """What an import has to do.

    Attributes:
        load: Images that the engine lacks.
        providers: For each image of the engine that has layers which the bundle does not carry: those layers.
        needs: Bytes that will be written, by folder.
        files: The bundle's files that this takes.
    """

    load: list[BundledImage] = field(default_factory=list)
    providers: dict[str, list[Layer]] = field(default_factory=dict)
    needs: dict[Path, int] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        from_engine = {layer.diff_id for layers in self.providers.values() for layer in layers}
        found = [verify.blob(image.id) for image in self.load]
        for image in self.load:
            found += [verify.blob(one.blob) for one in image.layers if one.blob and one.diff_id not in from_engine]
        return list(dict.fromkeys(found))


def prepare(said: Contents, engine: Engine, store: Store, *, sparing: bool = False) -> Plan:
    """What an import of this bundle has to do here.

    Args:
        said: What the bundle says of itself.
        engine: The site's engine.
        store: The site's store of bundles.
        sparing: Whether a layer that the engine has is taken from there also if the bundle carries it, because what
            the bundle carries has to be fetched first.

    Raises:
        RefusedError: the site lacks an image or a layer that the bundle takes for granted.
    """
    for image in said.images:
        if not image.manifest and not engine.has(image.id):
            raise RefusedError("lacking", lacking(f"the image {image.name} {image.version}".rstrip()))
    plan = Plan([image for image in said.carried if not engine.has(image.id)])
    if not plan.load:
        return plan
    there = engine.layers()
    spared = {diff_id for layers in there.values() for diff_id in layers} if sparing else set()
    wanted = [layer for image in plan.load for layer in image.layers]
    absent = {layer.diff_id: layer for layer in wanted if not layer.blob or layer.diff_id in spared}
    while absent:
        best = max(there, key=lambda image: len(absent.keys() & set(there[image])), default="")
        found = absent.keys() & set(there.get(best, []))
        if not found:
            layer = next(iter(absent.values()))
            whose = next(one for one in plan.load if layer in one.layers)
            raise RefusedError("lacking", lacking(f"a layer of {whose.name} ({layer.diff_id[7:19]})"))
        plan.providers[best] = [absent.pop(diff_id) for diff_id in sorted(found)]
    plan.needs = _needs(plan, there, engine, store)
    return plan


def _needs(plan: Plan, there: dict[str, list[str]], engine: Engine, store: Store) -> dict[Path, int]:
    # The engine keeps a layer once for each stack of layers below it, and has an image aside while it loads it.
    known = {chain for layers in there.values() for chain in chains(layers)}
    new: dict[str, int] = {}
    for image in plan.load:
        for chain, layer in zip(chains(layer.diff_id for layer in image.layers), image.layers, strict=True):
            if chain not in known:
                new[chain] = layer.size
    aside = max(sum(layer.size for layer in image.layers) for image in plan.load)
    kept = sum(layer.size for layers in plan.providers.values() for layer in layers)
    # skopeo has an image twice while it takes it out of the engine: as the engine's archive, and as files.
    spool = 2 * max((engine.size(image) for image in plan.providers), default=0)
    needs: dict[Path, int] = defaultdict(int)
    needs[engine.data_root] += sum(new.values()) + max(aside, spool // 2)
    needs[store.work] += kept + spool
    return dict(needs)


def chains(diff_ids: Iterable[str]) -> list[str]:
    """The chain ids of layers (OCI image specification, *Layer ChainID*)."""
    found: list[str] = []
    for diff_id in diff_ids:
        below = f"{found[-1]} {diff_id}".encode() if found else b""
        found.append(f"sha256:{hashlib.sha256(below).hexdigest()}" if found else diff_id)
    return found
