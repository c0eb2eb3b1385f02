"""Where a probe's code runs: in a learner's kernel, in a container that the check started, or on the host itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar, cast

import docker

from doorstart import names
from doorstart.check.client import Server
from doorstart.check.inside import Result, program, result
from doorstart.site import containers

PYTHON = "/opt/venv/bin/python"
"""Python in the images of servers."""

_T = TypeVar("_T")

# In a process of its own: what it does to itself does not matter to the kernel, and it is small when it forks.
_IN_KERNEL = """
import subprocess as _subprocess, sys as _sys
_done = _subprocess.run([_sys.executable, "-"], input={source!r}, text=True, capture_output=True, timeout={timeout})
print(_done.stdout, _done.stderr[-2000:])
"""


class Inside(Protocol):
    """Somewhere functions of :mod:`doorstart.check.inside` can be called."""

    @property
    def relay(self) -> str:
        """Path of the relay's socket there."""

    @property
    def home(self) -> str:
        """The home folder there."""

    def call(self, function: Callable[..., _T], **arguments: Any) -> _T:
        """Run a function there; what it returned.

        Raises:
            ClientError, CommandError, ValueError: it could not be run, or did not end in order.
        """


class InServer:
    """A learner's server: code runs in a kernel, over the websocket, as the learner's own code does.

    Args:
        server: The server, of somebody who is logged in.
        timeout: Longest run of one function in seconds.
    """

    relay = str(names.RELAY_SOCKET)
    home = str(names.LEARNER_HOME)

    def __init__(self, server: Server, timeout: float = 90) -> None:
        self.server = server
        self.timeout = timeout
        self.kernel = str(server.json("POST", "api/kernels", json={"name": "python3"})["id"])

    def call(self, function: Callable[..., _T], **arguments: Any) -> _T:
        """As :meth:`Inside.call`."""
        source = program(function, arguments)
        code = _IN_KERNEL.format(source=source, timeout=self.timeout - 5)
        return cast(_T, result(self.server.run_in(self.kernel, code, self.timeout)))


class InContainer:
    """A container that the check started; code runs in it as the container's user.

    Args:
        client: The engine.
        name: The container's name.
        relay: Path of the relay's socket in it, if it has one.
        home: The folder that stands for a home.
        python: The command that runs Python.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        name: str,
        relay: str = "",
        home: str = "/tmp",  # noqa: S108  inside the container
        python: tuple[str, ...] = (PYTHON,),
    ) -> None:
        self.client = client
        self.name = name
        self.relay = relay
        self.home = home
        self.python = python

    def call(self, function: Callable[..., _T], **arguments: Any) -> _T:
        """As :meth:`Inside.call`."""
        source = program(function, arguments).encode()
        printed = containers.execute(self.client, self.name, [*self.python, "-"], source)
        return cast(_T, result(printed.decode(errors="replace")))


class OnHost:
    """The host: this process."""

    relay = ""
    home = "/tmp"  # noqa: S108  not written to

    def call(self, function: Callable[..., _T], **arguments: Any) -> _T:
        """As :meth:`Inside.call`."""
        return function(**arguments)


def meanwhile(call: Callable[[], Result]) -> Future[Result]:
    """Start a call that takes a while, and go on; the result comes from the future."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(call)
    pool.shutdown(wait=False)
    return future
