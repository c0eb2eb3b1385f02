"""Courses into a site: all built units into the course's volume, and the first one to the exchange.

What an instructor changed in the site is left as it is, unless an admin asks for the course's own version.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker

import doorstart.courses
from doorstart.bundle.store import Store
from doorstart.courses.build import build_course, course_id
from doorstart.courses.digest import sources_digest
from doorstart.courses.format import CourseError, Language, read_course
from doorstart.settings import Settings
from doorstart.site.place import TOP, Place
from doorstart.site.progress import Step
from doorstart.site.units import SiteCourse


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
        course = SiteCourse(client, place, instructor, course_id(folder, language))
        course.add(Path(scratch), chosen, replace=replace)
    return chosen
