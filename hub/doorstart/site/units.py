"""Built units into a course of a site: into the course's volume, and those that are named to the exchange.

Also the check before a promotion does it, in a container with the packages of the Hub's image and no others.
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import docker
from docker.models.containers import Container
from docker.types import Mount

from doorstart import names
from doorstart.site import containers
from doorstart.site.place import Place

# Runs in an instructor's image: takes over the units that the course does not have yet, and makes the learner's form
# of those that are named. With REPLACE, the course's own version takes the place of units that the course has, and what
# was there is kept.
_TAKE_OVER = """
set -eu
cd /course
mkdir -p source
mv -n .incoming/nbgrader_config.json . 2>/dev/null || true
for unit in $(ls .incoming/source); do
    if [ -n "$REPLACE" ] && [ -d "source/$unit" ] && ! diff -rq "source/$unit" ".incoming/source/$unit" >/dev/null; then
        mkdir -p kept
        mv "source/$unit" "kept/$unit-$REPLACE"
        rm -rf "release/$unit"
    fi
    [ -d "source/$unit" ] || mv ".incoming/source/$unit" source/
done
rm -rf .incoming
for unit in "$@"; do
    # An empty folder is what a start that was interrupted left.
    ls "release/$unit/"*.ipynb >/dev/null 2>&1 && continue
    nbgrader generate_assignment "$unit" --create --force --log-level=ERROR
done
"""


@dataclass(frozen=True)
class SiteCourse:
    """A course of a site, which built units are put into.

    Attributes:
        client: The engine.
        place: The site.
        instructor: The digest of the image with nbgrader.
        course: The course's id.
    """

    client: docker.DockerClient
    place: Place
    instructor: str
    course: str

    def add(self, built: Path, units: list[str], *, replace: bool = False) -> None:
        """Put all built units into the course's volume; make the learner's form of some, and release those.

        Args:
            built: nbgrader's course folder with ``source/<unit>`` in it.
            units: Which units to release.
            replace: Whether units that the course has are put aside for those that were built.

        Raises:
            CommandError: nbgrader or the exchange refused a unit.
        """
        for unit, archive in self.generate(built, units, replace=replace).items():
            command = ["python", "-m", "doorstart.exchange", "release", self.course, unit]
            containers.execute(self.client, self.place.container("exchange"), command, archive)

    def generate(self, built: Path, units: list[str], *, replace: bool = False) -> dict[str, bytes]:
        """The learner's form of units, as tar files; made by nbgrader in the course's volume, without a network.

        Args:
            built, units, replace: As for :meth:`add`.

        Raises:
            CommandError: nbgrader refused a unit.
        """
        mark = datetime.now(UTC).strftime("%Y%m%d-%H%M%S") if replace else ""
        volume = Mount(str(names.COURSE_ROOT), f"{self.place.settings.site}-course-{self.course}", type="volume")
        container = self.client.containers.create(
            self.instructor,
            ["sh", "-c", _TAKE_OVER, "take-over", *units],
            network_mode="none",
            mounts=[volume],
            cap_drop=["ALL"],
            environment={"DOORSTART_COURSE": self.course, "REPLACE": mark},
            labels={names.LABEL_SITE: self.place.settings.site, names.LABEL_ROLE: "loader"},
        )
        try:
            container.put_archive("/course", _below(".incoming", containers.archive(built, uid=names.SERVER_UID)))
            container.start()
            if container.wait()["StatusCode"]:
                said = container.logs().decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
                raise containers.CommandError(f"nbgrader could not make the learner's form of {self.course}: {said[0]}")
            return {unit: _content(container, f"/course/release/{unit}") for unit in units}
        finally:
            container.remove(force=True)


def _below(folder: str, archive: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=buffer, mode="w") as new:
        top = tarfile.TarInfo(folder)
        top.type, top.mode, top.uid, top.gid = tarfile.DIRTYPE, 0o755, names.SERVER_UID, names.SERVER_UID
        new.addfile(top)
        for entry in old:
            content = old.extractfile(entry) if entry.isfile() else None
            entry.name = f"{folder}/{entry.name}"
            new.addfile(entry, content)
    return buffer.getvalue()


def _content(container: Container, folder: str) -> bytes:
    """What is in a folder of a container, without the folder's own name."""
    stream, _ = container.get_archive(folder)
    buffer = io.BytesIO()
    prefix = f"{folder.rpartition('/')[2]}/"
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as old, tarfile.open(fileobj=buffer, mode="w") as new:
        for entry in old:
            if entry.name.startswith(prefix) and entry.name != prefix:
                content = old.extractfile(entry) if entry.isfile() else None
                entry.name = entry.name.removeprefix(prefix)
                new.addfile(entry, content)
    return buffer.getvalue()
