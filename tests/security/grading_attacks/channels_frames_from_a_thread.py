"""Lets a thread write forged and broken frames into the channel all the time."""

FAMILY = "channels"
HONEST = 2
PLAIN = "absent: plain nbgrader's kernel has no such channel"
SPOILS = True
CODE = r"""
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

import itertools
import threading
import time


def write():
    channels = [channel for number, channel in inherited()]
    for turn in itertools.count():
        for channel in channels:
            try:
                part = (frame(b"K", b"[[14], [], [], {}]"), b"\xff" * 9, frame(b"X", b"{}"))[turn % 3]
                channel.send(part, socket.MSG_DONTWAIT)
            except OSError:
                pass
        time.sleep(0.002)


threading.Thread(target=write, daemon=True).start()
"""
