"""An engine's images as files: out of the engine, and into it. skopeo does the copying.

skopeo's own OCI layouts would change an image's configuration, and with it the id by which sites know and promote it.
So images leave the engine as skopeo's ``dir:`` form, which keeps the configuration to the byte, and
:mod:`doorstart.bundle.layout` makes the OCI layout.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import ImageNotFound
from docker.utils import kwargs_from_env

from doorstart.bundle.errors import BundleError

DEFAULT_HOST = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Exported:
    """An image as files: its configuration's bytes, and its layers as tar files, from the lowest."""

    config: bytes
    layers: list[Path]


class Engine:
    """A Docker engine, seen as a store of images.

    Args:
        client: The engine.
        host: Its address for skopeo; by default the one that the client library takes from the environment.
    """

    def __init__(self, client: docker.DockerClient, host: str = "") -> None:
        self.client = client
        self._host = host or str(kwargs_from_env().get("base_url") or DEFAULT_HOST)

    @property
    def data_root(self) -> Path:
        """Where the engine keeps images; on this machine, or in a virtual one."""
        return Path(self.client.info()["DockerRootDir"])

    def _inspect(self, image: str) -> dict[str, Any]:
        return dict(self.client.api.inspect_image(image))  # type: ignore[no-untyped-call]

    def has(self, image: str) -> bool:
        """Whether the engine has an image of this id."""
        try:
            self._inspect(image)
        except ImageNotFound:
            return False
        return True

    def diff_ids(self, image: str) -> list[str]:
        """The layers of an image, from the lowest."""
        return list(self._inspect(image)["RootFS"].get("Layers") or [])

    def size(self, image: str) -> int:
        """Bytes of an image's files."""
        return int(self._inspect(image)["Size"])

    def layers(self) -> dict[str, list[str]]:
        """The layers of every image, by its id."""
        ids = {str(one["Id"]) for one in self.client.api.images(all=True)}
        return {image: self.diff_ids(image) for image in sorted(ids)}

    def export(self, image: str, folder: Path) -> Exported:
        """Copy an image out of the engine, into a new folder.

        Raises:
            BundleError: skopeo failed, or is not installed.
        """
        self._skopeo("copy", "--src-daemon-host", self._host, f"docker-daemon:{image}", f"dir:{folder}", work=folder)
        manifest = json.loads((folder / "manifest.json").read_bytes())
        config = (folder / manifest["config"]["digest"].removeprefix("sha256:")).read_bytes()
        if f"sha256:{hashlib.sha256(config).hexdigest()}" != image:
            raise BundleError(f"skopeo changed the configuration of {image}. Use the skopeo of Debian.")
        return Exported(config, [folder / layer["digest"].removeprefix("sha256:") for layer in manifest["layers"]])

    def load(self, layout: Path, name: str, image: str, tag: str) -> None:
        """Copy an image of an OCI layout into the engine, which checks every layer against the configuration.

        Args:
            layout: The layout's folder.
            name: The image's name in it.
            image: The id that it must have.
            tag: How it is called in the engine.

        Raises:
            BundleError: it could not be copied, or is another image.
        """
        self._skopeo(
            "copy", "--dest-daemon-host", self._host, f"oci:{layout}:{name}", f"docker-daemon:{tag}", work=layout
        )
        found = str(self._inspect(tag)["Id"])
        if found != image:
            self.client.api.remove_image(tag)
            raise BundleError(f"The engine took {name} as {found}, but {image} was signed; it was removed again.")

    def _skopeo(self, *arguments: str, work: Path) -> None:
        if not shutil.which("skopeo"):
            raise BundleError("skopeo is not installed. On Debian or Ubuntu: apt-get install skopeo")
        work.mkdir(parents=True, exist_ok=True)
        # Who signed the bundle is checked here; skopeo's own policy is about container registries.
        command = ["skopeo", "--insecure-policy", "--tmpdir", str(work.parent), *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["no message"]
            raise BundleError(f"An image could not be copied: {said[0]}")
