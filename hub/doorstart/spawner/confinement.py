"""What a container may do: the one definition, used for servers and asserted by the tests.

Plain values in, the engine's ``HostConfig`` arguments out; nothing here talks to the engine.
"""

from __future__ import annotations

from typing import Any

from docker.types import Mount

from doorstart import confinement, names
from doorstart.settings import Settings


def host_config(settings: Settings, mounts: list[Mount]) -> dict[str, Any]:
    """The confinement of a server.

    As every container that runs a person's code, and writable are only the home (or course) and a ``/tmp`` of limited
    size; memory without swap, processes and processors are limited.

    Args:
        settings: The site's limits.
        mounts: All that the server can see of the host.

    Returns:
        Keyword arguments of :meth:`docker.APIClient.create_host_config`. Sizes in bytes.
    """
    return {
        **confinement.common(settings),
        "mounts": mounts,
        "auto_remove": False,  # the spawner removes it, so that the log of one that ended by itself can be read
        "shm_size": settings.tmp_size,
        "mem_limit": settings.memory_limit,
        "memswap_limit": settings.memory_limit,
        "pids_limit": settings.pids_limit,
    }


def learner_mounts(*, home: str, sockets: str, relay: str) -> list[Mount]:
    """What a learner's server sees of the host.

    Args:
        home: Name of the volume with the learner's home.
        sockets: Host folder in which this server, and no other, makes its socket.
        relay: Host folder of the relay's socket.
    """
    return [
        Mount(str(names.LEARNER_HOME), home, type="volume"),
        Mount(str(names.SERVER_SOCKET.parent), sockets, type="bind"),
        Mount(str(names.RELAY_SOCKET.parent), relay, type="bind", read_only=True),
    ]


def instructor_mounts(*, home: str, course: str, sockets: str, relay: str, sandbox: str, kernels: str) -> list[Mount]:
    """What an instructor's server sees of the host: a learner's, the course, and the way to the sandbox.

    Args:
        home: Name of the volume with the instructor's own folder.
        course: Name of the volume with the course and its gradebook.
        sockets: Host folder in which this server makes its socket.
        relay: Host folder of the relay's socket.
        sandbox: Host folder of the sandbox's socket.
        kernels: Host folder with the sockets of this server's sandboxed kernels.
    """
    return [
        Mount(str(names.INSTRUCTOR_HOME), home, type="volume"),
        Mount(str(names.COURSE_ROOT), course, type="volume"),
        Mount(str(names.SERVER_SOCKET.parent), sockets, type="bind"),
        Mount(str(names.RELAY_SOCKET.parent), relay, type="bind", read_only=True),
        Mount(str(names.SANDBOX_SOCKET.parent), sandbox, type="bind", read_only=True),
        Mount(str(names.KERNELS), kernels, type="bind", read_only=True),
    ]
