"""The forker's container, and learner kernels that are forked by it: see :mod:`doorstart_examiner.forker`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import time
from typing import Any

from docker.errors import DockerException

from doorstart import names, sealing
from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement, named
from doorstart.sandbox.grading.frames import Frames
from doorstart.sandbox.grading.kernels import Ended, LearnerKernel, StartError, Usage
from doorstart.sandbox.grading.pool import Container, Pool
from doorstart.settings import Settings

_FOLDER = "forker"
_MAX_MESSAGE = 64 * 1024
_START_TIMEOUT = 20.0
"""Seconds. A fork takes hundredths."""
_ANSWER_TIMEOUT = 5.0
_CONNECT_EVERY = 0.05

log = logging.getLogger("doorstart.sandbox")


class Forker:
    """Keeps the forker running, and has it fork."""

    def __init__(self, settings: Settings, image: str, engine: Engine, folders: Folders) -> None:
        self._settings = settings
        self._image = image
        self._folder = f"{_FOLDER}-{confinement.mark(image)}"
        self._engine = engine
        self._folders = folders
        self._pool = Pool(settings, self._start_container, lambda container: engine.remove(container.id))
        self._container: str | None = None
        self._starting = asyncio.Lock()
        self._used = 0.0
        self._running = 0
        """Learner kernels that it has forked."""

    async def start(self) -> LearnerKernel:
        """A learner kernel in a container of its own.

        Raises:
            StartError: it could not be started.
        """
        self._used = time.monotonic()
        try:
            self._pool.fill()
            await self._ensure()
            container = await self._pool.take()
        except (DockerException, OSError, sealing.SealError) as error:
            raise StartError(f"the forker, or a container: {error}") from error
        self._running += 1
        try:
            return await self._fork(container)
        except BaseException:
            self._discard(container)
            raise

    async def rest(self) -> None:
        """Remove what was not needed in a while, unused containers and the forker; called now and then."""
        await self._pool.rest()
        if not self._running and time.monotonic() - self._used > self._settings.examiner_idle:
            async with self._starting:
                await self._remove()

    async def close(self) -> None:
        """Remove the forker's container, and with it all that it has forked."""
        async with self._starting:
            await self._remove()
        await self._pool.close()

    def _discard(self, container: Container) -> None:
        self._running -= 1
        self._pool.discard(container)

    def _start_container(self) -> Container:
        container = self._engine.start(confinement.learner_kernel(self._settings, self._image))
        try:
            return Container(container, self._engine.first_process(container))
        except (DockerException, OSError):
            with contextlib.suppress(DockerException, OSError):
                self._engine.remove(container)
            raise

    async def _ensure(self) -> None:
        """Start the forker's container if it does not run."""
        async with self._starting:
            if self._container is not None and await asyncio.to_thread(self._listens):
                return
            await self._remove()
            folder = self._folders.grading(self._folder)
            await asyncio.to_thread(sealing.prepare, folder, uid=0)
            options = confinement.forker(
                self._settings, self._image, str(self._folders.grading_on_engine(self._folder))
            )
            self._container = container = await named.start(self._engine, options)
            deadline = asyncio.get_running_loop().time() + self._settings.start_timeout
            while not await asyncio.to_thread(self._listens):
                running = (await asyncio.to_thread(self._engine.state, container)).running
                if not running or asyncio.get_running_loop().time() > deadline:
                    said = await asyncio.to_thread(self._engine.log, container)
                    await self._remove()
                    raise StartError(f"The forker did not start. It said:\n{said}")
                await asyncio.sleep(_CONNECT_EVERY)

    async def _remove(self) -> None:
        if self._container is not None:
            await asyncio.to_thread(self._engine.remove, self._container)
            self._container = None

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), self._connect():
            return True
        return False

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(str(self._folders.grading(self._folder) / confinement.SOCKET))
        except BaseException:
            connection.close()
            raise
        return connection

    async def _fork(self, container: Container) -> _Forked:
        request = {
            "op": "start",
            "pid": container.process,
            "container": container.id,
            "uid": names.KERNEL_UID,
            "folder": confinement.WORK,
            "environment": confinement.kernel_environment(self._settings),
            "limits": confinement.kernel_limits(self._settings),
        }
        try:
            control = self._connect()
        except OSError as error:
            raise StartError(f"The forker does not answer: {error}") from error
        try:
            control.setblocking(False)
            control.send(json.dumps(request).encode())
            async with asyncio.timeout(_START_TIMEOUT):
                answer, descriptors = await _first_answer(control)
            if "ready" not in answer or len(descriptors) != 1:
                for descriptor in descriptors:
                    os.close(descriptor)
                raise StartError(f"The forker did not start a learner kernel: {answer.get('error', answer)}")
            channel = socket.socket(fileno=descriptors[0])
            channel.setblocking(False)
            return _Forked(await Frames.over(channel), control, lambda: self._discard(container))
        except (OSError, ValueError, TimeoutError) as error:
            control.close()
            raise StartError(f"The forker does not answer as it should: {error!r}") from error
        except BaseException:
            control.close()
            raise


class _Forked:
    """A learner kernel that the forker has forked."""

    def __init__(self, frames: Frames, control: socket.socket, discard: Any) -> None:
        self.frames = frames
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._control = control
        self._discard = discard
        self._usage = Usage()
        self._asked: list[asyncio.Future[None]] = []
        self._listener = asyncio.create_task(self._listen())

    async def interrupt(self) -> None:
        self._send({"op": "signal", "signal": int(signal.SIGINT)})

    async def usage(self) -> Usage:
        if not self.ended.done():
            answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._asked.append(answered)
            self._send({"op": "usage"})
            await asyncio.wait({answered}, timeout=_ANSWER_TIMEOUT)
        return self._usage

    def close(self) -> None:
        self._listener.cancel()
        self._control.close()
        self.frames.close()
        self._discard()

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # It has ended; the listener finds that too.
            self._control.send(json.dumps(message).encode())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        ended = Ended(lost=True)
        with contextlib.suppress(OSError, ValueError):
            while message := await loop.sock_recv(self._control, _MAX_MESSAGE):
                answer = json.loads(message)
                if "usage" in answer:
                    self._usage = Usage(**answer["usage"])
                self._answered()
                if "ended" in answer:
                    ended = Ended(**answer["ended"])
        self.ended.set_result(ended)
        self._answered()

    def _answered(self) -> None:
        for answered in self._asked:
            if not answered.done():
                answered.set_result(None)
        self._asked.clear()


async def _first_answer(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(control, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(control)
    message, descriptors, _, _ = socket.recv_fds(control, _MAX_MESSAGE, 1)
    return (json.loads(message) if message else {"error": "it closed the connection"}), descriptors
