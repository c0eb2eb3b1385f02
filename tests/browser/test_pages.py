"""The Hub's pages in a browser: log-in, the first password, where each role lands. And the watch itself works."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browser_network import BrowserNetwork
from playwright.sync_api import Browser, expect

from .conftest import Watch, Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]
OWN = "four yellow bikes"


def test_the_watch_sees_what_would_leave_the_site(
    site: Any, chromium: Browser, browser_network: BrowserNetwork
) -> None:
    # A page of the site that asks outside is what the other tests must fail on. Nothing is sent: it is stopped here.
    browser_network.reach(site.url)
    context = chromium.new_context()
    watch = Watch(site.url)
    watch.attach(context)
    page = context.new_page()
    page.goto(f"{site.url}/hub/login")
    assert watch.addresses and watch.outside() == [] and watch.blocked() == []
    page.evaluate("""() => { new Image().src = 'https://outside.invalid/a.png';
        try { new WebSocket('wss://outside.invalid/b'); } catch (error) {} }""")
    page.wait_for_timeout(500)
    context.close()
    assert set(watch.outside()) == {"https://outside.invalid/a.png", "wss://outside.invalid/b"}
    assert watch.blocked()


def test_a_wrong_password_is_told_in_words(site: Any, window: Callable[[str], Window]) -> None:
    username, _ = site.add("learner", ["programming.en"])
    someone = window("wrong-password")
    someone.log_in(site, username, "not this one")
    expect(someone.page.get_by_role("alert")).to_contain_text("You are not logged in.")
    expect(someone.page.get_by_label("Username")).to_have_value(username)
    expect(someone.page.get_by_label("Password", exact=True)).to_have_value("")
    someone.shot("message")


def test_the_first_log_in_leads_to_an_own_password_and_on(site: Any, window: Callable[[str], Window]) -> None:
    username, one_time = site.add("learner", ["programming.en"], one_time=True)
    new = window("first-log-in")
    new.log_in(site, username, one_time)
    expect(new.page).to_have_url(re.compile("/hub/change-password"))
    expect(new.page.get_by_role("status")).to_contain_text("First choose your own password")
    new.shot("choose")
    fields = [("slip", one_time), ("^New password$", "short"), ("again", "short")]
    for label, text in fields:
        new.page.get_by_label(re.compile(label)).fill(text)
    new.page.get_by_role("button", name="Save the new password").click()
    expect(new.page.get_by_role("alert")).to_contain_text("too short")
    new.shot("too-short")
    for label, text in [("slip", one_time), ("^New password$", OWN), ("again", OWN)]:
        new.page.get_by_label(re.compile(label)).fill(text)
    new.page.keyboard.press("Enter")
    expect(new.page).to_have_url(f"{site.url}/hub/home")
    new.page.goto(f"{site.url}/hub/logout")
    new.log_in(site, username, OWN)
    expect(new.page.get_by_role("heading", level=1)).to_have_text("My courses")


def test_an_instructor_of_one_course_lands_in_it(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("instructor", ["accounting.en"])
    teacher = window("one-course")
    teacher.log_in(site, username, password)
    teacher.page.wait_for_url(f"{site.url}/user/{username}/accounting-en/**")


def test_an_instructor_of_several_courses_chooses_with_the_keyboard(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("instructor", ["accounting.en", "programming.en"])
    teacher = window("courses")
    teacher.log_in(site, username, password)
    page = teacher.page
    expect(page).to_have_url(f"{site.url}/hub/home")
    expect(page.get_by_role("heading", level=2)).to_have_text(["Accounting (en)", "Programming (en)"])
    teacher.shot("none-started")
    start = page.get_by_role("link", name="Start: Programming (en)")
    while not start.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/user/{username}/programming-en/**")

    page.goto(f"{site.url}/hub/home")
    expect(page.get_by_role("status")).to_have_text(["Not started", "Running"])
    teacher.shot("one-started")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("Open formgrader: Programming")).click()
    opened.value.wait_for_url(f"{site.url}/user/{username}/programming-en/formgrader**")
    assert opened.value.evaluate("window.opener") is None
    page.bring_to_front()
    page.get_by_role("button", name="Stop: Programming (en)").click()
    expect(page.get_by_role("status")).to_have_text(["Not started", "Not started"])


def test_an_admin_lands_on_the_admin_page(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("admin", [])
    admin = window("admin")
    admin.log_in(site, username, password)
    expect(admin.page).to_have_url(re.compile("/hub/admin"))
    admin.page.get_by_placeholder("Search Users").fill(username)
    expect(admin.page.get_by_test_id(f"user-row-{username}")).to_be_visible()
    admin.shot("page")


def test_pages_that_learners_have_no_use_for_are_closed(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", ["programming.en"])
    learner = window("closed")
    learner.log_in(site, username, password)
    expect(learner.page.get_by_role("heading", level=1)).to_have_text("My courses")
    expect(learner.page.get_by_placeholder("name-your-server")).to_have_count(0)
    learner.shot("home")
    for path in ("token", "admin", "accept-share"):
        answer = learner.page.goto(f"{site.url}/hub/{path}")
        assert answer is not None and answer.status in (403, 404), path
