"""What is the same for every container that runs a person's code, a server or a sandboxed kernel.

Plain values in, arguments for the engine out. What differs is in :mod:`doorstart.spawner.confinement` and
:mod:`doorstart.sandbox.confinement`.
"""

from __future__ import annotations

from typing import Any

from docker.types import LogConfig, Ulimit

from doorstart.settings import Settings

TMP_FILES = 16384
"""Most files and folders that a folder in memory can hold."""


def in_memory(size: int, rights: str) -> str:
    """The options of a folder in memory; ``size`` in bytes, ``rights`` such as ``mode=1777``."""
    return f"rw,nosuid,nodev,size={size},nr_inodes={TMP_FILES},{rights}"


def common(settings: Settings) -> dict[str, Any]:
    """No network, no capability and no way to gain one, nothing writable but a small ``/tmp``, limited files.

    The engine's default seccomp filter applies, as no other is named. ``init`` reaps processes that are left behind.

    Returns:
        Keyword arguments that both :meth:`docker.APIClient.create_host_config` and
        ``docker.DockerClient.containers.create`` take.
    """
    return {
        "network_mode": "none",
        # No name server of the host's: nothing would answer, but its address would be told.
        "dns": ["127.0.0.1"],
        "dns_search": ["."],
        "read_only": True,
        "tmpfs": {"/tmp": in_memory(settings.tmp_size, "mode=1777")},  # noqa: S108  # inside the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "privileged": False,
        "init": True,
        "ipc_mode": "private",
        "ulimits": [
            Ulimit(name="nofile", soft=settings.open_files_limit, hard=settings.open_files_limit),
            Ulimit(name="fsize", soft=settings.file_size_limit, hard=settings.file_size_limit),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "log_config": LogConfig(type="json-file", config={"max-size": "1m", "max-file": "1"}),
    }
