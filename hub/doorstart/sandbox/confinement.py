"""What the container of a sandboxed kernel may do: settings in, options of Docker's ``create`` out. Starts nothing."""

from __future__ import annotations

import math
from typing import Any

from docker.types import Mount

from doorstart import confinement, names
from doorstart.settings import Settings

ROLE = "kernel"
SOCKETS = "/run/doorstart/kernel"
"""The socket folder, in the kernel's container."""
FILES = "/run/doorstart/files"
"""The connection file and the submission's files, read-only, in the kernel's container."""
WORK = "/work"
"""The kernel's working folder: a copy of the submission's files, in memory."""

_PYTHON = ["/opt/venv/bin/python", "-I"]
_COMMAND = [*_PYTHON, "/opt/doorstart/narrow.py", *_PYTHON, "/opt/doorstart/launcher.py"]


def container_name(site: str, server_id: str, kernel_id: str) -> str:
    """The name of a kernel's container; unique, as an id is unique within its server."""
    return f"{site}-kernel-{server_id}-{kernel_id}"


def container_options(
    settings: Settings, image: str, server_id: str, kernel_id: str, sockets: str, files: str
) -> dict[str, Any]:
    """Keyword arguments for ``docker.DockerClient.containers.create``.

    Args:
        settings: the site's settings.
        image: the digest of the kernel's image.
        server_id: the instructor's server that the kernel belongs to.
        kernel_id: the kernel's id within that server.
        sockets: the prepared socket folder, as the engine sees it.
        files: the folder with the connection file and the submission's files, as the engine sees it.
    """
    user = f"{names.KERNEL_UID}:{names.KERNEL_UID}"
    return {
        "image": image,
        "entrypoint": _COMMAND,
        "name": container_name(settings.site, server_id, kernel_id),
        "labels": {
            names.LABEL_SITE: settings.site,
            names.LABEL_ROLE: ROLE,
            names.LABEL_SERVER: server_id,
            names.LABEL_IMAGE: image,
        },
        **confinement.common(settings),
        "hostname": "kernel",
        "environment": _environment(settings),
        "user": user,
        "working_dir": "/",
        "mounts": [
            Mount(SOCKETS, sockets, type="bind"),
            Mount(FILES, files, type="bind", read_only=True),
        ],
        "tmpfs": {
            **confinement.common(settings)["tmpfs"],
            WORK: confinement.in_memory(
                settings.kernel_work_size, f"uid={names.KERNEL_UID},gid={names.KERNEL_UID},mode=0700"
            ),
        },
        # Nothing to exhaust; everything in memory above counts towards its memory.
        "mem_limit": settings.kernel_memory_limit,
        "memswap_limit": settings.kernel_memory_limit,
        "nano_cpus": round(settings.kernel_cpu_limit * 1e9),
        "pids_limit": settings.kernel_pids_limit,
    }


def _environment(settings: Settings) -> dict[str, str]:
    # Numerical libraries start a thread per processor of the machine, which would use up the kernel's threads.
    threads = str(max(1, math.ceil(settings.kernel_cpu_limit)))
    return {
        "HOME": "/tmp/home",  # noqa: S108 (the container's own)
        "LANG": "C.UTF-8",
        "PATH": "/opt/venv/bin:/usr/bin:/bin",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
    }
