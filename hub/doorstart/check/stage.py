"""Where a check plays: a course and people of its own on the running site, gone again when the check ends.

Real courses, real people and their gradebooks are not touched. What a check leaves behind that was killed, the next one
removes first.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import docker
from docker.errors import APIError, NotFound
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from doorstart import names
from doorstart.check.client import Person
from doorstart.check.report import Report, StepFailedError
from doorstart.images.registry import BY_PERSON, Registry
from doorstart.names import CHECK_PREFIX
from doorstart.settings import Settings, settings
from doorstart.site import containers, engine, registry
from doorstart.site.place import Place

PEOPLE = ["python", "-m", "doorstart.people"]
LABEL_CHECK = "doorstart.check"
"""Label of containers, networks and volumes that a check made; its value is the check's course."""


class StageError(Exception):
    """A check cannot begin, or could not clean up; the message says what to do."""


class Stage:
    """One check's own part of a site. Made by :func:`open_stage`.

    Args:
        client: The engine.
        place: The site.
        running: The settings that the running site has.
        course: The id of the check's course.
        images: The digest of each image that the check's people get, by its name.
    """

    def __init__(
        self, client: docker.DockerClient, place: Place, running: Settings, course: str, images: dict[str, str]
    ) -> None:
        self.client = client
        self.place = place
        self.running = running
        self.course = course
        self.images = images
        self.run = secrets.token_hex(3)
        """Marks what belongs to this run: six hexadecimal digits."""
        self.on_close: list[Callable[[], object]] = []
        """What else is to be done at the end, last first, before the people go."""
        self._people: list[str] = []
        self._closed = False

    @property
    def site(self) -> str:
        """The site's name."""
        return self.running.site

    def name(self, what: str) -> str:
        """The name of a container, network or volume of this run."""
        return f"{self.site}-check-{what}-{self.run}"

    @property
    def labels(self) -> dict[str, str]:
        """The labels of what this check makes on the engine."""
        return {names.LABEL_SITE: self.site, names.LABEL_ROLE: "check", LABEL_CHECK: self.course}

    def add(self, role: str) -> Callable[[], Person]:
        """Make an account in the check's course; call what is returned to log in, in a new browser.

        Args:
            role: ``"learner"`` or ``"instructor"``.
        """
        username = f"{CHECK_PREFIX}{role}-{secrets.token_hex(3)}"
        row = {"username": username, "display_name": username, "language": "en", "role": role, "courses": [self.course]}
        self._people.append(username)
        answer = self.people("import", {"rows": [row], "one_time": False})
        password = str(answer["passwords"][0]["password"])
        # The check runs on the site's own machine, where the certificate's name need not be the one that is asked for.
        return lambda: Person(self.place.url, username, password, verify=False, at=self.place.local)

    def people(self, verb: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the Hub about people; see :mod:`doorstart.people.handlers`."""
        return containers.execute_json(self.client, self.place.container("hub"), [*PEOPLE, verb], request)

    def sweep(self) -> None:
        """Remove what an earlier run of this check left behind. Only one runs at a time, so nobody uses it."""
        mine = {names.group(self.course, role) for role in ("learner", "instructor")}
        everybody = self.people("list")["people"]
        left = [str(one["username"]) for one in everybody if mine & set(one["groups"])]
        self._people = [username for username in left if username.startswith(CHECK_PREFIX)]
        self._clear()

    def close(self) -> None:
        """Stop the check's servers and remove its people, their work, and its course. All is tried, whatever fails.

        A second call does nothing.

        Raises:
            StageError: something could not be removed.
        """
        if not self._closed:
            self._closed = True
            self._clear()

    def _clear(self) -> None:
        steps: list[Callable[[], object]] = [*reversed(self.on_close), self._forget_people, self._remove_objects]
        self.on_close = []
        failures = []
        for one in steps:
            try:
                one()
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error}")
        if failures:
            raise StageError(
                f"Not everything of the check could be removed ({'; '.join(failures)}). The next check tries again."
            )

    def _forget_people(self) -> None:
        if self._people:
            self.people("forget", {"usernames": self._people})

    def _remove_objects(self) -> None:
        mine: dict[str, str | list[str] | bool] = {
            "label": [f"{names.LABEL_SITE}={self.site}", f"{LABEL_CHECK}={self.course}"]
        }
        for container in self.client.containers.list(ignore_removed=True, all=True, filters=mine):
            container.remove(force=True, v=True)
        for network in self.client.networks.list(filters=mine):
            network.remove()
        volumes = {volume.name for volume in self.client.volumes.list(filters=mine)}
        volumes |= {f"{self.site}-{kind}-{username}" for username in self._people for kind in ("home", "desk")}
        volumes.add(f"{self.site}-course-{self.course}")
        for volume in sorted(volumes):
            _remove_volume(self.client, volume)
        self._people = []


@contextmanager
def open_stage(course: str, *, folder: Path | None = None, known: Registry | None = None) -> Iterator[Stage]:
    """A stage on the running site, for the time of the body; it is cleared also when the body fails.

    Args:
        course: The id of the check's course; one check at a time has it.
        folder: Where the lock is; by default in the site's own folder.
        known: The registry of images; by default it is asked for.

    Raises:
        StageError: such a check runs already, or could not clean up.
        EngineError, CommandError, RegistryError: the site is not running.
    """
    client = engine.connect()
    if client is None:
        raise engine.EngineError("The Docker engine is not running. Start the site with: make up")
    place = Place(settings())
    running = running_settings(client, place)
    images = _images(registry.read(client, place) if known is None else known, course)
    stage = Stage(client, place, running, course, images)
    with _lock(folder or place.folder, course):
        stage.sweep()
        try:
            yield stage
        finally:
            stage.close()


def _images(known: Registry, course: str) -> dict[str, str]:
    groups = [names.group(course, role) for role in ("learner", "instructor")]
    return {name: known.choose(name, groups) for name in BY_PERSON}


@contextmanager
def staged(
    course: str, report: Report, *, folder: Path | None = None, known: Registry | None = None
) -> Iterator[Stage]:
    """As :func:`open_stage`, with making it ready and clearing it as the first and the last step of a report.

    Raises:
        StepFailedError: one of these steps failed. What the body raised has precedence.
    """
    with ExitStack() as stack:
        with report.step("Make ready"):
            stage = stack.enter_context(open_stage(course, folder=folder, known=known))
        try:
            yield stage
        except BaseException:
            with suppress(StepFailedError), report.step("Clean up"):
                stage.close()
            raise
        with report.step("Clean up"):
            stage.close()


class _Given(Settings):
    """Settings of which nothing comes from this process's own environment."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: object, **__: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given as arguments, and the defaults."""
        return (init_settings,)


def running_settings(client: docker.DockerClient, place: Place) -> Settings:
    """The settings of the site as it runs: those that its Hub was started with.

    Raises:
        CommandError: the site is not running.
    """
    environment = containers.running(client, place.container("hub")).attrs["Config"]["Env"]
    pairs = (line.partition("=") for line in environment)
    known = {name.removeprefix("DOORSTART_").lower(): value for name, _, value in pairs}
    return _Given(**{name: value for name, value in known.items() if name in Settings.model_fields})


@contextmanager
def _lock(folder: Path, course: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file: TextIO
    with (folder / f"check-{course}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StageError("The same check is running on this site already. Wait until it has ended.") from None
        yield


def _remove_volume(client: docker.DockerClient, name: str) -> None:
    """Remove a volume of the check, and what a check that was killed left running on it."""
    for container in client.containers.list(ignore_removed=True, all=True, filters={"volume": name}):
        container.remove(force=True)
    try:
        client.volumes.get(name).remove()
    except NotFound:
        return
    except APIError as error:
        raise StageError(f"the volume {name} is still in use") from error
