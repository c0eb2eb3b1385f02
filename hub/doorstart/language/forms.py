"""Dates and numbers as people of a language write them, in the manner of Belgium; English as in Britain."""

from __future__ import annotations

from datetime import datetime, tzinfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from doorstart.language import Language
from doorstart.language.catalogue import of

_DAYS: dict[Language, str] = {"nl": "EEEE d MMMM", "fr": "EEEE d MMMM", "en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
"""A day with its weekday and without its year. CLDR's own form for this is shortened in some of the languages."""
_LOCALES: dict[Language, str] = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB", "de": "de_BE"}


def number(value: float, language: Language) -> str:
    """A number with at most two decimals: ``7,5``."""
    return format_decimal(value, format="#,##0.##", locale=_LOCALES[language])


def due(when: datetime, now: datetime, language: Language, zone: tzinfo) -> str:
    """When something is due, told from today: ``Friday, in 3 days``; what is over has its date and time.

    Args:
        when: The last moment, with a time zone.
        now: The present, with a time zone.
        language: Of the words.
        zone: Where the readers are: it decides which day is today.
    """
    words, locale = of(language), _LOCALES[language]
    local = when.astimezone(zone)
    date = format_date(local, _DAYS[language], locale=locale)
    time = format_time(local, "short", locale=locale)
    if when < now:
        return f"{date}, {time}"
    days = (local.date() - now.astimezone(zone).date()).days
    if days == 0:
        return words.gettext("today, %(time)s", time=time)
    if days == 1:
        return words.gettext("tomorrow, %(time)s", time=time)
    if days < 7:
        weekday = format_date(local, "EEEE", locale=locale)
        return words.gettext("%(weekday)s, in %(days)s days", weekday=weekday, days=days)
    return words.gettext("%(date)s, in %(days)s days", date=date, days=days)
