"""Courses into a site: all built units into the course's volume, and the first one to the exchange.

What an instructor changed in the site is left as it is, unless an admin asks for the course's own version.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import docker
from docker.models.containers import Container
from docker.types import Mount

import doorstart.courses
from doorstart import names
from doorstart.bundle.store import Store
from doorstart.courses.build import build_course, course_id
from doorstart.courses.digest import sources_digest
from doorstart.courses.format import CourseError, Language, read_course
from doorstart.settings import Settings
from doorstart.site import containers
from doorstart.site.place import TOP, Place
from doorstart.site.progress import Step

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
    [ -d "release/$unit" ] || nbgrader generate_assignment "$unit" --create --force --log-level=ERROR
done
"""


def courses_of(place: Place) -> Path:
    """The folder of a site's courses: those that came with bundles, else those of this checkout."""
    return Store(place.bundles).courses or TOP / "courses"


def course_folders(courses: Path = TOP / "courses") -> list[Path]:
    """The folders of the courses in a folder, by default in this checkout's."""
    return sorted(path.parent for path in courses.glob("*/course.toml"))


def find_course(name: str, courses: Path = TOP / "courses") -> Path:
    """The folder of a course, which may be given by its path or by its name among these courses.

    Raises:
        CourseError: there is no such course.
    """
    folder = Path(name)
    if (folder / "course.toml").is_file() or "/" in name:
        return folder
    names = [one.name for one in course_folders(courses)]
    if name not in names:
        raise CourseError(folder, "", f"there is no such course; there is {', '.join(names)}, or give a folder")
    return courses / name


def offered(settings: Settings) -> list[tuple[Path, Language]]:
    """The courses that ``make up`` loads into a site, each in each language."""
    wanted = settings.languages.split(",") if settings.languages else None
    return [
        (folder, language)
        for folder in course_folders(courses_of(Place(settings)))
        for language in read_course(folder).languages
        if wanted is None or language in wanted
    ]


def load(client: docker.DockerClient, place: Place, instructor: str, current: Step) -> str:
    """Load every course that the site lacks, and release its first unit; what was done, in a few words.

    Raises:
        CourseError: a course's source is wrong.
        CommandError: nbgrader or the exchange refused a unit.
    """
    loaded = place.loaded()
    todo = {}
    for folder, language in offered(place.settings):
        digest = _digest(folder, language)
        if loaded.get(course_id(folder, language)) != digest:
            todo[course_id(folder, language)] = (folder, language, digest)

    def one(course: str) -> str:
        folder, language, _ = todo[course]
        current.say(f"loading {course}")
        add_course(client, place, instructor, folder, language)
        return course

    with ThreadPoolExecutor(max_workers=2) as pool:
        for course in pool.map(one, todo):
            loaded[course] = todo[course][2]
            place.remember_loaded(loaded)
    return f"loaded {', '.join(todo)}" if todo else "nothing to load"


def _digest(folder: Path, language: Language) -> str:
    beside = [folder.parent / part for part in ("shared", "firm", "law")]
    return sources_digest([folder, *beside], [doorstart.courses], language)


def add_course(
    client: docker.DockerClient,
    place: Place,
    instructor: str,
    folder: Path,
    language: Language,
    units: Sequence[str] = (),
    *,
    replace: bool = False,
) -> list[str]:
    """Put a course into a site, and release some of its units.

    Args:
        client: the engine.
        place: the site.
        instructor: the digest of the image with nbgrader.
        folder: the course's.
        language: one of the course's languages.
        units: which to release; by default the first.
        replace: whether the course's own version takes the place of what the site has, also where an instructor has
            changed it. What was there is kept in the course's folder ``kept``.

    Returns:
        The units that were released.

    Raises:
        CourseError: the course's source is wrong, or it has no such unit.
        CommandError: nbgrader or the exchange refused a unit.
    """
    with tempfile.TemporaryDirectory() as scratch:
        all_units = build_course(folder, language, Path(scratch))
        chosen = list(units) or all_units[:1]
        if unknown := set(chosen) - set(all_units):
            why = f"there is no unit {min(unknown)}, only {', '.join(all_units)}"
            raise CourseError(folder / "course.toml", "field units", why)
        add_units(client, place, instructor, course_id(folder, language), Path(scratch), chosen, replace=replace)
    return chosen


def add_units(
    client: docker.DockerClient,
    place: Place,
    instructor: str,
    course: str,
    built: Path,
    units: list[str],
    *,
    replace: bool = False,
) -> None:
    """Put all built units into a course's volume; make the learner's form of some, and release those.

    Args:
        client: The engine.
        place: The site.
        instructor: The digest of the image with nbgrader.
        course: The course's id.
        built: nbgrader's course folder with ``source/<unit>`` in it.
        units: Which units to release.
        replace: Whether units that the course has are put aside for those that were built.

    Raises:
        CommandError: nbgrader or the exchange refused a unit.
    """
    for unit, archive in generate(client, place, instructor, course, built, units, replace=replace).items():
        command = ["python", "-m", "doorstart.exchange", "release", course, unit]
        containers.execute(client, place.container("exchange"), command, archive)


def generate(
    client: docker.DockerClient,
    place: Place,
    instructor: str,
    course: str,
    built: Path,
    units: list[str],
    *,
    replace: bool = False,
) -> dict[str, bytes]:
    """The learner's form of units, as tar files; made by nbgrader in the course's volume, without a network."""
    mark = datetime.now(UTC).strftime("%Y%m%d-%H%M%S") if replace else ""
    volume = Mount(str(names.COURSE_ROOT), f"{place.settings.site}-course-{course}", type="volume")
    container = client.containers.create(
        instructor,
        ["sh", "-c", _TAKE_OVER, "take-over", *units],
        network_mode="none",
        mounts=[volume],
        cap_drop=["ALL"],
        environment={"DOORSTART_COURSE": course, "REPLACE": mark},
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
