"""A whole course: its units one after the other, with what is known of those that have not changed since."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doorstart.courses
import doorstart_checks
import doorstart_examiner
import doorstart_warehouse
from doorstart import names
from doorstart.courses.check.findings import Finding
from doorstart.courses.check.unit import GradeAll, UnitReport, check_unit
from doorstart.courses.digest import sources_digest
from doorstart.courses.format import Course, CourseError, Language, read_course, read_unit
from doorstart.courses.law import read_law
from doorstart.exchange import filenames

KILLED_SHARE = 0.95
"""Of the changes that change behaviour, those that must lose points."""


@dataclass(frozen=True)
class CourseReport:
    """What came of a course's check; ``units`` in the order of learning."""

    languages: list[Language]
    units: list[UnitReport]

    @property
    def killed_share(self) -> float:
        """Of all changes that change behaviour; 1 if there is none."""
        made = sum(unit.mutants for unit in self.units)
        return sum(unit.killed for unit in self.units) / made if made else 1.0

    @property
    def findings(self) -> list[Finding]:
        """What is not right, mistakes before warnings."""
        found = [one for unit in self.units for one in unit.findings]
        return sorted(found, key=lambda one: one.kind != "error")

    @property
    def errors(self) -> list[str]:
        """What must be mended, in words; the course passes if there is nothing."""
        found = [str(one) for one in self.findings if one.kind == "error"]
        if self.killed_share < KILLED_SHARE:
            found.append(
                f"checks notice {self.killed_share:.0%} of changes, {KILLED_SHARE:.0%} are asked for: see below"
            )
        return found

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ok": not self.errors,
            "languages": self.languages,
            "killed_share": round(self.killed_share, 4),
            "units": [unit.plain() for unit in self.units],
        }


def check_course(
    folder: Path,
    grade_all: GradeAll,
    cache: Path | None = None,
    units: Sequence[str] = (),
    languages: Sequence[Language] = (),
    tell: Callable[[str], None] = lambda _: None,
    today: date | None = None,
) -> CourseReport:
    """Check a course, or some of its units.

    Args:
        folder: the course's.
        grade_all: grades.
        cache: where results are kept by content; None keeps none.
        units: ids of those to look at; by default all.
        languages: those to look at; by default all.
        tell: told of each unit before it is begun.
        today: the day by which a person must have looked at the law's values again; by default the day it is.

    Raises:
        CourseError: the course's description cannot be read.
    """
    course = read_course(folder)
    wanted = list(languages or course.languages)
    reports = []
    for name in units or course.units:
        tell(name)
        report = _cached(folder, course, name, wanted, grade_all, cache)
        report.findings += _old_law(folder, name, today or datetime.now(UTC).date())
        reports.append(report)
    return CourseReport(wanted, reports)


def _old_law(folder: Path, name: str, today: date) -> Iterator[Finding]:
    """The law's values in a unit's data that a person should have looked at again. Not kept: it changes by the day."""
    with suppress(CourseError):  # said by the unit's own check
        for table in {one.table for one in read_unit(folder / "units" / name).data if one.source == "law"}:
            for value in read_law(folder.resolve().parent / "law" / f"{table}.toml").to_review(today):
                text = (
                    f"law/{table}.toml: look at the source of {value.name!r} again; that was due by {value.review_by}"
                )
                yield Finding("warning", "source", name, "", "", text)


def _cached(
    folder: Path, course: Course, name: str, languages: list[Language], grade_all: GradeAll, cache: Path | None
) -> UnitReport:
    if cache is None:
        return check_unit(folder, name, grade_all, languages)
    place = cache / f"{_digest(folder, course, name, languages)}.json"
    try:
        return UnitReport.restored(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        report = check_unit(folder, name, grade_all, languages)
        cache.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(report.stored()), encoding="utf-8")
        return report


def _digest(folder: Path, course: Course, name: str, languages: Sequence[Language]) -> str:
    """Of all that the result depends on: the unit, what it includes, the order of units, and the programs."""
    glossaries = (path for unit in course.units for path in (folder / "units" / unit).glob("glossary.*"))
    beside = (folder.resolve().parent / part for part in ("shared", "firm", "law"))
    about = f"{name} {' '.join(languages)} {' '.join(course.units)}"
    packages = (doorstart.courses, doorstart_checks, doorstart_examiner, doorstart_warehouse)
    sources = [folder / "units" / name, *sorted(glossaries), *beside]
    sources += [Path(inspect.getfile(module)) for module in (names, filenames)]
    return sources_digest(sources, packages, about)
