"""JupyterLab, nbgrader's pages and the administration page in the person's language, as a person meets them.

What is on a page is compared with the English sentences of the programs themselves: none of them may be seen, unless
the language's own catalogue says the same.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorstart.language.catalogue import of
from doorstart_words.catalogue import messages, sentences
from doorstart_words.packs import LOCALES

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(420)]
COURSE, UNIT = "programming.en", "01-first-steps"
LAB = Path(sys.prefix) / "share" / "jupyter" / "lab"
SENTENCE = re.compile(r"""\.(?:__|_n|_p)\((?:"[a-z]+",)?("(?:[^"\\]|\\.)*")""")
PLACE = re.compile(r"%\d|\{\d\}")
NAMES = {
    *("Asciidoc", "HTML", "LaTeX", "Markdown", "PDF", "Python", "Python 3", "Qtpdf", "Qtpng", "Webpdf", "JupyterLab"),
    *("Jupyter", "jupyter", "codemirror", "material", "default", "none", "English", "Fava", "nbgrader", "Formgrader"),
}
"""Names of programs, formats and themes, and words that people of the three languages use as they are."""
SEEN = """() => {
    const own = '#doorstart-courses, .ds-bar, .ds-dialog, .cm-editor, .jp-RenderedMarkdown, .jp-OutputArea, script';
    const seen = new Set();
    const note = (element, text) => {
        if (text?.trim() && element.getClientRects().length && !element.closest(own)) seen.add(text.trim());
    };
    for (const element of document.body.querySelectorAll('*')) {
        if (element.matches('.lm-Menu-itemLabel, .lm-MenuBar-itemLabel')) note(element, element.textContent);
        else if (!element.closest('.lm-Menu-itemLabel')) {
            for (const child of element.childNodes) if (child.nodeType === 3) note(element, child.textContent);
        }
        for (const name of ['title', 'aria-label', 'placeholder', 'alt']) note(element, element.getAttribute(name));
    }
    return [...seen];
}"""


@cache
def english() -> frozenset[str]:
    """What JupyterLab's scripts and menus, and what we translate of other programs, say in English."""
    said = {message.english for program in ("jupyterlab", "nbgrader") for message in messages(program, "nl")}
    for script in (LAB / "static").glob("*.js"):
        said |= {json.loads(found) for found in SENTENCE.findall(script.read_text()) if "\\x" not in found}
    for schema in (LAB / "schemas").rglob("*.json"):
        said |= set(re.findall(r'"label": "([^"]+)"', schema.read_text()))
    return frozenset(one for one in said if re.search(r"[A-Za-z]{2}", PLACE.sub("", one)))


@cache
def translations(language: str) -> dict[str, str]:
    """What a language's own catalogues say for each sentence."""
    locale = LOCALES[language]
    found = importlib.util.find_spec(f"jupyterlab_language_pack_{locale}")
    assert found and found.origin
    pack = Path(found.origin).parent / "locale" / locale / "LC_MESSAGES" / "jupyterlab.json"
    said = {key.split("\x04")[-1]: forms[0] for key, forms in json.loads(pack.read_text()).items() if key}
    said |= {message.english: message.forms[0] for message in messages("jupyterlab", language)}
    return said | sentences("nbgrader", language)


@cache
def patterns(texts: frozenset[str]) -> re.Pattern[str]:
    """Sentences with values in them, each with more than one word of its own."""
    long = [one for one in texts if PLACE.search(one) and len(PLACE.sub("", one).split()) > 1]
    return re.compile("|".join(".+?".join(map(re.escape, PLACE.split(one))) for one in long), re.DOTALL)


def left_over(texts: list[str], language: str) -> list[str]:
    """Which of the texts on a page are the English ones."""
    said = translations(language)
    theirs = set(said.values())
    with_values = patterns(english()), patterns(frozenset(theirs))
    found = []
    for text in texts:
        bare = re.sub(r" \((?:Ctrl|Shift|Alt|F\d|[A-Z]\)).*$", "", text)
        whole = bare in english() or with_values[0].fullmatch(bare)
        if whole and bare not in NAMES and bare not in theirs and not with_values[1].fullmatch(bare):
            found.append(bare)
    return sorted(found)


def menus(page: Page) -> Iterator[list[str]]:
    """Opens each main menu and what is below it, and says what is seen; names of programming languages are left out."""
    bar = page.locator("#jp-MainMenu .lm-MenuBar-item")
    for place in range(bar.count()):
        bar.nth(place).click()
        menu = page.locator(".lm-Menu").first
        expect(menu).to_be_visible()
        yield page.evaluate(SEEN)
        for entry in menu.locator(":scope > ul > li[data-type=submenu]:visible:not(.lm-mod-disabled)").all():
            if not entry.is_visible():
                continue  # what a menu offers changes with the kernel's state
            entry.hover()
            page.wait_for_timeout(350)
            inner = page.evaluate(SEEN)
            if "ClojureScript" not in inner:
                yield inner
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


def log_in(window: Window, site: Any, person: tuple[str, str], language: str) -> None:
    """Log in on the page in a language."""
    window.username = person[0]
    window.page.goto(f"{site.url}/hub/login?language={language}")
    window.page.get_by_label(of(language).gettext("Username")).fill(person[0])
    window.page.get_by_label(of(language).gettext("Password"), exact=True).fill(person[1])
    window.page.keyboard.press("Enter")


def walk(someone: Window, site: Any, language: str) -> None:
    """A learner's first visit to JupyterLab, and what :func:`look_around` finds."""
    someone.in_lab(site)
    look_around(someone, language)


def look_around(someone: Window, language: str) -> None:
    """JupyterLab's simple mode, then all of it, with a notebook and some dialogs."""
    page = someone.page
    seen: list[str] = []
    expect(page.locator("html")).to_have_attribute("lang", LOCALES[language].replace("_", "-"))
    page.locator("#doorstart-courses .ds-first .ds-unit").click()
    expect(page.locator(".jp-Notebook:visible .jp-Cell").first).to_be_visible()
    expect(page.locator(".jp-NotebookPanel-toolbar:visible, .ds-bar-above:visible").first).to_be_visible()
    seen += page.evaluate(SEEN)
    someone.shot("simple")
    page.locator("[data-switch=mode]").click()
    expect(page.locator("#jp-MainMenu")).to_be_visible()
    seen += page.evaluate(SEEN)
    for texts in menus(page):
        seen += texts
    for name in ("filebrowser", "jp-running-sessions", "table-of-contents"):
        page.locator(f".jp-SideBar [data-id={name}]").click()
        page.wait_for_timeout(300)
        seen += page.evaluate(SEEN)
    someone.shot("full")
    for keys in ("Control+Shift+s", "0 0"):
        page.locator(".jp-Notebook:visible .jp-Cell").first.click()
        page.keyboard.press("Escape")
        for key in keys.split():
            page.keyboard.press(key)
        expect(page.locator(".jp-Dialog")).to_be_visible()
        seen += page.evaluate(SEEN)
        someone.shot("dialog")
        page.keyboard.press("Escape")
        expect(page.locator(".jp-Dialog")).to_have_count(0)
    assert len(set(seen)) > 150, "the walk saw too little"
    assert left_over(sorted(set(seen)), language) == []


def choose(someone: Window, site: Any, before: str, after: str) -> None:
    """Another language on the page *My account*."""
    page = someone.page
    page.goto(f"{site.url}/hub/account")
    page.locator(f"input[name=language][value={after}]").check()
    page.get_by_role("button", name=of(before).gettext("Save the language")).click()
    expect(page.get_by_role("status")).to_have_text(of(after).gettext("The pages are in this language now."))


def stop(someone: Window, site: Any, name: str = "") -> None:
    """Stop a server, as the Hub's pages do it."""
    page = someone.page
    page.goto(f"{site.url}/hub/account")
    address = f"{site.url}/hub/api/users/{someone.username}/servers/{name}"
    request = """async address => (await fetch(address, {method: 'DELETE',
        headers: {'X-XSRFToken': document.body.dataset.xsrf}})).status"""
    assert page.evaluate(request, address) in (202, 204)


def test_english_would_be_found() -> None:
    texts = ["Bestand", "New Launcher (Ctrl+Shift+L)", "Kernel", "Are you sure you want to permanently delete: x?"]
    assert left_over(texts, "nl") == [texts[3], "New Launcher"]


def test_jupyterlab_in_dutch_and_after_a_change_in_german(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("learner", [COURSE], language="nl", prefix="words")
    someone = window("words-nl")
    log_in(someone, site, person, "nl")
    walk(someone, site, "nl")
    choose(someone, site, "nl", "de")
    stop(someone, site)
    someone.page.goto(f"{site.url}/hub/home")
    someone.name = "words-de"
    # All of JupyterLab was shown last, and still is.
    someone.page.locator('[data-server=""] a').click()
    expect(someone.page.locator("[data-switch=mode]")).to_be_visible(timeout=90_000)
    expect(someone.page.locator("html")).to_have_attribute("lang", "de-DE")
    someone.page.locator("[data-switch=mode]").click()
    look_around(someone, "de")


def test_jupyterlab_in_french(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("learner", [COURSE], language="fr", prefix="words")
    someone = window("words-fr")
    log_in(someone, site, person, "fr")
    walk(someone, site, "fr")


def test_formgrader_in_german_and_after_a_change_in_dutch(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("instructor", [COURSE], language="de", prefix="words")
    teacher = window("words-formgrader")
    log_in(teacher, site, person, "de")
    page, name = teacher.page, COURSE.replace(".", "-")
    for language in ("de", "nl"):
        words = sentences("nbgrader", language)
        page.wait_for_url(f"{site.url}/user/{teacher.username}/{name}/course**", timeout=90_000)
        page.goto(f"{site.url}/user/{teacher.username}/{name}/formgrader")
        expect(page.get_by_role("heading", name=words["Manage Assignments"])).to_be_visible()
        for place, loaded in {
            "manage_assignments": "table.dataTable",
            "manage_students": "table.dataTable",
            "gradebook": "table.dataTable",
        }.items():
            page.goto(f"{site.url}/user/{teacher.username}/{name}/formgrader/{place}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect(page.locator(loaded)).to_be_visible()
            assert left_over(page.evaluate(SEEN), language) == []
            teacher.shot(f"{language}-{place}")
        page.goto(f"{site.url}/user/{teacher.username}/{name}/formgrader/manage_students")
        page.get_by_role("link", name=words["Add new student..."]).click()
        expect(page.locator(".modal")).to_be_visible()
        assert left_over(page.evaluate(SEEN), language) == []
        page.goto(f"{site.url}/user/{teacher.username}/{name}/lab")
        expect(page.get_by_role("tab", name=words["Create Assignment"])).to_be_visible(timeout=60_000)
        expect(page.locator(".jp-LauncherCard").first).to_be_visible()
        assert left_over(page.evaluate(SEEN), language) == []
        teacher.shot(f"{language}-lab")
        if language == "de":
            choose(teacher, site, "de", "nl")
            stop(teacher, site, name)
            page.goto(f"{site.url}/hub/spawn/{teacher.username}/{name}")


def test_the_administration_page_in_french(site: Any, window: Callable[[str], Window]) -> None:
    person = site.add("admin", [], language="fr", prefix="words")
    admin = window("words-admin")
    log_in(admin, site, person, "fr")
    page, words = admin.page, sentences("jupyterhub", "fr")
    page.get_by_placeholder(words["Search Users"]).fill(person[0])
    row = page.get_by_test_id(f"user-row-{person[0]}")
    expect(row).to_be_visible()
    expect(row.get_by_role("button", name=words["Edit User"])).to_be_visible()
    said = {text.strip() for text in words} - {text.strip() for text in words.values()} - NAMES
    assert said & set(page.evaluate(SEEN)) == set()
    admin.shot("fr")
    page.get_by_role("button", name=words["Manage Groups"]).click()
    expect(page.get_by_role("heading", name=words["Groups"])).to_be_visible()
    assert said & set(page.evaluate(SEEN)) == set()
