"""A container registry of the building's own, as a place for bundles: the part of its interface that they need.

Source: OCI distribution specification 1.1, "Pull", "Push" and "Content Discovery". A bundle is an artifact whose
"layers" are its files; its tag is its number. skopeo copies whole images and cannot take some files of an artifact;
oras has a whole file in memory and waits without an end, so this is httpx.

Nothing that a registry says is believed: what is read from it is proven by the signatures in it.
"""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.layout import MANIFEST, Blob
from doorstart.bundle.plain import LARGEST

CONFIG = "application/vnd.doorstart.bundle.v1+json"
"""Tells registries and tools what the artifact is (OCI image specification, "Guidelines for Artifact Usage")."""
FILE = "application/octet-stream"
TITLE = "org.opencontainers.image.title"
EMPTY = b"{}"
SECONDS = 30.0
"""Longest wait for the next bytes of an answer."""
_CHUNK = 1 << 20


class ContainerRegistry:
    """A repository of a registry.

    Args:
        address: Such as ``https://updates.lan:5000/doorstart``.
        authority: PEM file of the authority that signed the registry's certificate; None for those of this machine.
        login: File in the form of ``.netrc`` with a name and password; None where none is asked for.

    Raises:
        BundleError: a file cannot be read, or the password would travel in the open.
    """

    def __init__(self, address: str, authority: Path | None = None, login: Path | None = None) -> None:
        parts = urlsplit(address)
        self.address = address
        self._top = f"{parts.scheme}://{parts.netloc}/v2{parts.path.rstrip('/')}"
        if login and parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise BundleError(
                f"The password for {address} would travel in the open. Give the registry a certificate and write "
                "https, or take the setting DOORSTART_BUNDLE_REGISTRY_LOGIN away."
            )
        try:
            trusted = ssl.create_default_context(cafile=authority)
            auth = httpx.NetRCAuth(str(login)) if login else None
        except OSError as error:
            raise BundleError(f"{error.filename or authority} cannot be read: {error.strerror}.") from None
        # No proxy and no .netrc of the person who happens to run this: the registry is in the building.
        self._client = httpx.Client(verify=trusted, auth=auth, timeout=SECONDS, trust_env=False, follow_redirects=True)

    def numbers(self) -> list[int]:
        """The numbers of the bundles that it has, the newest last.

        Raises:
            BundleError: it cannot be asked.
        """
        found: list[int] = []
        url = f"{self._top}/tags/list"
        while url:
            with self._asked("GET", url, missing_is_fine=True) as answer:
                tags = _json(self._limited(answer)).get("tags") if answer.status_code == httpx.codes.OK else []
                following = answer.links.get("next", {}).get("url", "")
            found += [int(tag) for tag in tags or [] if str(tag).isdecimal()]
            url = urljoin(url, following) if following else ""
        return sorted(found)

    def files(self, number: int) -> dict[str, Blob]:
        """The files of a bundle, as the registry tells them.

        Raises:
            BundleError: it cannot be asked, has no such bundle, or has something else under that number.
        """
        url = f"{self._top}/manifests/{number}"
        with self._asked("GET", url, {"Accept": MANIFEST}) as answer:
            manifest = _json(self._limited(answer))
        try:
            return {
                str(one["annotations"][TITLE]): Blob(str(one["digest"]), int(one["size"])) for one in manifest["layers"]
            }
        except (KeyError, TypeError, ValueError):
            raise BundleError(f"{self.address} has something else than a bundle under the number {number}.") from None

    def download(self, blob: Blob, file: Path) -> None:
        """Have a blob as a file.

        Raises:
            RefusedError: the registry has other bytes under that digest, or none.
            BundleError: it cannot be asked.
        """
        fresh = file.with_name(f"{file.name}.part")
        file.parent.mkdir(parents=True, exist_ok=True)
        seen, length = hashlib.sha256(), 0
        with self._asked("GET", f"{self._top}/blobs/{blob.digest}", missing_is_fine=True) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise RefusedError("missing", f"{self.address} has no file {_short(blob)} any more. {PUBLISH_AGAIN}")
            with fresh.open("wb") as target:
                for chunk in answer.iter_raw(_CHUNK):
                    length += len(chunk)
                    if length > blob.length:
                        break
                    seen.update(chunk)
                    target.write(chunk)
        if length != blob.length or f"sha256:{seen.hexdigest()}" != blob.digest:
            fresh.unlink()
            raise RefusedError("changed", f"{self.address} has damaged or changed the file {_short(blob)}. {WIPE}")
        fresh.replace(file)

    def upload(self, blob: Blob, content: Path | bytes) -> bool:
        """Give it a blob, if it has none of that digest; whether it had none.

        Raises:
            BundleError: it did not take it.
        """
        with self._asked("HEAD", f"{self._top}/blobs/{blob.digest}", missing_is_fine=True) as answer:
            if answer.status_code == httpx.codes.OK:
                return False
        with self._asked("POST", f"{self._top}/blobs/uploads/") as answer:
            place = httpx.URL(urljoin(str(answer.url), answer.headers.get("location", "")))
        headers = {"Content-Type": FILE, "Content-Length": str(blob.length)}
        body = _chunks(content) if isinstance(content, Path) else content
        with self._asked("PUT", str(place.copy_merge_params({"digest": blob.digest})), headers, body):
            return True

    def write(self, number: int, files: Mapping[str, Blob]) -> None:
        """Say which files are the bundle of a number; the registry has them.

        Raises:
            BundleError: it did not take it.
        """
        nothing = Blob(f"sha256:{hashlib.sha256(EMPTY).hexdigest()}", len(EMPTY))
        self.upload(nothing, EMPTY)
        layers = [{**blob.described(FILE), "annotations": {TITLE: name}} for name, blob in sorted(files.items())]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": nothing.described(CONFIG),
            "layers": layers,
        }
        headers = {"Content-Type": MANIFEST}
        with self._asked("PUT", f"{self._top}/manifests/{number}", headers, json.dumps(manifest).encode()):
            pass

    @contextmanager
    def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterator[bytes] | None = None,
        *,
        missing_is_fine: bool = False,
    ) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(method, url, headers=headers, content=content) as answer:
                if answer.is_error and not (missing_is_fine and answer.status_code == httpx.codes.NOT_FOUND):
                    raise BundleError(f"{self.address} refused: {_WORDS.get(answer.status_code, answer.reason_phrase)}")
                yield answer
        except httpx.HTTPError as error:
            raise BundleError(
                f"The registry {self.address} cannot be reached, or broke off ({error or type(error).__name__}). Look "
                "whether that machine is on and the cable is in, then run this again; or import the stick itself."
            ) from None

    def _limited(self, answer: httpx.Response) -> bytes:
        content = b""
        for chunk in answer.iter_bytes(_CHUNK):
            content += chunk
            if len(content) > LARGEST:
                raise BundleError(f"{self.address} answers with more than a list of a bundle's files can be.")
        return content


_WORDS = {
    401: "it wants a name and password. Set DOORSTART_BUNDLE_REGISTRY_LOGIN to a file in the form of .netrc.",
    403: "this name and password may not do that.",
    404: "it has no such bundle.",
    405: "it takes no bundles; is it a mirror, or for reading only?",
    507: "its disk is full.",
}
PUBLISH_AGAIN = "On the machine that has the bundle's folder: doorstart bundle publish"
WIPE = (
    "A registry keeps what it has under a digest, so have its folder emptied, then publish the bundle again; "
    "or import the stick itself."
)


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def _short(blob: Blob) -> str:
    return blob.digest.removeprefix("sha256:")[:12]
