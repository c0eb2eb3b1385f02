"""What the containers of grading may do: settings in, options of Docker's ``create`` out. Starts nothing.

Three kinds: that of a learner kernel, which has nothing and may nothing; a house of examiners, which has a socket; and
the forker, the only one with rights, in which no learner's or instructor's code ever runs.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

from docker.types import Mount

from doorstart import confinement, names
from doorstart.settings import MIB, Settings

LEARNER_KERNEL, HOUSE, FORKER = "learner-kernel", "house", "forker"
ROLES = (LEARNER_KERNEL, HOUSE, FORKER)
WORK = "/work"
"""The working folder of learner kernels and of examiners, in memory."""
FORKER_FOLDER, HOUSE_FOLDER, CGROUPS = "/run/doorstart/forker", "/run/doorstart/house", "/run/doorstart/cgroup"
KERNEL_FOLDER = "/run/doorstart/kernel"
SOCKET = "service.sock"
"""In these folders."""

_PYTHON = ["/opt/venv/bin/python", "-I"]
_NARROW = [*_PYTHON, "/opt/doorstart/narrow.py"]
_IDLE = ["/bin/sleep", "infinity"]
_FORKER_MEMORY = 512 * MIB
_FORKER_RIGHTS = ["SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "SETUID", "SETGID", "SETPCAP", "KILL"]
"""To look at and join a container's namespaces, to become its user, to give up all rights, to send signals there."""


def learner_kernel(settings: Settings, image: str) -> dict[str, Any]:
    """Options of the container of a learner kernel, with a name that no other has; its program only waits."""
    return {
        **_common(settings, image, LEARNER_KERNEL, secrets.token_hex(8)),
        "entrypoint": _IDLE,
        # No network either way: the runtime makes an empty one. With it alone, the engine would manage that as one of
        # its networks, which takes as much time as all the rest of starting a container.
        "network_disabled": True,
        "hostname": "kernel",
        "user": f"{names.KERNEL_UID}:{names.KERNEL_UID}",
        "tmpfs": _folders(settings, settings.kernel_work_size, names.KERNEL_UID),
        "mem_limit": settings.kernel_memory_limit,
        "memswap_limit": settings.kernel_memory_limit,
        "nano_cpus": round(settings.kernel_cpu_limit * 1e9),
        "pids_limit": settings.kernel_pids_limit,
    }


def lone_kernel(settings: Settings, image: str, sockets: str) -> dict[str, Any]:
    """Options of the container of a learner kernel that is its container's own program.

    Args:
        settings: the site's settings.
        image: the digest of the kernels' image.
        sockets: the prepared socket folder, as the engine sees it.
    """
    return {
        **learner_kernel(settings, image),
        "entrypoint": [*_NARROW, *_PYTHON, "-m", "doorstart_examiner.alone", f"{KERNEL_FOLDER}/{SOCKET}", WORK],
        "environment": kernel_environment(settings),
        "mounts": [Mount(KERNEL_FOLDER, sockets, type="bind")],
        "log_config": confinement.common(settings)["log_config"],
    }


def kernel_environment(settings: Settings) -> dict[str, str]:
    """The environment of a learner kernel: as that of a sandboxed kernel."""
    return {
        "HOME": "/tmp/home",  # noqa: S108  (the container's own)
        "LANG": "C.UTF-8",
        "PATH": "/opt/venv/bin:/usr/bin:/bin",
        "PYTHONHASHSEED": "0",
        **_threads(math.ceil(settings.kernel_cpu_limit)),
    }


def kernel_limits(settings: Settings) -> dict[str, int]:
    """The resource limits of a learner kernel's processes, beside those of its container."""
    return {
        "open_files": settings.open_files_limit,
        "file_size": settings.file_size_limit,
        # Of one process; the conductor counts all of them together, and is earlier.
        "cpu_seconds": settings.grading_cpu_seconds + 5,
    }


def house(settings: Settings, image: str, server_id: str, sockets: str) -> dict[str, Any]:
    """Options of the container of one server's examiners.

    Args:
        settings: the site's settings.
        image: the digest of the kernels' image.
        server_id: the instructor's server.
        sockets: the prepared socket folder, as the engine sees it.
    """
    size = settings.kernel_work_size * settings.grading_limit
    return {
        **_common(settings, image, HOUSE, f"{server_id}-{mark(image)}"),
        "entrypoint": [*_NARROW, *_PYTHON, "-m", "doorstart_examiner.house", f"{HOUSE_FOLDER}/{SOCKET}", WORK],
        "hostname": "examiner",
        "user": f"{names.EXAMINER_UID}:{names.EXAMINER_UID}",
        "environment": {**_service_environment(), "MPLBACKEND": "agg"},
        "mounts": [Mount(HOUSE_FOLDER, sockets, type="bind")],
        "tmpfs": _folders(settings, size, names.EXAMINER_UID),
        "mem_limit": settings.examiner_memory_limit,
        "memswap_limit": settings.examiner_memory_limit,
        "nano_cpus": round(settings.examiner_cpu_limit * 1e9),
        "pids_limit": max(64, 8 * settings.grading_limit),
        "log_config": confinement.common(settings)["log_config"],
    }


def forker(settings: Settings, image: str, folder: str) -> dict[str, Any]:
    """Options of the container of the forker: root among the machine's processes, with the rights to join containers.

    Args:
        settings: the site's settings.
        image: the digest of the kernels' image.
        folder: of its socket, as the engine sees it.
    """
    return {
        **_common(settings, image, FORKER, mark(image)),
        "entrypoint": [*_PYTHON, "-m", "doorstart_examiner.forker", f"{FORKER_FOLDER}/{SOCKET}", CGROUPS],
        "hostname": "forker",
        "user": "0:0",
        "environment": _service_environment(),
        "cap_add": _FORKER_RIGHTS,
        "pid_mode": "host",
        "cgroupns": "host",
        "mounts": [
            Mount(FORKER_FOLDER, folder, type="bind"),
            Mount(CGROUPS, "/sys/fs/cgroup", type="bind"),
        ],
        "mem_limit": _FORKER_MEMORY,
        "memswap_limit": _FORKER_MEMORY,
        "pids_limit": 2 * settings.grading_limit + 16,
        "log_config": confinement.common(settings)["log_config"],
    }


def mark(image: str) -> str:
    """What tells grading with one image of kernels from that with another, in names of containers and folders."""
    return image.removeprefix("sha256:")[:8]


def _common(settings: Settings, image: str, role: str, name: str) -> dict[str, Any]:
    return {
        "image": image,
        "name": f"{settings.site}-{role}-{name}",
        # No server's label: these containers are no servers.
        "labels": {names.LABEL_SITE: settings.site, names.LABEL_ROLE: role, names.LABEL_IMAGE: image},
        **confinement.common(settings),
        "log_config": {"type": "none", "config": {}},
        "working_dir": "/",
    }


def _folders(settings: Settings, work_size: int, uid: int) -> dict[str, str]:
    work = confinement.in_memory(work_size, f"uid={uid},gid={uid},mode=0700")
    return {**confinement.common(settings)["tmpfs"], WORK: work}


def _threads(count: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(max(1, count)), "OPENBLAS_NUM_THREADS": str(max(1, count))}


def _service_environment() -> dict[str, str]:
    """Of a process that forks: one thread, and the same order of sets in every run."""
    return {
        "LANG": "C.UTF-8",
        "PATH": "/opt/venv/bin:/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108  (the container's own)
        "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
        "PYTHONHASHSEED": "0",
        **_threads(1),
    }
