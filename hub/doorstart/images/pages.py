"""The Hub's pages about images, for admins: who gets what, what is in it, promote, try, roll back, retire.

What is done here is what ``doorstart image`` does on the command line. Every act is a page that asks, and a form;
nothing needs a script. The images of services are only shown: to change one, compose has to run on the machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import docker
from docker.errors import DockerException
from jupyterhub import orm
from jupyterhub.scopes import needs_scope
from tornado import web

from doorstart.check import inspector, progress
from doorstart.check.order import Order
from doorstart.images import acts, listing, registry_file, running
from doorstart.images.contents import Contents
from doorstart.images.registry import CHECK_GROUPS, NAMES, SERVERS, SERVICES, Registry, RegistryError, short
from doorstart.images.sbom import MEANING, SbomError, difference
from doorstart.images.words import DONE, ON_HOST, STATES
from doorstart.pages.page import Page
from doorstart.settings import settings


@cache
def _client() -> docker.DockerClient:
    return docker.from_env(timeout=60)


@cache
def _contents() -> Contents:
    return Contents(settings().registry.parent, _client())


class _Page(Page):
    """A page for admins."""

    async def show(self, template: str, **values: Any) -> None:
        """Answer with a page."""
        told = {
            "states": {state: self.words.gettext(text) for state, text in STATES.items()},
            "done": {what: self.words.gettext(text) for what, text in DONE.items()},
            "short": short,
            "moment": listing.moment,
            "megabytes": listing.megabytes,
        }
        html = await self.render_template(template, user=self.current_user, **told, **values)
        self.set_header("Cache-Control", "no-store")
        self.finish(html)

    def registry(self) -> Registry:
        """The registry as it is now."""
        return registry_file.read(settings().registry)

    def outdated(self, known: Registry) -> list[running.Outdated]:
        """The running servers that have another image than their people would get."""
        people = []
        for user in self.db.query(orm.User):
            servers = tuple(one.name for one in user._orm_spawners if one.server is not None)
            if servers:
                people.append(running.Person(user.name, tuple(group.name for group in user.groups), servers))
        return running.outdated(known, people, running.running(_client(), settings().site))


def _page(method: Any) -> Any:
    """For admins only; what is refused, and what the engine does not do, is said in a sentence."""

    @web.authenticated
    @needs_scope("admin-ui")  # type: ignore[untyped-decorator]  # jupyterhub has no types
    async def answer(self: _Page) -> None:
        try:
            await method(self)
        except (RegistryError, SbomError) as error:
            raise web.HTTPError(400, str(error)) from error
        except DockerException as error:
            self.log.warning("Engine: %s", error)
            raise web.HTTPError(503, "The container engine does not answer as it should. Try again.") from error

    return answer


class ImagesPage(_Page):
    """All images."""

    @_page
    async def get(self) -> None:
        """Show them, the running servers that have another one, and whether one is being checked."""
        known = self.registry()
        rows = await asyncio.to_thread(listing.listed, _client(), known)
        await self.show(
            "images.html",
            groups=[(name, [row for row in rows if row.entry.name == name]) for name in NAMES],
            outdated=self.outdated(known),
            known=known,
            services=SERVICES,
            checking=await asyncio.to_thread(inspector.running, _client(), settings().site),
        )


class ImagePage(_Page):
    """One image."""

    @_page
    async def get(self) -> None:
        """Show its state, its log, and what is in it."""
        known = self.registry()
        entry = known.find(self.get_argument("image", ""))
        rows = await asyncio.to_thread(listing.listed, _client(), known, name=entry.name, removed=True)
        packages, without = None, ""
        try:
            packages = (await asyncio.to_thread(_contents().of, entry.id)).packages
        except SbomError as error:
            without = str(error)
        await self.show(
            "image.html",
            row=next(row for row in rows if row.entry.id == entry.id),
            others=[row for row in rows if row.entry.id != entry.id and not row.entry.removed],
            log=[act for act in reversed(known.log) if act.image == entry.id],
            packages=packages,
            without=without,
            kinds=MEANING,
        )


class DifferencePage(_Page):
    """What changed from one image to another."""

    @_page
    async def get(self) -> None:
        """Show it."""
        known = self.registry()
        before, after = (known.find(self.get_argument(one, "")) for one in ("before", "after"))

        def compare() -> Any:
            return difference(_contents().of(before.id), _contents().of(after.id))

        found = await asyncio.to_thread(compare)
        await self.show("images-diff.html", before=before, after=after, found=found, kinds=MEANING)


class SearchPage(_Page):
    """Which image has a package."""

    @_page
    async def get(self) -> None:
        """Show the packages with a text in their name."""
        text = self.get_argument("package", "").strip()
        found = await asyncio.to_thread(_contents().search, self.registry(), text) if text else []
        await self.show("images-search.html", text=text, found=found, kinds=MEANING)


class CheckPage(_Page):
    """How the check of an image goes on."""

    @_page
    async def get(self) -> None:
        """Show its steps."""
        check = progress.read(settings().registry.with_name(progress.FILE))
        alive = await asyncio.to_thread(inspector.running, _client(), settings().site)
        known = self.registry()
        entry = known.images.get(check.order.image) if check else None
        promoted = bool(entry and known.promoted(entry.name) == entry.id)
        await self.show("images-check.html", check=check, alive=alive, entry=entry, promoted=promoted)


class ActPage(_Page):
    """Asks whether an act is really meant, and carries it out."""

    @_page
    async def get(self) -> None:
        """The question."""
        await self._ask(self._act())

    @_page
    async def post(self) -> None:
        """The answer."""
        act = self._act()
        try:
            await self._carry_out(act)
        except RegistryError as error:
            self.set_status(400)
            await self._ask(act, str(error))
            return
        self.redirect(f"{self.hub.base_url}images" + ("/check" if act == "promote" else ""))

    def _act(self) -> str:
        return str(self.request.path.rpartition("/")[2])

    async def _ask(self, act: str, error: str = "") -> None:
        known = self.registry()
        name = self.get_argument("name", "")
        image = known.previous(name) if act == "rollback" else self.get_argument("image", "")
        if act == "rollback" and not image:
            raise web.HTTPError(400, error or f"There is no earlier {name or 'image'} to go back to.")
        entry = known.find(image)
        groups = [group.name for group in self.db.query(orm.Group).order_by(orm.Group.name)]
        await self.show(
            "images-act.html",
            act=act,
            entry=entry,
            error=error,
            reason=self.get_argument("reason", ""),
            group=self.get_argument("group", ""),
            groups=[group for group in groups if group not in CHECK_GROUPS],
            on_host=entry.name in SERVICES and act in ("promote", "rollback"),
            ends=act == "rollback" and entry.name in SERVERS,
            confirms=act == "promote" and settings().two_persons and entry.id in known.requests,
            promoted=known.promoted(entry.name),
        )

    async def _carry_out(self, act: str) -> None:
        who, reason = self.current_user.name, self.get_argument("reason", "")
        now, known = datetime.now(UTC), self.registry()
        told = {"who": who, "now": now}
        if act == "rollback":
            await self._roll_back(self.get_argument("name", ""), who, reason, now)
            return
        image = known.find(self.get_argument("image", "")).id
        group = self.get_argument("group", "")
        if act == "promote":
            await self._promote(known, Order(image=image, who=who, reason=reason))
        elif act == "trial":
            await self._update(partial(acts.trial, image=image, group=group, **told))
        elif act == "end_trial":
            await self._update(partial(acts.end_trial, image=image, group=group, **told))
        elif act == "retire":
            await self._update(partial(acts.retire, image=image, reason=reason, **told))
        else:
            await self._update(partial(acts.restore, image=image, reason=reason, **told))
        self.log.info("%s: %s %s %s", who, act, image, reason)

    async def _promote(self, known: Registry, order: Order) -> None:
        entry = acts.promotable(known, order.image, who=order.who, two_persons=settings().two_persons)
        if not order.reason.strip():
            raise RegistryError("Say why: it is kept in the log for those who come after you.")
        if entry.name in SERVICES:
            raise RegistryError(self.words.gettext(ON_HOST))
        await asyncio.to_thread(inspector.start, _client(), settings().site, order)
        progress.begin(settings().registry.with_name(progress.FILE), order)

    async def _roll_back(self, name: str, who: str, reason: str, now: datetime) -> None:
        if name in SERVICES:
            raise RegistryError(self.words.gettext(ON_HOST))
        minutes = self.get_argument("minutes", "").strip()
        try:
            at = now + timedelta(minutes=min(max(float(minutes), 0), 10_000)) if minutes else None
        except ValueError:
            raise RegistryError("Give the minutes as a number, or leave them out.") from None
        shown = {"promoted": self.get_argument("promoted", ""), "target": self.get_argument("image", "")}

        def change(known: Registry) -> Registry:
            acts.require_shown(known, name, **shown)  # of two who press the button, the second would go back once more
            after = acts.rollback(known, name, who=who, reason=reason, now=now)
            return acts.end_servers(after, name, at, who=who, reason=reason, now=now) if at else after

        await self._update(change)
        self.log.info("%s rolled %s back: %s", who, name, reason)

    async def _update(self, act: Callable[[Registry], Registry]) -> None:
        await asyncio.to_thread(registry_file.update, act, settings().registry)


handlers: list[tuple[str, type[web.RequestHandler]]] = [
    (r"/images", ImagesPage),
    (r"/images/show", ImagePage),
    (r"/images/diff", DifferencePage),
    (r"/images/search", SearchPage),
    (r"/images/check", CheckPage),
    (r"/images/(?:promote|rollback|trial|end_trial|retire|restore)", ActPage),
]
