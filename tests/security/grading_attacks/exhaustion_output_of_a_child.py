"""Lets a child that outlives the kernel write to the output that it has inherited."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: the output counts for its own notebook only"
ALONE = True
CODE = r"""
import subprocess
import sys

program = "import os\nwhile True: os.write(2, b'attack ' * 10_000)"
subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
"""
