"""Reads from where there is no memory."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: its own kernel is gone, and it has no points then"
CODE = """
import ctypes

ctypes.string_at(0)
"""
