"""The two deployments that are measured in turn, with what a benchmark asks of either: people, their servers, figures.

``DOORSTART_TEST_SITE`` and ``DOORSTART_TEST_PORT`` name our site, as for the tests; the reference has the port above.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from conftest import Site, running_site
from docker.models.containers import Container
from integration.classroom import container_of

from bench.reference import deployment
from doorstart.check.client import Person

COURSE = "programming.en"


@dataclass(frozen=True)
class Side:
    """One deployment: ours has a ``site``, the reference a ``prefix`` of its containers' names and one ``password``."""

    name: str
    url: str
    client: docker.DockerClient
    site: Site | None = None
    prefix: str = ""
    password: str = ""

    def person(self) -> Person:
        """Somebody new, who is logged in."""
        if self.site:
            return Person(self.url, *self.site.add("learner", [COURSE], prefix="bench"))
        return Person(self.url, f"bench{secrets.token_hex(3)}", self.password)

    def container(self, person: Person) -> Container:
        """The container of somebody's server."""
        if self.site:
            return container_of(self.site, person.username)
        return self.client.containers.get(f"{self.prefix}-server-{person.username}")

    def hub(self) -> Container:
        """The Hub's container."""
        return self.client.containers.get(self.prefix) if self.prefix else self.site.container("hub")  # type: ignore[union-attr]


@contextmanager
def our_site() -> Iterator[Side]:
    """Our site, as on any machine."""
    name = os.environ.get("DOORSTART_TEST_SITE", "doorstart-bench")
    port = os.environ.get("DOORSTART_TEST_PORT", "18090")
    with running_site(name, port) as site:
        yield Side("Doorstart", site.url, site.client, site)


@contextmanager
def both() -> Iterator[tuple[Side, Side]]:
    """Our site and the reference, both running; what is measured is asked of one at a time."""
    with our_site() as ours, deployment.running(ours.client, int(ours.url.rpartition(":")[2]) + 5) as running:
        url, prefix, password = running
        yield ours, Side("reference", url, ours.client, prefix=prefix, password=password)


def check_isolation(ours: Side) -> None:
    """Attack a learner's server: what is fast has to be as tight as it was. Ends the benchmark if it is not."""
    assert ours.site is not None
    print("doorstart check isolation", flush=True)
    command = [str(Path(sys.executable).with_name("doorstart")), "check", "isolation"]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "", flush=True)
    if done.returncode:
        sys.exit(f"The servers are not isolated, so no figure counts:\n{done.stdout}\n{done.stderr}")


def process_tree(container: Container) -> list[int]:
    """The processes of a container, as this machine numbers them."""
    listed: dict[str, Any] = container.top(ps_args="-eo pid")
    return [int(row[0]) for row in listed["Processes"]]
