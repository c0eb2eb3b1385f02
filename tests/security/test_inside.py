"""The code that probes send elsewhere: it stands alone, and its result comes back."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from doorstart.check import inside
from doorstart.check.inside import files, memory, network, privileges, relay

MODULES = sorted(path.stem for path in Path(inside.__file__).parent.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_needs_the_standard_library_only(name: str) -> None:
    tree = ast.parse(Path(inside.__file__).with_name(f"{name}.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {one.partition(".")[0] for one in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize("name", MODULES)
def test_what_a_probe_calls_says_what_it_does(name: str) -> None:
    module = importlib.import_module(f"doorstart.check.inside.{name}")
    public = [one for key, one in vars(module).items() if callable(one) and not key.startswith("_")]
    assert all(one.__doc__ for one in public if getattr(one, "__module__", "") == module.__name__)


def run(source: str) -> str:
    return subprocess.run([sys.executable, "-I", "-"], input=source, capture_output=True, text=True).stdout


def test_a_result_comes_back_through_whatever_else_is_printed() -> None:
    printed = run(inside.program(relay.ask, {"relay": "/nowhere", "requests": []}))
    assert inside.result(f"noise\n{printed}more noise") == []


def test_arguments_arrive_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / 'it\'s "here" \\ über'
    target.write_text("token")
    printed = run(inside.program(files.large_file, {"folder": str(tmp_path), "size": 10}))
    assert inside.result(printed)["reached"]
    assert target.read_text() == "token" and [target] == list(tmp_path.iterdir())


def test_no_result_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a result"):
        inside.result("Traceback …")


def test_a_large_file_is_refused_under_a_limit(tmp_path: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))"
    source = inside.program(files.large_file, {"folder": str(tmp_path), "size": 101})
    future, rest = "from __future__ import annotations", source.partition("from __future__ import annotations")[2]
    assert not inside.result(run(f"{future}\n{limited}\n{rest}"))["reached"]


def test_memory_is_counted() -> None:
    assert memory.take_memory(32 << 20) == {
        "reached": True,
        "detail": "took 32 MB of 32 MB, ended with 0",
        "bytes": 32 << 20,
    }


def test_a_fork_bomb_ends() -> None:
    assert inside.result(run(inside.program(memory.fork_bomb, {"most": 40, "seconds": 5.0})))["reached"]
    assert inside.result(run(inside.program(memory.fork_bomb, {"most": 10**6, "seconds": 0.1})))["reached"] is False


def test_a_process_is_found_by_its_command_line() -> None:
    command = [sys.executable, "-c", "print(flush=True); input()  # doorstart-canary-x"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline()  # It runs: before that, it has no command line yet.
        assert privileges.see_process("doorstart-canary-x")["reached"]
        process.kill()
    assert not privileges.see_process("doorstart-canary-" + "y")["reached"]


def test_nobody_answers_at_a_closed_port() -> None:
    closed = network.connect(["127.0.0.1"], 1, "token")
    assert not closed["reached"] and "refused" in closed["detail"]
