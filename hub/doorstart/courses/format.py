"""The files of a course folder that describe it: ``course.toml``, ``unit.toml`` and ``wrong-answers.toml``.

::

    courses/<course>/course.toml            what the course is, its languages, the order of its units
    courses/<course>/units/NN-name/
        unit.toml                           goal, time, tasks with their points, generated data files
        unit.<language>.md                  lesson, tasks and checks: see doorstart.courses.cells
        texts.toml                          what people read inside code: see doorstart.courses.translation
        glossary.<language>.toml            the words that the unit introduces
        wrong-answers.toml                  typical wrong answers to each task, and the score that each must get
        data/                               small data files, handed out as they are

Not for the text of a unit (:mod:`doorstart.courses.cells`), nor for data that is generated
(:mod:`doorstart.courses.data`).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from doorstart.names import ASSIGNMENT_ID, COURSE_ID

Language = Literal["nl", "fr", "en", "de"]
Text = dict[Language, Annotated[str, Field(min_length=1)]]
"""The same text in each language."""

TASK_ID = r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$"
QUALIFICATION = r"^BK-\d{4}(-\d+)?$"
FILE_NAME = r"^[a-z0-9][a-z0-9-]{0,48}\.(csv|json)$"
WRONG_ANSWERS_PER_TASK = 3
LADDER = ("order", "fill-in", "write", "transfer")


class CourseError(Exception):
    """A course folder is not right. Its text names the file, the place in it, and what to do.

    Args:
        file: the file at fault.
        where: the line (an int) or the field at fault, or "" for the file as a whole.
        why: what is wrong and what to do next.
    """

    def __init__(self, file: Path, where: int | str, why: str) -> None:
        self.file, self.where, self.why = file, where, why
        place = f", line {where}" if isinstance(where, int) else f", {where}" if where else ""
        super().__init__(f"{file}{place}: {why}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(_Strict):
    """One task of a unit. ``order`` to ``transfer`` are graded by checks; ``text`` is graded by the instructor."""

    id: str = Field(pattern=TASK_ID)
    kind: Literal["order", "fill-in", "write", "transfer", "text"]
    points: int = Field(ge=1, le=20)


class GeneratedFile(_Strict):
    """A data file that the builder makes: a table of the law's values, or of the practice firm."""

    file: str = Field(pattern=FILE_NAME)
    source: Literal["law", "firm"]
    table: str = Field(pattern=TASK_ID)


class Spared(_Strict):
    """A change of a reference solution that no check has to notice, and why."""

    task: str = Field(pattern=TASK_ID)
    change: str = Field(min_length=1, description="As the check prints it.")
    why: str = Field(min_length=10)


class Unit(_Strict):
    """One unit: one sitting at the screen, one nbgrader assignment."""

    id: str = Field(pattern=ASSIGNMENT_ID.pattern.replace(r"\Z", "$"))
    title: Text
    minutes: int = Field(ge=5, le=45)
    goal: Text
    out_of_scope: Text
    tasks: list[Task] = Field(min_length=4)
    data: list[GeneratedFile] = []
    ledgers: bool = Field(False, description="Whether it writes ledgers, for which its notebook has a button to Fava.")
    spared: list[Spared] = []

    @model_validator(mode="after")
    def _ladder(self) -> Self:
        ids = [task.id for task in self.tasks]
        if len(set(ids)) < len(ids):
            raise ValueError("two tasks have the same id")
        if missing := set(LADDER) - {task.kind for task in self.tasks}:
            raise ValueError(f"the ladder lacks a task of kind {', '.join(sorted(missing))}")
        return self

    @property
    def points(self) -> int:
        """The points of all tasks together."""
        return sum(task.points for task in self.tasks)

    @property
    def autograded_points(self) -> int:
        """The points that checks give, without those that the instructor gives."""
        return sum(task.points for task in self.tasks if task.kind != "text")


def _course_id(text: str) -> str:
    if not COURSE_ID.match(f"{text}.en"):
        raise ValueError("use at most 27 lower-case letters, digits and single hyphens; begin with a letter")
    return text


class Competence(_Strict):
    """What a unit practises of a Flemish professional qualification, in our words: so that a school knows it again."""

    qualification: str = Field(pattern=QUALIFICATION)
    text: Text


class Course(_Strict):
    """One course in all its languages."""

    id: Annotated[str, AfterValidator(_course_id)]
    title: Text
    description: Text
    languages: list[Language] = Field(min_length=1)
    level: str = Field(min_length=1, description="Entry level in words, for example what a learner must know before.")
    qualifications: list[Annotated[str, Field(pattern=QUALIFICATION)]] = Field(
        description="Flemish professional qualifications (BK codes) towards which the course leads."
    )
    licence: str = Field(min_length=1)
    units: list[str] = Field(min_length=1, description="Folder names of the units, in the order of learning.")
    competences: dict[str, list[Competence]] = Field(
        {}, description="By unit: what it practises of the qualifications."
    )


class WrongAnswer(_Strict):
    """A typical wrong answer to a task.

    ``says`` is a part of the message that the first failed check must give: by language, or in the course's first one,
    from which ``texts.toml`` gives the others.
    """

    name: str = Field(min_length=1)
    score: int = Field(ge=0)
    answer: str = Field(min_length=1)
    says: str | Text = ""


class Word(_Strict):
    """A word of a unit's glossary. ``forms`` are others in which the text has it, such as the plural."""

    word: str = Field(min_length=1)
    meaning: str = Field(min_length=1)
    forms: list[str] = []


class TextsFile(_Strict):
    """``texts.toml``."""

    text: list[Text] = []


Glossary = dict[str, Word]
"""By a key that is the same in each language."""

WrongAnswers = dict[str, list[WrongAnswer]]
"""By the id of the task."""

Model = TypeVar("Model", bound=BaseModel)


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        CourseError: the file is missing, or is not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(file, "", "the file is missing; add it, or copy it from another unit and change it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(file, "", f"this is not valid TOML: {error}") from None


def parse(model: type[Model], content: dict[str, Any], file: Path, prefix: str = "") -> Model:
    """``content`` as a ``model``; ``prefix`` is put before the field's name in an error.

    Raises:
        CourseError: a field is missing, unknown or wrong; the first such field is named.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join([prefix, *map(str, first["loc"])]).strip(".")
        got = "" if first["type"] == "missing" or isinstance(first["input"], dict) else f" (found: {first['input']!r})"
        why = first["msg"].removeprefix("Value error, ")
        raise CourseError(file, f"field {field}" if field else "", f"{why}{got}") from None


def read_course(folder: Path) -> Course:
    """The description of the course in ``folder``.

    Raises:
        CourseError: ``course.toml`` is missing or wrong, or does not fit the folder.
    """
    file = folder / "course.toml"
    course = parse(Course, read_toml(file), file)
    if course.id != folder.resolve().name:
        raise CourseError(file, "field id", f"the id is {course.id!r}, the folder is {folder.name!r}; make them equal")
    for name in course.units:
        if not (folder / "units" / name).is_dir():
            raise CourseError(file, "field units", f"there is no folder units/{name}; add it, or take it off this list")
    for field, text in (("title", course.title), ("description", course.description)):
        if missing := set(course.languages) - set(text):
            raise CourseError(file, f"field {field}", f"it lacks the language {', '.join(sorted(missing))}")
    _check_competences(course, file)
    return course


def _check_competences(course: Course, file: Path) -> None:
    if not course.qualifications and not course.competences:
        return
    if odd := set(course.units) ^ set(course.competences):
        why = "name what each unit practises of the qualifications, and no other unit"
        raise CourseError(file, f"field competences.{min(odd)}", why)
    for unit, competences in course.competences.items():
        for number, competence in enumerate(competences):
            field = f"field competences.{unit}.{number}"
            if competence.qualification not in course.qualifications:
                raise CourseError(file, field, f"{competence.qualification} is not one of the course's qualifications")
            if missing := set(course.languages) - set(competence.text):
                raise CourseError(file, field, f"it lacks the language {', '.join(sorted(missing))}")


def read_unit(folder: Path) -> Unit:
    """The description of the unit in ``folder``.

    Raises:
        CourseError: ``unit.toml`` is missing or wrong, or does not fit the folder.
    """
    file = folder / "unit.toml"
    unit = parse(Unit, read_toml(file), file)
    if unit.id != folder.resolve().name:
        raise CourseError(file, "field id", f"the id is {unit.id!r}, the folder is {folder.name!r}; make them equal")
    return unit


def read_glossary(folder: Path, language: Language) -> Glossary:
    """The words that the unit in ``folder`` introduces; none if the file is missing.

    Raises:
        CourseError: the file is wrong.
    """
    file = folder / f"glossary.{language}.toml"
    if not file.is_file():
        return {}
    return {key: parse(Word, entry, file, key) for key, entry in read_toml(file).items()}


def read_wrong_answers(folder: Path, unit: Unit) -> WrongAnswers:
    """The typical wrong answers of the unit in ``folder``, by task.

    Raises:
        CourseError: the file is missing or wrong, has too few answers to a task, or an answer would lose no points.
    """
    file = folder / "wrong-answers.toml"
    content = read_toml(file)
    tasks = {task.id: task for task in unit.tasks if task.kind != "text"}
    if unknown := content.keys() - tasks.keys():
        raise CourseError(file, f"field {min(unknown)}", "unit.toml has no such task that checks can grade")
    answers: WrongAnswers = {}
    for task_id, task in tasks.items():
        entries = content.get(task_id, [])
        if not isinstance(entries, list) or len(entries) < WRONG_ANSWERS_PER_TASK:
            raise CourseError(
                file, f"field {task_id}", f"give at least {WRONG_ANSWERS_PER_TASK} wrong answers, each as [[{task_id}]]"
            )
        answers[task_id] = [parse(WrongAnswer, entry, file, f"{task_id}.{n}") for n, entry in enumerate(entries)]
        for number, wrong in enumerate(answers[task_id]):
            if wrong.score >= task.points:
                raise CourseError(
                    file, f"field {task_id}.{number}.score", f"a wrong answer must get less than {task.points} points"
                )
    return answers
