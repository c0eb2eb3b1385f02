"""`doorstart check loop` and `check isolation` as commands: what they print, and that nothing of them stays."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorstart.check import arena, loop
from doorstart.check.probes import PROBES
from doorstart.check.stage import StageError, open_stage
from doorstart.cli import app
from doorstart.site import containers

from .command import doorstart

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def left_behind(site: Any) -> list[str]:
    """What is on the engine and on the Hub of checks."""
    prefix = f"{site.name}-"
    courses = (f"{prefix}course-{loop.COURSE}", f"{prefix}course-{arena.COURSE}")
    people = containers.execute_json(site.client, f"{site.name}-hub", ["python", "-m", "doorstart.people", "list"])
    found = [one["username"] for one in people["people"] if one["username"].startswith("check-")]
    engine = [one.name for one in site.client.containers.list(ignore_removed=True, all=True)]
    engine += [one.name for one in site.client.networks.list()] + [one.name for one in site.client.volumes.list()]
    marks = (f"{prefix}check-", f"{prefix}home-check-", f"{prefix}desk-check-", *courses)
    return found + [name for name in engine if name.startswith(marks)]


def test_the_loop_works_and_leaves_nothing_behind(site: Any) -> None:
    done = doorstart("check", "loop", "--course", "stock-management", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert all(step["ok"] and step["seconds"] >= 0 and "error" not in step for step in told["steps"])
    names = [step["name"] for step in told["steps"]]
    assert names.index("Submit") < names.index("Collect") < names.index("Autograde") < names.index("Read the score")
    assert told["seconds"] == pytest.approx(sum(step["seconds"] for step in told["steps"]), abs=0.1)
    assert left_behind(site) == []


def test_a_course_that_is_not_there() -> None:
    done = CliRunner().invoke(app, ["check", "loop", "--course", "cooking"])
    assert done.exit_code != 0 and "programming" in done.output


def test_the_step_that_fails_is_named(site: Any) -> None:
    sandbox = site.container("sandbox")
    sandbox.stop(timeout=5)
    try:
        done = doorstart("check", "loop", "--json")
    finally:
        sandbox.start()
        wait_until_healthy(sandbox)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    failed = [step for step in told["steps"] if not step["ok"]]
    assert [step["name"] for step in failed] == ["Autograde"]
    assert "sandbox" in failed[0]["error"], "the cause, not nbgrader's last words"
    assert told["steps"][-1]["name"] == "Clean up", "also after a failure"
    assert left_behind(site) == []


def test_an_interrupted_check_cleans_up(site: Any) -> None:
    command = [str(Path(sys.executable).with_name("doorstart")), "check", "loop"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Learner logs in" in line:
                break
        time.sleep(0.5)  # the learner's server is starting now
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Clean up" in printed
    assert left_behind(site) == []


def test_a_check_that_was_killed_is_cleared_by_the_next(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed, open_stage(loop.COURSE) as stage:
        killed.setattr(stage, "close", lambda: None)
        log_in = stage.add("learner")
        with log_in() as learner:
            learner.start_server()
        stage.client.volumes.create(stage.name("volume"), labels=stage.labels)
    assert len(left_behind(site)) == 3, "the person, the person's home, the volume"
    with open_stage(loop.COURSE):
        assert left_behind(site) == []


def test_one_check_of_a_kind_at_a_time(site: Any) -> None:
    with open_stage(loop.COURSE), pytest.raises(StageError, match="already"), open_stage(loop.COURSE):
        pass


def test_all_probes_of_the_isolation_are_refused(site: Any) -> None:
    done = doorstart("check", "isolation", "--json")
    told = json.loads(done.stdout)
    bad = [probe for probe in told["probes"] if not (probe["refused"] and probe["control"])]
    assert (bad, told.get("error")) == ([], None)
    assert done.returncode == 0 and told["ok"] is True
    assert [probe["name"] for probe in told["probes"]] == [probe.name for probe in PROBES]
    assert all(probe["tried"] and probe["detail"] for probe in told["probes"])
    assert left_behind(site) == []


def test_without_a_site_it_is_said_what_to_do(site: Any) -> None:
    done = doorstart("check", "isolation", DOORSTART_SITE="no-such-site")
    assert done.returncode == 1
    assert "make up" in done.stderr and "Traceback" not in done.stderr


def wait_until_healthy(container: Any) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        container.reload()
        if container.attrs["State"].get("Health", {}).get("Status") == "healthy":
            return
        time.sleep(0.3)
    raise TimeoutError(f"{container.name} did not become healthy again")
