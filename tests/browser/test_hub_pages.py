"""Each page of the Hub in each language, for everybody: by keyboard, to axe, at 200 % zoom, and standing still."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from doorstart.language import LANGUAGES
from doorstart.language.catalogue import of

from .axe import findings, grave_findings
from .conftest import Window
from .looks import FULL, examine, tab_to

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]
OWN = "four yellow bikes"


def log_in(window: Window, site: Any, person: tuple[str, str], language: str) -> None:
    window.page.set_viewport_size(FULL)
    window.page.goto(f"{site.url}/hub/login?language={language}")
    window.page.get_by_label(of(language).gettext("Username")).fill(person[0])
    window.page.get_by_label(of(language).gettext("Password"), exact=True).fill(person[1])
    window.page.keyboard.press("Enter")


def test_axe_finds_what_keeps_people_out(site: Any, window: Callable[[str], Window]) -> None:
    page = window("axe").page
    page.goto(f"{site.url}/hub/login")
    page.evaluate("document.querySelector('label[for=username_input]').remove()")
    page.evaluate("document.getElementById('login_submit').style.color = '#5599aa'")
    assert [finding.split(":")[0] for finding in findings(page)] == ["critical label", "serious color-contrast"]


def test_a_learner_comes_to_the_work_with_the_keyboard_alone(site: Any, window: Callable[[str], Window]) -> None:
    username, one_time = site.add("learner", ["programming.en"], language="nl", one_time=True)
    learner = window("keyboard")
    page, words = learner.page, of("nl")
    page.set_viewport_size(FULL)
    page.goto(site.url)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_label("Username").evaluate("field => field.blur()")
    tab_to(page, page.get_by_role("link", name="Nederlands"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aanmelden")
    expect(page.get_by_label("Gebruikersnaam")).to_be_focused()
    examine(learner, "login", "nl")

    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Je bent niet aangemeld.")
    examine(learner, "refused", "nl")
    tab_to(page, page.get_by_label("Wachtwoord", exact=True))
    page.keyboard.type(one_time)
    tab_to(page, page.get_by_label("Wachtwoord tonen"))
    page.keyboard.press("Space")
    expect(page.get_by_label("Wachtwoord", exact=True)).to_have_attribute("type", "text")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/hub/change-password"))
    examine(learner, "first-password", "nl")
    page.keyboard.type(one_time)
    for name in ("New password", "New password again"):
        tab_to(page, page.get_by_label(words.gettext(name), exact=True))
        page.keyboard.type(OWN)
    tab_to(page, page.get_by_role("button", name=words.gettext("Save the new password")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/hub/home")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn cursussen")
    examine(learner, "my-courses", "nl")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=words.gettext("Go to the content"))).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name=re.compile("^Beginnen: ")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/hub/spawn-pending/**")
    expect(page.get_by_role("progressbar")).to_be_visible()
    learner.shot("nl-pending")
    page.wait_for_url(re.compile(f"/user/{username}/(lab|doc)"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_in_each_language(site: Any, window: Callable[[str], Window], language: str) -> None:
    person = site.add("instructor", ["accounting.en", "programming.en"], language=language)
    someone = window(f"pages-{language}")
    log_in(someone, site, person, language)
    expect(someone.page).to_have_url(f"{site.url}/hub/home")
    examine(someone, "start", language)
    for address, what in {
        "account": "account",
        "nothing-here": "404",
        "admin": "403",
        "error/503": "503",
        f"user/{person[0]}/": "closed",
        "logout": "logged-out",
        "login": "log-in",
    }.items():
        someone.page.goto(f"{site.url}/hub/{address}")
        examine(someone, what, language)


def test_somebody_chooses_another_language_with_the_keyboard(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("instructor", ["accounting.en", "programming.en"], language="fr")  # so no server starts
    someone = window("language")
    log_in(someone, site, person, "fr")
    page = someone.page
    expect(page).to_have_url(f"{site.url}/hub/home")
    page.goto(f"{site.url}/hub/account")
    tab_to(page, page.get_by_label("Français"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Enregistrer la langue"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Die Seiten sind jetzt in dieser Sprache.")
    examine(someone, "chosen", "de")


def test_the_admin_page_is_for_everybody_too(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("admin", [], language="de")
    admin = window("administration")
    log_in(admin, site, person, "de")
    expect(admin.page.get_by_test_id(re.compile("^user-row-")).first).to_be_visible()
    assert grave_findings(admin.page, "html") == []
    admin.shot("de")
