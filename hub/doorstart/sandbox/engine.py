"""The sandbox's only words with the Docker engine. All calls block; the sandbox runs them in threads."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound

from doorstart import names
from doorstart.sandbox.confinement import ROLE

_LOG_LINES = 20


@dataclass(frozen=True)
class ContainerState:
    """Whether a container runs, and if not, how it ended."""

    running: bool
    exit_code: int | None = None
    out_of_memory: bool = False


@dataclass(frozen=True)
class Running:
    """What runs on the site."""

    servers: frozenset[str]
    """Ids of the running containers of people's servers."""
    kernels: dict[str, str]
    """Name and id of the kernels' containers, also of those that have ended."""


class Engine:
    """The Docker engine, as far as one site's sandbox uses it."""

    def __init__(self, site: str, client: docker.DockerClient | None = None) -> None:
        self._site = site
        self._client = client or docker.from_env()

    def volume_folder(self, volume: str) -> Path:
        """Where the engine keeps a named volume's files: the source of binds of its sub-folders.

        Raises:
            docker.errors.NotFound: there is no such volume.
        """
        attributes: dict[str, Any] = self._client.volumes.get(volume).attrs
        return Path(attributes["Mountpoint"])

    def start(self, options: dict[str, Any]) -> str:
        """Create and start a container; its id. Nothing is left if it does not start.

        Raises:
            docker.errors.DockerException: the engine refuses.
            OSError: it does not answer. docker lets the exceptions of requests through.
        """
        container = self._client.containers.create(**options)
        container_id = container.id or ""
        try:
            container.start()
        except (DockerException, OSError):
            with contextlib.suppress(DockerException, OSError):  # Why it did not start says more.
                self.remove(container_id)
            raise
        return container_id

    def first_process(self, container_id: str) -> int:
        """The process id, on the machine, of a running container's first process; 0 if it has ended.

        Raises:
            docker.errors.DockerException: there is no such container, or the engine does not answer.
        """
        return int(self._client.api.inspect_container(container_id)["State"]["Pid"])

    def state(self, container_id: str) -> ContainerState:
        """How a container is doing; one that is gone has ended."""
        try:
            state: dict[str, Any] = self._client.api.inspect_container(container_id)["State"]
        except NotFound:
            return ContainerState(running=False)
        return ContainerState(bool(state["Running"]), int(state["ExitCode"]), bool(state["OOMKilled"]))

    def log(self, container_id: str) -> str:
        """The last lines of a container's log; empty if it is gone, or the engine does not answer."""
        try:
            return self._client.api.logs(container_id, tail=_LOG_LINES).decode(errors="replace")
        except (DockerException, OSError):
            return ""

    def signal(self, container_id: str, signal: str) -> bool:
        """Send a signal such as ``SIGINT`` to a container's program; false if it does not run any more."""
        try:
            self._client.api.kill(container_id, signal)
        except NotFound:
            return False
        except APIError as error:
            if error.status_code == 409:  # Conflict: it is not running.
                return False
            raise
        return True

    def remove(self, container_id: str) -> None:
        """Kill and remove a container, given by its id or name; nothing happens if it is gone or being removed."""
        try:
            self._client.api.remove_container(container_id, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != 409:
                raise

    def server(self, server_id: str) -> str | None:
        """The id of the running container of a person's server."""
        servers = [found for found in self._containers(f"{names.LABEL_SERVER}={server_id}") if not _is_kernel(found)]
        return str(servers[0]["Id"]) if servers else None

    def running(self) -> Running:
        """All of the site's running servers, and all of its kernels."""
        servers = frozenset(str(c["Id"]) for c in self._containers(names.LABEL_SERVER) if not _is_kernel(c))
        kernels = self._containers(f"{names.LABEL_ROLE}={ROLE}", ended=True)
        return Running(servers, {str(c["Names"][0]).lstrip("/"): str(c["Id"]) for c in kernels})

    def usage(self, container_id: str) -> tuple[float, int] | None:
        """A running container's processor time in seconds and its memory in bytes; None if it does not run.

        The memory is the most at any time where the engine knows that, and that of now elsewhere.
        """
        try:
            stats: dict[str, Any] = self._client.api.stats(container_id, stream=False, one_shot=True)
            cpu, memory = int(stats["cpu_stats"]["cpu_usage"]["total_usage"]), stats["memory_stats"]
            return cpu / 1e9, int(memory.get("max_usage") or memory["usage"])
        except (NotFound, KeyError):
            return None

    def of_role(self, role: str) -> list[str]:
        """The ids of all of the site's containers of one role, also of those that have ended."""
        return [str(found["Id"]) for found in self._containers(f"{names.LABEL_ROLE}={role}", ended=True)]

    def close(self) -> None:
        """Close the connections."""
        with contextlib.suppress(DockerException):
            self._client.close()

    def _containers(self, *labels: str, ended: bool = False) -> list[dict[str, Any]]:
        wanted = [f"{names.LABEL_SITE}={self._site}", *labels]
        found: list[dict[str, Any]] = self._client.api.containers(all=ended, filters={"label": wanted})
        return found


def _is_kernel(container: dict[str, Any]) -> bool:
    return bool(container["Labels"].get(names.LABEL_ROLE) == ROLE)
