"""Which images a site knows, which are on trial, and which are promoted: the model. Its file is in ``registry_file``.

What may be changed, by whom and why is in :mod:`doorstart.images.acts`. An image is named by its digest, the id that
the engine gives it (``sha256:…``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from doorstart import names

SERVERS = ("learner", "instructor")
"""Names of the images of people's servers."""
BY_PERSON = (*SERVERS, "kernel")
"""Names of the images that are chosen for a person, so that a group can have one on trial."""
SERVICES = ("hub", "proxy", "relay", "exchange", "sandbox")
"""Names of the images of the site's services, of which there is one container each."""
NAMES = (*BY_PERSON, *SERVICES)

CHECK_GROUPS = tuple(names.group(names.PROMOTION_COURSE, role) for role in ("learner", "instructor"))
"""The groups that have an image only while it is checked; that makes no trial of it."""

_DIGEST = r"^sha256:[0-9a-f]{64}$"


class RegistryError(Exception):
    """What was asked cannot be done; the message says why and what to do."""


class State(StrEnum):
    """How far an image has come."""

    KNOWN = "known"
    """It is there, and nobody gets it."""
    TRIAL = "trial"
    """The people of some groups get it."""
    PROMOTED = "promoted"
    """Everybody else gets it."""
    RETIRED = "retired"
    """Nobody gets it any more, and it cannot be promoted."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Known(_Model):
    """An image that came to the site."""

    name: str
    """What it is for: one of :data:`NAMES`."""
    id: str = Field(pattern=_DIGEST)
    version: str = ""
    """The version of Doorstart that it was built from, for people to read."""
    source: str = ""
    """Where it came from, such as ``built here`` or ``bundle 2026-12``."""


class Entry(Known):
    """An image in the registry."""

    learned: datetime
    trials: dict[str, datetime] = Field(default_factory=dict)
    """The groups that get it, and since when."""
    retired: bool = False
    removed: bool = False
    """Pruned: the engine does not have it any more."""


class Act(_Model):
    """One line of the registry's log."""

    when: datetime
    who: str
    """The person: a username of the Hub, or of the machine if it was done on the command line."""
    what: str
    """What was done, such as ``promote``."""
    name: str
    image: str
    reason: str = ""
    detail: str = ""
    """What else is to be known, such as the group of a trial or what was checked."""


class Request(_Model):
    """A promotion that one person asked for and another has to confirm."""

    when: datetime
    who: str
    reason: str
    checked: str = ""


class Ending(_Model):
    """Running servers that are to be ended because they have another image than they would get now."""

    name: str
    """Whose: one of :data:`SERVERS`."""
    at: datetime
    reason: str
    who: str
    promoted: str = ""
    """The image that was promoted when this was decided; empty in registries of before."""
    trials: dict[str, str] = Field(default_factory=dict)
    """The images that were on trial then, by group, the one whose trial began last at the end."""

    def spares(self, image: str, groups: Iterable[str]) -> bool:
        """Whether somebody with these Hub groups had the right image when this was decided, whatever came since."""
        return bool(image) and image == _chosen(self.trials, self.promoted, groups)


class Registry(_Model):
    """All that a site knows of its images. It is never changed: an act makes a new one."""

    format: int = 1
    images: dict[str, Entry] = Field(default_factory=dict)
    """By id, in the order in which they came."""
    history: dict[str, list[str]] = Field(default_factory=dict)
    """By name: the images that were promoted one after the other; the last is promoted, the one before is the target of
    a rollback."""
    built: dict[str, str] = Field(default_factory=dict)
    """By name: the image that ``make up`` built or found when it ran last."""
    requests: dict[str, Request] = Field(default_factory=dict)
    """By id: promotions that wait for a second person."""
    endings: list[Ending] = Field(default_factory=list)
    log: list[Act] = Field(default_factory=list)
    """Everything that was ever done; only added to."""

    def promoted(self, name: str) -> str:
        """The id of the promoted image of a name; empty if there is none."""
        return next(iter(self.history.get(name, [])[-1:]), "")

    def previous(self, name: str) -> str:
        """The id of the image to which a rollback would go; empty if there is none."""
        return next(iter(self.history.get(name, [])[-2:-1]), "")

    def state(self, image: str) -> State:
        """How far an image has come.

        Raises:
            RegistryError: the site does not know it.
        """
        entry = self.entry(image)
        if entry.retired:
            return State.RETIRED
        if self.promoted(entry.name) == entry.id:
            return State.PROMOTED
        return State.TRIAL if trial_groups(entry) else State.KNOWN

    def entry(self, image: str) -> Entry:
        """An image by its id.

        Raises:
            RegistryError: the site does not know it.
        """
        if image not in self.images:
            raise RegistryError(f"This site knows no image {short(image)}. See: doorstart image list")
        return self.images[image]

    def find(self, text: str) -> Entry:
        """An image as somebody writes it: its id, the first six or more digits of it, or a name for the promoted one.

        Raises:
            RegistryError: none is meant, or several could be.
        """
        if text in NAMES:
            if not self.promoted(text):
                raise RegistryError(f"No image {text} is promoted. Name one by its id; see: doorstart image list")
            return self.images[self.promoted(text)]
        digits = text.removeprefix("sha256:")
        found = [one for one in self.images.values() if one.id.removeprefix("sha256:").startswith(digits)]
        if len(digits) < 6 or not found:
            raise RegistryError(
                f"This site knows no image {text!r}. Give six or more digits of an id; see: doorstart image list"
            )
        if len(found) > 1:
            raise RegistryError(f"Several images begin with {text!r}. Give more digits of the one that you mean.")
        return found[0]

    def choose(self, name: str, groups: Iterable[str]) -> str:
        """The id of the image that somebody with these Hub groups gets; empty if none is promoted.

        The one that is on trial in one of the groups (the trial that began last, if there are several), else the
        promoted one.
        """
        return _chosen(self.trials(name), self.promoted(name), groups)

    def trials(self, name: str) -> dict[str, str]:
        """The images of a name that are on trial, by group, the one whose trial began last at the end."""
        trials = [
            (since, one.id, group)
            for one in self.images.values()
            if one.name == name and not one.retired and not one.removed
            for group, since in one.trials.items()
        ]
        return {group: image for _, image, group in sorted(trials)}


def _chosen(trials: dict[str, str], promoted: str, groups: Iterable[str]) -> str:
    """The image of the trial that began last in one of the groups, else the promoted one."""
    mine = set(groups)
    return next((image for group, image in reversed(trials.items()) if group in mine), promoted)


def trial_groups(entry: Entry) -> list[str]:
    """The groups that have this image on trial, sorted; not those of a check."""
    return sorted(group for group in entry.trials if group not in CHECK_GROUPS)


def short(image: str) -> str:
    """An id as people read it: its first 12 digits."""
    return image.removeprefix("sha256:")[:12]
