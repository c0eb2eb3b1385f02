"""Stops servers that nobody uses: jupyterhub-idle-culler, brought to a Hub that has no network.

The culler's HTTP client knows no Unix sockets, so it gets a resolver for which every host is the Hub's socket.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import jupyterhub_idle_culler
from tornado.netutil import Resolver

from doorstart import names


class HubResolver(Resolver):
    """Resolves every host to the Hub's Unix socket."""

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, Any]]:
        """The one address there is."""
        return [(int(socket.AF_UNIX), str(names.HUB_SOCKET))]


def main() -> None:
    """Run the culler with the arguments of this process."""
    Resolver.configure(HubResolver)
    sys.argv.append("--url=http://hub/hub/api")
    jupyterhub_idle_culler.main()


if __name__ == "__main__":
    main()
