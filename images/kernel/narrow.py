"""Runs a program with fewer system calls than the engine's own filter leaves: ``narrow.py PROGRAM [ARGUMENT …]``.

A container without network still shares what no network namespace holds. An ``AF_VSOCK`` socket leads from a virtual
machine to its host and, where the kernel has a loopback for it, from one container to the next; engines before 23.0 do
not stop it. ``io_uring`` makes sockets, and opens files, around any filter of system calls; engines before 25.0 do not
stop it either. So this filter is laid over the engine's, whatever its version. It cannot be taken off, and all that
the program starts has it too.

Not a complete filter: what the engine refuses stays refused.

The forker (``doorstart_examiner.forker``) loads this file as a module: the learner kernels that it forks
have inherited the engine's filter for *its* container, which leaves more, and take :func:`narrow_forked` on top.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys

# <linux/audit.h> and <asm/unistd.h>: the architecture's number, and that of its system call `socket`.
ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
IO_URING_SETUP = 425
X32 = 0x40000000
"""Set in the numbers of x86-64's second set of system calls, which no program of ours uses."""
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
"""What programs expect to be there; in a network namespace with nothing but a loopback, none of them leads out."""

FORKED_REFUSED = {
    "x86_64": {
        "acct": 163, "add_key": 248, "bpf": 321, "chroot": 161, "clock_adjtime": 305, "clock_settime": 227,
        "delete_module": 176, "fanotify_init": 300, "finit_module": 313, "init_module": 175, "ioperm": 173,
        "iopl": 172, "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250, "lookup_dcookie": 212,
        "mount": 165, "name_to_handle_at": 303, "nfsservctl": 180, "open_by_handle_at": 304, "perf_event_open": 298,
        "pivot_root": 155, "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101, "quotactl": 179,
        "reboot": 169, "request_key": 249, "setdomainname": 171, "sethostname": 170, "setns": 308,
        "settimeofday": 164, "swapoff": 168, "swapon": 167, "syslog": 103, "umount2": 166, "unshare": 272,
        "userfaultfd": 323, "vhangup": 153,
    },
    "aarch64": {
        "acct": 89, "add_key": 217, "bpf": 280, "chroot": 51, "clock_adjtime": 266, "clock_settime": 112,
        "delete_module": 106, "fanotify_init": 262, "finit_module": 273, "init_module": 105, "kcmp": 272,
        "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219, "lookup_dcookie": 18, "mount": 40,
        "name_to_handle_at": 264, "nfsservctl": 42, "open_by_handle_at": 265, "perf_event_open": 241,
        "pivot_root": 41, "process_vm_readv": 270, "process_vm_writev": 271, "ptrace": 117, "quotactl": 60,
        "reboot": 142, "request_key": 218, "setdomainname": 162, "sethostname": 161, "setns": 268,
        "settimeofday": 170, "swapoff": 225, "swapon": 224, "syslog": 116, "umount2": 39, "unshare": 97,
        "userfaultfd": 282, "vhangup": 58,
    },
}  # fmt: skip
"""What a forked learner kernel may not call: what the engine's filter leaves to a container with the forker's
capabilities only, and what nobody should who came out of a process that had them."""
FORKED_REFUSED_EVERYWHERE = {
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "statmount": 457,
    "listmount": 458, "open_tree_attr": 467,
}  # fmt: skip
"""The same; newer system calls have one number on all machines."""
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
NEW_NAMESPACES = 0x7E020000
"""``CLONE_NEW…`` of ``<linux/sched.h>``; a time namespace can be made by ``unshare`` and ``clone3`` only."""

# <linux/prctl.h>, <linux/seccomp.h>, <linux/bpf_common.h>
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, JUMP_IF_ANY, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Offsets in ``struct seccomp_data``; of an argument, its lower half on little-endian machines."""

Step = tuple[int, int, int, int]
"""One step of a filter: what to do, how many steps to jump over if true and if false, and a number."""


def program(architecture: int, socket_call: int) -> bytes:
    """The filter, in classic BPF: ``seccomp(2)``.

    Args:
        architecture: The number of the only architecture whose system calls are let through.
        socket_call: The number of ``socket`` there.
    """
    no_such_call, no_such_family = REFUSE | errno.ENOSYS, REFUSE | errno.EAFNOSUPPORT
    steps = [
        *_of(architecture),
        (JUMP_IF_AT_LEAST, 1, 0, X32),
        (JUMP_IF_EQUAL, 0, 1, IO_URING_SETUP),
        (RETURN, 0, 0, no_such_call),
        (JUMP_IF_EQUAL, 1, 0, socket_call),
        (RETURN, 0, 0, ALLOW),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        *((JUMP_IF_EQUAL, len(FAMILIES) - index, 0, family) for index, family in enumerate(FAMILIES)),
        (RETURN, 0, 0, no_such_family),
        (RETURN, 0, 0, ALLOW),
    ]
    return _packed(steps)


def forked_program(machine: str) -> bytes:
    """The further filter of a forked learner kernel.

    Args:
        machine: One of :data:`ARCHITECTURES`.
    """
    refused = sorted({*FORKED_REFUSED[machine].values(), *FORKED_REFUSED_EVERYWHERE.values()})
    steps = [
        *_of(ARCHITECTURES[machine][0]),
        # clone3 passes its flags in memory, where no filter sees them: the C library then takes clone.
        (JUMP_IF_EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        *((JUMP_IF_EQUAL, len(refused) - index + 2, 0, number) for index, number in enumerate(refused)),
        (JUMP_IF_EQUAL, 0, 3, CLONE[machine]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_ANY, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return _packed(steps)


def _of(architecture: int) -> list[Step]:
    """Refuse every other architecture's calls; then the call's number is loaded."""
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        (LOAD, 0, 0, NUMBER),
    ]


def _packed(steps: list[Step]) -> bytes:
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def narrow() -> None:
    """Lay the filter over this process and all that it will start.

    Raises:
        OSError: the kernel does not take it, or the machine's architecture is not known; then nothing may be started.
    """
    _lay(program(*ARCHITECTURES[_machine()]))


def narrow_forked() -> None:
    """Lay both filters over this process, which was forked by the forker, and all that it will start.

    Raises:
        OSError: as :func:`narrow`.
    """
    machine = _machine()
    _lay(program(*ARCHITECTURES[machine]))
    _lay(forked_program(machine))


def _machine() -> str:
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"the system calls of {machine} are not known")
    return machine


def _lay(code: bytes) -> None:
    kept = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: the number of steps, and where they are.
    description = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(kept)))
    libc = ctypes.CDLL(None, use_errno=True)
    calls = ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, description, 0, 0))
    for call in calls:
        if libc.prctl(*call) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"the filter of system calls was not taken: {os.strerror(number)}")


if __name__ == "__main__":
    narrow()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  no shell is wanted
