"""The addresses that this package adds to a learner's server. Each only translates: see :mod:`doorstart_lab.desk`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.wire import ArchiveError
from doorstart_lab.desk import Desk
from doorstart_lab.exports import ExportsHandler
from doorstart_lab.notice import read_notice
from doorstart_lab.refusals import Refusal, by_archive, by_exchange, by_files

Answer = dict[str, Any]


class _Handler(APIHandler):
    """Answers with JSON; what goes wrong is ``{"error": word, "message": sentence, "file": name}``."""

    sending = False
    """Whether the learner's files are on their way out: they are named when they are refused."""

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    async def answer(self, do: Callable[..., Answer], *arguments: str) -> None:
        """Does it in a thread, and sends what comes back."""
        try:
            done = await asyncio.to_thread(do, *arguments)
        except ExchangeClientError as error:
            self._refuse(by_exchange(error))
        except ArchiveError as error:
            self._refuse(by_archive(error, self.sending))
        except OSError as error:
            self.log.exception("The learner's files could not be used")
            self._refuse(by_files(error))
        else:
            self.finish(json.dumps(done))

    def _refuse(self, refusal: Refusal) -> None:
        self.set_status(409)
        self.finish(json.dumps(refusal._asdict()))

    def unit(self) -> tuple[str, str]:
        """The course and the assignment in the request's body."""
        body = self.get_json_body() or {}
        return str(body.get("course", "")), str(body.get("assignment", ""))


class UnitsHandler(_Handler):
    """The learner's courses and units."""

    @web.authenticated
    async def get(self) -> None:
        await self.answer(self.desk.units)


class OpenHandler(_Handler):
    """Fetches a unit if needed, and says where its notebook is."""

    @web.authenticated
    async def post(self) -> None:
        await self.answer(self.desk.open, *self.unit())


class ParcelHandler(_Handler):
    """What handing in would send."""

    sending = True

    @web.authenticated
    async def post(self) -> None:
        await self.answer(self.desk.parcel, *self.unit())


class HandInHandler(_Handler):
    """Hands in, and answers with the receipt."""

    sending = True

    @web.authenticated
    async def post(self) -> None:
        await self.answer(self.desk.hand_in, *self.unit())


class FeedbackHandler(_Handler):
    """The latest feedback for a unit."""

    @web.authenticated
    async def post(self) -> None:
        await self.answer(self.desk.feedback, *self.unit())


class NoticeHandler(_Handler):
    """The Hub's notice to this server, or null."""

    # Asked every few seconds, which is not work: a server that nobody uses must still be stopped.
    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        self.finish(json.dumps(await asyncio.to_thread(read_notice)))


def routes(base_url: str, desk: Desk) -> list[tuple[str, type[APIHandler], dict[str, Desk]]]:
    """The handlers, for tornado's ``add_handlers``."""
    exports: tuple[str, type[APIHandler], dict[str, Desk]] = (
        url_path_join(base_url, "api/nbconvert"),
        ExportsHandler,
        {},
    )
    handlers = {
        "units": UnitsHandler,
        "open": OpenHandler,
        "parcel": ParcelHandler,
        "hand-in": HandInHandler,
        "feedback": FeedbackHandler,
        "notice": NoticeHandler,
    }
    ours = [(url_path_join(base_url, "doorstart", name), handler, {"desk": desk}) for name, handler in handlers.items()]
    return [exports, *ours]
