"""What a container may do: the one definition, used for servers and asserted by the tests.

Plain values in, the engine's ``HostConfig`` arguments out; nothing here talks to the engine.
"""

from __future__ import annotations

from typing import Any

from docker.types import Mount, Ulimit

from doorstart import names
from doorstart.settings import Settings

PRIVATE_TMP = "rw,nosuid,nodev,mode=1777"


def host_config(settings: Settings, mounts: list[Mount]) -> dict[str, Any]:
    """The confinement of a server.

    No network but its own loopback, nothing writable but its home (or course) and a ``/tmp`` of limited size, no
    capability, no way to gain one, no swap, limited processes, files and processors, and the engine's default seccomp
    filter. ``init`` reaps what the server leaves behind.

    Args:
        settings: The site's limits.
        mounts: All that the server can see of the host.

    Returns:
        Keyword arguments of :meth:`docker.APIClient.create_host_config`. Sizes in bytes.
    """
    return {
        "network_mode": "none",
        "auto_remove": False,  # the spawner removes it, so that the log of one that ended by itself can be read
        "read_only": True,
        "mounts": mounts,
        "tmpfs": {"/tmp": f"{PRIVATE_TMP},size={settings.tmp_size}"},  # noqa: S108  # inside the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "privileged": False,
        "init": True,
        "ipc_mode": "private",
        "shm_size": settings.tmp_size,
        "mem_limit": settings.memory_limit,
        "memswap_limit": settings.memory_limit,
        "pids_limit": settings.pids_limit,
        "ulimits": [
            Ulimit(name="nofile", soft=settings.open_files_limit, hard=settings.open_files_limit),
            Ulimit(name="fsize", soft=settings.file_size_limit, hard=settings.file_size_limit),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "log_config": {"type": "json-file", "config": {"max-size": "1m", "max-file": "1"}},
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
