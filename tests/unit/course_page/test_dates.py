"""Dates from forms, by the site's clock; and the rule for late work from a form."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorstart_course_page.dates import NoDateError, from_form, to_form
from doorstart_course_page.forms import moment, number
from doorstart_course_page.rules import rule_of
from doorstart_course_page.site import read_site
from doorstart_grading.late import Rule

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2030-01-31", "17:00", datetime(2030, 1, 31, 16, tzinfo=UTC)),
        ("2030-07-01", "17:00", datetime(2030, 7, 1, 15, tzinfo=UTC)),  # summer time
        ("2030-01-31", "", datetime(2030, 1, 31, 22, 59, tzinfo=UTC)),
        ("", "", None),
    ],
)
def test_a_date_is_of_the_sites_clock(day: str, clock: str, expected: datetime | None) -> None:
    assert from_form(day, clock, BRUSSELS) == expected
    if expected and clock:
        assert to_form(expected, BRUSSELS) == (day, clock)


@pytest.mark.parametrize(("day", "clock"), [("Friday", ""), ("2030-02-31", ""), ("2030-01-31", "9"), ("", "17:00")])
def test_what_is_no_date_is_refused(day: str, clock: str) -> None:
    with pytest.raises(NoDateError):
        from_form(day, clock, BRUSSELS)
    with pytest.raises(NoDateError):
        from_form("0001-01-01", "00:00", BRUSSELS)


def test_dates_and_numbers_are_in_the_persons_form() -> None:
    when = datetime(2030, 1, 31, 16, tzinfo=UTC)
    assert moment(when, "en", BRUSSELS) == "Thu 31 Jan 2030, 17:00"
    assert moment(when, "nl", BRUSSELS) == "do 31 jan 2030, 17:00"
    assert (number(7.5, "fr"), number(7.5, "en"), number(8, "de")) == ("7,5", "7.5", "8")


def test_a_rule_comes_from_a_form() -> None:
    assert rule_of("none", "3", "4") == Rule()
    assert rule_of("points", "1,5", "") == Rule("points", points=1.5)
    assert rule_of("zero", "", "0") == Rule("zero", days=0)
    for kind, points, days in [("points", "", ""), ("points", "-1", ""), ("points", "nan", ""), ("zero", "", "x")]:
        with pytest.raises(ValueError):
            rule_of(kind, points, days)
    with pytest.raises(ValueError):
        rule_of("half", "", "")


def test_what_the_hub_told_and_what_it_did_not() -> None:
    told = {
        "DOORSTART_LANGUAGE": "nl",
        "DOORSTART_TIME_ZONE": "Europe/Brussels",
        "DOORSTART_LEARNERS": '{"bea": "Bea"}',
    }
    site = read_site(told)
    assert (site.language, site.zone.key, site.name_of("bea"), site.name_of("cem")) == (
        "nl",
        BRUSSELS.key,
        "Bea",
        "cem",
    )
    odd = read_site({"DOORSTART_LANGUAGE": "xx", "DOORSTART_TIME_ZONE": "../etc", "DOORSTART_LEARNERS": "[1"})
    assert (odd.language, odd.zone.key, odd.learners) == ("en", "UTC", {})
