"""``doorstart roster import``: the only copy of new passwords is not lost, wherever it is to be written."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorstart.cli import roster as command
from doorstart.people import printable

PASSWORD = "tabif-munek-divat-47"
ANSWER = {
    "dry_run": False,
    "changes": [{"username": "ann", "kind": "create", "what": [], "running_servers": []}],
    "unchanged": [],
    "passwords": [{"username": "ann", "display_name": "Ann", "language": "nl", "password": PASSWORD}],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What the Hub was asked for; it makes an account for Ann."""
    asked: list[str] = []

    def ask(verb: str, request: Any = None) -> dict[str, Any]:
        asked.append(verb)
        return {**ANSWER, "passwords": []} if request["dry_run"] else ANSWER

    monkeypatch.setattr(command, "ask", ask)
    monkeypatch.setattr(command, "known_courses", lambda: {"programming.nl"})
    monkeypatch.chdir(tmp_path)
    Path("class.csv").write_text(
        "username,display name,language,role,courses\nann,Ann,nl,learner,programming.nl\n", encoding="utf-8"
    )
    return asked


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command.app, ["import", "class.csv", *arguments])


def test_the_passwords_are_in_the_file_and_nowhere_else(asked: list[str]) -> None:
    done = run("--passwords", "slips.txt")
    assert done.exit_code == 0, done.output
    assert PASSWORD in Path("slips.txt").read_text() and PASSWORD not in done.output
    assert sorted(path.name for path in Path().iterdir()) == ["class.csv", "slips.txt"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("slips.pdf", "neither .html nor .txt"),
        ("nowhere/slips.txt", "No such file or directory"),
        ("class.csv/slips.txt", "Not a directory"),
        ("there.txt", "only copy"),
        (f"{'long' * 62}.txt", "File name too long"),
    ],
)
def test_where_the_file_cannot_be_written_the_hub_is_not_asked(asked: list[str], target: str, why: str) -> None:
    Path("there.txt").write_text("the passwords of others")
    done = run("--passwords", target)
    assert done.exit_code == 1 and asked == []
    assert why in done.output and "Nothing was changed" in done.output
    assert sorted(path.name for path in Path().iterdir()) == ["class.csv", "there.txt"]


def test_a_dry_run_writes_nothing_so_it_needs_no_place(asked: list[str]) -> None:
    assert run("--dry-run", "--passwords", "nowhere/slips.txt").exit_code == 0 and asked == ["import"]


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_if_the_disk_is_full_the_slips_are_on_the_terminal(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(printable, "require_writable", lambda _: None)
    monkeypatch.setattr("os.fsync", full)
    done = run("--passwords", "slips.html", *arguments)
    assert done.exit_code == 1 and asked == ["import"]
    assert PASSWORD in done.stderr and "No space left on device" in done.stderr
    assert PASSWORD not in done.stdout and "ann" in done.stdout
    if arguments:
        assert json.loads(done.stdout)["ok"] is False
    assert [path.name for path in Path().iterdir()] == ["class.csv"]
