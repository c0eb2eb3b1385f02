"""A learner opens Fava from the Lab's launcher, and sees the ledger that was written beside a notebook."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Window

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
COURSE = "accounting.en"
LEDGER = """option "title" "Morelan, first days"
option "operating_currency" "EUR"
2026-01-01 open Assets:Bank EUR
2026-01-01 open Equity:Capital EUR
2026-01-02 * "Capital"
  Assets:Bank     10000.00 EUR
  Equity:Capital
"""
PUT = """
async ([address, text]) => {
    const token = document.cookie.match(/_xsrf=([^;]+)/)[1];
    const body = JSON.stringify({type: "file", format: "text", content: text});
    const headers = {"Content-Type": "application/json", "X-XSRFToken": token};
    return (await fetch(address, {method: "PUT", headers, body})).status;
}
"""


def test_the_ledger_that_a_learner_wrote_is_shown(site: Any, window: Callable[[str], Window]) -> None:
    username, password = site.add("learner", [COURSE], prefix="fay")
    fay = window("fava")
    fay.log_in(site, username, password)
    page = fay.page
    fay.in_lab(site, full=True)
    with page.context.expect_page() as opened:
        page.locator(".jp-LauncherCard", has_text="Fava").click()
    fava = opened.value
    expect(fava).to_have_title(re.compile("No ledger yet"))
    address = f"{site.url}/user/{username}/api/contents/ledger.beancount"
    assert page.evaluate(PUT, [address, LEDGER]) == 201

    def shows_the_ledger() -> bool:
        fava.goto(f"{site.url}/user/{username}/fava/")
        return "Morelan, first days" in fava.title()

    for _ in range(20):
        if shows_the_ledger():
            break
        fava.wait_for_timeout(500)
    fava.get_by_role("link", name=re.compile("Trial Balance")).first.click()
    expect(fava.get_by_text("10000.00").first).to_be_visible()
    fay.shot("trial-balance", fava)
