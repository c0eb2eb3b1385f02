"""Which language a page is in, for somebody of whom only the browser is known."""

from __future__ import annotations

from doorstart.language import LANGUAGES, Language

COOKIE = "doorstart-language"
"""What somebody chose on the log-in page; kept in that browser for a year."""


def known(language: str | None) -> Language | None:
    """The language if the site has it."""
    return next((one for one in LANGUAGES if one == language), None)


def preferred(accept_language: str) -> Language:
    """The site's language that a browser prefers, from its ``Accept-Language`` header (RFC 9110, 12.5.4)."""
    offers: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        offers.append((-weight, tag.partition("-")[0].lower()))
    # Sorting is stable, so of equally weighted languages the first one wins.
    wanted = (known(language) for weight, language in sorted(offers, key=lambda offer: offer[0]) if weight < 0)
    return next((language for language in wanted if language), "en")
