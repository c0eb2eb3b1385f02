"""The images of the reference deployment, built with ``--network none`` from what the lock pins."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import docker
from docker.errors import ImageNotFound

from doorstart.images import python
from doorstart.images.build import Builder
from doorstart.site.place import TOP

HERE = Path(__file__).parent
WHEELHOUSE = TOP / "build" / "images" / "wheelhouse"


def build(client: docker.DockerClient) -> tuple[str, str]:
    """Build what the engine lacks; the ids of the Hub's image and of the servers'.

    Both start from images of this checkout, and have their packages from the wheels that Doorstart's images have.
    """
    ours = Builder(TOP, client, print).build(["base", "proxy"])
    hub = _build(client, "hub", ours["proxy"].id, ["extra:hub"], ["jupyterhub_config.py"])
    return hub, _build(client, "server", ours["base"].id, ["group:kernel", "group:learner"], [])


def _build(client: docker.DockerClient, name: str, parent: str, sources: Sequence[str], files: Sequence[str]) -> str:
    lines = {source: python.requirements(TOP, source) for source in sources}
    seen = hashlib.sha256(repr([parent, lines]).encode())
    for file in (f"{name}.Dockerfile", *files):
        seen.update((HERE / file).read_bytes())
    tag = f"doorstart-bench/reference-{name}:{seen.hexdigest()[:16]}"
    try:
        return str(client.images.get(tag).id)
    except ImageNotFound:
        print(f"building the reference's image: {name}", flush=True)
    pins = {pin.name: pin for text in lines.values() for pin in python.pins(text)}
    wheels = python.fetch(WHEELHOUSE, list(pins.values()), python.sdist_only(TOP), print)
    with tempfile.TemporaryDirectory() as scratch:
        context = Path(scratch)
        shutil.copy2(HERE / f"{name}.Dockerfile", context / "Dockerfile")
        for file in files:
            shutil.copy2(HERE / file, context / file)
        shutil.copy2(Path(sys.executable).with_name("uv"), context / "uv")
        (context / "wheels").mkdir()
        for wheel in wheels.values():
            shutil.copy2(wheel.path, context / "wheels")
        image, _ = client.images.build(
            path=scratch, tag=tag, buildargs={"PARENT": parent}, network_mode="none", rm=True, forcerm=True
        )
    return str(image.id)
