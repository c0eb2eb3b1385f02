"""What a site keeps of bundles: whom it trusts, which bundle it imported last, and the courses that came.

One folder beside the site's other files::

    lock                 held while something is changed
    releases/<…>/        root.json and the metadata of the last bundle, contents.json, courses/
    current              a link to the one that counts
    work/                what an import needs while it runs
    arriving/            what was fetched from a registry so far

A change makes a new folder, and moves the link last, in one step: a power cut leaves the old or the new, never a mix.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuf.api.metadata import Metadata, Root

from doorstart.bundle import contents, trust
from doorstart.bundle.contents import Contents
from doorstart.bundle.errors import BundleError, RefusedError
from doorstart.bundle.verify import KEPT


class Store:
    """The bundles' folder of a site.

    Args:
        folder: Made when something is written to it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def trusted(self) -> Path:
        """The folder with the root of trust and the metadata of the bundle that was imported last.

        Raises:
            RefusedError: this site trusts nobody yet.
        """
        current = self.folder / "current"
        if not (current / "root.json").is_file():
            raise RefusedError(
                "no-trust",
                "This site trusts nobody yet. Install the first root of trust, and compare its fingerprints with the "
                "people whose keys they are: doorstart bundle trust-root FILE",
            )
        return current.resolve()

    @property
    def root(self) -> Metadata[Root] | None:
        """The root of trust, if there is one."""
        path = self.folder / "current" / "root.json"
        return trust.read(path) if path.is_file() else None

    @property
    def imported(self) -> Contents | None:
        """The bundle that was imported last, if there is one."""
        path = self.folder / "current" / contents.FILE
        return contents.read(Contents, path) if path.is_file() else None

    @property
    def courses(self) -> Path | None:
        """The folder of the courses that came with bundles, if some did."""
        path = self.folder / "current" / "courses"
        return path.resolve() if path.is_dir() else None

    @property
    def work(self) -> Path:
        """A folder for an import under way."""
        return self.folder / "work"

    @property
    def arriving(self) -> Path:
        """A folder for a bundle that is fetched from a registry."""
        return self.folder / "arriving"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One change at a time.

        Raises:
            BundleError: another one is under way.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BundleError("Another import is running on this site. Wait until it has ended.") from None
            yield

    def trust(self, root: Metadata[Root], *, replace: bool = False) -> None:
        """Take a root of trust that somebody has looked at.

        Args:
            root: The root.
            replace: Also where the site trusts one: then which bundle was imported last is forgotten.

        Raises:
            BundleError: too few of its own keys signed it, or the site trusts one already.
        """
        if lacking := trust.missing(root, None):
            raise BundleError(
                f"Signatures of the root's own keys still missing: {lacking}. Add them: doorstart bundle sign"
            )
        with self.alone():
            if self.root and not replace:
                raise BundleError(
                    "This site has a root of trust already; newer ones come with bundles. Only if all keys were lost: "
                    "doorstart bundle trust-root FILE --replace"
                )
            with self.next_release() as fresh:
                for name in ("root.json", *KEPT):
                    (fresh / name).unlink(missing_ok=True)
                (fresh / "root.json").write_bytes(root.to_bytes())

    @contextmanager
    def next_release(self) -> Iterator[Path]:
        """A copy of what counts, to be changed in the body; when the body ends well, it is what counts.

        Its files are those of the old one under a second name: replace them, do not write into them.
        """
        releases = self.folder / "releases"
        releases.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Path(tempfile.mkdtemp(dir=releases))
        current = self.folder / "current"
        try:
            if current.exists():
                shutil.copytree(current, fresh, dirs_exist_ok=True, copy_function=os.link)
            yield fresh
            for path in (*fresh.rglob("*"), fresh, releases):
                _sync(path)  # what the link points to is on disk before the link is
            link = self.folder / "current.new"
            link.unlink(missing_ok=True)
            link.symlink_to(Path("releases") / fresh.name)
            link.replace(current)
            _sync(self.folder)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        for other in releases.iterdir():  # also what a killed import left
            if other.name != fresh.name:
                shutil.rmtree(other, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have a file or a folder on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
