"""The pages about images, in a browser: what an admin sees and does, with the keyboard too, and what others may not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from doorstart import names
from doorstart.check.client import Person
from doorstart.check.stage import open_stage
from doorstart.images.registry import short
from doorstart.images.sbom import PATH, Package, document
from doorstart.language import LANGUAGES
from doorstart.language.catalogue import of

from .axe import findings
from .conftest import Window
from .looks import FULL, examine, tab_to

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]
PACKAGES = [Package("pypi", "pandas", "3.0.1"), Package("deb", "libssl3t64", "3.5.1-1"), Package("pypi", "six", "1.17")]
UPDATED = [Package("pypi", "pandas", "3.0.2"), Package("deb", "libssl3t64", "3.5.1-1"), Package("npm", "left", "1.0")]


@dataclass(frozen=True)
class Two:
    """Two images of learners' servers: the promoted one, and the next."""

    promoted: str
    next: str


@pytest.fixture(scope="module")
def two(site: Any) -> Iterator[Two]:
    """Two images whose content is told; when the module ends, the site has the images that it had."""
    before = site.registry()
    copy = ["USER 0", f"COPY sbom.json {PATH}", "USER 1000"]
    first, second = (
        site.derive("learner", *copy, **{"sbom.json": document("learner", version, packages)})
        for version, packages in (("2026.11", PACKAGES), ("2026.12", UPDATED))
    )
    told = {"who": "ann", "reason": "November update", "checked": "", "two_persons": False}
    site.act("promote", subject=first, **told)
    yield Two(first, second)
    if site.registry().promoted("learner") != before.promoted("learner"):
        site.act("promote", subject=before.promoted("learner"), **told)
    for image in (first, second):
        site.act("retire", subject=image, who="test", reason="the tests have ended")
        for tag in site.client.images.get(image).tags:
            site.client.images.remove(tag)
    site.act("pruned", images=[first, second], who="test")


@pytest.fixture(scope="module")
def admin(site: Any, window: Callable[[str], Window], two: Two) -> Window:
    """An admin who is logged in, at a small screen."""
    ada = window("images")
    ada.page.set_viewport_size(FULL)
    ada.log_in(site, *site.add("admin", []))
    expect(ada.page).to_have_url(re.compile("/hub/admin"))
    return ada


def test_the_list_shows_every_image_and_fits_a_small_screen(site: Any, admin: Window, two: Two) -> None:
    page = admin.page
    page.get_by_role("link", name="Images").click()
    expect(page.get_by_role("heading", name="Images", level=1)).to_be_visible()
    expect(page.locator(f'tr[data-image="{two.promoted}"]')).to_have_attribute("data-state", "promoted")
    row = page.locator(f'tr[data-image="{two.next}"]')
    expect(row).to_contain_text("known")
    expect(row.get_by_role("link", name=f"Promote: learner {short(two.next)}")).to_be_visible()
    examine(admin, "list", "en")


def test_a_package_is_found_in_all_images_that_have_it(site: Any, admin: Window, two: Two) -> None:
    page = admin.page
    page.goto(f"{site.url}/hub/images")
    page.get_by_label("Part of the package's name").fill("PANDAS")
    page.keyboard.press("Enter")
    for version, image in (("3.0.1", two.promoted), ("3.0.2", two.next)):
        row = page.get_by_role("row").filter(has_text=version)
        expect(row).to_contain_text(short(image))
    examine(admin, "search", "en")
    page.get_by_label("Part of the package's name").fill("<b>nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("No image has a package with “<b>nothing” in its name.")


def test_two_images_are_compared(site: Any, admin: Window, two: Two) -> None:
    page = admin.page
    page.goto(f"{site.url}/hub/images")
    page.get_by_role("link", name=short(two.next), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(short(two.next))
    examine(admin, "image", "en")
    page.get_by_label("Compare with").select_option(two.promoted)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row").filter(has_text="pandas")).to_contain_text("3.0.2")
    for title, package in (("Added", "left"), ("Removed", "six")):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_role("row").filter(has_text=package)).to_be_visible()
    expect(page.get_by_text("libssl3t64")).to_have_count(0)
    examine(admin, "diff", "en")


def test_a_promotion_asks_for_a_reason_and_shows_its_check(site: Any, admin: Window, two: Two) -> None:
    page = admin.page
    page.goto(f"{site.url}/hub/images")
    page.get_by_role("link", name=f"Promote: learner {short(two.next)}").click()
    page.get_by_label("Reason").fill("  ")
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    examine(admin, "refused", "en")
    page.get_by_label("Reason").fill("December update")
    admin.shot("promote")
    page.get_by_role("button", name="Promote").click()
    try:
        expect(page.get_by_role("status")).to_contain_text("The check is running")
        back = page.get_by_role("link", name="Back to all images")
        back.focus()
        expect(page.get_by_role("row").filter(has_text="Make ready")).to_be_visible(timeout=120_000)
        expect(back).to_be_focused()  # the page went on without being loaded again
        assert findings(page) == []
        admin.shot("check")
        page.goto(f"{site.url}/hub/images")
        expect(page.get_by_role("link", name="An image is being checked. See how far it is")).to_be_visible()
        page.goto(f"{site.url}/hub/images/promote?image={two.next}")
        page.get_by_label("Reason").fill("once more")
        page.get_by_role("button", name="Promote").click()
        expect(page.get_by_role("alert")).to_contain_text("Another image is being checked")
        page.goto(f"{site.url}/hub/images/check")
        expect(page.get_by_role("status")).to_contain_text("The check is running")
    finally:
        site.client.containers.get(f"{site.name}-inspector").kill()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is promoted")
    page.reload()
    examine(admin, "ended", "en")
    assert site.registry().promoted("learner") == two.promoted
    with open_stage(names.PROMOTION_COURSE):
        pass


def test_a_rollback_needs_the_keyboard_only(site: Any, admin: Window, two: Two) -> None:
    before = site.registry().previous("learner")
    page = admin.page
    page.goto(f"{site.url}/hub/images")
    tab_to(page, page.get_by_role("link", name="Roll back: learner"))
    admin.shot("focus")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Go back to the image before")).to_be_visible()
    examine(admin, "rollback", "en")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("notebooks do not save")
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-image="{two.promoted}"]')).to_have_attribute("data-state", "known")
    after = site.registry()
    assert after.promoted("learner") == before
    assert (after.log[-1].who, after.log[-1].reason) == (admin.username, "notebooks do not save")


def test_a_service_is_changed_on_the_machine_only(site: Any, admin: Window) -> None:
    hub = site.derive("hub")
    try:
        page = admin.page
        page.goto(f"{site.url}/hub/images/promote?image={hub}")
        expect(page.locator("pre")).to_have_text(f'doorstart image promote {short(hub)} --reason "…"')
        expect(page.locator("#images-act form")).to_have_count(0)
    finally:
        site.act("retire", subject=hub, who="test", reason="the tests have ended")
        site.act("pruned", images=[hub], who="test")
        for tag in site.client.images.get(hub).tags:
            site.client.images.remove(tag)


def test_the_pages_are_in_the_language_of_the_admin(site: Any, window: Callable[[str], Window], two: Two) -> None:
    someone = window("images-languages")
    someone.page.set_viewport_size(FULL)
    someone.log_in(site, *site.add("admin", []))
    expect(someone.page).to_have_url(re.compile("/hub/admin"))
    for language in LANGUAGES:
        words = of(language).gettext
        someone.page.goto(f"{site.url}/hub/account")
        someone.page.locator(f'input[value="{language}"]').check()
        someone.page.locator("form[action$=account] button").click()
        expect(someone.page.locator("html")).to_have_attribute("lang", language)
        someone.page.goto(f"{site.url}/hub/images")
        expect(someone.page.get_by_role("heading", level=1)).to_have_text(words("Images"))
        expect(someone.page.get_by_role("link", name=words("Images"), exact=True)).to_have_count(1)
        examine(someone, "list", language)
        someone.page.goto(f"{site.url}/hub/images/trial?image={two.next}")
        expect(someone.page.get_by_role("heading", level=1)).to_have_text(words("Try an image with a group"))
        examine(someone, "trial", language)


@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_nobody_else_sees_or_changes_images(site: Any, two: Two, role: str) -> None:
    before = site.registry()
    with Person(site.url, *site.add(role, ["programming.en"])) as person:
        for path in ("", "/show?image=learner", "/search?package=six", "/check", "/rollback?name=learner"):
            assert person.http.get(f"/hub/images{path}").status_code in (403, 404), path
        form = {"_xsrf": person._xsrf("/hub/"), "name": "learner", "image": two.next, "reason": "x"}
        for act in ("promote", "rollback", "trial", "retire"):
            assert person.http.post(f"/hub/images/{act}", data=form).status_code in (403, 404), act
    assert site.registry() == before


def test_a_form_from_elsewhere_changes_nothing(site: Any, two: Two) -> None:
    before = site.registry()
    with Person(site.url, *site.add("admin", [])) as person:
        form = {"name": "learner", "reason": "x"}
        assert person.http.post("/hub/images/rollback", data=form).status_code == httpx.codes.FORBIDDEN
    assert site.registry() == before
