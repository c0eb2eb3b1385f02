"""``python -m doorstart.exchange``: runs the service; ``… release COURSE ASSIGNMENT < archive.tar``: releases at once.

The second form needs no token. It is for set-up, inside the exchange's container, and works while the service runs.
"""

from __future__ import annotations

import argparse
import json
import logging
import socket
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import uvicorn

from doorstart import names
from doorstart.exchange.app import create_app
from doorstart.exchange.archive import plain_from_any_tar
from doorstart.exchange.errors import ExchangeError
from doorstart.exchange.service import Exchange
from doorstart.identity import HubIdentity
from doorstart.settings import settings

log = logging.getLogger("doorstart.exchange")


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m doorstart.exchange", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(names.STATE / "exchange"), help="folder of the archives")
    parser.add_argument("--socket", type=Path, default=Path(names.EXCHANGE_SOCKET), help="socket to listen on")
    parser.add_argument("--hub-socket", default=str(names.HUB_SOCKET), help="socket of the Hub")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="run the service (the default)")
    release = commands.add_parser("release", help="release an assignment from a tar archive on standard input")
    release.add_argument("course")
    release.add_argument("assignment")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if options.command == "release":
        return release_from(sys.stdin.buffer, options.state, options.course, options.assignment)
    serve(options.state, options.socket, options.hub_socket)
    return 0


def release_from(source: BinaryIO, state: Path, course: str, assignment: str) -> int:
    """Releases a tar archive and prints JSON: the release, or the error. Returns the exit status."""
    exchange = Exchange(state, settings())
    try:
        with tempfile.TemporaryFile() as plain:
            plain_from_any_tar(source, cast(BinaryIO, plain))
            release, created = exchange.release_as_admin(course, assignment, cast(BinaryIO, plain))
    except ExchangeError as error:
        print(json.dumps({"error": error.code, "message": error.message}))
        return 1
    finally:
        exchange.close()
    print(json.dumps({**release.model_dump(), "created": created}))
    return 0


def serve(state: Path, path: Path, hub_socket: str) -> None:
    """Runs the service until it is told to stop."""
    listener = listen(path)
    exchange = Exchange(state, settings())
    if count := exchange.blobs.clean():
        log.info("Deleted %d half-received uploads of an earlier run.", count)
    app = create_app(exchange, HubIdentity(names.EXCHANGE_SCOPE, hub_socket))
    config = uvicorn.Config(
        app,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(config).run(sockets=[listener])


def listen(path: Path) -> socket.socket:
    """A listening Unix socket that any process with the folder may connect to (mode 0666).

    Raises:
        SystemExit: another process listens there.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            # Nobody listens: the file, if any, is of a run that was killed.
            path.unlink(missing_ok=True)
        else:
            raise SystemExit(f"Another exchange listens on {path} already. Stop it first.")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen(2048)
    return listener


if __name__ == "__main__":
    raise SystemExit(main())
