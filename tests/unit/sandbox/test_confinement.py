"""What a kernel's container may do. The integration tests look at the container from inside; this pins each rule."""

from __future__ import annotations

from typing import Any

import pytest

from doorstart.sandbox.confinement import container_options
from doorstart.settings import Settings


@pytest.fixture
def options() -> dict[str, Any]:
    settings = Settings(_env_file=None, kernel_memory_limit=2**28, kernel_cpu_limit=0.5, kernel_pids_limit=33)
    return container_options(settings, "sha256:1", "5" * 16, "7" * 16, "/host/sockets", "/host/files")


def test_no_network_no_rights_nothing_to_write(options: dict[str, Any]) -> None:
    assert options["network_mode"] == "none"
    assert options["read_only"] is True
    assert options["cap_drop"] == ["ALL"]
    assert "cap_add" not in options and "devices" not in options
    assert not options["privileged"]
    assert options["security_opt"] == ["no-new-privileges:true"]  # And so the engine's own seccomp rules.
    assert options["ipc_mode"] == "private"
    assert options["user"] == "2000:2000"
    assert options["init"] is True


def test_nothing_is_mounted_but_the_sockets_and_the_files(options: dict[str, Any]) -> None:
    assert "volumes" not in options
    assert [(m["Type"], m["Source"], m["Target"], m["ReadOnly"]) for m in options["mounts"]] == [
        ("bind", "/host/sockets", "/run/doorstart/kernel", False),
        ("bind", "/host/files", "/run/doorstart/files", True),
    ]


def test_limits(options: dict[str, Any]) -> None:
    assert options["mem_limit"] == options["memswap_limit"] == 2**28
    assert options["nano_cpus"] == 500_000_000
    assert options["pids_limit"] == 33
    limits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in options["ulimits"]}
    assert limits == {"nofile": (1024, 1024), "fsize": (2**28, 2**28), "core": (0, 0)}
    assert all("size=" in flags and "nosuid" in flags and "nodev" in flags for flags in options["tmpfs"].values())
    assert options["log_config"]["Config"] == {"max-size": "1m", "max-file": "1"}


def test_the_environment_comes_from_nowhere_else(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(options["environment"]) == {"HOME", "LANG", "PATH", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert options["environment"]["OMP_NUM_THREADS"] == "1"
