"""What the check before a promotion does to the registry, and what it tells; the check itself is pretended here."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from doorstart.check import inspector, progress, promotion
from doorstart.check.order import Order
from doorstart.check.report import StepFailedError
from doorstart.images import acts, arrivals, registry_file
from doorstart.images.registry import CHECK_GROUPS, Known, Registry, RegistryError
from doorstart.settings import Settings
from doorstart.site.place import TOP

NOW = datetime(2026, 12, 1, tzinfo=UTC)
OLD, NEW = f"sha256:{'0' * 64}", f"sha256:{'1' * 64}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A registry with one promoted image, and another one that is known."""
    path = tmp_path / "registry.json"
    registry_file.update(partial(arrivals.learn, known=[Known(name="learner", id=OLD)], who="ann", now=NOW), path)
    registry_file.update(partial(arrivals.first, who="ann", now=NOW), path)
    registry_file.update(partial(arrivals.learn, known=[Known(name="learner", id=NEW)], who="ann", now=NOW), path)
    return path


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has the check end as is said, on a site with these settings."""

    def pretend(found: str | Exception, *, two_persons: bool = False) -> None:
        def check(entry: Any, report: Any, folder: Path, known: Registry) -> str:
            assert all(known.choose("learner", [group]) == NEW for group in CHECK_GROUPS)
            assert known.choose("learner", ["course:programming.nl:learner"]) == OLD
            with report.step("Unit 01"):
                pass
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(promotion, "check", check)
        monkeypatch.setattr(promotion, "settings", lambda: Settings(_env_file=None, two_persons=two_persons))

    return pretend


def run(path: Path, who: str = "ann") -> int:
    """Carry out the order to promote the new image; the exit code."""
    order = Order(image=NEW, who=who, reason="December update")
    return promotion.main(order.model_dump_json(), path)


def test_a_good_image_is_promoted_with_what_was_checked(path: Path, pretend: Any, capsys: Any) -> None:
    pretend("3 units")
    assert run(path) == 0
    after = registry_file.read(path)
    assert after.promoted("learner") == NEW and after.images[NEW].trials == {}
    assert (after.log[-1].who, after.log[-1].reason, after.log[-1].detail) == ("ann", "December update", "3 units")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"now": "Unit 01"} and lines[1]["ok"] is True and lines[-1] == {"end": True, "error": ""}
    told = progress.read(path.with_name(progress.FILE))
    assert told is not None and told.ended is not None and [line.step for line in told.lines] == ["Unit 01"]


@pytest.mark.parametrize(
    "failure", [StepFailedError("Unit 01", "No module named 'pandas'"), OSError("disk"), KeyboardInterrupt()]
)
def test_whatever_fails_nothing_is_promoted_and_nobody_keeps_the_image(
    path: Path, pretend: Any, failure: Exception
) -> None:
    before = registry_file.read(path)
    pretend(failure)
    assert run(path) == 1
    assert registry_file.read(path) == before
    told = progress.read(path.with_name(progress.FILE))
    assert told is not None and told.error


def test_where_two_persons_have_to_agree_the_second_needs_no_check(path: Path, pretend: Any) -> None:
    pretend("3 units", two_persons=True)
    assert run(path) == 0 and registry_file.read(path).promoted("learner") == OLD
    assert run(path) == 1, "the same person again"
    pretend(AssertionError("it was checked when it was asked for"), two_persons=True)
    assert run(path, who="bea") == 0 and registry_file.read(path).promoted("learner") == NEW


def test_what_a_killed_check_left_is_taken_away_by_the_next(path: Path, pretend: Any) -> None:
    killed = partial(acts.trial, image=OLD, group=CHECK_GROUPS[0], who="ann", now=NOW)
    registry_file.update(killed, path)
    pretend("3 units")
    assert run(path) == 0
    assert registry_file.read(path).images[OLD].trials == {}


def test_one_image_is_checked_at_a_time(path: Path, pretend: Any) -> None:
    pretend("3 units")
    with path.with_name("check.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(path) == 1
    assert registry_file.read(path).promoted("learner") == OLD


def test_an_order_that_is_refused_begins_no_check(path: Path, pretend: Any) -> None:
    pretend(AssertionError("it began"))
    registry_file.update(partial(acts.retire, image=NEW, who="bea", reason="it is slow", now=NOW), path)
    order = Order(image=NEW, who="ann", reason="x")
    with pytest.raises(RegistryError, match="retired by bea"):
        promotion.carry_out(order, path, progress.Progress(path.with_name(progress.FILE), order))


def test_what_the_command_says_of_a_check(capsys: Any) -> None:
    step = b'{"step": "Submit", "ok": true, "seconds": 1.5, "note": "at [noon]", "error": ""}\n'
    whole = b'{"now": "Submit"}\n' + step + b'{"end": true, "error": "It was stopped."}\n'
    chunks = [whole[:30], whole[30:33], whole[33:]]
    assert inspector.follow(iter(chunks), as_json=False) == "It was stopped."
    assert "✓ Submit: at [noon] (1.5 s)" in capsys.readouterr().out
    assert "was killed" in inspector.follow(iter([step]), as_json=False)


def test_the_check_needs_no_library_that_the_hubs_image_lacks():
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    command, hub = ({re.split(r"[^\w-]", one)[0] for one in project[extra]} for extra in ("cli", "hub"))
    lacking = command - hub - {"docker"}  # which comes with dockerspawner
    assert {"tuf", "typer"} <= lacking
    blocked = f"import sys; sys.modules |= dict.fromkeys({sorted(lacking)}); import doorstart.check.promotion"
    subprocess.run([sys.executable, "-c", blocked], check=True)
