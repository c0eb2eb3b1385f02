"""The arena of the probes on the tests' site, and containers whose confinement is broken in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from docker.types import Mount

from doorstart.check.arena import COURSE, Arena, open_arena
from doorstart.check.places import PYTHON, InContainer
from doorstart.check.stage import open_stage
from doorstart.spawner import confinement

NARROW = (PYTHON, "-I", "/opt/doorstart/narrow.py", PYTHON)
"""Python as it runs in a learner's server: with the filter of system calls over it."""
HOME = "/home/learner"


@pytest.fixture(scope="package")
def arena(site: Any) -> Iterator[Arena]:
    """Two learners' servers, an instructor's, and the canaries."""
    with open_stage(COURSE) as stage, open_arena(stage) as ready:
        yield ready


@pytest.fixture
def confined(arena: Arena) -> Iterator[Callable[..., InContainer]]:
    """Starts a container with a learner's confinement, but for the options that are given."""
    made: list[InContainer] = []

    def start(
        what: str, *, python: tuple[str, ...] = NARROW, mounts: list[Mount] | None = None, **broken: Any
    ) -> InContainer:
        running = arena.stage.running
        options = confinement.host_config(running, mounts or [])
        options["tmpfs"] = {**options["tmpfs"], HOME: "rw,nosuid,nodev,uid=1000,gid=1000,mode=0700"}
        options |= {"user": "1000:1000", "hostname": "server", "nano_cpus": round(running.cpu_limit * 1e9), **broken}
        container = arena.canaries.container(f"broken-{what}", **options)
        made.append(InContainer(arena.stage.client, str(container.name), home=HOME, python=python))
        return made[-1]

    yield start
    for one in made:
        arena.stage.client.containers.get(one.name).remove(force=True, v=True)
