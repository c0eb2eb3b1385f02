"""Due dates and numbers in the words of each language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorstart.language import LANGUAGES
from doorstart.language.forms import due, number

ZONE = ZoneInfo("Europe/Brussels")
NOW = datetime(2030, 1, 28, 9, 0, tzinfo=UTC)
"""A Monday; it is 10 o'clock in Brussels."""


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ((1, 28, 15), ["vandaag, 16:00", "aujourd’hui, 16:00", "today, 16:00", "heute, 16:00"]),  # noqa: RUF001
        ((1, 29, 15), ["morgen, 16:00", "demain, 16:00", "tomorrow, 16:00", "morgen, 16:00"]),
        ((1, 28, 23, 30), ["morgen, 00:30", "demain, 00:30", "tomorrow, 00:30", "morgen, 00:30"]),
        (
            (1, 31, 15),
            ["donderdag, over 3 dagen", "jeudi, dans 3 jours", "Thursday, in 3 days", "Donnerstag, in 3 Tagen"],
        ),
        (
            (2, 8, 15),
            [
                "vrijdag 8 februari, over 11 dagen",
                "vendredi 8 février, dans 11 jours",
                "Friday 8 February, in 11 days",
                "Freitag, 8. Februar, in 11 Tagen",
            ],
        ),
        (
            (1, 25, 15),
            [
                "vrijdag 25 januari, 16:00",
                "vendredi 25 janvier, 16:00",
                "Friday 25 January, 16:00",
                "Freitag, 25. Januar, 16:00",
            ],
        ),
    ],
)
def test_a_due_date_is_told_from_today(when, said):
    told = [due(datetime(2030, *when, tzinfo=UTC), NOW, language, ZONE) for language in LANGUAGES]
    assert told == said


def test_a_number_has_the_sign_of_the_language_and_no_useless_digits():
    assert [number(7.5, language) for language in LANGUAGES] == ["7,5", "7,5", "7.5", "7,5"]
    assert number(10.0, "nl") == "10" and number(1 / 3, "en") == "0.33"
