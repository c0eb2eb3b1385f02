"""Runs the sandbox service: ``python -m doorstart.sandbox``. As root, in a container that has the Docker socket."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

import uvicorn

from doorstart import names
from doorstart.identity import HubIdentity
from doorstart.sandbox.app import create_app
from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading.gradings import Gradings
from doorstart.sandbox.images import image_for
from doorstart.sandbox.kernels import Kernels
from doorstart.settings import Settings, settings


def serve(site: Settings, folders: Folders, *, socket: Path, hub_socket: Path) -> None:
    """Serve on a Unix socket, which everybody who has it mounted may open, until the process is told to end.

    Args:
        site: the site's settings.
        folders: where the kernels' folders are.
        socket: where to listen; what is there already is removed.
        hub_socket: the Hub's socket, to ask who is calling.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # One line for each question to the Hub and each poll of a kernel would bury what matters.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    socket.unlink(missing_ok=True)
    engine = Engine(site.site)
    kernels, gradings = Kernels(site, engine, folders), Gradings(site, engine, folders)
    app = create_app(
        kernels, gradings, partial(image_for, registry=site.registry), HubIdentity(names.SANDBOX_SCOPE, str(hub_socket))
    )
    # uvicorn gives its socket the mode 0666.
    uvicorn.run(app, uds=str(socket), access_log=False, log_config=None, timeout_graceful_shutdown=5)


def main() -> None:
    """Serve at this site's own places."""
    site = settings()
    folders = Folders(here=Path(names.KERNELS), engine=Engine(site.site).volume_folder(f"{site.site}-kernels"))
    serve(site, folders, socket=Path(names.SANDBOX_SOCKET), hub_socket=Path(names.HUB_SOCKET))


if __name__ == "__main__":
    main()
