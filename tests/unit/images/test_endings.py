"""Which running servers have another image than their people would get, and when they are warned and ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from doorstart import names
from doorstart.images import acts, arrivals, endings
from doorstart.images.registry import Ending, Known, Registry
from doorstart.images.running import Outdated, Person, Running, outdated

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
OLD, NEW, NEWEST = (f"sha256:{digit * 64}" for digit in "012")
LEARNER = "course:programming.nl:learner"


def registry() -> Registry:
    """The older of two images is promoted; the newer is on trial with the teachers."""
    made = arrivals.learn(Registry(), [Known(name="learner", id=one) for one in (OLD, NEW)], who="ann", now=NOW)
    made = acts.promote(made, OLD, who="ann", reason="x", now=NOW, checked="", two_persons=False)
    return acts.trial(made, NEW, "teachers", who="ann", now=NOW)


def running(username: str, image: str, server: str = "", kind: str = "learner") -> Running:
    return Running(f"container-{username}", names.server_id(username, server), kind, image)


def found() -> list[Outdated]:
    """Bea has an image that she would not get; Ann and Cem, who tries the new one, have the right ones."""
    people = [
        Person("cem", (LEARNER, "teachers"), ("",)),
        Person("bea", (LEARNER,), ("",)),
        Person("ann", (LEARNER,), ("",)),
        Person("dan", (LEARNER,), ("",)),  # his container has just gone
    ]
    servers = [running("ann", OLD), running("bea", NEW), running("cem", NEW)]
    return outdated(registry(), people, servers)


def test_only_servers_with_another_image_are_found_and_a_trial_is_right() -> None:
    (one,) = found()
    assert (one.person.username, one.server, one.running.image, one.wanted) == ("bea", "", NEW, OLD)


def test_before_the_time_people_are_warned_and_at_the_time_servers_end() -> None:
    at = NOW + timedelta(minutes=5)
    known = acts.end_servers(registry(), "learner", at, who="ann", reason="slow", now=NOW)
    told: list[str] = []

    def step(now: datetime, servers: list[Outdated]) -> int:
        told.clear()
        done = endings.step(
            known,
            now,
            servers,
            lambda one, ending: told.append(ending.reason),
            lambda one: told.append("end"),
            starting=False,
        )
        return len(done)

    assert (step(NOW, found()), told) == (0, ["slow"])
    assert (step(at, found()), told) == (0, ["end"])
    assert (step(at, []), told) == (1, [])
    assert (step(NOW, []), told) == (0, []), "somebody may still come back with an old image before the time"


def test_servers_of_another_kind_go_on() -> None:
    known = acts.end_servers(registry(), "instructor", NOW, who="ann", reason="slow", now=NOW)
    done = endings.step(known, NOW, found(), lambda *_: None, lambda _: 1 / 0, starting=False)  # type: ignore[arg-type]
    assert len(done) == 1


def test_who_had_the_right_image_then_goes_on_whatever_is_promoted_or_tried_meanwhile() -> None:
    known = acts.end_servers(registry(), "learner", NOW, who="ann", reason="slow", now=NOW)
    known = arrivals.learn(known, [Known(name="learner", id=NEWEST)], who="ann", now=NOW)
    later = [
        acts.promote(known, NEWEST, who="ann", reason="better", now=NOW, checked="", two_persons=False),
        acts.trial(acts.trial(known, NEWEST, LEARNER, who="ann", now=NOW), NEWEST, "teachers", who="ann", now=NOW),
        acts.end_trial(known, NEW, "teachers", who="ann", now=NOW),
    ]
    people = [Person("ann", (LEARNER,), ("",)), Person("bea", (LEARNER,), ("",)), Person("cem", ("teachers",), ("",))]
    servers = [running("ann", OLD), running("bea", NEW), running("cem", NEW)]
    for one in later:
        one = Registry.model_validate_json(one.model_dump_json())
        ended: list[str] = []
        end = partial(_note, ended)
        assert endings.step(one, NOW, outdated(one, people, servers), lambda *_: None, end, starting=False) == []
        assert ended == ["bea"]


def _note(ended: list[str], one: Outdated) -> None:
    ended.append(one.person.username)


def test_an_ending_of_a_registry_of_before_spares_nobody() -> None:
    ending = Ending.model_validate_json('{"name": "learner", "at": "2026-12-01T09:00:00Z", "reason": "x", "who": "a"}')
    assert not ending.spares(OLD, [LEARNER]) and not ending.spares("", [LEARNER])


def test_a_server_that_is_being_started_is_waited_for_but_not_for_ever() -> None:
    known = acts.end_servers(registry(), "learner", NOW, who="ann", reason="slow", now=NOW)
    people = [Person("ann", (LEARNER,), ("",))]
    starting = endings.starts(people, [])
    assert starting and not endings.starts(people, [running("ann", NEW)]) and not endings.starts([], [])

    def step(now: datetime) -> int:
        return len(endings.step(known, now, [], lambda *_: None, lambda _: None, starting=starting))

    assert step(NOW) == step(NOW + timedelta(seconds=110)) == 0
    assert step(NOW + timedelta(seconds=130)) == 1


def test_the_warning_says_when_and_why_and_everybody_can_read_it(tmp_path: Path) -> None:
    known = acts.end_servers(registry(), "learner", NOW, who="ann", reason="slow", now=NOW)
    endings.warn(tmp_path, known.endings[0])
    notice = tmp_path / endings.NOTICE
    assert json.loads(notice.read_text()) == {"kind": "ending", "at": "2026-12-01T09:00:00+00:00", "reason": "slow"}
    assert notice.stat().st_mode & 0o777 == 0o644
    endings.warn(tmp_path / "gone", known.endings[0])
