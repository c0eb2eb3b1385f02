"""What the containers of grading may do; the tests on the engine look at them from inside, these pin each rule."""

from __future__ import annotations

from typing import Any

import pytest

from doorstart import names
from doorstart.sandbox.grading import confinement
from doorstart.settings import Settings

IMAGE = f"sha256:{'1' * 64}"


@pytest.fixture
def settings() -> Settings:
    return Settings(
        _env_file=None,
        kernel_memory_limit=2**28,
        kernel_cpu_limit=0.5,
        kernel_pids_limit=33,
        examiner_memory_limit=2**29,
    )


def binds(options: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What is mounted from the machine: source, target, whether read-only."""
    return [(mount["Source"], mount["Target"], bool(mount["ReadOnly"])) for mount in options.get("mounts", [])]


@pytest.fixture(params=["learner kernel", "house"])
def untrusted(request: pytest.FixtureRequest, settings: Settings) -> dict[str, Any]:
    """Containers in which people's code runs."""
    if request.param == "house":
        return confinement.house(settings, IMAGE, "5" * 16, "/engine/house")
    return confinement.learner_kernel(settings, IMAGE)


def test_no_network_no_rights_nothing_to_write(untrusted: dict[str, Any]) -> None:
    assert untrusted["network_mode"] == "none"
    assert untrusted["read_only"] is True
    assert untrusted["cap_drop"] == ["ALL"]
    assert not untrusted["privileged"]
    assert untrusted["security_opt"] == ["no-new-privileges:true"]  # And so the engine's own seccomp rules.
    assert untrusted["ipc_mode"] == "private"
    assert not {"cap_add", "devices", "volumes", "pid_mode", "cgroupns", "userns_mode"} & set(untrusted)
    assert untrusted["user"] not in ("", "0", "0:0")
    assert untrusted["mem_limit"] == untrusted["memswap_limit"]
    assert names.LABEL_SERVER not in untrusted["labels"], "it would be taken for a person's server"
    assert all("size=" in flags and "nosuid" in flags and "nodev" in flags for flags in untrusted["tmpfs"].values())


def test_a_learner_kernel_has_nothing_of_the_machine(settings: Settings) -> None:
    options = confinement.learner_kernel(settings, IMAGE)
    assert binds(options) == [] and "environment" not in options
    assert options["network_disabled"] is True
    assert options["user"] == f"{names.KERNEL_UID}:{names.KERNEL_UID}"
    assert (options["mem_limit"], options["nano_cpus"], options["pids_limit"]) == (2**28, 500_000_000, 33)
    assert options["name"] != confinement.learner_kernel(settings, IMAGE)["name"]


def test_a_house_has_its_socket_and_another_user(settings: Settings) -> None:
    options = confinement.house(settings, IMAGE, "5" * 16, "/engine/house")
    assert binds(options) == [("/engine/house", "/run/doorstart/house", False)]
    assert options["user"] == f"{names.EXAMINER_UID}:{names.EXAMINER_UID}"
    assert len({names.KERNEL_UID, names.EXAMINER_UID, names.SERVER_UID, names.PROXY_UID}) == 4
    assert options["mem_limit"] == 2**29
    assert options["entrypoint"][2].endswith("narrow.py")


def test_a_kernel_that_is_its_containers_program_has_its_socket_besides(settings: Settings) -> None:
    plain, lone = (
        confinement.learner_kernel(settings, IMAGE),
        confinement.lone_kernel(settings, IMAGE, "/engine/kernel"),
    )
    assert binds(lone) == [("/engine/kernel", "/run/doorstart/kernel", False)]
    changed = {"name", "entrypoint", "environment", "mounts", "log_config"}
    assert {name for name in lone if lone[name] != plain.get(name)} == changed
    assert lone["entrypoint"][2].endswith("narrow.py")


def test_the_forker_has_these_rights_and_no_others(settings: Settings) -> None:
    options = confinement.forker(settings, IMAGE, "/engine/forker")
    assert options["cap_drop"] == ["ALL"]
    assert set(options["cap_add"]) == {
        "KILL", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE",
    }  # fmt: skip
    assert options["network_mode"] == "none" and options["read_only"] is True and not options["privileged"]
    assert options["security_opt"] == ["no-new-privileges:true"]
    assert binds(options) == [
        ("/engine/forker", "/run/doorstart/forker", False),
        ("/sys/fs/cgroup", "/run/doorstart/cgroup", False),
    ]
    assert options["environment"]["OPENBLAS_NUM_THREADS"] == "1", "a process with threads cannot be forked safely"
    assert options["environment"]["PYTHONHASHSEED"] == "0"


def test_a_kernels_environment_comes_from_nowhere_else(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    environment = confinement.kernel_environment(settings)
    assert set(environment) == {"HOME", "LANG", "PATH", "PYTHONHASHSEED", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
