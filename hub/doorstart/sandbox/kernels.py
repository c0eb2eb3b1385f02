"""Which kernels run, for whom and for how long: starts them, ends them, and clears up behind them.

A kernel belongs to one instructor's server. It ends when it is asked to, when its program ends, when its time is over,
when that server's container is gone, and when this service starts or stops. Nothing about kernels outlives the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from docker.errors import DockerException

from doorstart import names, sealing
from doorstart.sandbox import confinement
from doorstart.sandbox.engine import ContainerState, Engine, Running
from doorstart.sandbox.folders import PREFIX, Folders
from doorstart.sandbox.unpack import UnpackError, archive_limit, unpack
from doorstart.settings import Settings

KERNEL_ID = re.compile(r"[0-9a-f]{16}\Z")
KEY = re.compile(r"[0-9A-Za-z_-]{32,128}\Z")
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
"""Jupyter's channels; over the ``ipc`` transport the socket of port 1 is the file ``kernel-1``."""

_REAP_EVERY = 2.0
_REMEMBER = 600.0
"""Seconds for which one can still ask how a kernel ended."""

log = logging.getLogger("doorstart.sandbox")


class Reason(StrEnum):
    """How a kernel ended."""

    EXITED = "exited"
    OUT_OF_MEMORY = "out-of-memory"
    LIFETIME = "lifetime-over"
    STOPPED = "stopped"
    SERVER_GONE = "server-gone"


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not a fault)
    """A request cannot be granted. ``status`` is the HTTP status, the message is for an instructor."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Kernel:
    """One kernel, starting, running or ended."""

    server: str
    """:func:`doorstart.names.server_id` of the server that it belongs to."""
    id: str
    key: str
    """Signs the messages between the kernel and its client; both must know it."""
    owner: str
    """The container of that server. A server that is started again has another one."""
    started: float
    starting: bool = True
    container: str | None = None
    ended: float | None = None
    reason: Reason | None = None
    exit_code: int | None = None
    cleared: bool = False
    """Ended, and nothing of it is left."""
    clearing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Kernels:
    """All kernels of a site."""

    def __init__(self, settings: Settings, engine: Engine, folders: Folders) -> None:
        self._settings = settings
        self._engine = engine
        self._folders = folders
        self._kernels: dict[tuple[str, str], Kernel] = {}
        self._reaper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Remove what an earlier process left behind, and begin to look after the kernels.

        Raises:
            docker.errors.DockerException: the engine does not answer.
        """
        await self._remove_strays((await asyncio.to_thread(self._engine.running)).kernels)
        await asyncio.to_thread(self._folders.clear)
        self._reaper = asyncio.create_task(self._reap_forever())

    async def close(self) -> None:
        """End all kernels."""
        if self._reaper is not None:
            self._reaper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reaper
        # Also those that the reaper was just clearing up when it was cancelled.
        left = [kernel for kernel in self._kernels.values() if not kernel.cleared]
        await asyncio.gather(*(self._end(kernel, Reason.STOPPED) for kernel in left), return_exceptions=True)

    async def start(
        self,
        server: str,
        image: str,
        archive: AsyncIterator[bytes],
        kernel_id: str | None = None,
        key: str | None = None,
    ) -> Kernel:
        """Start a kernel and return it once its sockets are sealed and ready.

        Args:
            server: the caller's server.
            image: the digest of the image that is chosen for the caller.
            archive: the files of the kernel's working folder, as an uncompressed tar archive; may be empty.
            kernel_id: 16 hexadecimal digits; given to restart a kernel, whose clients know its socket's path.
            key: the key that signs its messages; given for the same reason.

        Raises:
            Refused: the request is wrong, the site's kernels are all in use, or the kernel does not start.
        """
        kernel = await self._reserve(server, kernel_id or secrets.token_hex(8), key or secrets.token_hex(32))
        try:
            await self._prepare(kernel, archive)
            await self._launch(kernel, image)
        except BaseException as error:
            await asyncio.shield(self._forget(kernel))
            raise _as_refusal(error) from error
        finally:
            kernel.starting = False
        return kernel

    async def find(self, server: str, kernel_id: str) -> Kernel:
        """One kernel of this server, with how it is doing now.

        Raises:
            Refused: this server has no such kernel.
        """
        kernel = self._kernels.get((server, kernel_id))
        if kernel is None:
            raise Refused(404, "This server has no such kernel. Start it again.")
        if kernel.ended is None and kernel.container is not None:
            state = await asyncio.to_thread(self._engine.state, kernel.container)
            if not state.running:
                await self._end(kernel, _reason(state), state.exit_code)
        return kernel

    async def interrupt(self, server: str, kernel_id: str) -> None:
        """Interrupt what the kernel executes, as Ctrl+C does; nothing happens if it has ended.

        Raises:
            Refused: this server has no such kernel.
        """
        kernel = await self.find(server, kernel_id)
        if kernel.ended is None and kernel.container is not None:
            await asyncio.to_thread(self._engine.signal, kernel.container, "SIGINT")

    async def stop(self, server: str, kernel_id: str) -> None:
        """End a kernel and remove all of it; nothing happens if it is not there."""
        kernel = self._kernels.get((server, kernel_id))
        if kernel is not None:
            await self._end(kernel, Reason.STOPPED)
            if not kernel.starting:  # Otherwise start() finds it ended, and forgets it.
                await self._forget(kernel)

    async def _reserve(self, server: str, kernel_id: str, key: str) -> Kernel:
        owner = await asyncio.to_thread(self._engine.server, server)
        if owner is None:
            raise Refused(409, "The server that asks for a kernel is not running. Stop it and start it again.")
        before = self._kernels.get((server, kernel_id))
        if before is not None and before.ended is not None and not before.starting:
            await self._forget(before)
        # No await from here to the end: the checks, the count and the entry belong together.
        if (server, kernel_id) in self._kernels:
            raise Refused(409, "This kernel is still running. Stop it before you start it again.")
        if len(self._running()) >= self._settings.kernel_limit:
            raise Refused(
                429,
                f"All {self._settings.kernel_limit} kernels that may run at once on this site are in use. "
                "Wait for one to end, or shut down notebooks that are not needed.",
            )
        kernel = Kernel(server, kernel_id, key, owner, time.monotonic())
        self._kernels[server, kernel_id] = kernel
        return kernel

    async def _prepare(self, kernel: Kernel, archive: AsyncIterator[bytes]) -> None:
        await asyncio.to_thread(self._folders.make, kernel.server, kernel.id)
        limit = self._settings.kernel_work_size
        with tempfile.TemporaryFile(dir=self._folders.files(kernel.server, kernel.id)) as received:
            await _receive(archive, received, limit)
            await asyncio.to_thread(unpack, received, self._folders.work(kernel.server, kernel.id), limit)
        self._folders.write_connection(kernel.server, kernel.id, connection(kernel, confinement.SOCKETS))

    async def _launch(self, kernel: Kernel, image: str) -> None:
        sockets, files = self._folders.on_engine(kernel.server, kernel.id)
        options = confinement.container_options(
            self._settings, image, kernel.server, kernel.id, str(sockets), str(files)
        )
        kernel.container = container = await asyncio.to_thread(self._engine.start, options)
        kernel.cleared = False  # It may have been stopped meanwhile.

        async def alive() -> bool:
            return (await asyncio.to_thread(self._engine.state, container)).running

        try:
            await sealing.seal(
                self._folders.sockets(kernel.server, kernel.id),
                [f"{PREFIX}-{port}" for port in PORTS.values()],
                uid=names.SERVER_UID,
                gid=names.SERVER_UID,
                timeout=self._settings.start_timeout,
                alive=alive,
            )
        except sealing.SealError:
            log.error(
                "The log of the kernel that did not start:\n%s", await asyncio.to_thread(self._engine.log, container)
            )
            raise
        if kernel.ended is not None:
            raise Refused(409, "The kernel was stopped while it was starting. Start it again if you need it.")

    async def _end(self, kernel: Kernel, reason: Reason, exit_code: int | None = None) -> None:
        """End a kernel's container and remove its folders; how it ended can still be asked."""
        if kernel.ended is None:
            kernel.ended, kernel.reason, kernel.exit_code = time.monotonic(), reason, exit_code
            log.info("Kernel %s of server %s: %s", kernel.id, kernel.server, reason)
        async with kernel.clearing:
            if kernel.cleared:
                return
            if kernel.container is not None:
                await asyncio.to_thread(self._engine.remove, kernel.container)
                kernel.container = None
            await asyncio.to_thread(self._folders.remove, kernel.server, kernel.id)
            kernel.cleared = True

    async def _forget(self, kernel: Kernel) -> None:
        try:
            await self._end(kernel, Reason.STOPPED)
        except DockerException as error:
            log.error("The container of kernel %s could not be removed, trying again soon: %s", kernel.id, error)
        if self._kernels.get((kernel.server, kernel.id)) is kernel:
            del self._kernels[kernel.server, kernel.id]

    def _running(self) -> list[Kernel]:
        return [kernel for kernel in self._kernels.values() if kernel.ended is None or kernel.starting]

    async def _reap_forever(self) -> None:
        while True:
            await asyncio.sleep(_REAP_EVERY)
            try:
                await self._reap()
            except Exception:  # Whatever it is, such as an engine that restarts: the next round must come.
                log.exception("Looking after the kernels failed; trying again in %g seconds", _REAP_EVERY)

    async def _reap(self) -> None:
        """End kernels whose time is over or whose server is gone, note those that ended, and clear up what is left."""
        now = time.monotonic()
        running = await asyncio.to_thread(self._engine.running)
        for kernel in list(self._kernels.values()):
            try:
                await self._look_after(kernel, running, now)
            except Exception:  # Those behind it have to be looked after too.
                log.exception("Looking after the kernel %s failed; trying again in %g seconds", kernel.id, _REAP_EVERY)
        for name, container in running.kernels.items():
            try:
                await self._remove_strays({name: container})
            except Exception:
                log.exception("Removing the container %s failed; trying again in %g seconds", name, _REAP_EVERY)

    async def _look_after(self, kernel: Kernel, running: Running, now: float) -> None:
        if kernel.ended is not None:
            if not kernel.starting and now - kernel.ended > _REMEMBER:
                await self._forget(kernel)
            elif not kernel.cleared:
                await self._end(kernel, Reason.STOPPED)
        elif now - kernel.started > self._settings.kernel_lifetime:
            await self._end(kernel, Reason.LIFETIME)
        elif kernel.owner not in running.servers and kernel.started < now:
            await self._end(kernel, Reason.SERVER_GONE)
        else:
            await self.find(kernel.server, kernel.id)

    async def _remove_strays(self, kernels: dict[str, str]) -> None:
        """Remove containers, given as name and id, that belong to no kernel of this process."""
        site = self._settings.site
        known = {confinement.container_name(site, kernel.server, kernel.id) for kernel in self._kernels.values()}
        for name, container in kernels.items():
            if name not in known:
                log.warning("Removing the container %s, which belongs to no kernel", name)
                await asyncio.to_thread(self._engine.remove, container)


def connection(kernel: Kernel, folder: str) -> dict[str, str | int]:
    """Jupyter's connection information.

    Args:
        kernel: the kernel.
        folder: its socket folder, as the reader sees it; the path of a socket is ``<ip>-<port>``.
    """
    path = f"{folder}/{PREFIX}"
    return {"transport": "ipc", "ip": path, "key": kernel.key, "signature_scheme": "hmac-sha256", **PORTS}


def _reason(state: ContainerState) -> Reason:
    # 137 is SIGKILL. A process that the kernel started may have run out of memory too, without ending the kernel.
    return Reason.OUT_OF_MEMORY if state.out_of_memory and state.exit_code == 137 else Reason.EXITED


def _as_refusal(error: BaseException) -> BaseException:
    if isinstance(error, UnpackError):
        return Refused(413, str(error))
    if isinstance(error, sealing.SealError):
        return Refused(503, f"The kernel did not start. {error}")
    if isinstance(error, DockerException):
        log.error("Docker: %s", error)
        return Refused(503, "The kernel did not start: the container engine refused it. The sandbox's log says why.")
    return error


async def _receive(archive: AsyncIterator[bytes], received: BinaryIO, max_bytes: int) -> None:
    size = 0
    async for chunk in archive:
        size += len(chunk)
        if size > archive_limit(max_bytes):
            raise UnpackError(f"The folder's files are larger than {max_bytes // 1024**2} MB. Move what is not needed.")
        await asyncio.to_thread(received.write, chunk)
    received.seek(0)
