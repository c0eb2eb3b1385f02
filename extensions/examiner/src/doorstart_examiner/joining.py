"""How a forked process becomes a process of a learner kernel's container: it joins, gives everything up, and proves it.

It is done in the order of ``nsenter`` and of a container runtime's start, for a container in which no learner code has
run yet. :class:`Target` refuses every process that is not the first one of a container that is confined as learner
kernels are; :func:`verify` compares the result with that first process. Not for starting containers, and not for what
the process does afterwards.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, TypeVar

NARROW = Path("/opt/doorstart/narrow.py")
"""The filters of system calls, in the image."""
JOINED = ("ipc", "uts", "net", "mnt")
"""The namespaces that the process joins itself, the mounts last; that of processes it was forked into."""
SHARED = ("user", "time", "time_for_children")
"""The namespaces that a container has in common with the forker's. A site where it is not so cannot fork."""
NAMESPACES = (*JOINED, *SHARED, "cgroup", "pid", "pid_for_children")
IDENTITY = ("Uid", "Gid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
"""Lines of ``/proc/<pid>/status`` that must be the same."""

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
CLONE_NEWPID, CLONE_NEWCGROUP = 0x20000000, 0x02000000
_CAPABILITY_VERSION_3 = 0x20080522
T = TypeVar("T")
_libc = ctypes.CDLL(None, use_errno=True)


class JoinError(RuntimeError):
    """A process may not, or could not, become part of a container; the message says which check failed."""


@dataclass(frozen=True)
class Limits:
    """Resource limits of the process, beside those of its container. Sizes in bytes, times in seconds."""

    open_files: int
    file_size: int
    cpu_seconds: int

    def apply(self) -> None:
        """Set them for this process and all that it will start; nobody can raise them again."""
        soft = {resource.RLIMIT_NOFILE: self.open_files, resource.RLIMIT_FSIZE: self.file_size, resource.RLIMIT_CORE: 0}
        for which, most in soft.items():
            resource.setrlimit(which, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_seconds, self.cpu_seconds))


@dataclass
class Target:
    """The first process of a container, held open, so that its number cannot come to mean another process.

    Raises (:meth:`open`):
        JoinError: it has ended, or it is not what a learner kernel's container has as its first process.
    """

    container: str
    uid: int
    process: int
    """A descriptor of its folder in ``/proc``."""
    namespaces: dict[str, str]
    status: dict[str, str]
    label: str
    """That of AppArmor or SELinux; empty without either."""
    cgroups: list[tuple[str, str]] = field(default_factory=list)
    """Controllers, and the path of their control group; a single nameless controller is cgroup v2."""

    @classmethod
    def open(cls, pid: int, container: str, uid: int) -> Target:
        """Look at the process ``pid`` of this machine, which is said to be the first one of a container."""
        process = os.open(f"/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            cgroups = [_cgroup(line) for line in _read("cgroup", process).splitlines()]
            if len(container) != 64 or not any(container in path for _, path in cgroups):
                raise JoinError("The process is not in the control groups of the container that was named.")
            status = _status(_read("status", process))
            target = cls(container, uid, process, _namespaces(process), status, _label(process), cgroups)
            target._check()
        except BaseException:
            os.close(process)
            raise
        return target

    def _check(self) -> None:
        own = _own(_namespaces)
        same = [name for name in (*JOINED, "pid") if self.namespaces[name] == own[name]]
        other = [name for name in SHARED if self.namespaces.get(name) != own.get(name)]
        outside = [path for _, path in self.cgroups if path != "/" and self.container not in path]
        if outside or same or other:
            raise JoinError(f"The process has not the namespaces of a container of its own: {same or other or outside}")
        if self.status["NSpid"].split()[1:] != ["1"]:
            raise JoinError("The process is not the first one of its container.")
        wanted = {**dict.fromkeys(IDENTITY, "0" * 16), "NoNewPrivs": "1", "Seccomp": "2"}
        wanted |= dict.fromkeys(("Uid", "Gid"), "\t".join([str(self.uid)] * 4))
        if self.uid == 0 or any(self.status[name] != value for name, value in wanted.items()):
            raise JoinError("The container is not confined as a learner kernel's has to be.")
        own_label = _own(_label)
        if self.label != own_label:
            raise JoinError(
                f"The container is under {self.label or 'no profile'}, and the forker under {own_label or 'none'}. "
                "On such a machine set grading_start to exec."
            )

    def close(self) -> None:
        """Let go of the process."""
        os.close(self.process)


def enter_processes(target: Target | None) -> None:
    """From now on this process's children are born among the container's processes; None: among its own again.

    Raises:
        OSError: the container has ended, or this process may not.
    """
    if target is None:
        _join(os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC), CLONE_NEWPID)
    else:
        _join(os.open("ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=target.process), CLONE_NEWPID)


def join(target: Target, cgroups: Path, limits: Limits, environment: Mapping[str, str]) -> None:
    """Become a process of the container; called in a process that was born among its processes, as root.

    Args:
        target: the container's first process; closed by this.
        cgroups: where the machine's control groups are mounted.
        limits: of the process.
        environment: replaces the environment.

    Raises:
        JoinError: the process is not what it should be.
        OSError: a step failed. Whatever is raised, the process must end.
    """
    for controllers, path in target.cgroups:
        _join_cgroup(cgroups, controllers, path)
    own_cgroup = str(Path("/proc/self/ns/cgroup").readlink())
    joined = (*(["cgroup"] if own_cgroup != target.namespaces["cgroup"] else []), *JOINED)
    # All are opened before the first is joined: afterwards /proc is another one.
    opened = [os.open(f"ns/{name}", os.O_RDONLY | os.O_CLOEXEC, dir_fd=target.process) for name in joined]
    target.close()
    for descriptor in opened:
        _join(descriptor, 0)
    os.setsid()
    limits.apply()
    _give_up_rights(target.uid)
    _prctl(PR_SET_DUMPABLE, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(environment)
    _standard_streams()
    filters().narrow_forked()


def verify(target: Target, descriptors: set[int]) -> None:
    """Prove that this process is now in all respects one of the container's.

    Args:
        target: the container's first process, as it was before.
        descriptors: the only ones that may be open, beside the standard streams.

    Raises:
        JoinError: a check failed; the process must end.
    """
    namespaces = _own(_namespaces)
    status = _status(Path("/proc/self/status").read_text())
    wrong = [f"namespace {name}" for name in target.namespaces if namespaces.get(name) != target.namespaces[name]]
    wrong += [name for name in IDENTITY if status[name] != target.status[name]]
    wrong += ["Groups"] if set(status["Groups"].split()) - {str(target.uid)} else []
    # Both as the container sees them: with a cgroup namespace of its own that is not what the machine sees.
    wrong += ["cgroup"] if Path("/proc/self/cgroup").read_text() != Path("/proc/1/cgroup").read_text() else []
    wrong += ["label"] if _own(_label) != target.label else []
    wrong += ["threads"] if status["Threads"] != "1" else []
    wrong += [f"network device {name}" for _, name in socket.if_nameindex() if name != "lo"]
    wrong += ["root"] if not os.path.samestat(Path("/proc/self/root").stat(), Path("/proc/1/root").stat()) else []
    wrong += [what for number, what in _open_descriptors().items() if number not in {0, 1, 2, *descriptors}]
    if wrong:
        raise JoinError(f"The forked process is not as its container: {', '.join(wrong)}")


def _join(descriptor: int, kind: int) -> None:
    try:
        if _libc.setns(descriptor, kind) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"a namespace could not be joined: {os.strerror(number)}")
    finally:
        os.close(descriptor)


def _join_cgroup(root: Path, controllers: str, path: str) -> None:
    if path == "/":  # The engine does not use this hierarchy, and the forker is there too.
        return
    folder = cgroup_folder(root, controllers, path)
    # 0 is whoever writes it.
    (folder / "cgroup.procs").write_text("0")


def cgroup_folder(root: Path, controllers: str, path: str) -> Path:
    """The folder of a control group, below the place where those of the machine are mounted."""
    top = root / controllers.removeprefix("name=")
    if not controllers and (root / "unified").is_dir():
        top = root / "unified"
    return top / path.lstrip("/")


def _give_up_rights(uid: int) -> None:
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _prctl(PR_CAPBSET_DROP, capability)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, bytes(24)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the capabilities could not be given up: {os.strerror(number)}")


def _standard_streams() -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _prctl(option: int, argument: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(argument), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option} failed: {os.strerror(number)}")


@cache
def filters() -> Any:
    """The module with the filters of system calls: it lies in no package, because programs are started with it too.

    The forker loads it once, before it forks.
    """
    spec = spec_from_file_location("narrow", NARROW)
    assert spec is not None and spec.loader is not None  # noqa: S101  it ends in .py
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(name: str, folder: int) -> str:
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)) as file:
        return file.read()


def _status(text: str) -> dict[str, str]:
    return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}


def _cgroup(line: str) -> tuple[str, str]:
    _, controllers, path = line.split(":", 2)
    return controllers, path


def _label(process: int) -> str:
    try:
        return _read("attr/current", process).strip("\0\n ")
    except OSError:  # No such module, or one without labels.
        return ""


def _namespaces(process: int) -> dict[str, str]:
    found = {}
    for name in NAMESPACES:
        with contextlib.suppress(FileNotFoundError):  # Time namespaces: since Linux 5.6.
            found[name] = os.readlink(f"ns/{name}", dir_fd=process)
    return found


def _own(look: Callable[[int], T]) -> T:
    """What a function of a process's folder says of this one."""
    process = os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return look(process)
    finally:
        os.close(process)


def _open_descriptors() -> dict[int, str]:
    """What is open, and where it leads."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # That with which they were listed.
            found[int(entry.name)] = str(entry.readlink())
    return found
