"""Debian's docker-registry, with a certificate and a password, as the machines of one building would share it.

It is unpacked from its package, not installed: that would start a service on this machine.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import bcrypt

from doorstart.site.place import TOP

TOOLS = TOP / "build" / "tools"
START_TIMEOUT = 30
"""Seconds that the registry has to answer."""
CONFIG = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/storage}}}}
http:
  addr: 127.0.0.1:{port}
  secret: only for this test
  tls: {{certificate: {certificate}, key: {key}}}
auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}
"""


def ensure_docker_registry(say: Callable[[str], None]) -> str:
    """The program; fetched with the host's own package tools if it is missing."""
    found = shutil.which("docker-registry") or shutil.which("docker-registry", path=str(TOOLS / "usr" / "bin"))
    if found:
        return found
    say("fetching docker-registry")
    TOOLS.mkdir(parents=True, exist_ok=True)
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "download", "docker-registry"]):
        subprocess.run(command, cwd=TOOLS, check=True, capture_output=True)
    package = next(TOOLS.glob("docker-registry_*.deb"))
    subprocess.run(["dpkg-deb", "--extract", str(package), str(TOOLS)], check=True, capture_output=True)
    return str(TOOLS / "usr" / "bin" / "docker-registry")


class DockerRegistry:
    """A registry on this machine.

    Args:
        folder: For all that it has.
        certificate: Its certificate for ``localhost``, as a PEM file.
        key: The certificate's private key.
    """

    def __init__(self, folder: Path, certificate: Path, key: Path) -> None:
        self.folder = folder
        self.certificate = certificate
        self.login = folder / "netrc"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"https://localhost:{port}/doorstart"
        folder.mkdir()
        (folder / "config.yml").write_text(CONFIG.format(folder=folder, port=port, certificate=certificate, key=key))
        password = bcrypt.hashpw(b"a password", bcrypt.gensalt(4, b"2a")).decode()
        (folder / "htpasswd").write_text(f"site:{password}\n")
        self.login.write_text('machine localhost login site password "a password"\n')
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a site that uses it."""
        return {
            "DOORSTART_BUNDLE_REGISTRY": self.address,
            "DOORSTART_BUNDLE_REGISTRY_CA": str(self.certificate),
            "DOORSTART_BUNDLE_REGISTRY_LOGIN": str(self.login),
        }

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = ensure_docker_registry(print)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "serve", str(self.folder / "config.yml")], stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", urlsplit(self.address).port or 0), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it; what it has stays."""
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def blob(self, digest: str) -> Path:
        """The file in which it keeps a blob."""
        name = digest.removeprefix("sha256:")
        return self.folder / "storage/docker/registry/v2/blobs/sha256" / name[:2] / name / "data"
