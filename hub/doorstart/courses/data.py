"""The data files of a unit: those in its ``data/`` folder, and those generated from the law and the practice firm.

A generated ``.csv`` looks as a Belgian office programme writes it: semicolons, decimal commas, day/month/year.
A generated ``.json`` is as programs exchange data: a list of objects, money as text with a point, ISO dates.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import cast

from pydantic import BaseModel, ConfigDict

from doorstart.courses.format import CourseError, GeneratedFile, Language, parse, read_toml, read_unit
from doorstart.courses.law import values_on


class Firm(BaseModel):
    """``courses/firm/firm.toml``: which practice firm it is, and the day on which its story takes place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    seed: int
    today: date


def read_firm(courses: Path) -> Firm:
    """The practice firm of the courses in the folder ``courses``.

    Raises:
        CourseError: ``firm/firm.toml`` is missing or wrong.
    """
    file = courses / "firm" / "firm.toml"
    return parse(Firm, read_toml(file), file)


def data_files(folder: Path, language: Language) -> dict[str, bytes]:
    """The data files of the unit in ``folder`` by name, in alphabetical order.

    Raises:
        CourseError: a generated file has no source, or has the name of one in ``data/``.
    """
    courses = folder.resolve().parents[2]
    files = {path.name: path.read_bytes() for path in (folder / "data").glob("*") if path.is_file()}
    for number, wanted in enumerate(read_unit(folder).data):
        if wanted.file in files:
            why = f"data/ has a file {wanted.file} already; delete it or rename one of the two"
            raise CourseError(folder / "unit.toml", f"field data.{number}.file", why)
        rows = _law_rows(courses, wanted, language) if wanted.source == "law" else _firm_rows(courses, wanted, folder)
        files[wanted.file] = json_objects(rows) if wanted.file.endswith(".json") else belgian_csv(rows)
    return dict(sorted(files.items()))


def belgian_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a CSV file: semicolons, decimal commas, dates as 31/12/2026, None empty, UTF-8, one ``\\n`` a line."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([_belgian(value) for value in row] for row in rows)
    return out.getvalue().encode()


def json_objects(rows: Sequence[Sequence[object]]) -> bytes:
    """Rows, the first being the column names, as a JSON list of objects, one object a line, UTF-8.

    Decimals are text with a point, for a reader would make them floats; dates are ISO text, and None is null.
    """
    columns, *others = rows
    objects = (json.dumps(dict(zip(columns, row, strict=True)), default=str, ensure_ascii=False) for row in others)
    return ("[\n" + ",\n".join(objects) + "\n]\n").encode()


def _belgian(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _law_rows(courses: Path, wanted: GeneratedFile, language: Language) -> list[Sequence[object]]:
    values = values_on(courses / "law" / f"{wanted.table}.toml", read_firm(courses).today)
    rows = [(value.name, value.value, value.meaning.get(language, ""), value.valid_from) for value in values]
    return [("name", "value", "meaning", "valid_from"), *rows]


def _firm_rows(courses: Path, wanted: GeneratedFile, folder: Path) -> list[Sequence[object]]:
    firm = read_firm(courses)
    tables = _generator(courses / "firm" / "generator.py").TABLES
    if wanted.table not in tables:
        why = f"the firm has no table {wanted.table!r}, only {', '.join(tables)}"
        raise CourseError(folder / "unit.toml", "field data", why)
    return cast("list[Sequence[object]]", tables[wanted.table](firm.seed, firm.today))


@cache
def _generator(file: Path) -> ModuleType:
    """The generator, loaded by its path: courses travel apart from the hub, so it is in no installed package.

    It becomes a package, whose modules are the files beside it and import each other as ``from .catalogue import …``.
    """
    name = f"practice_firm_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None or not file.is_file():
        raise CourseError(file, "", "the practice firm's generator is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
