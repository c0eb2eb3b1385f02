"""All grading of a site: how many notebooks at once, and clearing up at the beginning, now and then, and at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from typing import IO, Any

from docker.errors import DockerException

from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement, job
from doorstart.sandbox.grading.conductor import Conductor
from doorstart.sandbox.grading.forker import Forker
from doorstart.sandbox.grading.houses import Houses
from doorstart.sandbox.grading.incidents import Failed
from doorstart.sandbox.grading.limits import Limits
from doorstart.sandbox.grading.starter import Starter
from doorstart.sandbox.kernels import Refused
from doorstart.sandbox.said import said
from doorstart.sandbox.unpack import archive_limit
from doorstart.settings import MIB, Settings

_REST_EVERY = 5.0
_SPOOL = 8 * MIB
"""Bytes of a request that are kept in memory."""

log = logging.getLogger("doorstart.sandbox")


class _Grader:
    """What grades with one image of kernels: while another one is on trial or was just promoted, there are two."""

    def __init__(self, settings: Settings, image: str, engine: Engine, folders: Folders) -> None:
        starter = Forker if settings.grading_start == "fork" else Starter
        self.image = image
        self.kernels: Forker | Starter = starter(settings, image, engine, folders)
        self.houses = Houses(settings, image, engine, folders)
        self.running = 0
        self.used = time.monotonic()

    async def close(self) -> None:
        """Remove all its containers."""
        for part in (self.houses, self.kernels):
            with contextlib.suppress(DockerException, OSError):
                await part.close()


class Gradings:
    """The grading of a site."""

    def __init__(self, settings: Settings, engine: Engine, folders: Folders) -> None:
        self._settings = settings
        self._engine = engine
        self._folders = folders
        self._graders: dict[str, _Grader] = {}
        self._running = 0
        self._jobs: set[asyncio.Task[Any]] = set()
        self._resting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Remove what an earlier process left behind.

        Raises:
            docker.errors.DockerException: the engine does not answer.
        """
        await self._remove_all()
        self._resting = asyncio.create_task(self._rest_forever())

    async def close(self) -> None:
        """Give up what is being graded and remove all containers."""
        if self._resting is not None:
            self._resting.cancel()
        for running in self._jobs:
            running.cancel()
        await asyncio.gather(*self._jobs, *([self._resting] if self._resting else []), return_exceptions=True)
        for grader in self._graders.values():
            await grader.close()
        await self._remove_all()

    async def grade(self, server: str, image: str, body: AsyncIterator[bytes], gone: asyncio.Event) -> dict[str, Any]:
        """Carry out the job in a request's body; the answer.

        Args:
            server: the caller's server.
            image: the digest of the image that is chosen for the caller.
            body: the request.
            gone: set when the caller does not wait any more.

        Raises:
            Refused: the request is wrong, the site's places are all in use, or grading does not work at this time.
        """
        if self._running >= self._settings.grading_limit:
            raise Refused(
                429,
                said(
                    "All %(n)s notebooks that may be graded at once on this site are being graded. "
                    "Wait for one to end.",
                    n=self._settings.grading_limit,
                ),
            )
        self._running += 1
        try:
            spool = self._folders.grading("received").parent
            with tempfile.SpooledTemporaryFile(_SPOOL, dir=str(spool)) as received:
                await _receive(body, received, self._settings.kernel_work_size)
                try:
                    work = await asyncio.to_thread(job.read, received, self._settings.kernel_work_size)
                except job.JobError as error:
                    raise Refused(422, str(error)) from error
            return await self._conduct(server, image, work, gone)
        finally:
            self._running -= 1

    async def _conduct(self, server: str, image: str, work: job.Job, gone: asyncio.Event) -> dict[str, Any]:
        grader = self._grader(image)
        conductor = Conductor(
            work,
            Limits.of(self._settings, work.request.limits),
            grader.kernels.start,
            lambda: grader.houses.examiner(server),
        )
        grader.running += 1
        running = asyncio.create_task(conductor.run())
        leaving = asyncio.create_task(gone.wait())
        self._jobs.add(running)
        try:
            await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                raise Refused(408, "The caller has left.")
            return running.result()
        except Failed as error:
            raise Refused(503, str(error)) from error
        except asyncio.CancelledError:
            if running.cancelled():
                raise Refused(503, said("The sandbox is being stopped. Try again in a minute.")) from None
            raise
        finally:
            leaving.cancel()
            running.cancel()
            await asyncio.wait({running})
            self._jobs.discard(running)
            grader.running -= 1
            grader.used = time.monotonic()

    def _grader(self, image: str) -> _Grader:
        if image not in self._graders:
            self._graders[image] = _Grader(self._settings, image, self._engine, self._folders)
        return self._graders[image]

    async def _rest_forever(self) -> None:
        while True:
            await asyncio.sleep(_REST_EVERY)
            for grader in list(self._graders.values()):
                try:
                    await self._rest(grader)
                except Exception:  # Whatever it is, such as an engine that restarts: the next round must come.
                    log.exception("Looking after grading failed; trying again in %g seconds", _REST_EVERY)

    async def _rest(self, grader: _Grader) -> None:
        await grader.kernels.rest()
        await grader.houses.rest()
        if not grader.running and time.monotonic() - grader.used > self._settings.examiner_idle:
            del self._graders[grader.image]  # before it is closed: whoever comes now makes another one
            await grader.close()

    async def _remove_all(self) -> None:
        for role in confinement.ROLES:
            for container in await asyncio.to_thread(self._engine.of_role, role):
                await asyncio.to_thread(self._engine.remove, container)


async def _receive(body: AsyncIterator[bytes], received: IO[bytes], max_bytes: int) -> None:
    most = archive_limit(max_bytes) + job.MAX_JSON
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > most:
            text = said(
                "The folder's files are larger than %(megabytes)s MB. Move what is not needed.",
                megabytes=max_bytes // MIB,
            )
            raise Refused(413, text)
        await asyncio.to_thread(received.write, chunk)
    received.seek(0)
