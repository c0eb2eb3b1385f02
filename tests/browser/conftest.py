"""A real browser for the tests: Debian's Chromium, every request of which is recorded and must stay on the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser_network import BrowserNetwork
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

SIZE = {"width": 1280, "height": 800}
INSIDE = ("data", "blob", "about")
"""Addresses that are made in the page itself: nothing is sent for them."""

expect.set_options(timeout=30_000)


@dataclass
class Watch:
    """What one browser window asked for, and what it complained about."""

    origin: str
    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """The addresses that are not the site's own."""
        return [one for one in self.addresses if not self.own(one)]

    def own(self, address: str) -> bool:
        """Whether an address is on the site, or in the page itself."""
        parts = urlsplit(address)
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        return parts.scheme in INSIDE or f"{scheme}://{parts.netloc}" == self.origin

    def attach(self, context: BrowserContext) -> None:
        """Record everything in this window; what would leave the site is stopped, so that nothing does."""

        def route(route: Route) -> None:
            route.continue_() if self.own(route.request.url) else route.abort()

        def route_socket(socket: WebSocketRoute) -> None:
            self.addresses.append(socket.url)
            socket.close()

        context.route(re.compile("."), route)
        context.route_web_socket(lambda address: not self.own(address), route_socket)
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.addresses.append(socket.url)))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))

    def blocked(self) -> list[str]:
        """What the console said of loads that a policy or the network stopped."""
        stopped = r"Content Security Policy|Mixed Content|CORS|net::ERR_|Refused to"
        words = re.compile(stopped, re.IGNORECASE)
        return [one for one in self.complaints if words.search(one)]


@dataclass
class Window:
    """A browser window of one person, with its own cookies."""

    page: Page
    watch: Watch
    folder: Path
    name: str
    username: str = ""
    shots: int = 0

    def shot(self, what: str, page: Page | None = None) -> None:
        """Keep a picture of the page as a test artefact."""
        self.shots += 1
        (page or self.page).screenshot(path=self.folder / f"{self.name}-{self.shots:02}-{what}.png")

    def log_in(self, site: Any, username: str, password: str) -> None:
        """Fill in the login form of the site's front page."""
        self.username = username
        self.page.goto(site.url)
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Log in").click()

    def in_lab(self, site: Any, *, full: bool = False, tour: bool = False) -> None:
        """Go on to JupyterLab from the start page, where a learner lands.

        Args:
            site: The tests' site.
            full: Whether to switch the simple mode off.
            tour: Whether to leave the first steps open, with which a first visit begins.
        """
        self.page.locator('[data-server=""] a').click()
        address = re.compile(re.escape(f"{site.url}/user/{self.username}/") + "(lab|doc)")
        self.page.wait_for_url(address, wait_until="commit")
        ready = self.page.locator("body.ds-simple [data-shell-mode=single-document]")
        expect(ready).to_be_visible()
        expect(self.page.locator("dialog.ds-tour")).to_be_visible()
        if tour:
            return
        self.page.locator("dialog.ds-tour button").last.click()
        if full:
            self.page.locator("[data-switch=mode]").click()
            expect(self.page.locator("#jp-MainMenu")).to_be_visible()
            expect(self.page.locator(".jp-LauncherCard").first).to_be_visible()
            self.page.locator(".jp-SideBar [data-id=doorstart-courses]").click()


@pytest.fixture(scope="module")
def window(
    site: Any, chromium: Browser, browser_network: BrowserNetwork, artefacts: Path
) -> Iterator[Callable[[str], Window]]:
    """Opens windows; when the module ends, none of them may have asked for anything outside the site."""
    browser_network.reach(site.url)
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_window(name: str) -> Window:
        context = chromium.new_context(viewport=SIZE, locale="en-GB")
        context.set_default_timeout(60_000)
        watch = Watch(site.url)
        watch.attach(context)
        opened.append((context, watch))
        return Window(context.new_page(), watch, artefacts, name)

    yield open_window
    for context, _ in opened:
        context.close()
    for _, watch in opened:
        assert watch.outside() == []
        assert watch.blocked() == []
