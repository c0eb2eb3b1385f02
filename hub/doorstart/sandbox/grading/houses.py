"""Houses of examiners, one for each instructor's server that grades: see :mod:`doorstart_examiner.house`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field

from docker.errors import DockerException

from doorstart import names, sealing
from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement, named
from doorstart.sandbox.grading.frames import Frames
from doorstart.sandbox.grading.kernels import StartError
from doorstart.settings import Settings

log = logging.getLogger("doorstart.sandbox")


@dataclass
class _House:
    server: str
    owner: str | None = None
    """The container of that server. A server that is started again has another one."""
    container: str | None = None
    sealed: bool = False
    """Whether its socket may be connected to: that it is the container's is known only then."""
    used: float = 0.0
    examiners: list[Frames] = field(default_factory=list)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Houses:
    """The houses of a site that are of one image."""

    def __init__(self, settings: Settings, image: str, engine: Engine, folders: Folders) -> None:
        self._settings = settings
        self._image = image
        self._engine = engine
        self._folders = folders
        self._houses: dict[str, _House] = {}

    async def examiner(self, server: str) -> Frames:
        """A new examiner among those of a server; it ends when the connection is closed.

        Raises:
            StartError: it could not be started.
        """
        house = self._houses.setdefault(server, _House(server))
        async with house.changing:
            house.used = time.monotonic()
            if house.sealed:
                try:
                    return await self._connect(house)
                except OSError:
                    log.warning("The house of server %s has ended; starting it again", server)
            try:
                await self._remove(house)
                await self._start(house)
            except (DockerException, OSError, sealing.SealError) as error:
                raise StartError(f"the house of server {server} did not start: {error}") from error
            try:
                return await self._connect(house)
            except OSError as error:
                raise StartError(f"the house of server {server} does not answer: {error}") from error

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return any(house.container is not None for house in self._houses.values())

    async def rest(self) -> None:
        """Remove the houses that were not used in a while, and those whose server is gone; called now and then."""
        for house in list(self._houses.values()):
            async with house.changing:
                if house.container is None:
                    continue
                house.examiners = [frames for frames in house.examiners if not frames.closed]
                idle = not house.examiners and time.monotonic() - house.used > self._settings.examiner_idle
                if idle or await asyncio.to_thread(self._engine.server, house.server) != house.owner:
                    await self._remove(house)

    async def close(self) -> None:
        """Remove all houses."""
        for house in list(self._houses.values()):
            async with house.changing:
                await self._remove(house)

    async def _connect(self, house: _House) -> Frames:
        frames = await Frames.to(str(self._folders.grading(self._folder(house)) / confinement.SOCKET))
        house.examiners.append(frames)
        return frames

    async def _start(self, house: _House) -> None:
        house.owner = await asyncio.to_thread(self._engine.server, house.server)
        if house.owner is None:
            raise StartError(f"the server {house.server}, for which it would be, is not running")
        folder = self._folders.grading(self._folder(house))
        try:
            await asyncio.to_thread(sealing.prepare, folder, uid=names.EXAMINER_UID)
            source = str(self._folders.grading_on_engine(self._folder(house)))
            options = confinement.house(self._settings, self._image, house.server, source)
            house.container = container = await named.start(self._engine, options)

            async def alive() -> bool:
                return (await asyncio.to_thread(self._engine.state, container)).running

            await sealing.seal(
                folder, [confinement.SOCKET], uid=0, gid=0, timeout=self._settings.start_timeout, alive=alive
            )
        except (DockerException, OSError, sealing.SealError) as error:
            said = await asyncio.to_thread(self._engine.log, house.container) if house.container else ""
            await self._remove(house)
            raise StartError(f"the house of server {house.server} did not start: {error}\n{said}") from error
        except BaseException:  # Nobody waits for it any more.
            with contextlib.suppress(DockerException, OSError):  # Whoever comes next removes it.
                await self._remove(house)
            raise
        house.sealed = True

    async def _remove(self, house: _House) -> None:
        house.sealed = False
        if house.container is not None:
            await asyncio.to_thread(self._engine.remove, house.container)
            house.container = None
        await asyncio.to_thread(sealing.remove, self._folders.grading(self._folder(house)))

    def _folder(self, house: _House) -> str:
        return f"{house.server}-{confinement.mark(self._image)}"
