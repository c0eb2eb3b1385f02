"""Starts containers whose name is fixed, so that there is one at a time: the forker and the houses."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from docker.errors import DockerException

from doorstart.sandbox.engine import Engine


async def start(engine: Engine, options: dict[str, Any]) -> str:
    """Start a container in place of one that has its name; its id.

    A thread cannot be cancelled: it would start the container when nobody knows of it any more, and its name would
    stay in use. So a cancelled call waits for it, and removes what it has started.

    Raises:
        docker.errors.DockerException: the engine refuses.
        OSError: it does not answer.
    """
    await asyncio.to_thread(engine.remove, options["name"])
    starting = asyncio.create_task(asyncio.to_thread(engine.start, options))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait({starting})
        if starting.exception() is None:
            with contextlib.suppress(DockerException, OSError):  # The next start removes it.
                await asyncio.to_thread(engine.remove, starting.result())
        raise
