"""Simulated servers: each answers on its socket, and tells the Hub of its activity, as single-user servers do.

Runs in a container of the Hub's image, with the folder of the servers' sockets. Beside the Hub, so that what this costs
is not counted as the Hub's.
"""

import asyncio
import contextlib
import http.client
import json
import random
import socket
from datetime import UTC, datetime
from pathlib import Path

SERVERS = Path("/run/doorstart/servers")
HUB = "/run/doorstart/hub/hub.sock"
ACTIVITY = 300
"""Seconds between two messages of a server that it is used; JupyterHub's default."""
ANSWER = b'{"version": "2.21.1"}'
HEAD = b"HTTP/1.1 200 OK\r\nX-JupyterHub-Version: 6.1.1\r\nContent-Type: application/json\r\nConnection: close\r\n"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)
        await writer.drain()
    writer.close()


def _tell(user: str, token: str) -> None:
    connection = http.client.HTTPConnection("hub", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(HUB)
    now = datetime.now(UTC).isoformat()
    body = json.dumps({"servers": {"": {"last_activity": now}}, "last_activity": now})
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/hub/api/users/{user}/activity", body, headers)
    connection.getresponse().read()
    connection.close()


async def _serve(folder: Path) -> None:
    wanted = json.loads((folder / "wanted.json").read_text())
    path = folder / "server.sock"
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(_answer, str(path))
    path.chmod(0o666)
    await asyncio.sleep(random.random() * ACTIVITY)  # noqa: S311  # as servers that were not started together
    while True:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(_tell, wanted["user"], wanted["token"])
        await asyncio.sleep(ACTIVITY)
        assert server.is_serving()


async def main() -> None:
    """Serve every folder that the Hub makes."""
    served: dict[Path, asyncio.Task[None]] = {}
    while True:
        for wanted in SERVERS.glob("*/wanted.json"):  # noqa: ASYNC240  # nothing else waits
            if wanted.parent not in served and wanted.stat().st_size:
                served[wanted.parent] = asyncio.create_task(_serve(wanted.parent))
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
