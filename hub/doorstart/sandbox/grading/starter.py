"""Learner kernels that are their containers' own programs: for sites without a forker, at a second each.

The container makes its socket in a folder that is sealed before anybody connects, as a sandboxed kernel's is.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable

from docker.errors import DockerException

from doorstart import names, sealing
from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement
from doorstart.sandbox.grading.frames import Frames
from doorstart.sandbox.grading.kernels import Ended, LearnerKernel, StartError, Usage
from doorstart.sandbox.grading.pool import Container, Pool
from doorstart.settings import Settings

_LOOK_EVERY = 0.5


class Starter:
    """Starts learner kernels; the pool has some whose imports are done."""

    def __init__(self, settings: Settings, image: str, engine: Engine, folders: Folders) -> None:
        self._settings = settings
        self._image = image
        self._engine = engine
        self._folders = folders
        self._pool = Pool(settings, self._start_container, self._remove_container)

    async def start(self) -> LearnerKernel:
        """A learner kernel in a container of its own.

        Raises:
            StartError: it could not be started.
        """
        try:
            container = await self._pool.take()
        except (DockerException, OSError, sealing.SealError) as error:
            raise StartError(f"a container: {error}") from error

        async def alive() -> bool:
            return (await asyncio.to_thread(self._engine.state, container.id)).running

        folder = self._folders.grading(container.sockets)
        try:
            await sealing.seal(
                folder, [confinement.SOCKET], uid=0, gid=0, timeout=self._settings.start_timeout, alive=alive
            )
            frames = await Frames.to(str(folder / confinement.SOCKET))
        except (DockerException, OSError, sealing.SealError) as error:
            said = await asyncio.to_thread(self._engine.log, container.id)
            self._pool.discard(container)
            raise StartError(f"a learner kernel: {error}\n{said}") from error
        except BaseException:
            self._pool.discard(container)
            raise
        return _Lone(frames, container.id, self._engine, lambda: self._pool.discard(container))

    async def rest(self) -> None:
        """Remove unused containers if none was needed in a while; called now and then."""
        await self._pool.rest()

    async def close(self) -> None:
        """Remove all containers."""
        await self._pool.close()

    def _start_container(self) -> Container:
        sockets = f"kernel-{secrets.token_hex(8)}"
        sealing.prepare(self._folders.grading(sockets), uid=names.KERNEL_UID)
        try:
            options = confinement.lone_kernel(
                self._settings, self._image, str(self._folders.grading_on_engine(sockets))
            )
            return Container(self._engine.start(options), 0, sockets)
        except BaseException:
            sealing.remove(self._folders.grading(sockets))
            raise

    def _remove_container(self, container: Container) -> None:
        self._engine.remove(container.id)
        sealing.remove(self._folders.grading(container.sockets))


class _Lone:
    """A learner kernel that is its container's program."""

    def __init__(self, frames: Frames, container: str, engine: Engine, discard: Callable[[], None]) -> None:
        self.frames = frames
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._container = container
        self._engine = engine
        self._discard = discard
        self._usage = Usage()
        self._watcher = asyncio.create_task(self._watch())

    async def interrupt(self) -> None:
        """As in the protocol."""
        with contextlib.suppress(DockerException, OSError):
            await asyncio.to_thread(self._engine.signal, self._container, "SIGINT")

    async def usage(self) -> Usage:
        """As in the protocol."""
        with contextlib.suppress(DockerException, OSError):
            used = await asyncio.to_thread(self._engine.usage, self._container)
            state = await asyncio.to_thread(self._engine.state, self._container)
            cpu, memory = used or (self._usage.cpu_seconds, self._usage.memory_bytes)
            self._usage = Usage(cpu, max(memory, self._usage.memory_bytes), int(state.out_of_memory))
        return self._usage

    def close(self) -> None:
        """As in the protocol."""
        self._watcher.cancel()
        self.frames.close()
        self._discard()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            with contextlib.suppress(DockerException, OSError):
                state = await asyncio.to_thread(self._engine.state, self._container)
                if not state.running:
                    code = state.exit_code or 0
                    killed = code > 128
                    self.ended.set_result(Ended(code - 128 if killed else None, None if killed else code))
                    return
