"""A second engine on this machine, which plays a site without a network; and images of a few bytes for both."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException

from doorstart.bundle.engine import Engine

START_TIMEOUT = 60
"""Seconds that the second engine has to answer."""


@contextmanager
def second_engine() -> Iterator[Engine]:
    """An engine with a data root of its own, that starts no containers; ended and removed behind the body."""
    # Its socket's path must stay below 107 bytes, so it is not in the test's own folder.
    with tempfile.TemporaryDirectory(prefix="doorstart-engine-") as folder:
        host = f"unix://{folder}/sock"
        options = [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid", "-H", host]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                ["dockerd", *options, "--bridge=none", "--iptables=false", "--ip6tables=false"], stdout=log, stderr=log
            )
        try:
            yield Engine(_client(host), host)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _client(host: str) -> docker.DockerClient:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            client = docker.DockerClient(host, timeout=300)
            client.ping()
        except DockerException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return client


def make_image(engine: Engine, name: str, layers: Sequence[str], version: str = "1") -> str:
    """Load an image whose layers have one file each, with that text; its id."""
    tars = [_tar({f"layer-{text[:8]}": text.encode()}) for text in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-01-01T00:00:00Z",
        # What the engine's own builds have, and OCI's form of a configuration has not.
        "docker_version": "20.10.24",
        "container_config": {"Cmd": ["true"]},
        "config": {"Cmd": ["true"], "Labels": {"org.opencontainers.image.version": version}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in tars]},
        "history": [{"created": "2026-01-01T00:00:00Z"} for _ in tars],
    }
    content = json.dumps(config).encode()
    digest = hashlib.sha256(content).hexdigest()
    names = [f"{number}/layer.tar" for number in range(len(tars))]
    manifest = [{"Config": f"{digest}.json", "RepoTags": [f"doorstart-bundle/{name}:{version}"], "Layers": names}]
    files = {
        f"{digest}.json": content,
        "manifest.json": json.dumps(manifest).encode(),
        **dict(zip(names, tars, strict=True)),
    }
    engine.client.images.load(_tar(files))
    return f"sha256:{digest}"


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
