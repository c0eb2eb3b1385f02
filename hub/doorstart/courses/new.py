"""A new unit, and a course for it if there is none, from a template that passes ``doorstart course check``.

The template (``template/``) has all four languages; its code stands in English. In a course whose first language is
another one, the code is put there, for the code of a unit stands in the course's first language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from doorstart.courses.format import CourseError, Language, read_course, read_toml
from doorstart.courses.translation import FILE, Texts
from doorstart.names import ASSIGNMENT_ID

TEMPLATE = Path(__file__).parent / "template"
TEMPLATE_LANGUAGE: Language = "en"
_CODE = re.compile(r"(^```python [^\n]*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
_UNITS = re.compile(r"^units = \[(.*?)\]", re.DOTALL | re.MULTILINE)
_TRANSLATED = re.compile(r"^(en|nl|fr|de) = .*\n", re.MULTILINE)


def new_unit(course: Path, name: str, languages: Sequence[Language] = (TEMPLATE_LANGUAGE,)) -> Path:
    """Make a unit in all languages of its course, and add it to the course's list.

    Args:
        course: the course's folder; made if it is not there.
        name: the unit's id, such as ``03-choices``.
        languages: of a course that is made, the first being the one in which code stands.

    Returns:
        The unit's folder.

    Raises:
        CourseError: the course cannot be read, or the unit is there already, or its name cannot be a unit's.
    """
    file, folder = course / "course.toml", course / "units" / name
    if not re.match(r"\d\d-", name) or not ASSIGNMENT_ID.match(name):
        raise CourseError(folder, "", "this cannot be a unit's name; use two digits and a name, such as 03-choices")
    if folder.exists():
        raise CourseError(folder, "", "the unit is there already; choose another name")
    offered = read_course(course).languages if file.exists() else list(languages)
    contents = _contents(name, offered)
    folder.mkdir(parents=True)
    for path, text in contents.items():
        (folder / path).write_text(text, encoding="utf-8")
    if file.exists():
        _enlist(file, name)
    else:
        file.write_text(_course(course.resolve().name, name, offered), encoding="utf-8")
    return folder


def _contents(name: str, languages: Sequence[Language]) -> dict[str, str]:
    """The files of the unit."""
    base = languages[0]
    texts = Texts(TEMPLATE / FILE, TEMPLATE_LANGUAGE)
    code = [found[1] for found in _CODE.findall(_template(f"unit.{TEMPLATE_LANGUAGE}.md"))]
    contents = {"wrong-answers.toml": _template("wrong-answers.toml")}
    contents["unit.toml"] = _only(_template("unit.toml").replace("NAME", name), languages)
    contents[FILE] = _only(_template(FILE), languages)
    for language in languages:
        cells = [texts.code(source, base) for source in code] if language == base else [""] * len(code)
        contents[f"unit.{language}.md"] = _with_code(_template(f"unit.{language}.md"), cells)
        contents[f"glossary.{language}.toml"] = _template(f"glossary.{language}.toml")
    if base != TEMPLATE_LANGUAGE:
        contents["wrong-answers.toml"] = _says_in(contents["wrong-answers.toml"], texts, base)
    return contents


def _with_code(markdown: str, cells: Sequence[str]) -> str:
    """The text with these sources in its code cells."""
    left = iter(cells)
    return _CODE.sub(lambda found: found[1] + next(left) + found[3], markdown)


def _template(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


def _only(toml: str, languages: Sequence[Language]) -> str:
    """Without the lines of other languages."""
    return _TRANSLATED.sub(lambda found: found[0] if found[1] in languages else "", toml)


def _says_in(wrong_answers: str, texts: Texts, language: Language) -> str:
    """The messages of the wrong answers in another first language."""

    def translated(found: re.Match[str]) -> str:
        return f"says = {json.dumps(texts.holding(json.loads(found[1]), language)[0], ensure_ascii=False)}"

    return re.sub(r'^says = (".*")$', translated, wrong_answers, flags=re.MULTILINE)


def _enlist(file: Path, name: str) -> None:
    """Add the unit to the list in ``course.toml``; everything else in it stays as it is."""
    text = file.read_text(encoding="utf-8")
    names = sorted({*read_toml(file)["units"], name})
    listed = "".join(f"  {json.dumps(one)},\n" for one in names)
    changed, count = _UNITS.subn(f"units = [\n{listed}]", text, count=1)
    if not count:
        raise CourseError(file, "field units", f"add {name!r} to this list")
    file.write_text(changed, encoding="utf-8")


def _course(identifier: str, unit: str, languages: Sequence[Language]) -> str:
    title = identifier.replace("-", " ").capitalize()
    content = [
        f"id = {json.dumps(identifier)}",
        f"languages = {json.dumps(list(languages))}",
        'level = "Say here what a learner must know before."',
        "qualifications = []",
        'licence = "BSD-3-Clause"',
        f"units = [{json.dumps(unit)}]",
    ]
    for field in ("title", "description"):
        content += ["", f"[{field}]", *(f"{one} = {json.dumps(title)}" for one in languages)]
    return "\n".join(content) + "\n"
