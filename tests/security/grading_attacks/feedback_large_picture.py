"""Displays a picture of ten thousand by ten thousand points, and a text of forty megabytes as one."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "no: the page is only large"
CODE = r"""
import base64
import struct
import zlib

from IPython.display import display

size = 10_000


def part(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = zlib.compress(b"\0" * (size * (size // 8 + 1)))
header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
picture = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")
display({"image/png": base64.b64encode(picture).decode()}, raw=True)
display({"image/png": "A" * 4 * 10**6}, raw=True)
"""
