"""Runs a program with fewer system calls than the engine's own filter leaves: ``narrow.py PROGRAM [ARGUMENT …]``.

A container without network still shares what no network namespace holds. An ``AF_VSOCK`` socket leads from a virtual
machine to its host and, where the kernel has a loopback for it, from one container to the next; engines before 23.0 do
not stop it. ``io_uring`` makes sockets, and opens files, around any filter of system calls; engines before 25.0 do not
stop it either. So this filter is laid over the engine's, whatever its version. It cannot be taken off, and all that
the program starts has it too.

Not a complete filter: what the engine refuses stays refused.
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

# <linux/prctl.h>, <linux/seccomp.h>, <linux/bpf_common.h>
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
"""Offsets in ``struct seccomp_data``; of an argument, its lower half on little-endian machines."""


def program(architecture: int, socket_call: int) -> bytes:
    """The filter, in classic BPF: ``seccomp(2)``.

    Args:
        architecture: The number of the only architecture whose system calls are let through.
        socket_call: The number of ``socket`` there.
    """
    no_such_call, no_such_family = REFUSE | errno.ENOSYS, REFUSE | errno.EAFNOSUPPORT
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, no_such_call),
        (LOAD, 0, 0, NUMBER),
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
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def narrow() -> None:
    """Lay the filter over this process and all that it will start.

    Raises:
        OSError: the kernel does not take it, or the machine's architecture is not known; then nothing may be started.
    """
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"the system calls of {machine} are not known")
    code = program(*ARCHITECTURES[machine])
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
