"""A learner kernel as its container's own program: for sites without a forker (the setting ``grading_start``).

Run by ``narrow.py`` as ``python -I -m doorstart_examiner.alone SOCKET FOLDER``. It does the imports itself, then waits
for the sandbox service, which seals the socket's folder before it connects; learner code runs only after that.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from pathlib import Path

_MATPLOTLIB = Path("/opt/doorstart/matplotlib")


def main() -> None:
    """Serve the first connection on which something comes, then end."""
    path, folder = sys.argv[1:]
    os.umask(0o077)
    home = Path.home()
    home.mkdir(parents=True, exist_ok=True)
    if _MATPLOTLIB.is_dir():
        shutil.copytree(_MATPLOTLIB, home / ".cache" / "matplotlib")
    from doorstart_examiner.frames import Channel
    from doorstart_examiner.kernel import preload, serve

    preload()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Until it serves: an interrupt is for the learner's code.
    connection = _connection(path)
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    serve(Channel(connection), folder)
    os._exit(0)


def _connection(path: str) -> socket.socket:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            # While it seals the folder, the service connects only to see whether somebody listens.
            if connection.recv(1, socket.MSG_PEEK):
                return connection
            connection.close()


if __name__ == "__main__":
    main()
