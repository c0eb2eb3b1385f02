"""The Hub's admin page, whose program brings styles of its own."""

from __future__ import annotations

from jupyterhub.handlers.pages import AdminHandler

from doorstart.pages.page import Page


class AdminPage(Page, AdminHandler):  # type: ignore[misc]  # jupyterhub has no types
    """The Hub's own page in our frame, for admins only."""

    @property
    def content_security_policy(self) -> str:
        """The program writes its styles into the page; scripts have to be files of the site as everywhere."""
        return super().content_security_policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
