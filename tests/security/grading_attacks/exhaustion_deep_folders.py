"""Makes folders inside folders, deeper than any path may be long."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "no: nbgrader does not look into them, and they stay where they are"
CODE = """
import os

here = os.getcwd()
for _ in range(600):
    os.mkdir("folder" * 10)
    os.chdir("folder" * 10)
os.chdir(here)
"""
