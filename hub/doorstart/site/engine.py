"""The Docker engine and a compose tool: found, or installed and started where that is possible."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import docker
from docker.errors import DockerException

from doorstart.courses.paper import LIBRARIES

FONT_FILE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
LOG = Path("/var/log/doorstart-dockerd.log")
START_TIMEOUT = 60
"""Seconds that a freshly started engine has to answer."""


class EngineError(Exception):
    """There is no engine or compose tool, and none could be installed; the message says what to do."""


def _is_debian() -> bool:
    try:
        release = Path("/etc/os-release").read_text()
    except OSError:
        return False
    return any(f"={name}" in release.replace('"', "") for name in ("debian", "ubuntu"))


def install(packages: list[str], say: Callable[[str], None]) -> None:
    """Install Debian packages.

    Raises:
        EngineError: not Debian or Ubuntu, not root, or apt failed.
    """
    names = " ".join(packages)
    if not _is_debian():
        raise EngineError(
            f"Not installed: {names}. Install them with your system's package manager, then run this again."
        )
    if os.geteuid() != 0:
        raise EngineError(f"Not installed: {names}. Run as root: apt-get install {names}")
    say(f"installing {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", "--quiet=2", *command], capture_output=True, text=True, env=environment)
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["no message"]
            raise EngineError(f"{names} could not be installed: {said[0]}")


def ensure_tools(say: Callable[[str], None]) -> list[str]:
    """Install what image builds need on the host and is missing; the names of what was installed."""
    needed = {"mmdebstrap": "mmdebstrap", "npm": "npm", "skopeo": "skopeo"}
    missing = [package for tool, package in needed.items() if not shutil.which(tool)]
    if missing:
        install(missing, say)
    return missing


def ensure_printing(say: Callable[[str], None]) -> list[str]:
    """Install what puts units on paper; the names of what was installed. Without the right to do so, nothing is done:
    a site works without, and ``doorstart course print`` says what is missing.
    """
    libraries = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    if all(ctypes.util.find_library(name) for name in libraries) and FONT_FILE.exists():
        return []
    if not _is_debian() or os.geteuid() != 0:
        return []
    install(LIBRARIES.split(), say)
    return LIBRARIES.split()


def connect() -> docker.DockerClient | None:
    """The engine, if one answers."""
    try:
        client = docker.from_env(timeout=600)
        client.ping()
    except DockerException:
        return None
    return client


def ensure_engine(say: Callable[[str], None]) -> docker.DockerClient:
    """The engine; installed and started if need be.

    Raises:
        EngineError: it could be neither found nor started.
    """
    client = connect()
    if client:
        return client
    if not shutil.which("dockerd"):
        install(["docker.io"], say)
    if os.geteuid() != 0:
        raise EngineError("The Docker engine does not answer. Start it, or add yourself to the group docker.")
    say("starting the Docker engine")
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "start", "docker"], check=False)
    else:
        with LOG.open("ab") as log:
            subprocess.Popen(["dockerd"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        client = connect()
        if client:
            return client
        time.sleep(0.3)
    raise EngineError(f"The Docker engine did not start in {START_TIMEOUT} s. Its log: {LOG}, or: journalctl -u docker")


def ensure_compose(say: Callable[[str], None]) -> list[str]:
    """The compose command: ``docker compose`` if the client has it, else ``docker-compose``.

    Raises:
        EngineError: neither is there and none could be installed.
    """
    docker_client = shutil.which("docker")
    if docker_client and subprocess.run([docker_client, "compose", "version"], capture_output=True).returncode == 0:
        return [docker_client, "compose"]
    if not shutil.which("docker-compose"):
        install(["docker-compose"], say)
    found = shutil.which("docker-compose")
    if not found:
        raise EngineError("No compose tool. Install docker-compose, then run this again.")
    return [found]
