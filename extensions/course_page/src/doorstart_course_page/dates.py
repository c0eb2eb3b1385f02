"""Dates as they come from a form, by the site's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

END_OF_DAY = "23:59"
"""The time of a date that was given without one."""


class NoDateError(ValueError):
    """What was filled in is no date and time."""


def from_form(day: str, clock: str, zone: tzinfo) -> datetime | None:
    """A date and a time of the site's clock; None if no date was given.

    Args:
        day: such as ``2030-01-31``, which is what browsers send for a date.
        clock: such as ``17:00``; the end of the day if it is empty.
        zone: of the site.

    Raises:
        NoDateError: something else was filled in, or a year that is none of ours.
    """
    if not day.strip():
        if clock.strip():
            raise NoDateError
        return None
    try:
        found = datetime.combine(
            date.fromisoformat(day.strip()), time.fromisoformat(clock.strip() or END_OF_DAY), tzinfo=zone
        )
    except ValueError:
        raise NoDateError from None
    if not 2000 <= found.year <= 2200:
        raise NoDateError
    return found.astimezone(UTC)


def to_form(when: datetime | None, zone: tzinfo) -> tuple[str, str]:
    """The day and the time of a date for a form; empty where there is none."""
    if when is None:
        return "", ""
    local = when.astimezone(zone)
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")
