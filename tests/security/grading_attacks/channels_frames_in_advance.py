"""Writes replies to requests that have not been made yet into the channel that it was born with."""

FAMILY = "channels"
HONEST = 0
PLAIN = "absent: plain nbgrader's kernel has no such channel"
CODE = """
import os
import socket
import stat
import struct


def inherited():
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) > 2 and stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                found = socket.socket(fileno=os.dup(int(name)))
                if found.family == socket.AF_UNIX:
                    yield int(name), found
        except OSError:
            pass


def frame(kind, payload):
    return struct.pack(">L", len(payload) + 1) + kind + payload


ok = b'{"status": "ok", "outputs": [], "execution_count": 1, "truncated": false}'
for number, channel in inherited():
    for kind, payload in ((b"X", ok), (b"K", b"[[true], [], [], {}]"), (b"R", b'{"status": "passed"}')):
        try:
            channel.send(frame(kind, payload) * 20, socket.MSG_DONTWAIT)
        except OSError:
            pass
"""
