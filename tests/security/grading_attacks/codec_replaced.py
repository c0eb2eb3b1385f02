"""Replaces what writes and reads values in its own process, and sends what is not a message."""

FAMILY = "codec"
HONEST = 0
PLAIN = "absent: nothing of a value leaves plain nbgrader's kernel"
CODE = r"""
import json
import sys

junk = [b"", b"\0" * 100, b"[" * 10**6, b'{"a": 1, "a": 2}', b"1e999", b"9" * 10**6, b'"\xff"', b"[[14], [], [], {}]"]


def anything(*arguments, **options):
    return junk[len(repr(arguments)) % len(junk)]


for name, module in list(sys.modules.items()):
    if name.startswith("doorstart"):
        for known in ("encode", "dumps", "pack", "pack_alone", "_form"):
            if hasattr(module, known):
                setattr(module, known, anything)
        for kind in list(vars(module).values()):
            if isinstance(kind, type) and hasattr(kind, "pack"):
                kind.pack = anything


def total(lines):
    return 0
"""
