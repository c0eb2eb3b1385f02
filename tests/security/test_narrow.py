"""The filter of system calls that servers and sandboxed kernels run under."""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from doorstart.check import inside
from doorstart.check.inside import network, privileges

NARROW = Path(__file__).parents[2] / "images" / "kernel" / "narrow.py"


@pytest.fixture(scope="module")
def narrow() -> ModuleType:
    """The module, which lies in no package."""
    spec = importlib.util.spec_from_file_location("narrow", NARROW)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(source: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", NARROW, sys.executable, "-I", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True)


def test_what_leads_around_a_network_namespace_is_not_there() -> None:
    result = inside.result(run(inside.program(network.other_families, {})).stdout)
    assert not result["reached"] and result["absent"], "as if the kernel did not know them"
    # Root on the host may have BPF; in a server the engine's own filter takes care of that.
    assert "io_uring" not in inside.result(run(inside.program(privileges.io_uring, {})).stdout)["detail"]


def test_what_programs_need_is_there() -> None:
    done = run(
        "import asyncio, socket, subprocess, threading\n"
        "for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):\n"
        "    socket.socket(family).close()\n"
        "socket.socketpair(); socket.if_nameindex()\n"
        "threading.Thread(target=print).start()\n"
        "asyncio.run(asyncio.sleep(0))\n"
        "subprocess.run(['true'], check=True)\n"
    )
    assert done.returncode == 0, done.stderr


def test_all_that_is_started_has_it_too() -> None:
    program = inside.program(network.other_families, {})
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])"
    assert not inside.result(run(child).stdout)["reached"]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only this machine has a second set of system calls")
def test_the_second_set_of_system_calls_is_closed() -> None:
    getpid = 0x40000000 + 39
    source = f"import ctypes; l = ctypes.CDLL(None, use_errno=True); print(l.syscall({getpid}), ctypes.get_errno())"
    assert run(source).stdout.split() == ["-1", "38"]


def test_nothing_starts_without_it(narrow: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow, "ARCHITECTURES", {})
    with pytest.raises(OSError, match="not known"):
        narrow.narrow()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_lands_in_the_filter(narrow: ModuleType, machine: str) -> None:
    code = narrow.program(*narrow.ARCHITECTURES[machine])
    steps = list(struct.iter_unpack("=HBBI", code))
    jumps = {index: step for index, step in enumerate(steps) if step[0] != narrow.RETURN}
    assert all(index + 1 + max(step[1], step[2]) < len(steps) for index, step in jumps.items())
    assert steps[-1] == (narrow.RETURN, 0, 0, narrow.ALLOW)
