"""The Hub's pages in a real Hub: whose language they are in, what they may load, and that none is the Hub's own."""

from __future__ import annotations

import re
from pathlib import Path

import jupyterhub
import pytest

from doorstart.language import LANGUAGES
from doorstart.language.catalogue import of
from doorstart.pages.page import POLICY

OURS = Path(__file__).parents[3] / "hub" / "templates"
NEVER_SHOWN = {
    "accept-share.html": "the page is closed",
    "home.html": "the start page is in its place",
    "spawn.html": "a server has no options",
    "token.html": "the page is closed",
}
"""Templates of the Hub without one of ours in their place, and why nobody can see them."""


def language_of(html: str) -> str:
    found = re.search(r'<html lang="(\w+)">', html)
    assert found is not None, html
    return found.group(1)


def heading(html: str) -> str:
    found = re.search(r"<h1>\s*(.*?)\s*</h1>", html, re.DOTALL)
    assert found is not None, html
    return found.group(1)


@pytest.fixture
def logged_in(hub, someone):
    """Logs somebody in: their username and browser."""

    def log_in(**more):
        name, password = someone(**more)
        browser = hub.browser()
        assert browser.log_in(name, password).status_code == 302
        return name, browser

    return log_in


def test_every_page_of_the_hub_is_ours_or_is_never_shown():
    theirs = Path(jupyterhub.__file__).parents[4] / "share" / "jupyterhub" / "templates"
    names = {path.name for path in theirs.glob("*.html")}
    assert names and names - {path.name for path in OURS.glob("*.html")} == set(NEVER_SHOWN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_persons_pages_are_in_their_language_whatever_the_browser_says(hub, logged_in, language):
    name, browser = logged_in(language=language)
    other = "fr" if language != "fr" else "nl"
    browser.http.headers["Accept-Language"] = other
    browser.http.cookies.set("doorstart-language", other, path="/hub/")
    words = of(language)
    shown = {
        "/hub/home": "My courses",
        "/hub/account": "My account",
        "/hub/change-password": "Choose your own password",
        "/hub/admin": "You cannot open this page",
        "/hub/nothing-here": "This page does not exist",
        "/nothing-here": "This page does not exist",
        "/hub/error/503": "Your workplace does not answer",
        f"/hub/user/{name}/lab": "Your workplace is closed",
        "/hub/logout": "You are logged out",
    }
    for path, expected in shown.items():
        answer = browser.http.get(path, follow_redirects=path == "/nothing-here")
        assert (language_of(answer.text), heading(answer.text)) == (language, words.gettext(expected)), path
        policy = answer.headers["Content-Security-Policy"]
        if path != "/hub/admin":
            assert policy.startswith(f"{POLICY}; report-uri"), path


def test_before_log_in_the_browsers_language_is_taken_and_then_the_chosen_one(hub):
    with hub.http() as http:
        assert language_of(http.get("/hub/login", headers={"Accept-Language": "pl, de;q=0.7, en;q=0.3"}).text) == "de"
        assert language_of(http.get("/hub/login").text) == "en"
        asked = http.get("/hub/login?next=%2Fhub%2Faccount")
        links = dict(re.findall(r'href="([^"]*language=[^"]*)" lang="(\w+)"', asked.text.replace("&amp;", "&")))
        assert sorted(links.values()) == sorted(LANGUAGES) and all("next=%2Fhub%2Faccount" in link for link in links)
        chosen = http.get(next(link for link, language in links.items() if language == "nl"))
        assert (language_of(chosen.text), heading(chosen.text)) == ("nl", "Aanmelden")
        assert "next=%2Fhub%2Faccount" in chosen.text, "the choice does not change where the log-in leads"
        assert language_of(http.get("/hub/login").text) == "nl"
        assert language_of(http.get("/hub/nothing-here").text) == "nl"
        assert language_of(http.get("/hub/login?language=pl").text) == "nl"


def test_a_refused_log_in_is_told_in_the_chosen_language(hub, someone):
    name, _ = someone()
    browser = hub.browser()
    browser.http.get("/hub/login?language=fr")
    assert "Vous n’êtes pas connecté." in browser.log_in(name, "wrong").text  # noqa: RUF001


def test_a_person_can_choose_another_language_and_the_next_roster_leaves_it(hub, row, logged_in):
    name, browser = logged_in(language="nl")
    saved = browser.form("/hub/account", language="de")
    assert saved.status_code == 200 and language_of(saved.text) == "de"
    assert "Die Seiten sind jetzt in dieser Sprache." in saved.text
    hub.client.import_roster({"rows": [row(name, language="nl", display_name="New name")]})
    assert language_of(browser.http.get("/hub/home").text) == "de"
    slip = hub.client.reset({"username": name})["passwords"][0]
    assert slip["language"] == "de", "a new slip of paper is in it too"


@pytest.mark.parametrize("language", ["", "pl", "nl,de", "../nl"])
def test_only_a_language_of_the_site_can_be_chosen(hub, logged_in, language):
    _, browser = logged_in(language="nl")
    assert browser.form("/hub/account", language=language).status_code == 400
    assert language_of(browser.http.get("/hub/home").text) == "nl"


def test_a_choice_of_language_cannot_be_sent_from_another_page(hub, logged_in):
    _, browser = logged_in(language="nl")
    assert browser.http.post("/hub/account", data={"language": "de"}).status_code == 403
    assert language_of(browser.http.get("/hub/home").text) == "nl"


def test_the_account_page_needs_a_log_in(hub):
    answer = hub.http().get("/hub/account")
    assert answer.status_code == 302 and answer.headers["location"].startswith("/hub/login")


def test_styles_and_scripts_are_served_to_everybody_and_nothing_else_is(hub):
    with hub.http() as http:
        login = http.get("/hub/login").text
        files = re.findall(r'(?:href|src)="(/hub/doorstart/[^"]+)"', login)
        assert {file.partition("?")[0] for file in files} >= {
            "/hub/doorstart/doorstart.css",
            "/hub/doorstart/passwords.js",
        }
        assert all(http.get(file).status_code == 200 and "?v=" in file for file in files)
        for path in ("../templates/page.html", "..%2Fjupyterhub_config.py", "nothing.css", ""):
            assert http.get(f"/hub/doorstart/{path}").status_code in (403, 404), path


def test_the_admin_page_allows_styles_of_its_program_and_no_more(hub, logged_in):
    _, browser = logged_in(role="admin", courses=[], language="fr")
    answer = browser.http.get("/hub/admin")
    assert heading(answer.text) == "Gestion"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))
    assert "script-src 'self';" in policy
