"""Courses into a site: the built units into the course's volume, and their first unit to the exchange.

What an instructor changed in the site is never overwritten: a unit that the volume has is left as it is.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from pathlib import Path

import docker
from docker.models.containers import Container
from docker.types import Mount

from doorstart import names
from doorstart.courses.build import build_course, course_id
from doorstart.courses.format import Language
from doorstart.images.build import Image
from doorstart.site import containers
from doorstart.site.place import TOP, Place
from doorstart.site.progress import Step

LANGUAGE: Language = "en"
"""The language of the demo courses."""

# Runs in an instructor's image: takes over the units that the course does not have yet, and makes their learner's form.
_TAKE_OVER = """
set -eu
cd /course
mkdir -p source
mv -n .incoming/nbgrader_config.json . 2>/dev/null || true
for unit in "$@"; do
    [ -d "source/$unit" ] || mv ".incoming/source/$unit" source/
done
rm -rf .incoming
for unit in "$@"; do
    [ -d "release/$unit" ] || nbgrader generate_assignment "$unit" --create --log-level=ERROR
done
"""


def course_folders() -> list[Path]:
    """The folders of the courses in this checkout."""
    return sorted(path.parent for path in (TOP / "courses").glob("*/course.toml"))


def demo_courses() -> list[str]:
    """The ids of the courses that a demo site offers."""
    return [course_id(folder, LANGUAGE) for folder in course_folders()]


def load(client: docker.DockerClient, place: Place, instructor: Image, current: Step) -> str:
    """Load every course that the site lacks, and release its first unit; what was done, in a few words.

    Raises:
        CourseError: a course's source is wrong.
        CommandError: nbgrader or the exchange refused a unit.
    """
    done: list[str] = []
    loaded = place.loaded()
    for folder in course_folders():
        course = course_id(folder, LANGUAGE)
        with tempfile.TemporaryDirectory() as scratch:
            units = build_course(folder, LANGUAGE, Path(scratch))
            digest = hashlib.sha256(containers.archive(Path(scratch))).hexdigest()
            if loaded.get(course) == digest:
                continue
            current.say(f"loading {course}")
            add_units(client, place, instructor, course, Path(scratch), units[:1])
        loaded[course] = digest
        place.remember_loaded(loaded)
        done.append(course)
    return f"loaded {', '.join(done)}" if done else "nothing to load"


def add_units(
    client: docker.DockerClient, place: Place, instructor: Image, course: str, built: Path, units: list[str]
) -> None:
    """Put built units into a course's volume, make their learner's form, and release them.

    Args:
        client: The engine.
        place: The site.
        instructor: The image with nbgrader.
        course: The course's id.
        built: nbgrader's course folder with ``source/<unit>`` in it.
        units: Which units.

    Raises:
        CommandError: nbgrader or the exchange refused a unit.
    """
    for unit, archive in generate(client, place, instructor, course, built, units).items():
        command = ["python", "-m", "doorstart.exchange", "release", course, unit]
        containers.execute(client, place.container("exchange"), command, archive)


def generate(
    client: docker.DockerClient, place: Place, instructor: Image, course: str, built: Path, units: list[str]
) -> dict[str, bytes]:
    """The learner's form of units, as tar files; made by nbgrader in the course's volume, without a network."""
    volume = Mount(str(names.COURSE_ROOT), f"{place.settings.site}-course-{course}", type="volume")
    container = client.containers.create(
        instructor.id,
        ["sh", "-c", _TAKE_OVER, "take-over", *units],
        network_mode="none",
        mounts=[volume],
        cap_drop=["ALL"],
        environment={"DOORSTART_COURSE": course},
        labels={names.LABEL_SITE: place.settings.site, names.LABEL_ROLE: "loader"},
    )
    try:
        container.put_archive("/course", _below(".incoming", containers.archive(built, uid=names.SERVER_UID)))
        container.start()
        if container.wait()["StatusCode"]:
            said = container.logs().decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise containers.CommandError(f"nbgrader could not make the learner's form of {course}: {said[0]}")
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
