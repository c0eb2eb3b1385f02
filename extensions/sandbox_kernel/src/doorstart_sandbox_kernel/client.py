"""The sandbox service, as seen from an instructor's server. Knows its wire format, not what a kernel is."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import httpx

from doorstart_sandbox_kernel.said import said

_CHUNK = 256 * 1024
_TIMEOUT = httpx.Timeout(30, read=180)
"""Seconds. A busy machine may take its time to start a kernel; the service gives up earlier than this."""

_GRADING_TIMEOUT = httpx.Timeout(30, read=1800)
"""Seconds. The service ends a notebook that takes too long, and answers then; this is for a service that hangs."""
_MAX_ANSWER = 128 * 1024 * 1024
"""Most bytes of the answer to a grading; the service limits a notebook's output to less."""


class SandboxError(RuntimeError):
    """The sandbox refuses a request or cannot be reached; the message is for an instructor."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status of a refusal; None if there was no answer."""


class SandboxBusyError(SandboxError):
    """All kernels that may run at once on the site are in use."""


@dataclass(frozen=True)
class KernelState:
    """How a kernel is doing."""

    running: bool
    message: str = ""
    """How it ended, for an instructor."""
    exit_code: int = 0


class Sandbox:
    """The sandbox service behind a Unix socket.

    Every call opens a connection of its own: kernel managers run their coroutines in changing event loops, and a
    connection cannot change loops. Gradings are the exception: they are asked for without a loop, one after another,
    over one connection a process.
    """

    def __init__(self, socket: str, token: str) -> None:
        self._socket = socket
        self._headers = {"Authorization": f"token {token}"} if token else {}
        self._connection: tuple[int, httpx.Client] | None = None

    async def start(self, kernel_id: str, key: str, archive: BinaryIO) -> dict[str, Any]:
        """Start a kernel with the files of a tar archive in its working folder.

        Returns:
            Jupyter's connection information; ``ip`` is relative to the folder with this server's kernels.

        Raises:
            SandboxBusyError: all kernels are in use; try again later.
            SandboxError: another refusal, or no answer.
        """
        answer = await self._ask(
            "POST", "/kernels", params={"id": kernel_id}, headers={"Kernel-Key": key}, content=_chunks(archive)
        )
        connection: dict[str, Any] = answer.json()["connection"]
        return connection

    async def state(self, kernel_id: str) -> KernelState:
        """How a kernel is doing; one that the service does not know has ended.

        Raises:
            SandboxError: no answer, or a refusal.
        """
        try:
            state = (await self._ask("GET", f"/kernels/{kernel_id}")).json()
        except SandboxError as error:
            if error.status == 404:
                return KernelState(
                    running=False, message="The sandbox was restarted, and the kernel with it.", exit_code=1
                )
            raise
        code = state["exit_code"]
        return KernelState(state["running"], state["message"], 1 if code is None else code)

    async def interrupt(self, kernel_id: str) -> None:
        """Interrupt what a kernel executes; nothing happens if there is no such kernel.

        Raises:
            SandboxError: no answer, or a refusal.
        """
        try:
            await self._ask("POST", f"/kernels/{kernel_id}/interrupt")
        except SandboxError as error:
            if error.status != 404:
                raise

    async def stop(self, kernel_id: str) -> None:
        """End and remove a kernel; nothing happens if there is no such kernel.

        Raises:
            SandboxError: no answer, or a refusal.
        """
        await self._ask("DELETE", f"/kernels/{kernel_id}")

    def grade(self, job: BinaryIO) -> dict[str, Any]:
        """Have one notebook graded, and wait for it.

        Args:
            job: a tar archive: ``job.json``, then the files of the notebook's folder below ``files/``.

        Returns:
            What became of each cell.

        Raises:
            SandboxBusyError: as many notebooks as the site takes are being graded; try again later.
            SandboxError: another refusal, or no answer.
        """
        return self._grading("POST", content=_pieces(job))

    def grader(self) -> dict[str, Any]:
        """What the sandbox grades with, among it ``image``, the digest of the image that learners' code runs in.

        Returns:
            Nothing if the service does not say.

        Raises:
            SandboxError: no answer, or a refusal.
        """
        try:
            return self._grading("GET")
        except SandboxError as error:
            if error.status in (404, 405):
                return {}
            raise

    def _grading(self, method: str, content: Iterator[bytes] | None = None) -> dict[str, Any]:
        try:
            with self._client().stream(method, "/gradings", content=content) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_ANSWER:
                        raise SandboxError(said("The sandbox gave an answer that is too long to be one."))
        except httpx.HTTPError as error:
            raise _no_answer(error) from error
        complete = httpx.Response(answer.status_code, content=bytes(body))
        if not complete.is_success:
            raise _refusal(complete)
        try:
            found = json.loads(complete.content)
        except ValueError as error:
            raise SandboxError(_message(complete)) from error
        if not isinstance(found, dict):
            raise SandboxError(_message(complete))
        return found

    def _client(self) -> httpx.Client:
        # A process that was forked has a connection of its own.
        if self._connection is None or self._connection[0] != os.getpid():
            # Nothing is encrypted over a Unix socket; to prepare for it would take longer than most requests.
            transport = httpx.HTTPTransport(uds=self._socket, verify=False)
            client = httpx.Client(
                transport=transport,
                base_url="http://sandbox",
                timeout=_GRADING_TIMEOUT,
                trust_env=False,
                headers=self._headers,
            )
            self._connection = (os.getpid(), client)
        return self._connection[1]

    async def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        transport = httpx.AsyncHTTPTransport(uds=self._socket)
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://sandbox", timeout=_TIMEOUT, trust_env=False, headers=self._headers
            ) as client:
                answer = await client.request(method, path, headers=headers, **request)
        except httpx.HTTPError as error:
            raise _no_answer(error) from error
        if answer.is_success:
            return answer
        raise _refusal(answer)


def _no_answer(error: httpx.HTTPError) -> SandboxError:
    return SandboxError(
        said(
            "The sandbox, in which notebooks run, does not answer. Try again in a minute; "
            "if it stays so, ask the admin to look at the sandbox service. (%(text)s)",
            text=f"{type(error).__name__}: {error}",
        )
    )


def _refusal(answer: httpx.Response) -> SandboxError:
    kind = SandboxBusyError if answer.status_code == 429 else SandboxError
    return kind(_message(answer), answer.status_code)


def _pieces(archive: BinaryIO) -> Iterator[bytes]:
    while chunk := archive.read(_CHUNK):
        yield chunk


async def _chunks(archive: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := archive.read(_CHUNK):
        yield chunk


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return said(
            "The sandbox gave an unexpected answer (status %(n)s). Ask the admin to look at its log.",
            n=answer.status_code,
        )
