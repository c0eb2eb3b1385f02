"""Closes every channel that the kernel has inherited, while a check waits for its answer."""

FAMILY = "channels"
HONEST = 2
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


def total(lines):
    for number, channel in inherited():
        channel.shutdown(socket.SHUT_RDWR)
        os.close(number)
"""
