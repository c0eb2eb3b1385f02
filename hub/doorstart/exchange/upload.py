"""Receiving a body: to disk while it comes, up to a limit, and compared with the digest that the client sent."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from doorstart.exchange.errors import DigestMissing, TooLarge, UploadTimeout, WrongDigest
from doorstart.exchange.service import Exchange
from doorstart.exchange.store.blobs import full_disk_is_an_answer
from doorstart.exchange.wire import DIGEST_HEADER

WRITE_SIZE = 1024 * 1024
PAUSE_SECONDS = 30.0
"""Longest wait for the next piece of a body."""
HEX_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@asynccontextmanager
async def receive(request: Request, exchange: Exchange) -> AsyncIterator[BinaryIO]:
    """The body of a request as a temporary file, complete and with the right digest.

    Raises:
        DigestMissing, WrongDigest, TooLarge, UploadTimeout, StoreFull: nothing is kept.
    """
    limit = exchange.limits.max_archive_bytes
    expected = request.headers.get(DIGEST_HEADER, "")
    if not HEX_DIGEST.match(expected):
        raise DigestMissing(DIGEST_HEADER)
    if int(request.headers.get("content-length", 0)) > limit:
        raise TooLarge(exchange.limits.max_bytes)
    temporary = exchange.blobs.temporary()
    file = await run_in_threadpool(temporary.__enter__)
    try:
        digest = await _copy(request, file, limit, exchange.limits.max_bytes)
        if digest != expected:
            raise WrongDigest
        yield file
    finally:
        await asyncio.shield(run_in_threadpool(temporary.__exit__, None, None, None))


async def _copy(request: Request, file: BinaryIO, limit: int, shown_limit: int) -> str:
    digest = hashlib.sha256()
    total = 0
    pending = bytearray()

    def write() -> None:
        with full_disk_is_an_answer():
            digest.update(pending)
            file.write(pending)
            file.flush()
        pending.clear()

    stream = request.stream().__aiter__()
    while True:
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise UploadTimeout from None
        total += len(chunk)
        if total > limit:
            raise TooLarge(shown_limit)
        pending += chunk
        if len(pending) >= WRITE_SIZE:
            await run_in_threadpool(write)
    await run_in_threadpool(write)
    return digest.hexdigest()
