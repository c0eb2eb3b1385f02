"""Legal rates and amounts as dated data: tables in ``courses/law/``, one TOML file each.

A lesson never states such a value in its text; it reads a data file that the builder makes from these tables.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from doorstart.courses.format import CourseError, Text, parse, read_toml


class Value(BaseModel):
    """One value of a table, in force from ``valid_from`` until ``valid_to`` (both included; None: no end known)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    value: Decimal
    meaning: Text
    valid_from: date
    valid_to: date | None = None
    review_by: date = Field(description="The day by which a person must have looked at the source again.")
    source: str = Field(min_length=10, description="Where the value stands: the law and its article.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    def holds(self, day: date) -> bool:
        """Whether the value is in force on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Table(BaseModel):
    """A table of the law's values, all in one unit, such as ``percent`` or ``EUR``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    unit: str
    values: list[Value] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        last: dict[str, Value] = {}
        for value in sorted(self.values, key=lambda value: (value.name, value.valid_from)):
            before = last.get(value.name)
            if before is not None and before.holds(value.valid_from):
                raise ValueError(f"{value.name!r} has two values on {value.valid_from}; end the first before that day")
            last[value.name] = value
        return self

    def on(self, day: date) -> list[Value]:
        """The values in force on this day, in the order of the file."""
        return [value for value in self.values if value.holds(day)]

    def to_review(self, today: date) -> list[Value]:
        """The values whose source a person should have looked at again before today."""
        return [value for value in self.values if value.review_by < today and value.holds(today)]


def read_law(file: Path) -> Table:
    """The table in a file of ``courses/law/``.

    Raises:
        CourseError: the file is missing or wrong, or two values of one name hold on the same day.
    """
    return parse(Table, read_toml(file), file)


def values_on(file: Path, day: date) -> list[Value]:
    """The values of a table that are in force on this day.

    Raises:
        CourseError: as for :func:`read_law`, or no value is in force.
    """
    values = read_law(file).on(day)
    if not values:
        raise CourseError(file, "field values", f"no value is in force on {day}; add it with its source")
    return values
