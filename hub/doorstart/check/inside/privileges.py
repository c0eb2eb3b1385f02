"""Ways to more rights: set-user-id programs, capabilities, mounts, namespaces, the kernel's keys, other processes."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import stat
import struct
import time
from pathlib import Path
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
# Numbers of system calls that the C library has no function for, by machine: <asm/unistd.h>.
ADD_KEY = {"x86_64": 248, "aarch64": 217}.get(os.uname().machine)
IO_URING_SETUP = 425
BPF = {"x86_64": 321, "aarch64": 280}.get(os.uname().machine)
PTRACE_ATTACH, PTRACE_DETACH = 16, 17
KEY_SPEC_USER_KEYRING = -4
NAMESPACES = {
    "user": 0x10000000,
    "network": 0x40000000,
    "mount": 0x00020000,
    "pid": 0x20000000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
}


def _said() -> str:
    return os.strerror(ctypes.get_errno())


def capabilities() -> dict[str, Any]:
    """Hold a capability, or be able to gain one."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    held = {name: status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    some = [name for name, value in held.items() if int(value, 16)]
    if os.getuid() == 0:
        some.append("user 0")
    return {"reached": bool(some), "detail": f"has: {', '.join(some) or 'none'}"}


def set_user_id(prepared: str) -> dict[str, Any]:
    """Become root by a program with the set-user-id bit; as root, one is made at ``prepared`` and used as user 1000."""
    programs = [prepared] if os.getuid() == 0 else _set_user_id_programs()
    if os.getuid() == 0:
        target = Path(prepared)
        target.write_bytes(Path("/usr/bin/sleep").read_bytes())
        target.chmod(0o4755)
    became = [path for path in programs if _becomes_root(path)]
    confined = "NoNewPrivs:\t1" in Path("/proc/self/status").read_text()
    said = f"{len(programs)} such programs, root by {len(became)}; no-new-privileges is {'on' if confined else 'off'}"
    return {"reached": bool(became) or (bool(programs) and not confined), "detail": said}


def _set_user_id_programs() -> list[str]:
    found = []
    for parent, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if f"{parent.rstrip('/')}/{name}" not in ("/proc", "/sys", "/opt/venv")]
        for name in files:
            path = f"{parent.rstrip('/')}/{name}"
            try:
                mode = os.lstat(path).st_mode
            except OSError:
                continue
            if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                found.append(path)
    return found


def _becomes_root(path: str) -> bool:
    """Whether a child of user 1000 that runs this program is root while it runs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            silent = os.open("/dev/null", os.O_WRONLY)
            for number, target in ((reading, 0), (silent, 1), (silent, 2)):
                os.dup2(number, target)
            if os.getuid() == 0:
                os.setresuid(1000, 1000, 1000)
            # Waits for its input, or for a time, or ends; all can be looked at until the parent takes its status.
            os.execv(path, [path, "5"])  # noqa: S606  no shell is wanted
        finally:
            os._exit(1)
    root = False
    for _ in range(50):
        try:
            status = Path(f"/proc/{child}/status").read_text()
            name = Path(f"/proc/{child}/comm").read_text().strip()
        except OSError:
            break
        uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
        if name == os.path.basename(path)[:15]:
            root = uids[1] == "0"
            break
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    return root


def mount() -> dict[str, Any]:
    """Mount a file system, make the root writable, or take a cover away from what is hidden."""
    done = []
    target = b"/tmp"
    if libc.mount(b"none", target, b"tmpfs", 0, b"size=64k") == 0:
        libc.umount2(target, 0)
        done.append("a file system mounted")
    read_write_remount = 32
    if libc.mount(b"none", b"/", None, read_write_remount | 4096, None) == 0:
        done.append("the root bound again")
    if libc.umount2(b"/proc/keys", 2) == 0:
        done.append("a cover taken away")
    return {"reached": bool(done), "detail": ", ".join(done) or _said()}


def namespaces() -> dict[str, Any]:
    """Make namespaces, in which one would be root; in a child, so that nothing changes here."""
    made = [name for name, flag in NAMESPACES.items() if _in_child(lambda flag=flag: libc.unshare(flag) == 0)]
    return {"reached": bool(made), "detail": f"made: {', '.join(made) or 'none'}"}


def _in_child(act: Any) -> bool:
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if act() else 1)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def keyring(token: str) -> dict[str, Any]:
    """Put a key into the kernel's keyring of this user id, which all containers of a machine share."""
    if ADD_KEY is None:
        return {"reached": False, "detail": f"not known for {os.uname().machine}", "absent": True}
    number = libc.syscall(ADD_KEY, b"user", token.encode(), b"x", 1, KEY_SPEC_USER_KEYRING)
    if number < 0:
        return {"reached": False, "detail": _said(), "absent": ctypes.get_errno() == errno.ENOSYS}
    return {"reached": True, "detail": "the key was taken"}


def io_uring() -> dict[str, Any]:
    """Set up an io_uring or load a BPF program: ways into the kernel around the filter of system calls."""
    made = []
    ring = libc.syscall(IO_URING_SETUP, 2, ctypes.create_string_buffer(256))
    absent = ring < 0 and ctypes.get_errno() == errno.ENOSYS
    if ring >= 0:
        os.close(ring)
        made.append("io_uring")
    # BPF_MAP_CREATE of an array with one entry: type 2, sizes of key and value, number of entries; bpf(2).
    array = ctypes.create_string_buffer(struct.pack("=IIII", 2, 4, 4, 1), 128)
    if BPF is not None and libc.syscall(BPF, 0, array, 128) >= 0:
        made.append("a BPF map")
    return {"reached": bool(made), "detail": f"made: {', '.join(made) or 'none'}", "absent": absent}


def see_process(token: str) -> dict[str, Any]:
    """Find a process by what is in its command line."""
    found = _processes(token)
    return {"reached": bool(found), "detail": f"{len(found)} such processes among {len(_all_processes())}"}


def trace_process(token: str, pid: int) -> dict[str, Any]:
    """Attach a debugger to a process that is found by its command line, or at its number on the host.

    A process of this container that happens to have that number is none of others.
    """
    mine = set(_all_processes())
    said = "no such process"
    for target in {*_processes(token), *({pid} - mine)}:
        if libc.ptrace(PTRACE_ATTACH, target, None, None) == 0:
            os.waitpid(target, 0x40000000)  # __WALL
            libc.ptrace(PTRACE_DETACH, target, None, None)
            return {"reached": True, "detail": "attached"}
        said = _said()
    return {"reached": False, "detail": said}


def _all_processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _processes(token: str) -> list[int]:
    found = []
    for pid in _all_processes():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if token.encode() in line and pid != os.getpid():
            found.append(pid)
    return found
