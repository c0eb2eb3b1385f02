"""What a bundle says of itself, and what a site says of itself: the two JSON files that the two sides exchange.

Neither names a site, a prison or a person.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorstart.bundle import plain
from doorstart.bundle.errors import BundleError

Digest = str
"""``sha256:`` and 64 hexadecimal digits."""
_DIGEST = r"^sha256:[0-9a-f]{64}$"
_NAME = r"^[a-z][a-z0-9-]{0,30}$"
FILE = "contents.json"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Layer(_Model):
    """A layer of an image.

    Attributes:
        diff_id: Digest of the layer as a tar file.
        size: Bytes of that tar file.
        blob: Digest of the compressed layer in the bundle; None where the site has the layer.
    """

    diff_id: Digest = Field(pattern=_DIGEST)
    size: int = Field(ge=0)
    blob: Digest | None = Field(None, pattern=_DIGEST)


class Version(_Model):
    """An image by its id (the digest of its configuration, as the engine shows it) and its version for people."""

    id: Digest = Field(pattern=_DIGEST)
    version: str = ""


class PackageChange(_Model):
    """A package that is new (``before`` is empty), gone (``after`` is empty), or has another version."""

    package: str
    before: str = ""
    after: str = ""


class BundledImage(Version):
    """An image that the bundle is about.

    Attributes:
        name: learner, instructor, hub …
        summary: What it is for, in a sentence.
        manifest: Digest of its manifest in the bundle; None where the site has the image.
        layers: From the lowest; empty where the site has the image.
        before: What the site had under that name when it wrote its state.
        packages: What changed since that one; empty also if one of the two has no list of its packages.
    """

    name: str = Field(pattern=_NAME)
    summary: str = ""
    manifest: Digest | None = Field(None, pattern=_DIGEST)
    layers: list[Layer] = []
    before: Version | None = None
    packages: list[PackageChange] = []


class BundledCourse(_Model):
    """A folder of courses: a course, or what courses share.

    Attributes:
        name: The folder's name.
        languages: Of a course; empty for what courses share.
        digest: Digest of the folder as a tar file.
        blob: Digest of the compressed tar file in the bundle; None where the site has this content.
        length: Bytes of the compressed tar file.
        before: The digest that the site had.
    """

    name: str = Field(pattern=_NAME)
    languages: list[str] = []
    digest: Digest = Field(pattern=_DIGEST)
    blob: Digest | None = Field(None, pattern=_DIGEST)
    length: int = Field(0, ge=0)
    before: Digest | None = Field(None, pattern=_DIGEST)


class Contents(_Model):
    """What a bundle is. ``number`` is its TUF version: the time of its making in UTC, as 20261130093000."""

    format: Literal[1] = 1
    number: int = Field(ge=1)
    made: datetime
    images: list[BundledImage] = []
    courses: list[BundledCourse] = []

    @property
    def carried(self) -> list[BundledImage]:
        """The images that are in the bundle."""
        return [image for image in self.images if image.manifest]


class NamedVersion(Version):
    """An image of a site; the one that runs says which versions its packages have."""

    name: str = Field(pattern=_NAME)
    packages: dict[str, str] = {}


class SiteState(_Model):
    """What a site has, so that a bundle need not carry it.

    Attributes:
        made: When the file was written.
        bundle: Number of the bundle that was imported last; 0 for none.
        root: Version of the root of trust; 0 for none.
        images: The images that the site knows; of each name the one that runs is the last.
        layers: Diff ids of all layers on its engine.
        courses: Digest of each folder of courses, by name.
    """

    format: Literal[1] = 1
    made: datetime
    bundle: int = Field(0, ge=0)
    root: int = Field(0, ge=0)
    images: list[NamedVersion] = []
    layers: list[Digest] = []
    courses: dict[str, Digest] = {}


Read = TypeVar("Read", SiteState, Contents)


def read(kind: type[Read], content: bytes | Path) -> Read:
    """Such a file, from its bytes or its path.

    Raises:
        BundleError: it cannot be read, or is not such a file.
    """
    where = str(content) if isinstance(content, Path) else FILE
    what = "a site's state" if kind is SiteState else "what a bundle says of itself"
    try:
        return kind.model_validate_json(plain.read(content) if isinstance(content, Path) else content)
    except OSError as error:
        raise BundleError(f"{where} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "its form"
        raise BundleError(f"{where} is not {what} that this version understands ({place}: {first['msg']}).") from None
