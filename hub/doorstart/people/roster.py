"""The roster file: who is on the site, in which language, role and courses. Pure functions on plain values.

Not here: what an import changes (:mod:`doorstart.people.plan`) and how (:mod:`doorstart.people.accounts`).
The file is described for its writers in ``docs/roster.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from doorstart import names
from doorstart.language import LANGUAGES, Language
from doorstart.people import spreadsheet

Role = Literal["learner", "instructor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

DISPLAY_NAME_MAX = 100
"""Longest display name, in characters."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "username": ("username", "user", "login", "gebruikersnaam", "gebruiker", "nomdutilisateur", "utilisateur",
                 "identifiant", "benutzername", "benutzer"),
    "display name": ("displayname", "name", "fullname", "weergavenaam", "naam", "volledigenaam", "nom", "nomcomplet",
                     "nomaffiche", "anzeigename", "vollstandigername"),
    "language": ("language", "lang", "taal", "langue", "sprache"),
    "role": ("role", "rol", "rolle"),
    "courses": ("courses", "course", "cursussen", "cursus", "vakken", "vak", "cours", "kurse", "kurs"),
}  # fmt: skip
"""For each column the header words that mean it, as :func:`_plain` writes them."""

_ROLE_WORDS: dict[str, Role] = {
    **{role: role for role in ROLES},
    **dict.fromkeys(("cursist", "leerling", "student", "apprenant", "eleve", "lernende", "lernender"), "learner"),
    **dict.fromkeys(("teacher", "leerkracht", "lesgever", "docent", "enseignant", "formateur", "lehrer", "dozent"),
                    "instructor"),
    **dict.fromkeys(("administrator", "beheerder", "administrateur"), "admin"),
}  # fmt: skip
_LANGUAGE_WORDS: dict[str, Language] = {
    **{language: language for language in LANGUAGES},
    **dict.fromkeys(("nederlands", "dutch", "neerlandais", "niederlandisch"), "nl"),
    **dict.fromkeys(("francais", "frans", "french", "franzosisch"), "fr"),
    **dict.fromkeys(("english", "engels", "anglais", "englisch"), "en"),
    **dict.fromkeys(("deutsch", "duits", "german", "allemand"), "de"),
}  # fmt: skip

# Joiners are needed to write some names (Persian, Sinhala); every other invisible character only hides something.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Row:
    """One person of the roster: plain values, as they are in the file. :func:`check` says whether they are right."""

    username: str
    display_name: str
    language: str
    role: str
    courses: tuple[str, ...] = ()
    line: int = 0
    """Line in the file, from 1; 0 when the row does not come from a file."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one line. ``line`` counts from 1; 0 means the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


class RosterError(ValueError):
    """The roster cannot be used. ``problems`` has every wrong line, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read(data: bytes, known_courses: Collection[str] | None = None) -> list[Row]:
    """The people in a roster file.

    Args:
        data: the file's bytes.
        known_courses: the site's course ids; without it only the form of course ids is checked.

    Raises:
        RosterError: something is wrong, with every wrong line; then nothing of the file may be used.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        lines = spreadsheet.read(data)
        header = next(lines, None)
        if header is None:
            raise RosterError([Problem(0, f"The file is empty. It needs the columns {', '.join(COLUMNS)}.")])
        where = _columns(header)
        for line in lines:
            if any(line.fields[len(header.fields) :]):
                reason = (
                    "has more fields than the first line; put double quotes around a field that has a separator in it"
                )
                problems.append(Problem(line.number, reason))
                continue
            rows.append(_row(line, where))
    except spreadsheet.SpreadsheetError as error:
        problems.append(Problem(error.line, error.reason))
    problems += check(rows, known_courses)
    reserved = f"usernames that begin with {names.CHECK_PREFIX!r} belong to the site's own checks, which remove them"
    problems += [Problem(row.line, reserved) for row in rows if row.username.startswith(names.CHECK_PREFIX)]
    if not rows and not problems:
        problems.append(Problem(0, "The file has a first line with the columns' names, but nobody below it."))
    if problems:
        raise RosterError(problems)
    return rows


def check(rows: Iterable[Row], known_courses: Collection[str] | None = None) -> list[Problem]:
    """Everything that is wrong with these rows; empty when all are right."""
    problems: list[Problem] = []
    seen: dict[str, Row] = {}
    for row in rows:
        reasons = [*_person(row), *_courses(row, known_courses)]
        first = seen.setdefault(row.username.casefold(), row)
        if row.username and first is not row:
            reasons.append(_twice(row, first))
        problems += [Problem(row.line, reason) for reason in reasons]
    return problems


def _columns(header: spreadsheet.Line) -> dict[str, int]:
    """Which field holds which column."""
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for index, text in enumerate(header.fields):
        column = next((name for name, words in COLUMNS.items() if _plain(text) in words), None)
        if column in found:
            problems.append(Problem(header.number, f"the column {column} is there twice"))
        elif column is not None:
            found[column] = index
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        present = ", ".join(filter(None, header.fields))
        reason = f"the first line has no column {' and no column '.join(missing)}; it has: {present}"
        problems.append(Problem(header.number, reason))
    if problems:
        raise RosterError(problems)
    return found


def _row(line: spreadsheet.Line, where: dict[str, int]) -> Row:
    def field(column: str) -> str:
        index = where[column]
        return line.fields[index] if index < len(line.fields) else ""

    role, language = field("role"), field("language")
    return Row(
        username=field("username"),
        display_name=unicodedata.normalize("NFC", field("display name")),
        language=_LANGUAGE_WORDS.get(_plain(language), language),
        role=_ROLE_WORDS.get(_plain(role), role),
        courses=tuple(dict.fromkeys(filter(None, re.split(r"[\s;,]+", field("courses"))))),
        line=line.number,
    )


def _person(row: Row) -> list[str]:
    reasons = []
    if not row.username:
        reasons.append("the username is empty")
    elif not names.USERNAME.match(row.username):
        if names.USERNAME.match(row.username.lower()):
            advice = f"write {row.username.lower()!r}, in lower case"
        else:
            advice = "use 1 to 32 of a-z, 0-9, dot, hyphen and underscore; begin and end with a letter or digit"
        reasons.append(f"{row.username!r} cannot be a username: {advice}")
    if not row.display_name:
        reasons.append("the display name is empty")
    elif len(row.display_name) > DISPLAY_NAME_MAX:
        reasons.append(f"the display name is longer than {DISPLAY_NAME_MAX} characters")
    elif any(unicodedata.category(c)[0] == "C" and c not in _JOINERS for c in row.display_name) or any(
        c in row.display_name for c in "\u2028\u2029"
    ):
        reasons.append("the display name has a line break or an invisible character in it; type the name again")
    elif re.search(r"[<>]|&#?\w+;", row.display_name):
        reasons.append("the display name has markup in it; use letters only")
    elif row.display_name[0] in "=+-@":
        reasons.append(f"the display name begins with {row.display_name[0]!r}, which a spreadsheet takes for a formula")
    if row.language not in LANGUAGES:
        reasons.append(f"{row.language!r} is not a language of this site: write {', '.join(LANGUAGES)}")
    if row.role not in ROLES:
        reasons.append(f"{row.role!r} is not a role: write {', '.join(ROLES)}")
    return reasons


def _courses(row: Row, known: Collection[str] | None) -> list[str]:
    reasons = []
    for course in row.courses:
        if not names.COURSE_ID.match(course):
            reasons.append(f"{course!r} is not a course id: it looks like accounting.en")
        elif known is not None and course not in known:
            here = ", ".join(sorted(known)) or "none"
            reasons.append(f"there is no course {course!r} on this site; its courses are: {here}")
    if not row.courses and row.role in ("learner", "instructor"):
        reasons.append(f"a person with the role {row.role} needs at least one course")
    return reasons


def _twice(row: Row, first: Row) -> str:
    shared = sorted(set(row.courses) & set(first.courses))
    if {row.role, first.role} == {"learner", "instructor"} and shared:
        return (
            f"{row.username!r} is on line {first.line} as {first.role} of {shared[0]} and here as {row.role}: "
            "nobody can be both in one course; give the person two usernames or remove a line"
        )
    if row.username != first.username:
        return f"{row.username!r} and {first.username!r} on line {first.line} differ only in upper and lower case"
    return f"{row.username!r} is already on line {first.line}: one line for each person, with all their courses"


def _plain(text: str) -> str:
    """Lower-case letters only, without accents, spaces and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
