"""Which language somebody gets of whom only the browser is known."""

from __future__ import annotations

import pytest

from doorstart.language.choice import known, preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("pl, de;q=0.5, fr;q=0.7", "fr"),
        ("", "en"),
        ("x;q=y,;;,de", "de"),
        ("fr;q=0", "en"),
    ],
)
def test_the_browsers_language(header, language):
    assert preferred(header) == language


@pytest.mark.parametrize(("asked", "found"), [("nl", "nl"), ("de", "de"), ("pl", None), ("", None), (None, None)])
def test_only_languages_of_the_site_are_known(asked, found):
    assert known(asked) == found
