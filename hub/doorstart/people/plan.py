"""What a roster would change: the difference between its rows and the people on the site. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from doorstart import names
from doorstart.people.roster import Row

Kind = Literal["create", "restore", "update", "deactivate"]


class PlanError(ValueError):
    """The change would leave the site in a state that nobody can want; the message says why and what to do."""


@dataclass(frozen=True)
class State:
    """One person as the site has them now. ``groups`` are the Hub groups of courses, see :func:`names.group`."""

    username: str
    display_name: str
    language: str
    role: str
    groups: frozenset[str]
    active: bool = True


@dataclass(frozen=True)
class Change:
    """One person's change.

    ``create``: new; ``restore``: was deactivated and is in the roster again; ``update``: something differs;
    ``deactivate``: is no longer in the roster. ``what`` says what differs, in words, for ``update``.
    """

    kind: Kind
    username: str
    row: Row | None = None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All changes, in the order of the roster, and who stays as they are."""

    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]

    def usernames(self, *kinds: Kind) -> list[str]:
        """The people with a change of one of these kinds."""
        return [change.username for change in self.changes if change.kind in kinds]


def groups_of(row: Row) -> frozenset[str]:
    """The Hub groups of a person with this row. An admin with courses teaches them."""
    role = "learner" if row.role == "learner" else "instructor"
    return frozenset(names.group(course, role) for course in row.courses)


def make(rows: Iterable[Row], now: Mapping[str, State], *, remove: bool = False) -> Plan:
    """The plan that makes the site agree with ``rows``.

    Args:
        rows: checked rows, see :func:`doorstart.people.roster.check`.
        now: everybody on the site, by username.
        remove: whether people who are not in ``rows`` are deactivated; else they are left alone.

    Raises:
        PlanError: no active admin would remain.
    """
    changes: list[Change] = []
    unchanged: list[str] = []
    rows = list(rows)
    for row in rows:
        state = now.get(row.username)
        if state is None:
            changes.append(Change("create", row.username, row))
        elif not state.active:
            changes.append(Change("restore", row.username, row))
        elif what := _differences(state, row):
            changes.append(Change("update", row.username, row, what))
        else:
            unchanged.append(row.username)
    listed = {row.username for row in rows}
    for state in now.values():
        if remove and state.active and state.username not in listed:
            changes.append(Change("deactivate", state.username))
    _keep_an_admin(rows, listed, now, remove=remove)
    return Plan(tuple(changes), tuple(unchanged))


def _differences(state: State, row: Row) -> tuple[str, ...]:
    what = [
        f"{name}: {old} -> {new}"
        for name, old, new in (
            ("display name", state.display_name, row.display_name),
            ("language", state.language, row.language),
            ("role", state.role, row.role),
        )
        if old != new
    ]
    wanted = groups_of(row)
    what += [f"joins {_course(group)}" for group in sorted(wanted - state.groups)]
    what += [f"leaves {_course(group)}" for group in sorted(state.groups - wanted)]
    return tuple(what)


def _course(group: str) -> str:
    _, course, role = group.split(":")
    return f"{course} as {role}"


def _keep_an_admin(rows: list[Row], listed: set[str], now: Mapping[str, State], *, remove: bool) -> None:
    had = any(state.active and state.role == "admin" for state in now.values())
    has = any(row.role == "admin" for row in rows) or any(
        state.active and state.role == "admin" and not remove and state.username not in listed for state in now.values()
    )
    if had and not has:
        raise PlanError(
            "After this no admin would be left, and nobody could repair that from a browser. "
            "Give at least one person in the file the role admin."
        )
