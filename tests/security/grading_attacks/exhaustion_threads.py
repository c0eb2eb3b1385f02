"""Starts as many threads as there can be, none of which ends."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: the threads end with the kernel"
CODE = """
import threading
import time

for _ in range(5000):
    try:
        threading.Thread(target=time.sleep, args=[600], daemon=True).start()
    except RuntimeError:
        break
"""
