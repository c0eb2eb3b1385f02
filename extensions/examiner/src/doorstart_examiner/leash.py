"""What the forker and the house share: one process that listens, and forks a process for each connection.

The connection is the leash of its process: when the other side closes it the process is killed, and when the process
has ended the connection is closed. All in one thread, because a fork takes along only the thread that forks. It knows
nothing of namespaces, kernels or examiners.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

_BACKLOG = 64
_PEER = struct.Struct("3i")
"""``struct ucred`` of ``<sys/socket.h>``: process, user, group."""
_FAILED = 70
"""Exit code of a forked process that did not get to its end: ``EX_SOFTWARE`` of ``<sysexits.h>``."""


@dataclass(eq=False)
class Leash:
    """A connection, and the process that was forked for it, if one was."""

    connection: socket.socket
    pidfd: int | None = None


@dataclass(frozen=True)
class End:
    """How a process ended: by a signal, or with an exit code; the other one is None."""

    signal: int | None
    code: int | None


class Server:
    """Listens on a Unix socket; what is done with a connection is for the classes that inherit from it.

    Args:
        path: where; nobody but root and this process's user can connect.
        kind: ``socket.SOCK_STREAM`` or ``socket.SOCK_SEQPACKET``.
        reads: whether this process reads from connections; otherwise only their end is noticed.

    Raises:
        RuntimeError: this process has more than one thread.
    """

    def __init__(self, path: str, kind: socket.SocketKind, *, reads: bool) -> None:
        if len(list(Path("/proc/self/task").iterdir())) != 1:
            raise RuntimeError("Something that was imported has started a thread, so nothing can be forked safely.")
        Path(path).unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, kind)
        before = os.umask(0o177)
        self._listener.bind(path)
        os.umask(before)
        self._listener.listen(_BACKLOG)
        self._reads = reads
        self._epoll = select.epoll()
        self._epoll.register(self._listener, select.EPOLLIN)
        self._connections: dict[int, Leash] = {}
        self._processes: dict[int, Leash] = {}

    def accepted(self, leash: Leash) -> None:
        """A connection was made."""

    def readable(self, leash: Leash) -> None:
        """Something can be read from a connection."""

    def ended(self, leash: Leash, end: End) -> None:
        """The process of a connection has ended; the connection is closed after this."""

    def serve(self) -> NoReturn:
        """Serve for ever."""
        while True:
            for descriptor, events in self._epoll.poll():
                if descriptor == self._listener.fileno():
                    self._accept()
                elif leash := self._processes.get(descriptor):
                    self._reap(leash, descriptor)
                elif leash := self._connections.get(descriptor):
                    self._look(leash, events)

    def fork(self, leash: Leash, run: Callable[[], None]) -> int:
        """Fork the process of a connection, which runs a function and ends; its process id.

        The function finds none of this server's descriptors open but the connection. What it raises is printed.
        """
        pid = os.fork()
        if pid:
            leash.pidfd = os.pidfd_open(pid)
            self._processes[leash.pidfd] = leash
            self._epoll.register(leash.pidfd, select.EPOLLIN)
            return pid
        code = _FAILED
        try:
            self._abandon(leash)
            run()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def signal(self, leash: Leash, number: int) -> None:
        """Send a signal to the process of a connection; nothing happens if it has ended."""
        if leash.pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(leash.pidfd, signal.Signals(number))

    def drop(self, leash: Leash) -> None:
        """Close a connection and kill its process."""
        if self._connections.pop(leash.connection.fileno(), None):
            self._epoll.unregister(leash.connection)
            leash.connection.close()
        self.signal(leash, signal.SIGKILL)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        if _PEER.unpack(peer)[1] not in (0, os.geteuid()):
            connection.close()
            return
        leash = Leash(connection)
        self._connections[connection.fileno()] = leash
        # The end of a connection is reported whatever one asks for.
        self._epoll.register(connection, select.EPOLLIN if self._reads else 0)
        self._guarded(leash, lambda: self.accepted(leash))

    def _look(self, leash: Leash, events: int) -> None:
        if events & select.EPOLLIN:
            self._guarded(leash, lambda: self.readable(leash))
        elif events & (select.EPOLLHUP | select.EPOLLERR):
            self.drop(leash)

    def _reap(self, leash: Leash, descriptor: int) -> None:
        found = os.waitid(os.P_PIDFD, descriptor, os.WEXITED)
        assert found is not None  # noqa: S101  only with WNOHANG
        exited = found.si_code == os.CLD_EXITED
        self._epoll.unregister(descriptor)
        del self._processes[descriptor]
        os.close(descriptor)
        leash.pidfd = None
        end = End(None, found.si_status) if exited else End(found.si_status, None)
        self._guarded(leash, lambda: self.ended(leash, end))
        self.drop(leash)

    def _guarded(self, leash: Leash, do: Callable[[], None]) -> None:
        """One connection's trouble is not another's."""
        try:
            do()
        except Exception:
            traceback.print_exc()
            self.drop(leash)

    def _abandon(self, leash: Leash) -> None:
        """In a forked process: close what belongs to the server and to other connections."""
        self._listener.close()
        self._epoll.close()
        for other in self._connections.values():
            if other is not leash:
                other.connection.close()
        for descriptor in self._processes:
            os.close(descriptor)
        self._connections.clear()
        self._processes.clear()
