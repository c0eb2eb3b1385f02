"""Ways out by files: writing where nothing is to be written, others' homes, the own socket, devices, settings."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
from collections.abc import Iterator
from typing import Any

libc = ctypes.CDLL(None)
_NOT_FILES = ("/proc", "/sys")


def writable(allowed: list[str]) -> dict[str, Any]:
    """Make a file in every folder, and open every file for writing, that is not below one of ``allowed``."""
    written = []
    for parent, files in _folders((*_NOT_FILES, *allowed)):
        path = f"{parent.rstrip('/')}/.doorstart-check"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            os.unlink(path)
            written.append(parent)
        except OSError:
            pass
        for file in files:
            if _opens(f"{parent.rstrip('/')}/{file}"):
                written.append(f"{parent.rstrip('/')}/{file}")
        if len(written) > 20:
            break
    return {"reached": bool(written), "detail": f"writable: {', '.join(written[:3]) or 'nothing'}"}


def _folders(skipped: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for parent, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if f"{parent.rstrip('/')}/{name}" not in skipped]
        yield parent, files


def _opens(path: str) -> bool:
    """Whether a plain file can be opened for writing; nothing is written."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        os.close(os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def find(name: str, token: str) -> dict[str, Any]:
    """Find a file by its name anywhere, also below the roots and working folders of processes, and read its token."""
    looked = 0
    for root in ["/", *_others_folders()]:
        for parent, folders, files in os.walk(root):
            folders[:] = [one for one in folders if f"{parent.rstrip('/')}/{one}" not in (*_NOT_FILES, "/opt/venv")]
            looked += 1
            if looked > 50_000:
                folders.clear()
            if name in files:
                with contextlib.suppress(OSError), open(f"{parent}/{name}") as file:
                    if token in file.read():
                        return {"reached": True, "detail": f"read it in {parent}"}
    return {"reached": False, "detail": f"not in any of {looked} folders"}


def _others_folders() -> list[str]:
    """Roots and working folders of processes that are not to be seen from the own root."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for path in (f"/proc/{pid}/root", f"/proc/{pid}/cwd"):
            with contextlib.suppress(OSError):
                there, target = os.stat(path), os.readlink(path)
                here = os.stat(target) if os.path.exists(target) else None
                if here is None or (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
                    found.append(path)
    return found


def make_socket(path: str) -> dict[str, Any]:
    """Make a listening socket in a folder of its own that anybody may write to: what an unsealed folder looks like."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    return {"reached": False, "detail": path}


def replace_socket(path: str, other: str) -> dict[str, Any]:
    """Put a link to another socket in the place of one's own, by every way there is."""
    folder, aside = os.path.dirname(path), f"{path}.old"

    def take_away() -> None:
        os.rename(path, aside)
        os.symlink(other, path)

    def overwrite() -> None:
        os.symlink(other, f"{folder}/new")
        os.rename(f"{folder}/new", path)

    def open_folder() -> None:
        os.chmod(folder, 0o777)

    def move_folder() -> None:
        os.rename(folder, f"{folder}.old")

    def remove() -> None:
        os.unlink(path)

    def another() -> None:
        os.mkdir(f"{folder}/more")

    ways = {
        "rename and link": take_away,
        "link and rename over it": overwrite,
        "change the folder's rights": open_folder,
        "make a folder in it": another,
        "remove the socket": remove,
        "move the folder": move_folder,
    }
    worked = []
    for name, way in ways.items():
        try:
            way()
            worked.append(name)
        except OSError:
            continue
    return {"reached": bool(worked), "detail": f"{len(ways)} ways tried, worked: {', '.join(worked) or 'none'}"}


def devices() -> dict[str, Any]:
    """Open a device that is not one of those that every program needs, or make one."""
    needed = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    opened = []
    for parent, folders, files in os.walk("/dev"):
        folders[:] = [name for name in folders if name not in ("pts", "shm", "mqueue", "fd")]
        for name in files:
            path = f"{parent}/{name}"
            try:
                kind = os.stat(path).st_mode
                if name in needed or not (stat.S_ISBLK(kind) or stat.S_ISCHR(kind)):
                    continue
                os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            except OSError:
                continue
            opened.append(path)
    for folder in ("/tmp", os.path.expanduser("~"), "/dev"):  # noqa: S108  inside the container
        path = f"{folder}/doorstart-check-device"
        try:
            os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
            os.unlink(path)
            opened.append(f"a new one in {folder}")
        except OSError:
            continue
    return {"reached": bool(opened), "detail": f"opened: {', '.join(opened[:4]) or 'none'}"}


def system_settings() -> dict[str, Any]:
    """Open settings of the machine and of the container's limits for writing. Nothing is written.

    First the covers that the engine lays over them are taken away, where that is possible.
    """
    for cover in (b"/proc/sys", b"/proc/sysrq-trigger", b"/sys/fs/cgroup"):
        libc.umount2(cover, 0)
    wanted = [
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/net/ipv4/ip_forward",
        "/sys/kernel/mm/transparent_hugepage/enabled",
        "/sys/power/state",
    ]
    for parent, _, files in os.walk("/sys/fs/cgroup"):
        wanted += [
            f"{parent}/{name}" for name in files if name.endswith((".max", ".procs", "limit_in_bytes", "_agent"))
        ]
    opened = []
    for path in wanted:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY))
            opened.append(path)
    return {"reached": bool(opened), "detail": f"of {len(wanted)} opened: {', '.join(opened[:3]) or 'none'}"}


def large_file(folder: str, size: int) -> dict[str, Any]:
    """Make a file larger than one may be, of ``size`` bytes; it has a hole, so that it uses no disk."""
    path = f"{folder}/doorstart-check-large"
    try:
        with open(path, "wb") as file:
            file.truncate(size)
        return {"reached": True, "detail": f"a file of {size >> 20} MB"}
    except OSError as error:
        return {"reached": False, "detail": error.strerror or type(error).__name__}
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def fill(folder: str, size: int) -> dict[str, Any]:
    """Write ``size`` bytes below a folder that is in memory."""
    path, written, block = f"{folder}/doorstart-check-fill", 0, bytes(1 << 20)
    try:
        with open(path, "wb", buffering=0) as file:
            while written < size:
                written += file.write(block)
        return {"reached": True, "detail": f"{written >> 20} MB written"}
    except OSError as error:
        return {"reached": False, "detail": f"{error.strerror} after {written >> 20} MB"}
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
