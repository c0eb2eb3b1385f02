"""An OCI image layout: blobs named by their digest, and an index that names the images.

Source of the form: OCI image specification 1.1, *Image Layout*, *Image Manifest* and *Image Index*.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
COMPRESSED_LAYER = f"{LAYER}+gzip"
REF_NAME = "org.opencontainers.image.ref.name"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Blob:
    """A blob: its digest (``sha256:…``) and its length in bytes."""

    digest: str
    length: int

    def described(self, kind: str) -> dict[str, Any]:
        """The OCI descriptor of it, as that media type."""
        return {"mediaType": kind, "digest": self.digest, "size": self.length}


class Layout:
    """An OCI image layout that is being written.

    Args:
        folder: Made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blobs = folder / "blobs" / "sha256"
        self._blobs.mkdir(parents=True, exist_ok=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}\n')

    def path(self, digest: str) -> Path:
        """Where a blob is, or would be."""
        return self._blobs / digest.removeprefix("sha256:")

    def add(self, content: bytes) -> Blob:
        """Add a blob from memory."""
        found = Blob(f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
        self.path(found.digest).write_bytes(content)
        return found

    def add_compressed(self, file: Path) -> Blob:
        """Add a blob that is a file's content, compressed."""
        fresh = self._blobs / f"{file.name}.new"
        with file.open("rb") as source, gzip.GzipFile(fresh, "wb", compresslevel=6, mtime=0) as target:
            shutil.copyfileobj(source, target, _CHUNK)
        with fresh.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        length = fresh.stat().st_size
        fresh.replace(self._blobs / digest)
        return Blob(f"sha256:{digest}", length)

    def add_link(self, blob: Blob, file: Path) -> None:
        """Add a blob that is a file elsewhere."""
        if not self.path(blob.digest).is_symlink():
            self.path(blob.digest).symlink_to(file.resolve())

    def add_manifest(self, config: Blob, layers: Iterable[dict[str, Any]]) -> Blob:
        """Add an image's manifest.

        Args:
            config: The blob of its configuration.
            layers: Descriptors of its layers, from the lowest.
        """
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config.described(CONFIG), "layers": [*layers]}
        return self.add(json.dumps(manifest, separators=(",", ":")).encode())

    def write_index(self, images: dict[str, Blob]) -> None:
        """Write the index: the manifest of each image, by name."""
        manifests = [
            {**blob.described(MANIFEST), "annotations": {REF_NAME: name}} for name, blob in sorted(images.items())
        ]
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}
        (self.folder / "index.json").write_text(json.dumps(index, indent=1) + "\n")
