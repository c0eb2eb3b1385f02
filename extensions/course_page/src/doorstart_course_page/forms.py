"""Dates and numbers as people of a language write them, in the manner of Belgium; English as in Britain."""

from __future__ import annotations

from datetime import datetime, tzinfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from doorstart_grading.translation import Language

_LOCALES: dict[Language, str] = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB", "de": "de_BE"}
_DAYS: dict[Language, str] = {
    "nl": "EEE d MMM y",
    "fr": "EEE d MMM y",
    "en": "EEE d MMM y",
    "de": "EEE, d. MMM y",
}


def number(value: float, language: Language) -> str:
    """A number with at most two decimals: ``7,5``."""
    return format_decimal(value, format="#,##0.##", locale=_LOCALES[language])


def percent(share: float | None, language: Language) -> str:
    """A share as per cent, without decimals: ``75 %``; a dash for None."""
    return "\u2013" if share is None else str(format_percent(share, locale=_LOCALES[language]))


def moment(when: datetime, language: Language, zone: tzinfo) -> str:
    """A day and a time: ``Fri 31 Jan 2030, 17:00``; ``when`` has a time zone."""
    local = when.astimezone(zone)
    locale = _LOCALES[language]
    return f"{format_date(local, _DAYS[language], locale=locale)}, {format_time(local, 'HH:mm', locale=locale)}"
