"""A subdomain for each person, on the second site, in Chromium, which takes all of ``*.localhost`` for this machine.

The same page of another learner's server is tried on a site with one address first, where it reads what it likes: that
is what the subdomains are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser_network import BrowserNetwork
from playwright.sync_api import Browser, BrowserContext, Page, expect

from doorstart.check.client import Person

from .command import doorstart

pytestmark = [pytest.mark.engine, pytest.mark.timeout(400)]
COURSE = "programming.en"
SPY = """
async ([hub, own]) => {
    const read = async address => {
        try {
            const answer = await fetch(address, {credentials: "include"});
            return answer.status === 200 && !answer.redirected ? (await answer.text()).length : 0;
        } catch { return 0 }
    };
    const page = window.open(own + "lab");
    let seen = 0;
    for (let turn = 0; turn < 50 && !seen; turn++) {
        await new Promise(done => setTimeout(done, 100));
        try { seen = page.document.querySelectorAll("#jupyter-config-data").length } catch { }
    }
    page.close();
    return {hub: await read(hub + "/hub/home") > 0, window: seen > 0, cookies: document.cookie.includes("_xsrf")};
}
"""
"""What a page of another learner's server would do in somebody's browser: read the Hub's page, and look into a window
with the person's own server."""


@dataclass
class Visit:
    """Somebody who is logged in, in a browser."""

    context: BrowserContext
    page: Page
    username: str

    def spied_on(self, hub: str, own: str, other: str) -> dict[str, bool]:
        """What a page of another's server, at the address ``other``, gets to see."""
        page = self.context.new_page()
        # As Eve's server could answer. Windows of one opener policy may look into each other, so hers has it.
        headers = {"Content-Type": "text/html", "Cross-Origin-Opener-Policy": "same-origin"}
        page.route(f"{other}**", lambda route: route.fulfill(body="<title>Eve</title>", headers=headers))
        page.goto(other)
        assert page.title() == "Eve"
        seen: dict[str, bool] = page.evaluate(SPY, [hub, own])
        page.close()
        return seen


@pytest.fixture(scope="module")
def address(second_site: Any) -> Iterator[str]:
    """The address of the second site, which has subdomains until the module's end."""
    host = f"https://learn.localhost:{urlsplit(second_site.url).port}"
    done = doorstart("site", "up", **{**second_site.environment, "DOORSTART_SUBDOMAIN_HOST": host})
    assert done.returncode == 0, done.stderr
    assert host in done.stdout + done.stderr, "the address that people are told"
    yield host
    done = doorstart("site", "up", **second_site.environment)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def browser(chromium: Browser, browser_network: BrowserNetwork, site: Any, second_site: Any) -> Browser:
    """The browser, for both sites."""
    browser_network.reach(site.url)
    browser_network.reach(second_site.url)
    return chromium


def log_in(chromium: Browser, site: Any, address: str) -> Visit:
    """A new learner logs in and gets to the full JupyterLab."""
    username, password = site.add("learner", [COURSE])
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()
    page.locator('[data-server=""] a').click()
    page.wait_for_url(f"**/user/{username}/lab**")
    page.locator("dialog.ds-tour button").last.click()
    page.locator("[data-switch=mode]").click()
    expect(page.locator(".jp-LauncherCard").first).to_be_visible()
    return Visit(context, page, username)


def test_with_one_address_a_page_of_anothers_server_sees_everything(site: Any, browser: Browser) -> None:
    ann = log_in(browser, site, site.url)
    seen = ann.spied_on(site.url, f"{site.url}/user/{ann.username}/", f"{site.url}/user/eve/")
    ann.context.close()
    assert seen["hub"] and seen["window"], seen


def test_with_subdomains_a_learner_works_at_an_address_of_their_own(
    second_site: Any, address: str, browser: Browser
) -> None:
    ann = log_in(browser, second_site, address)
    own = address.replace("//", f"//{ann.username}.")
    assert ann.page.url.startswith(f"{own}/user/{ann.username}/lab")
    # A kernel over a websocket, and the exchange through the server.
    ann.page.locator(".jp-LauncherCard[data-category='Notebook']").first.click()
    expect(ann.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    at_hub = {cookie["name"]: cookie for cookie in ann.context.cookies(f"{address}/hub/")}
    assert "__Host-jupyterhub-hub-login" in at_hub and at_hub["__Host-jupyterhub-hub-login"]["secure"]
    assert "__Host-jupyterhub-hub-login" not in {cookie["name"] for cookie in ann.context.cookies(f"{own}/")}

    eve = address.replace("//", "//eve.")
    seen = ann.spied_on(address, f"{own}/user/{ann.username}/", f"{eve}/user/eve/")
    assert seen == {"hub": False, "window": False, "cookies": False}
    ann.context.close()


def test_with_subdomains_the_client_of_the_checks_reaches_servers_without_a_dns(second_site: Any, address: str) -> None:
    username, password = second_site.add("learner", [COURSE])
    with Person(address, username, password, verify=False, at=second_site.url) as person:
        server = person.start_server()
        assert server.origin == address.replace("//", f"//{username}.")
        assert server.run("print('by a websocket')").strip() == "by a websocket"
        listed = server.json("GET", "assignments", params={"course_id": COURSE})
        assert [one["assignment_id"] for one in listed["value"]], "the exchange answers"
        person.stop_server()


@pytest.mark.parametrize("check", ["loop", "isolation"])
def test_with_subdomains_the_checks_work_without_a_dns(second_site: Any, address: str, check: str) -> None:
    environment = {**second_site.environment, "DOORSTART_SUBDOMAIN_HOST": address}
    done = doorstart("check", check, "--json", **environment)
    told = json.loads(done.stdout)
    steps = [step for step in told.get("steps", []) if not step["ok"]]
    probes = [probe for probe in told.get("probes", []) if not (probe["refused"] and probe["control"])]
    assert (steps, probes, told.get("error")) == ([], [], None)
    assert done.returncode == 0 and told["ok"] is True
