"""What a server's container may do, as it is asked of the engine."""

from typing import Any

import docker
import pytest

from doorstart.settings import MIB, Settings
from doorstart.spawner import confinement


@pytest.fixture
def asked() -> dict[str, Any]:
    """The engine's HostConfig for a learner's server."""
    mounts = confinement.learner_mounts(home="site-home-ann", sockets="/v/servers/1f", relay="/v/relay")
    settings = Settings(memory_limit=512 * MIB, pids_limit=100, _env_file=None)  # type: ignore[call-arg]
    client = docker.APIClient(base_url="http://localhost:1", version="1.41")
    return dict(client.create_host_config(**confinement.host_config(settings, mounts)))


def test_no_network_and_no_way_to_more(asked: dict[str, Any]) -> None:
    assert asked["NetworkMode"] == "none"
    assert asked["CapDrop"] == ["ALL"]
    assert not asked.get("CapAdd")
    assert asked["SecurityOpt"] == ["no-new-privileges:true"]  # and the engine's own seccomp filter, as none is named
    assert not asked.get("Privileged")
    assert asked["IpcMode"] == "private"
    assert not asked.get("PidMode")
    assert not asked.get("Devices")
    assert asked["Dns"] == ["127.0.0.1"]  # the host's name server is nobody's business


def test_nothing_but_home_and_tmp_can_be_written(asked: dict[str, Any]) -> None:
    assert asked["ReadonlyRootfs"] is True
    assert list(asked["Tmpfs"]) == ["/tmp"]
    assert f"size={128 * MIB}" in asked["Tmpfs"]["/tmp"]
    writable = {mount["Target"] for mount in asked["Mounts"] if not mount["ReadOnly"]}
    assert writable == {"/home/learner", "/run/doorstart/server"}


def test_memory_has_no_swap_and_processes_a_limit(asked: dict[str, Any]) -> None:
    assert asked["Memory"] == asked["MemorySwap"] == 512 * MIB
    assert asked["PidsLimit"] == 100
    limits = {limit["Name"]: limit["Hard"] for limit in asked["Ulimits"]}
    assert limits == {"nofile": 1024, "fsize": 256 * MIB, "core": 0}


def test_the_engine_s_socket_is_nowhere() -> None:
    sources = [
        *confinement.learner_mounts(home="h", sockets="/v/s", relay="/v/r"),
        *confinement.instructor_mounts(
            home="h", course="c", sockets="/v/s", relay="/v/r", sandbox="/v/x", kernels="/v/k"
        ),
    ]
    assert not any("docker" in mount["Source"] + mount["Target"] for mount in sources)


def test_an_instructor_s_server_sees_the_sandbox_read_only() -> None:
    mounts = confinement.instructor_mounts(
        home="h", course="site-course-accounting.nl", sockets="/v/s", relay="/v/r", sandbox="/v/x", kernels="/v/k/1f"
    )
    by_target = {mount["Target"]: mount for mount in mounts}
    assert by_target["/run/doorstart/sandbox"]["ReadOnly"]
    assert by_target["/run/doorstart/kernels"]["ReadOnly"]
    assert by_target["/course"]["Source"] == "site-course-accounting.nl"
