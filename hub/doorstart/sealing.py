"""Sealing a socket folder: the hand-over of Unix sockets from a container nobody trusts to the trusted side.

A *socket folder* is a folder of the trusted side that is bound into an untrusted container. The container's first
process makes its sockets there; after that the folder is taken away from it, so that no code which runs later can put
another socket, or a link to one, in their place. This module does not start containers and knows nothing of Docker.

The order is what makes it safe:

1. :func:`prepare` makes the folder, owned by the container's user.
2. The container starts, and its first process, which runs no learner code yet, makes its sockets.
3. :func:`seal` waits for the names, then gives the folder to root. The kernel holds the folder's lock while it changes
   the owner and while it adds or removes a name, so from here on nobody else changes what is in the folder.
4. Only then it looks at what is in there, and refuses anything but the sockets it expects.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import socket
import stat
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from doorstart.names import UNIX_PATH_MAX

SEALED_MODE = 0o711
"""Mode of a sealed folder: root alone writes and lists, everybody may open a socket whose name they know."""

_ACLS = ("system.posix_acl_access", "system.posix_acl_default")
_REMOVALS = 10
_CHECK_EVERY = 0.01
_ALIVE_EVERY = 0.5


class SealError(RuntimeError):
    """The sockets of a container could not be handed over; the message says why."""


def prepare(folder: Path, *, uid: int, gid: int | None = None) -> None:
    """Make an empty socket folder that one user of a container may write to; whatever was there is removed.

    Args:
        folder: absolute path; its parent exists.
        uid: the container's user, who will own the folder.
        gid: its group; the same number as ``uid`` if not given.

    Raises:
        SealError: somebody other than this process's user may change one of the folders above it.
        OSError: the folder cannot be made, or its owner not be set because this process is not root.
    """
    _require_safe_ancestors(folder)
    remove(folder)
    folder.mkdir(mode=0o700)
    os.chown(folder, uid, uid if gid is None else gid, follow_symlinks=False)


def remove(folder: Path) -> None:
    """Remove a socket folder and what is in it, without following links; nothing happens if it is not there.

    A container that is just starting may add a socket while the folder is emptied; then it is emptied again.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        folder.unlink()
        return
    for last in (*[False] * (_REMOVALS - 1), True):
        try:
            shutil.rmtree(folder)
            return
        except FileNotFoundError:
            return
        except OSError as error:
            if last or error.errno != errno.ENOTEMPTY:
                raise


async def seal(
    folder: Path,
    sockets: Iterable[str],
    *,
    uid: int,
    gid: int,
    mode: int = 0o600,
    timeout: float = 60,  # noqa: ASYNC109 (it covers two waits, and the error says which one it was)
    alive: Callable[[], Awaitable[bool]] | None = None,
) -> None:
    """Wait for the sockets in a prepared folder, seal the folder, verify them and hand them over.

    On return each socket is listening, belongs to ``uid`` and ``gid`` with ``mode``, and nobody but root can replace
    or remove it. If it raises after the wait, the folder is sealed all the same; the container must be stopped.

    Args:
        folder: the folder that :func:`prepare` made.
        sockets: the names that must appear in it, and the only ones that may.
        uid: who will own the sockets: the user that may connect with the default mode.
        gid: their group.
        mode: their permissions; connecting needs the write bit.
        timeout: longest wait in seconds, from now until all of them listen.
        alive: says whether the container still runs; asked twice a second, so that a crash is not waited out.

    Raises:
        SealError: the container ended or the time was over before all sockets listened, or the folder has something
            else in it than these sockets.
    """
    expected = frozenset(sockets)
    for name in expected:
        if len(os.fsencode(folder / name)) > UNIX_PATH_MAX:
            raise SealError(
                f"{folder / name} is too long for a socket: at most {UNIX_PATH_MAX} bytes. Shorten the path."
            )
    waiting = _Waiting(folder, timeout, alive)
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SealError(f"{folder} is not there: it was never prepared, or has been removed again.") from None
    try:
        await waiting.until(lambda: all(_exists(name, directory) for name in expected), "made its sockets")
        _take(directory)
        _verify(folder, expected, directory)
        # A server may still have to set its socket's mode and to listen; both need the socket to be its own.
        await waiting.until(lambda: all(_listening(name, directory) for name in expected), "listened on its sockets")
        for name in expected:
            os.chown(name, uid, gid, dir_fd=directory, follow_symlinks=False)
            _drop_acls(f"/proc/self/fd/{directory}/{name}")
            # chmod follows links, but these entries were found to be sockets and nobody can replace them any more.
            os.chmod(name, mode, dir_fd=directory)
    finally:
        os.close(directory)


def sealed(folder: Path, name: str, *, uid: int, gid: int, mode: int = 0o600) -> bool:
    """Whether :func:`seal` came to its end, for who finds a container running that another process started.

    Only root gives a socket to others, and :func:`seal` does it after it has verified the folder. So this proves
    nothing if ``uid`` and ``gid`` are the container's own.

    Args:
        folder: the socket folder, whether it is there or not.
        name: a socket in it.
        uid: as for :func:`seal`.
        gid: as for :func:`seal`.
        mode: as for :func:`seal`.
    """
    try:
        above, entry = folder.lstat(), (folder / name).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return (
        stat.S_ISDIR(above.st_mode)
        and (above.st_uid, stat.S_IMODE(above.st_mode)) == (0, SEALED_MODE)
        and stat.S_ISSOCK(entry.st_mode)
        and (entry.st_uid, entry.st_gid, stat.S_IMODE(entry.st_mode)) == (uid, gid, mode)
    )


class _Waiting:
    """One deadline for several waits, each cut short when the container has ended."""

    def __init__(self, folder: Path, timeout: float, alive: Callable[[], Awaitable[bool]] | None) -> None:
        self._folder = folder
        self._timeout = timeout
        self._alive = alive
        self._deadline = asyncio.get_running_loop().time() + timeout

    async def until(self, done: Callable[[], bool], what: str) -> None:
        clock = asyncio.get_running_loop().time
        ask_again = clock() + _ALIVE_EVERY
        while not done():
            if self._alive is not None and clock() >= ask_again:
                if not await self._alive():
                    raise SealError(f"The container ended before it {what} in {self._folder}. Its log says why.")
                ask_again = clock() + _ALIVE_EVERY
            if clock() >= self._deadline:
                raise SealError(
                    f"The container has not {what} in {self._folder} after {self._timeout:g} seconds. "
                    "Its log says what it is doing; a machine that is too busy needs a longer time limit."
                )
            await asyncio.sleep(_CHECK_EVERY)


def _take(directory: int) -> None:
    """Give the folder behind this descriptor to root. After the first line the container cannot write to it."""
    os.fchown(directory, 0, 0)
    os.fchmod(directory, SEALED_MODE)
    # Its owner could have granted itself more by an access control list, which outlives a change of owner.
    _drop_acls(f"/proc/self/fd/{directory}")


def _verify(folder: Path, expected: frozenset[str], directory: int) -> None:
    if others := sorted(set(os.listdir(directory)) - expected):
        raise SealError(f"{folder} holds {', '.join(map(repr, others[:5]))}, which does not belong there. Refused.")
    for name in sorted(expected):
        try:
            entry = os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            raise SealError(f"The socket {folder / name} disappeared while the folder was being sealed.") from None
        if not stat.S_ISSOCK(entry.st_mode) or entry.st_nlink != 1:
            raise SealError(f"{folder / name} must be a socket, but is {_kind(entry)}. Refused.")


def _kind(entry: os.stat_result) -> str:
    kinds = {
        stat.S_IFLNK: "a link",
        stat.S_IFREG: "a file",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket with a second name",
    }
    return kinds.get(stat.S_IFMT(entry.st_mode), "a device")


def _exists(name: str, directory: int) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _listening(name: str, directory: int) -> bool:
    """Whether a socket of a sealed folder takes connections: between its bind and its listen it refuses them."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(f"/proc/self/fd/{directory}/{name}")
        except ConnectionRefusedError:
            return False
        except BlockingIOError:  # It listens, and its queue is full.
            return True
    return True


def _drop_acls(path: str) -> None:
    for attribute in _ACLS:
        with contextlib.suppress(OSError):  # Not there, or a file system without them.
            os.removexattr(path, attribute)


def _require_safe_ancestors(folder: Path) -> None:
    """Refuse a folder whose name somebody else could move away, which would undo the seal."""
    if not folder.is_absolute():
        raise SealError(f"A socket folder needs an absolute path, and {folder} is none.")
    for ancestor in folder.parents:
        entry = ancestor.lstat()
        if not stat.S_ISDIR(entry.st_mode):
            raise SealError(f"{ancestor}, above a socket folder, is {_kind(entry)}; it must be a folder.")
        others_write = entry.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not entry.st_mode & stat.S_ISVTX
        if others_write or entry.st_uid not in (0, os.geteuid()):
            raise SealError(
                f"{ancestor}, above a socket folder, can be changed by others than root. Correct its rights."
            )
