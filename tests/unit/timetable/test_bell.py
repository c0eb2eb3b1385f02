"""The service that looks at the timetable: what it asks of the Hub, and that a failure of one is not one of all."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doorstart.people.client import HubError
from doorstart.settings import Settings
from doorstart.timetable import store
from doorstart.timetable.__main__ import main
from doorstart.timetable.bell import Bell, available
from doorstart.timetable.lessons import Lesson, Timetable

GIB = 1024**3
TABLE = Timetable(lessons=(Lesson(course="accounting.nl", weekday=1, begins=time(9), ends=time(11)),))
BELL = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Brussels"))


class Hub:
    """The Hub of a class; whoever is in ``broken`` gets no server."""

    def __init__(self, *names: str, broken: tuple[str, ...] = ()) -> None:
        self.names, self.broken = names, broken
        self.state: dict[str, bool] = {}
        self.asked: list[str] = []
        self.used: list[str] = []
        self.questions = 0

    def people(self) -> dict[str, Any]:
        self.questions += 1
        own = {"active": True, "groups": ["course:accounting.nl:learner"]}
        teacher = {"username": "tom", "active": True, "groups": ["course:accounting.nl:instructor"]}
        left = {"username": "left", "active": False, "groups": ["course:accounting.nl:learner"]}
        return {"people": [teacher, left, *({"username": name, **own} for name in self.names)]}

    def servers(self) -> dict[str, bool]:
        return dict(self.state)

    def start_server(self, username: str) -> None:
        self.asked.append(username)
        if username in self.broken:
            raise HubError(500, "no")
        self.state[username] = True

    def note_activity(self, username: str) -> None:
        self.used.append(username)


def bell(hub: Hub, table: Timetable = TABLE, **chosen: int) -> Bell:
    return Bell(hub, Settings.model_validate(chosen), lambda: table, lambda: 16 * GIB)


def test_each_is_asked_for_once_and_a_failure_is_left_alone() -> None:
    hub = Hub("ann", "bea", "cas", broken=("ann",))
    ours = bell(hub)
    for seconds in range(0, 600, 5):
        ours.look(BELL - timedelta(minutes=5) + timedelta(seconds=seconds))
    assert sorted(hub.asked) == ["ann", "bea", "cas"]


@pytest.mark.parametrize("first", [-4, 30], ids=["before the lesson", "when the bell's service starts amid a lesson"])
def test_who_stops_a_server_in_a_lesson_is_left_alone_whoever_started_it(first: int) -> None:
    hub = Hub("ann")
    hub.state = {"ann": True}
    ours = bell(hub)
    for minutes in range(first, 40):
        ours.look(BELL + timedelta(minutes=minutes))
    del hub.state["ann"]
    for minutes in range(40, 120):
        ours.look(BELL + timedelta(minutes=minutes))
    assert hub.asked == []


def test_a_server_that_is_stopped_before_the_lesson_is_there_when_the_bell_rings() -> None:
    hub = Hub("ann")
    hub.state = {"ann": True}
    ours = bell(hub)
    ours.look(BELL - timedelta(minutes=4))
    del hub.state["ann"]
    ours.look(BELL - timedelta(minutes=1))
    assert hub.asked == ["ann"]


def test_running_servers_of_a_lesson_count_as_used_every_five_minutes() -> None:
    hub = Hub("ann", "bea")
    hub.state = {"ann": True}
    ours = bell(hub)
    for minutes in range(0, 120, 1):
        hub.state.pop("bea", None)
        ours.look(BELL + timedelta(minutes=minutes))
    assert hub.used == ["ann"] * 24


@pytest.mark.parametrize("idle", [60, 90, 600, 3600])
def test_a_server_counts_as_used_three_times_before_it_would_be_idle(idle: int) -> None:
    hub = Hub("ann")
    hub.state = {"ann": True}
    ours = bell(hub, idle_timeout=idle)
    noted: list[int] = []
    for seconds in range(0, 3600, 6):  # a look takes a moment too
        ours.look(BELL + timedelta(seconds=seconds))
        noted += [seconds] * (len(hub.used) - len(noted))
    assert noted[0] == 0
    assert max(third - one for one, third in zip(noted, noted[3:], strict=False)) <= idle


def test_nobody_is_asked_anything_when_no_lesson_is_near() -> None:
    hub = Hub("ann")
    assert bell(hub).look(BELL - timedelta(hours=1)) is None
    assert hub.questions == 0


def test_the_machines_memory_is_what_the_kernel_says() -> None:
    assert available("MemTotal: 100 kB\nMemAvailable:    2048 kB\n") == 2 * 1024 * 1024
    with pytest.raises(ValueError, match="MemAvailable"):
        available("MemTotal: 100 kB\n")


def test_a_timetable_is_kept_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    path = tmp_path / "timetable.json"
    assert store.read(path) == Timetable()
    monkeypatch.setattr("sys.stdin", io.StringIO(TABLE.model_dump_json()))
    assert main(["write"], path) == 0
    assert store.read(path) == TABLE == Timetable.model_validate_json(capsys.readouterr().out)
    path.write_text("{")
    assert main(["read"], path) == 1
    assert "Import it again" in capsys.readouterr().out
    assert main(["remove"], path) == 0
    assert store.read(path) == Timetable()
