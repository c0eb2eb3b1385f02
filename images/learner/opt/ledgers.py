"""Shows the ledgers in a learner's home with Fava: ``ledgers.py PORT PREFIX``. The Lab's launcher starts it.

Fava is given its files when it starts; here it is started again when a ledger is added or taken away, so that one that
the learner has just exported is there at the next look. What changes in a ledger, Fava sees by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

PATTERNS = ("*.beancount", "*/*.beancount", "*/*/*.beancount")
"""Where ledgers are looked for below the home: a unit's folder is two below it."""
NOTHING_YET = Path(__file__).with_name("nothing-yet.beancount")
SECONDS = 2.0
"""Between two looks."""


def ledgers(home: Path) -> list[Path]:
    """The ledgers below the home, the newest first; the one that says that there is nothing yet if there is none."""
    found = [path for pattern in PATTERNS for path in home.glob(pattern) if path.is_file()]
    shown = [path for path in found if not any(part.startswith(".") for part in path.relative_to(home).parts)]
    return sorted(shown, key=lambda path: path.stat().st_mtime, reverse=True) or [NOTHING_YET]


def main(port: str, prefix: str) -> None:
    """Runs Fava until this process is ended."""
    fava: subprocess.Popen[bytes] | None = None
    shown: set[Path] = set()

    def stop(number: int, frame: FrameType | None) -> None:
        if fava:
            fava.terminate()
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        found = ledgers(Path.home())
        if set(found) != shown or fava is None or fava.poll() is not None:
            if fava:
                fava.terminate()
                fava.wait()
            command = [sys.executable, "-I", "-m", "fava.cli", "--host", "127.0.0.1", "--port", port]
            fava = subprocess.Popen([*command, "--prefix", prefix, *map(os.fspath, found)])
            shown = set(found)
        time.sleep(SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:3])
