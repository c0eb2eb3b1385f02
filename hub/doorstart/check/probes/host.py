"""Probes of the machine: the engine, its files, its devices, its settings, and rights that lead to them."""

from __future__ import annotations

from typing import Any

from doorstart import confinement, names
from doorstart.check.arena import Arena
from doorstart.check.inside import files, network, privileges
from doorstart.check.probes.base import Outcome, Probe, judged, same
from doorstart.check.stage import Stage

ENGINE_SOCKETS = [
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
]
UNSEALED = "/tmp/doorstart-check/server.sock"  # noqa: S108  in a container of the check
"""A socket in a folder that is not sealed, in the control."""
SET_USER_ID = "/tmp/doorstart-check-sleep"  # noqa: S108  in a container of the check


def _engine_socket(arena: Arena) -> Outcome:
    given = {"requests": ["/_ping"], "places": ENGINE_SOCKETS}
    own = [str(names.SERVER_SOCKET), arena.attacker.relay]
    attack = arena.attacker.call(network.unix_sockets, own=own, **given)
    others = str(names.SERVERS / names.server_id(arena.neighbour.username) / names.SERVER_SOCKET.name)
    return judged(attack, arena.ordinary.call(network.unix_sockets, own=[others], **given))


def _own_socket(arena: Arena) -> Outcome:
    other = str(names.SERVERS / names.server_id(arena.neighbour.username) / names.SERVER_SOCKET.name)
    attack = arena.attacker.call(files.replace_socket, path=str(names.SERVER_SOCKET), other=other)
    arena.ordinary.call(files.make_socket, path=UNSEALED)
    return judged(attack, arena.ordinary.call(files.replace_socket, path=UNSEALED, other=other))


def _inspected(arena: Arena) -> Outcome:
    who = arena.person.username
    attack = differences(arena.stage, who, arena.container(arena.person).attrs)
    control = differences(arena.stage, who, arena.stage.client.api.inspect_container(arena.ordinary.name))
    return judged(
        {"reached": bool(attack), "detail": "; ".join(attack) or "all as it must be"},
        {"reached": bool(control), "detail": f"{len(control)} differences"},
    )


def differences(stage: Stage, username: str, container: dict[str, Any]) -> list[str]:
    """In what a container, as ``docker inspect`` describes it, differs from what this learner's server must be."""
    host, site = container["HostConfig"], stage.running
    wanted = {
        "network": (host["NetworkMode"], "none"),
        "networks": (sorted(container["NetworkSettings"]["Networks"]), ["none"]),
        "ports": (host["PortBindings"] or {}, {}),
        "user": (container["Config"]["User"], f"{names.SERVER_UID}:{names.SERVER_UID}"),
        "image": (container["Image"], stage.images["learner"]),
        "read-only root": (host["ReadonlyRootfs"], True),
        "privileged": (host["Privileged"], False),
        "dropped capabilities": (host["CapDrop"], ["ALL"]),
        "added capabilities": (host["CapAdd"] or [], []),
        "security options": (host["SecurityOpt"], ["no-new-privileges:true"]),
        "devices": ((host["Devices"] or []) + (host.get("DeviceRequests") or []), []),
        "process namespace": (host["PidMode"], ""),
        "memory namespace": (host["IpcMode"], "private"),
        "user namespace": (host["UsernsMode"], ""),
        "host names": (host["ExtraHosts"] or [], []),
        "links": (host["Links"] or [], []),
        "others' volumes": (host["VolumesFrom"] or [], []),
        "memory": (host["Memory"], site.memory_limit),
        "memory and swap": (host["MemorySwap"], site.memory_limit),
        "processes": (host["PidsLimit"], site.pids_limit),
        "processors": (host["NanoCpus"] / 1e9 or host["CpuQuota"] / (host["CpuPeriod"] or 1), site.cpu_limit),
        "in memory": (host.get("Tmpfs") or {}, confinement.common(site)["tmpfs"]),
        "name servers": (host["Dns"], ["127.0.0.1"]),
        "limits": ({one["Name"]: one["Hard"] for one in host["Ulimits"] or []}, {
            "nofile": site.open_files_limit, "fsize": site.file_size_limit, "core": 0,
        }),
        "mounts": (sorted(_mount(one) for one in container["Mounts"]), sorted(_mounts(stage, username))),
    }  # fmt: skip
    return [f"{name}: {there!r} instead of {must!r}" for name, (there, must) in wanted.items() if there != must]


def _mounts(stage: Stage, username: str) -> list[tuple[str, str, bool]]:
    """Target, source and whether it is writable, of what a learner's server may see of the host."""

    def folder(volume: str) -> str:
        return str(stage.client.api.inspect_volume(f"{stage.site}-{volume}")["Mountpoint"])

    return [
        (str(names.LEARNER_HOME), f"{stage.site}-home-{username}", True),
        (str(names.SERVER_SOCKET.parent), f"{folder('servers')}/{names.server_id(username)}", True),
        (str(names.RELAY_SOCKET.parent), folder("relay"), False),
    ]


def _mount(mount: dict[str, Any]) -> tuple[str, str, bool]:
    return mount["Destination"], mount["Name"] if mount["Type"] == "volume" else mount["Source"], mount["RW"]


PROBES = [
    Probe("inspect", "differ from the confinement, as the engine reports the container", _inspected),
    Probe("engine-socket", "use the socket of the container engine", _engine_socket),
    Probe("own-socket", "put a link to another socket in the place of the own server's", _own_socket),
    same(
        "write",
        "write outside the home and /tmp",
        files.writable,
        lambda arena: arena.ordinary,
        lambda arena: {"allowed": [arena.attacker.home, "/tmp", "/dev/shm", "/dev/mqueue"]},  # noqa: S108
    ),
    same("devices", "open or make a device", files.devices, lambda arena: arena.ordinary),
    same(
        "system-settings",
        "change settings of the machine or the own limits",
        files.system_settings,
        lambda arena: arena.loose,
    ),
    same("capabilities", "have a capability", privileges.capabilities, lambda arena: arena.ordinary),
    same(
        "set-user-id",
        "become root by a program with the set-user-id bit",
        privileges.set_user_id,
        lambda arena: arena.ordinary,
        lambda _: {"prepared": SET_USER_ID},
    ),
    same("mount", "mount a file system, or take a cover away", privileges.mount, lambda arena: arena.loose),
    same("namespaces", "make a namespace to be root in", privileges.namespaces, lambda arena: arena.loose),
    same(
        "keyring",
        "use the kernel's keyring, which all containers share",
        privileges.keyring,
        lambda arena: arena.loose,
        lambda arena: {"token": arena.token},
    ),
    same(
        "io-uring",
        "use io_uring or BPF, which go around the filter of system calls",
        privileges.io_uring,
        lambda arena: arena.loose,
    ),
]
