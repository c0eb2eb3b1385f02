"""What a bundle is, for the person who holds it: what is new, what changes for whom, who signed, how old, until when.

Says it of a refused bundle too, and why it would be refused. Nothing is decided here: :mod:`verify` and the import do.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Targets

from doorstart.bundle import contents, plain, signing, trust, verify
from doorstart.bundle.contents import BundledCourse, BundledImage, Contents
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.keys import name_of

WHOM = {
    "learner": "learners' servers",
    "instructor": "instructors' servers",
    "kernel": "where handed-in work runs and is graded",
    "hub": "log-in, and the start of servers",
    "proxy": "how browsers reach the site",
    "relay": "what servers can reach",
    "exchange": "handing out, handing in, and feedback",
    "sandbox": "grading",
}
SHARED = "all courses"


@dataclass(frozen=True)
class Change:
    """An image or a folder of courses that is new. ``before`` and ``after`` are versions; ``size`` is in bytes."""

    kind: str
    name: str
    before: str
    after: str
    whom: str
    size: int
    packages: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Description:
    """A bundle in words.

    Attributes:
        number: Its number.
        made: When it was made.
        expires: Until when it is valid.
        signers: Names of the keys that signed it.
        needed: How many signatures it needs.
        size: Bytes of all that it carries.
        changes: What is new.
        unchanged: Names of what the site has already.
        checked: Whether it was held against a root that somebody here trusts, or only against its own.
        refusal: Why it would be refused, in a sentence; empty if it would not.
        reason: The same in a word.
    """

    number: int
    made: datetime
    expires: datetime
    signers: list[str]
    needed: int
    size: int
    changes: list[Change]
    unchanged: list[str]
    checked: bool
    refusal: str = ""
    reason: str = ""

    @property
    def days(self) -> int:
        """Its age in days."""
        return (datetime.now(UTC) - self.made).days

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        times = {"made": self.made.isoformat(), "expires": self.expires.isoformat()}
        return {**asdict(self), **times, "days": self.days, "ok": not self.refusal}


def describe(bundle: Path, trusted: Path | None) -> Description:
    """What a bundle is. Its large files are not read; :func:`doorstart.bundle.verify.check_files` does that.

    Args:
        bundle: Its folder.
        trusted: What the site trusts, as in :func:`doorstart.bundle.verify.authenticate`; None to hold the bundle
            against its own first root, which proves nothing about who made it.

    Raises:
        BundleError: it cannot be read at all.
    """
    if not (bundle / signing.FOLDER).is_dir():
        raise BundleError(f"{bundle} is not a bundle: it has no folder {signing.FOLDER}. Give the bundle's own folder.")
    refusal = reason = ""
    try:
        _authenticate(bundle, trusted)
    except RefusedError as error:
        refusal, reason = str(error), error.reason
    root = trust.read_chain(bundle / signing.FOLDER)[-1].signed
    said = contents.read(Contents, bundle / contents.FILE)
    try:
        content = plain.read(bundle / signing.FOLDER / f"{said.number}.targets.json")
        targets = Metadata[Targets].from_bytes(content)
    except (OSError, RepositoryError):
        raise BundleError(f"{bundle} cannot be read: {refusal or 'its metadata is damaged.'}") from None
    held = root.get_verification_result("targets", targets.signed_bytes, targets.signatures)
    lengths = {name: target.length for name, target in targets.signed.targets.items()}
    return Description(
        number=said.number,
        made=said.made,
        expires=targets.signed.expires,
        signers=sorted(name_of(key) for key in held.signed.values()),
        needed=held.threshold,
        size=sum(lengths.values()),
        changes=[
            *(_image(one, lengths) for one in said.images if is_new(one)),
            *(_course(one) for one in said.courses if one.blob),
        ],
        unchanged=[
            *(one.name for one in said.images if not is_new(one)),
            *(one.name for one in said.courses if not one.blob),
        ],
        checked=trusted is not None,
        refusal=refusal,
        reason=reason,
    )


def _authenticate(bundle: Path, trusted: Path | None) -> None:
    if trusted:
        verify.authenticate(bundle, trusted)
        return
    with tempfile.TemporaryDirectory() as scratch:
        first = trust.read_chain(bundle / signing.FOLDER)[0]
        (Path(scratch) / "root.json").write_bytes(first.to_bytes())
        verify.authenticate(bundle, Path(scratch))


def is_new(image: BundledImage) -> bool:
    """Whether the site had another image of that name, or none."""
    return image.before is None or image.before.id != image.id


def _image(image: BundledImage, lengths: dict[str, int]) -> Change:
    before = _version(image.before.version, image.before.id) if image.before else ""
    size = sum(lengths.get(verify.blob(layer.blob), 0) for layer in image.layers if layer.blob)
    whom = WHOM.get(image.name, image.summary)
    packages = [change.model_dump() for change in image.packages]
    return Change("image", image.name, before, _version(image.version, image.id), whom, size, packages)


def _course(course: BundledCourse) -> Change:
    whom = f"{course.name} ({', '.join(course.languages)})" if course.languages else SHARED
    before = course.before[7:19] if course.before else ""
    return Change("course", course.name, before, course.digest[7:19], whom, course.length)


def _version(version: str, image: str) -> str:
    """As people read it: the version, and the id's beginning, which differs also where the version does not."""
    return f"{version} {image.removeprefix('sha256:')[:12]}".lstrip()
