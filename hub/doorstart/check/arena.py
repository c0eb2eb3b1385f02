"""Where the probes play: two learners' servers and an instructor's, real ones, and the canaries around them."""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from docker.models.containers import Container

from doorstart import names
from doorstart.check.canaries import Canaries
from doorstart.check.client import Person, Server
from doorstart.check.inside import canary, relay
from doorstart.check.places import InContainer, InServer, Inside, OnHost
from doorstart.check.stage import Stage
from doorstart.site import containers

COURSE = "isolation.en"
"""The course that exists only while the isolation is checked."""
ASSIGNMENT = "canary"
"""What the neighbour hands in."""
EXCHANGE = "/services/exchange"
ANSWER_TIMEOUT = 20.0
"""Longest that a neighbour may have to wait for an answer while the machine is under attack, in seconds."""


class ArenaError(Exception):
    """The arena could not be made ready; the message says what failed."""


@dataclass
class Arena:
    """All that probes work with. ``attacker`` is where their code runs; the tests put broken containers there."""

    stage: Stage
    attacker: Inside
    person: Person
    """The attacker, logged in."""
    server: Server
    """The attacker's server."""
    neighbour: Person
    neighbour_server: Server
    neighbour_inside: InServer
    instructor: Person
    instructor_server: Server
    canaries: Canaries
    planted: int
    """Process id of the neighbour's canary, within the neighbour's container."""
    submission: str
    """Id of the neighbour's submission, which has feedback."""
    host: OnHost = field(default_factory=OnHost)

    @property
    def ordinary(self) -> InContainer:
        """A container without confinement: the positive control of most probes."""
        return self.canaries.ordinary

    @property
    def joined(self) -> InContainer:
        """A container among the processes of the neighbour's."""
        return self.canaries.joined

    @property
    def loose(self) -> InContainer:
        """A container without a filter of system calls, and with the rights of an administrator."""
        return self.canaries.loose

    @property
    def token(self) -> str:
        """What is to be found."""
        return self.canaries.token

    def container(self, person: Person, server_name: str = "") -> Container:
        """The container of somebody's server."""
        return server_container(self.stage, person.username, server_name)

    def neighbour_works(self) -> float:
        """Seconds until the neighbour's server and kernel have answered.

        Raises:
            ArenaError: not within :data:`ANSWER_TIMEOUT`.
            ClientError: they answered with an error.
        """
        started = time.monotonic()
        self.neighbour_server.json("GET", "api/status")
        said = self.neighbour_server.run_in(self.neighbour_inside.kernel, "print(6 * 7)", ANSWER_TIMEOUT)
        took = time.monotonic() - started
        if said.strip() != "42" or took > ANSWER_TIMEOUT:
            raise ArenaError(f"The neighbour's server answered {said.strip()!r} after {took:.1f} s.")
        return took


def server_container(stage: Stage, username: str, server_name: str = "") -> Container:
    """The container of somebody's server."""
    return stage.client.containers.get(f"{stage.site}-server-{names.server_id(username, server_name)}")


@contextmanager
def open_arena(stage: Stage) -> Iterator[Arena]:
    """Start the servers and the canaries.

    Raises:
        ArenaError, ClientError, StageError, CommandError, APIError: something did not start.
    """
    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        roles = {"attacker": "learner", "neighbour": "learner", "instructor": "instructor"}
        log_ins = {who: stage.add(role) for who, role in roles.items()}
        people = {who: stack.enter_context(log_in()) for who, log_in in log_ins.items()}
        own_name = {"attacker": "", "neighbour": "", "instructor": names.server_name(stage.course)}
        started = {who: pool.submit(person.start_server, own_name[who]) for who, person in people.items()}
        servers = {who: future.result() for who, future in started.items()}
        attacker, neighbour = InServer(servers["attacker"]), InServer(servers["neighbour"])
        canaries = Canaries(stage, server_container(stage, people["neighbour"].username))
        planted = neighbour.call(canary.plant, source=inspect.getsource(canary), token=canaries.token, key=canaries.key)
        yield Arena(
            stage=stage,
            attacker=attacker,
            person=people["attacker"],
            server=servers["attacker"],
            neighbour=people["neighbour"],
            neighbour_server=servers["neighbour"],
            neighbour_inside=neighbour,
            instructor=people["instructor"],
            instructor_server=servers["instructor"],
            canaries=canaries,
            planted=planted["pid"],
            submission=_hand_in(stage, neighbour, people["instructor"].username),
        )


def _hand_in(stage: Stage, neighbour: InServer, instructor: str) -> str:
    """Have the neighbour hand in, and the instructor give feedback; the submission's id."""
    archive = release(stage)
    path = f"{EXCHANGE}/courses/{stage.course}/assignments/{ASSIGNMENT}/submissions"
    (answer,) = neighbour.call(relay.ask, relay=neighbour.relay, requests=[_upload("POST", path, archive)])
    if answer["status"] != 201:
        raise ArenaError(f"The exchange did not take the neighbour's submission: {answer}")
    submission = str(json.loads(answer["body"])["id"])
    desk = office(stage, instructor)
    feedback = _upload("PUT", f"{EXCHANGE}/submissions/{submission}/feedback", _archive("canary.html", "<p>canary</p>"))
    (answer,) = desk.call(relay.ask, relay=desk.relay, requests=[feedback])
    if answer["status"] != 201:
        raise ArenaError(f"The exchange did not take the instructor's feedback: {answer}")
    return submission


def release(stage: Stage) -> str:
    """Release the check's assignment, one empty notebook; its archive."""
    notebook = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    archive = _archive(f"{ASSIGNMENT}.ipynb", notebook)
    command = ["python", "-m", "doorstart.exchange", "release", stage.course, ASSIGNMENT]
    containers.execute(stage.client, stage.place.container("exchange"), command, archive.encode())
    return archive


def office(stage: Stage, instructor: str) -> InContainer:
    """The instructor's server as a place: not a kernel of it, for those are in the sandbox and know no token."""
    container = server_container(stage, instructor, names.server_name(stage.course))
    return InContainer(stage.client, str(container.name), relay=str(names.RELAY_SOCKET))


def _archive(name: str, text: str) -> str:
    """A tar file with one small file of ASCII text, in the form that the exchange takes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode("ascii")))
    return buffer.getvalue().decode("ascii")


def _upload(method: str, path: str, archive: str) -> dict[str, Any]:
    headers = {"Doorstart-Digest": hashlib.sha256(archive.encode()).hexdigest(), "Content-Type": "application/x-tar"}
    return {"method": method, "target": path, "headers": headers, "body": archive}
