"""Pictures: only what is what it says, of a size that a browser can show. They are not drawn here, only measured."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from typing import Final

from doorstart_grading.sanitise.text import joined

IMAGE_LIMIT: Final = 5_000_000
"""Bytes of one picture."""
SIDE_LIMIT: Final = 10_000
"""Pixels of a picture's longer side."""
PIXEL_LIMIT: Final = 40_000_000
"""Pixels of one picture: a browser needs four bytes for each, however small the file is."""
PICTURES: Final = ("image/png", "image/jpeg")
"""Kinds that are shown of an output."""
IN_MARKDOWN: Final = ("image/png", "image/jpeg", "image/gif")
"""Kinds that are shown in a text."""
DATA_ADDRESS: Final = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=]+)", re.IGNORECASE)
"""A picture in the text that shows it."""


def clean_image(data: object, kind: str) -> str | None:
    """A picture as base64 without line breaks; None if it is not what ``kind`` says, or too large.

    Args:
        data: base64, as text or as nbformat's list of lines.
        kind: ``image/png``, ``image/jpeg`` or ``image/gif``.
    """
    text = joined(data)
    if len(text) > IMAGE_LIMIT * 3 // 2:
        return None
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    size = {"image/png": _png_size, "image/jpeg": _jpeg_size, "image/gif": _gif_size}[kind](content)
    if size is None or len(content) > IMAGE_LIMIT:
        return None
    width, height = size
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT and width * height <= PIXEL_LIMIT):
        return None
    return base64.b64encode(content).decode()


def clean_address(address: str) -> str | None:
    """The ``data:`` address of a picture with the picture cleaned; None if it is none, or not shown."""
    found = DATA_ADDRESS.fullmatch(address)
    if found is None:
        return None
    kind = found[1].lower()
    content = clean_image(found[2], kind)
    return content and f"data:{kind};base64,{content}"


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height (PNG, third edition, 11.2.1: the first chunk is IHDR, of 13 bytes)."""
    if len(content) < 33 or content[:16] != b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":
        return None
    return struct.unpack(">II", content[16:24])


def _gif_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < 13 or content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return struct.unpack("<HH", content[6:10])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, from the first start-of-frame segment (ITU-T T.81, B.2.2)."""
    if content[:3] != b"\xff\xd8\xff":
        return None
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return None
