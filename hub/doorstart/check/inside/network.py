"""Ways out by the network: interfaces, addresses of canaries, names, other kinds of sockets."""

from __future__ import annotations

import errno
import os
import socket
import struct
from pathlib import Path
from typing import Any

TIMEOUT = 2.0
"""Longest wait for an answer, in seconds."""
IFF_UP = 0x1
"""``netdevice(7)``: the interface is up. A kernel puts tunnels that are down into every network namespace."""


def interfaces() -> dict[str, Any]:
    """Interfaces that are up, other than the loopback, and routes."""
    found = []
    for folder in sorted(Path("/sys/class/net").iterdir()):
        if folder.name != "lo" and int((folder / "flags").read_text(), 16) & IFF_UP:
            found.append(folder.name)
    routes = Path("/proc/net/route").read_text().splitlines()[1:]
    said = f"interfaces: {', '.join(found) or 'only lo'}; routes: {len(routes)}"
    return {"reached": bool(found or routes), "detail": said}


def connect(addresses: list[str], port: int, token: str) -> dict[str, Any]:
    """Read the canary's token at one of these addresses, by TCP and, where that fails, by UDP."""
    said = []
    for address in addresses:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                if token in _ask(address, port, kind):
                    return {"reached": True, "detail": f"{address} answered"}
                said.append("another answer")
            except OSError as error:
                said.append(error.strerror or type(error).__name__)
    return {"reached": False, "detail": ", ".join(sorted(set(said)))}


def _ask(address: str, port: int, kind: socket.SocketKind) -> str:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as client:
        client.settimeout(TIMEOUT)
        client.connect((address, port))
        client.send(b"?")
        return client.recv(200).decode(errors="replace")


def names(servers: list[str], name: str) -> dict[str, Any]:
    """Have one of these name servers tell the address of a name; the question is sent to them and nobody else."""
    said = []
    # The header of a question with one entry, then the name, type A, class IN: RFC 1035, section 4.
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    packet = struct.pack(">HHHHHH", 0x4453, 0x0100, 1, 0, 0, 0) + question + b"\0" + struct.pack(">HH", 1, 1)
    for server in servers:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(TIMEOUT)
                client.connect((server, 53))
                client.send(packet)
                answers = struct.unpack(">H", client.recv(512)[6:8])[0]
        except OSError as error:
            said.append(error.strerror or type(error).__name__)
            continue
        if answers:
            return {"reached": True, "detail": f"{server} told the address of {name}"}
        said.append("no such name")
    return {"reached": False, "detail": ", ".join(sorted(set(said)))}


def resolvers(own: list[str]) -> dict[str, Any]:
    """Name servers and search domains that the container was told of, other than ``own``: they tell where it runs."""
    lines = [line.split() for line in Path("/etc/resolv.conf").read_text().splitlines()]
    told = [" ".join(parts) for parts in lines if parts and parts[0] in ("nameserver", "search", "domain")]
    foreign = [line for line in told if line.split()[1:] not in [[one] for one in own]]
    return {"reached": bool(foreign), "detail": f"{len(foreign)} lines about the host's name servers"}


def raw_sockets() -> dict[str, Any]:
    """Open sockets that read or write packets below TCP and UDP."""
    wanted = {
        "IPv4": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "IPv6": (socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6),
        "packets": (socket.AF_PACKET, socket.SOCK_RAW, 0),
    }
    opened = []
    for name, arguments in wanted.items():
        try:
            socket.socket(*arguments).close()
            opened.append(name)
        except OSError:
            continue
    return {"reached": bool(opened), "detail": f"raw sockets opened: {', '.join(opened) or 'none'}"}


def other_families() -> dict[str, Any]:
    """Open sockets of kinds that do not belong to a network namespace, so that having no network does not stop them.

    AF_VSOCK leads from a virtual machine to its host, and where the kernel has a loopback for it, from one container
    to the next. AF_ALG and the like lead nowhere, but are ways into the kernel that no course needs.
    """
    wanted = {"VSOCK": 40, "ALG": 38, "BLUETOOTH": 31, "NFC": 39, "QIPCRTR": 42, "TIPC": 30, "RDS": 21}
    opened, known = [], False
    for name, family in wanted.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
            except OSError as error:
                known = known or error.errno != errno.EAFNOSUPPORT
                continue
            opened.append(f"AF_{name}")
            break
    said = f"opened: {', '.join(opened) or 'none'}"
    return {"reached": bool(opened), "detail": said, "absent": not opened and not known}


def abstract_socket(name: str, token: str) -> dict[str, Any]:
    """Connect to an abstract Unix socket, which has no file and belongs to a network namespace."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT)
            client.connect("\0" + name)
            answer = client.recv(200).decode(errors="replace")
    except OSError as error:
        return {"reached": False, "detail": error.strerror or type(error).__name__}
    return {"reached": token in answer, "detail": "it answered"}


def unix_sockets(own: list[str], requests: list[str], places: list[str]) -> dict[str, Any]:
    """Get an answer from any socket file, other than one's ``own``, that lies about or may lie in one of ``places``.

    Args:
        own: Paths that the container needs: its own server's, the relay's.
        requests: Paths that are asked for by HTTP; anything but an error of HTTP's own counts as an answer.
        places: Paths that are tried even when a listing of folders does not show them.
    """
    mine = {os.path.realpath(path) for path in own}
    found = {path for path in _socket_files() if os.path.realpath(path) not in mine}
    answered = []
    for path in sorted(found | set(places)):
        for request in requests:
            try:
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(TIMEOUT)
                    client.connect(path)
                    client.sendall(f"GET {request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    if client.recv(12).startswith(b"HTTP/"):
                        answered.append(path)
                        break
            except OSError:
                continue
    return {
        "reached": bool(answered),
        "detail": f"{len(found)} other socket files, {len(answered)} answered: {', '.join(answered[:3]) or 'none'}",
    }


def _socket_files() -> list[str]:
    found = []
    for parent, folders, files in os.walk("/"):
        if parent in ("/proc", "/sys", "/opt/venv", "/usr"):
            folders.clear()
            continue
        for name in files:
            path = f"{parent.rstrip('/')}/{name}"
            try:
                if os.lstat(path).st_mode & 0o170000 == 0o140000:
                    found.append(path)
            except OSError:
                continue
    return found
