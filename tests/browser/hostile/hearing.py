"""Finds out which cases acted in a browser window."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Dialog, Error, Frame, Page, Response

from .canary import BEACON, Canary
from .case import MARK, Case, fill

SENT = re.compile(r"/hub/.*beacon-|/user/eve/beacon-|formgrader\?path=")
"""Addresses on the site that only a case asks for."""

CLICK = """
mark => {
    for (const one of document.querySelectorAll('a, area, button, summary, input, [onclick], [id], [title]'))
        if (one.outerHTML.split('>')[0].includes(mark) && !one.closest('[data-jp-main-content-panel] > .lm-TabBar'))
            one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, view: window}))
}
"""
"""Clicks on everything whose own tag has a beacon in it."""


class Hearing:
    """Listens in one browser window, to all of its pages, and at the canary."""

    def __init__(self, context: BrowserContext, canary: Canary, origin: str) -> None:
        self._context = context
        self._canary = canary
        self._origin = urlsplit(origin).netloc
        self._answered: set[str] = set()
        self._pages = 0
        self._clicking = False
        self._asked = False
        context.on("dialog", self._on_dialog)
        context.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        parts = urlsplit(response.url)
        if parts.netloc == self._origin and SENT.search(response.url):
            self._answered.update(BEACON.findall(response.url))

    def _on_dialog(self, dialog: Dialog) -> None:
        self._asked |= self._clicking  # a click asks for nothing, nor does it lead the page away
        dialog.accept()

    def start(self) -> None:
        """Forget what was heard."""
        self._canary.heard.clear()
        self._answered.clear()
        self._asked = False
        self._pages = len(self._context.pages)

    def click(self, page: Page) -> None:
        """Click on whatever the cases put into the page, and its frames, to be clicked on."""
        self._clicking = True
        for frame in page.frames:
            try:
                frame.evaluate(CLICK, MARK)
            except Error:
                continue  # a frame that is gone by now
        page.wait_for_timeout(400)
        self._clicking = False

    def acted(self, page: Page, cases: Iterable[Case] = ()) -> set[str]:
        """The names of the cases that acted since ``start``; ``cases`` are those whose probes are asked."""
        found = self._canary.heard | self._answered
        for one in self._context.pages:
            found |= set(title.groups() if (title := BEACON.fullmatch(one.title())) else ())
        if len(self._context.pages) > self._pages:
            found.add("a-new-window")
        if self._asked:
            found.add("a-dialog")
        for case in cases:
            if case.probe and self._holds(page.main_frame, case):
                found.add(case.name)
        return found

    def probed(self, page: Page, cases: Iterable[Case]) -> set[str]:
        """The names of the cases whose probes say yes in the frame that the case has to itself."""
        frames = {frame.url.rpartition("/")[2]: frame for frame in page.frames}
        return {case.name for case in cases if case.probe and self._holds(frames[case.name], case)}

    def _holds(self, frame: Frame, case: Case) -> bool:
        probe = fill(case.probe, case.name, self._canary.url)
        return bool(frame.evaluate(f"() => {{ try {{ return Boolean({probe}) }} catch {{ return false }} }}"))
