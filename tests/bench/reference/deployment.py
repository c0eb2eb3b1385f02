"""Runs the reference deployment on a bridge network of its own, and removes it and all that it made."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import httpx

from bench.reference import images
from doorstart.settings import Settings

STARTED = 120
"""Seconds that its Hub has to answer."""


@contextmanager
def running(client: docker.DockerClient, port: int) -> Iterator[tuple[str, str, str]]:
    """The reference deployment, while the body runs.

    Args:
        client: The engine.
        port: Where it listens, on this machine only.

    Yields:
        Its address, the beginning of the names of all its containers and volumes, and the password of everybody.
    """
    hub, server = images.build(client)
    name, limits = f"reference-{secrets.token_hex(3)}", Settings()
    password = secrets.token_urlsafe(24)
    network = client.networks.create(name, driver="bridge")
    try:
        client.containers.run(
            hub,
            name=name,
            hostname=name,
            detach=True,
            init=True,
            network=name,
            ports={"8000/tcp": ("127.0.0.1", port)},
            volumes={"/var/run/docker.sock": {"bind": "/var/run/docker.sock"}, f"{name}-data": {"bind": "/data"}},
            environment={
                "REFERENCE": name,
                "PASSWORD": password,
                "DOCKER_NOTEBOOK_IMAGE": server,
                "DOCKER_NETWORK_NAME": name,
                "MEMORY_LIMIT": str(limits.memory_limit),
                "CPU_LIMIT": str(limits.cpu_limit),
            },
        )
        url = f"http://localhost:{port}"
        _wait(client, name, url)
        yield url, name, password
    finally:
        _remove(client, name)
        network.remove()


def _wait(client: docker.DockerClient, name: str, url: str) -> None:
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/hub/api/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    said = client.containers.get(name).logs(tail=20).decode(errors="replace")
    raise TimeoutError(f"The reference's Hub did not answer in {STARTED} s. It said:\n{said}")


def _remove(client: docker.DockerClient, name: str) -> None:
    for container in client.containers.list(all=True, ignore_removed=True, filters={"name": f"^{name}"}):
        container.remove(force=True)
    for volume in client.volumes.list(filters={"name": name}):
        volume.remove(force=True)
