"""Answers for itself on the inherited channel while it is being called."""

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


def total(*arguments):
    replies = [b"[[14], [], [], {}]", b"true", b'{"status": "passed", "value": "3"}', b"", b"[" * 5000]
    for number, channel in inherited():
        for reply in replies:
            channel.send(frame(b"K", reply) + frame(b"R", reply), socket.MSG_DONTWAIT)
    return 0


article_code = short_articles = price_with_vat = to_pay = sales_by_month = Stock = total
"""
