"""What the probes look for, and the ordinary containers that can find it: the positive controls.

All of it is started by the check, on this machine, and removed at its end. Nothing else is ever addressed.
"""

from __future__ import annotations

import contextlib
import inspect
import ipaddress
import secrets
import socket
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from docker.errors import APIError
from docker.models.containers import Container
from docker.models.networks import Network
from docker.types import IPAMConfig, IPAMPool, Mount

from doorstart import names
from doorstart.check import places
from doorstart.check.inside import canary
from doorstart.check.stage import Stage, StageError

PORT = 7007
"""Port of the canary on the bridge."""
ENGINE_CANARY = "/engine/docker.sock"
"""Where the ordinary container has the socket that stands for the engine's."""
UNFILTERED = ["seccomp=unconfined", "apparmor=unconfined"]
"""Security options of a container without the engine's own filters."""
START_TIMEOUT = 20
"""Seconds that a container of the check has to start."""


class HostListener:
    """A listener on the host that tells a token to whoever connects, until it is closed.

    Args:
        address: Where to listen; the port is chosen by the host.
        token: What to tell.

    Raises:
        OSError: the host has no such address.
    """

    def __init__(self, address: str, token: str) -> None:
        self.token = token
        self._listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self._listener.bind((address, 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed
            canary._answer(self._listener, self.token.encode())

    def close(self) -> None:
        """Listen no longer."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@dataclass(frozen=True)
class Bridge:
    """A bridge network with the canary on it; addresses are ``""`` where the engine has none of that kind."""

    network: Network
    address: str
    address6: str
    gateway: str


class Canaries:
    """The canaries of one check, and its ordinary containers.

    Args:
        stage: The check's part of the site.
        neighbour: The container of the other learner's server, which one of the ordinary containers joins.
    """

    def __init__(self, stage: Stage, neighbour: Container) -> None:
        self.stage = stage
        self.neighbour = neighbour
        self.token = f"doorstart-check-{secrets.token_hex(8)}"
        self.key = secrets.randbits(30) | 1
        """Key of the System V shared memory."""
        self.name = stage.name("canary")
        """Name of the canary's container, which the bridge's own name server knows."""
        self.volume = stage.name("engine")
        """The volume with the socket that stands for the engine's."""
        stage.client.volumes.create(self.volume, labels=stage.labels)
        network = _network(stage)
        self._canary(network)
        self.bridge = _bridge(network, self.name)
        self.listeners = {address: self._listen(address) for address in ("127.0.0.1", "::1", self.bridge.gateway)}

    def _listen(self, address: str) -> HostListener | None:
        try:
            listener = HostListener(address, self.token)
        except OSError:
            return None
        self.stage.on_close.append(listener.close)
        return listener

    def _canary(self, network: Network) -> None:
        source = inspect.getsource(canary)
        call = f"hold({self.token!r}, {self.key}, serve=True, port={PORT}, folder='/engine')"
        container = self.container(
            "canary",
            command=["-c", f"{source}\n\n{call}\n"],
            network=network.name,
            ipc_mode="shareable",
            mounts=[self.engine_socket()],
        )
        for _ in range(START_TIMEOUT * 20):
            if b"ready" in container.logs(stdout=True, stderr=False):
                return
            threading.Event().wait(0.05)
        said = container.logs(tail=3).decode(errors="replace").strip()
        raise StageError(f"The canary's container did not start. It said: {said or 'nothing'}")

    def container(self, what: str, *, command: list[str] | None = None, **options: Any) -> Container:
        """Start a container of the check, from the image of learners' servers, as root and with the engine's defaults.

        Args:
            what: What it is for: a part of its name.
            command: Arguments for Python; by default it waits.
            options: As in ``docker run``; they go before the defaults.
        """
        wait = ["-c", "import threading; threading.Event().wait()"]
        defaults: dict[str, Any] = {
            "name": self.stage.name(what),
            "entrypoint": [places.PYTHON],
            "labels": self.stage.labels,
            "user": "0:0",
            "working_dir": "/",
            "init": True,
        }
        program = wait if command is None else command
        image = self.stage.images["learner"]
        container: Container = self.stage.client.containers.create(image, program, **{**defaults, **options})
        try:
            container.start()
        except APIError:
            container.remove(force=True)
            raise
        return container

    def inside(self, what: str, **options: Any) -> places.InContainer:
        """A fresh container of the check as a place for code; see :meth:`container`."""
        container = self.container(what, **options)
        return places.InContainer(self.stage.client, str(container.name))

    @cached_property
    def ordinary(self) -> places.InContainer:
        """What a container is without confinement: on the bridge, as root, and with what is the neighbour's mounted."""
        return self.inside(
            "ordinary",
            network=self.bridge.network.name,
            mounts=[self.neighbours_home(), self.engine_socket(), self.neighbours_socket()],
        )

    @cached_property
    def joined(self) -> places.InContainer:
        """A container in the network and among the processes of the neighbour's server, with the canary's memory."""
        return self.inside("joined", cap_add=["SYS_PTRACE"], **self.joining())

    @cached_property
    def loose(self) -> places.InContainer:
        """A container without a filter of system calls and with the rights of an administrator; it has no network."""
        return self.inside("loose", network_mode="none", cap_add=["SYS_ADMIN"], security_opt=UNFILTERED)

    def joining(self) -> dict[str, Any]:
        """Options of a container that joins the neighbour's."""
        neighbour = f"container:{self.neighbour.id}"
        return {"network_mode": neighbour, "pid_mode": neighbour, "ipc_mode": f"container:{self.name}"}

    def neighbours_home(self) -> Mount:
        """The neighbour's home, to be read."""
        mounts = self.neighbour.attrs["Mounts"]
        home = next(one["Name"] for one in mounts if one["Destination"] == str(names.LEARNER_HOME))
        return Mount("/home/neighbour", home, type="volume", read_only=True)

    def neighbours_socket(self) -> Mount:
        """The folder with the socket of the neighbour's server, where the proxy has it; of nobody else's."""
        mounts = self.neighbour.attrs["Mounts"]
        folder = next(one["Source"] for one in mounts if one["Destination"] == str(names.SERVER_SOCKET.parent))
        sid = self.neighbour.labels[names.LABEL_SERVER]
        return Mount(str(names.SERVERS / sid), folder, type="bind", read_only=True)

    def engine_socket(self) -> Mount:
        """The socket that stands for the engine's."""
        return Mount("/engine", self.volume, type="volume")


def _network(stage: Stage) -> Network:
    # A random prefix of the block for local use (RFC 4193), so that it is nobody else's.
    prefix = ipaddress.IPv6Network(((0xFD << 120) | (secrets.randbits(56) << 64), 64))
    ipv6 = IPAMConfig(pool_configs=[IPAMPool(subnet=str(prefix))])
    for both in (True, False):
        try:
            return stage.client.networks.create(
                stage.name("bridge"),
                driver="bridge",
                labels=stage.labels,
                enable_ipv6=both,
                ipam=ipv6 if both else None,
            )
        except APIError as error:
            failure = error
    raise StageError(f"The engine made no network for the check: {failure.explanation}")


def _bridge(network: Network, canary_name: str) -> Bridge:
    network.reload()
    (found,) = [one for one in network.attrs["Containers"].values() if one["Name"] == canary_name]
    pools = network.attrs["IPAM"]["Config"]
    gateway = next(str(pool["Gateway"]) for pool in pools if "." in pool.get("Gateway", ""))
    plain = {kind: str(found[kind]).partition("/")[0] for kind in ("IPv4Address", "IPv6Address")}
    return Bridge(network, plain["IPv4Address"], plain["IPv6Address"], gateway.partition("/")[0])
