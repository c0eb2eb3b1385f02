"""The certificate: from the two files that the settings name into the volume that only the proxy reads."""

from __future__ import annotations

import io
import tarfile

import docker
from docker.models.containers import Container

from doorstart import names
from doorstart.settings import Settings
from doorstart.site.place import Place


class TlsError(Exception):
    """The certificate's settings are wrong; the message says which."""


def read(settings: Settings) -> dict[str, bytes]:
    """The certificate and its key, by the names that the proxy knows; empty when TLS is off.

    Raises:
        TlsError: only one of the two settings is there, or a file cannot be read.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if (certificate is None) != (key is None):
        raise TlsError("DOORSTART_TLS_CERTIFICATE and DOORSTART_TLS_KEY go together: set both, or neither.")
    try:
        return {"certificate.pem": certificate.read_bytes(), "key.pem": key.read_bytes()} if certificate and key else {}
    except OSError as error:
        raise TlsError(f"The certificate cannot be read: {error}") from None


def install(client: docker.DockerClient, place: Place, proxy: str) -> None:
    """Bring the certificate and its key to the proxy, or take an old one away when TLS is off.

    A proxy that runs with another certificate is restarted by it.

    Raises:
        TlsError: as :func:`read`.
    """
    wanted = read(place.settings)
    volume = f"{place.settings.site}-tls"
    helper = client.containers.create(
        proxy, network_mode="none", volumes={volume: {"bind": "/tls", "mode": "rw"}}, labels={}
    )
    try:
        present = _read(helper, "/tls")
        content = {name: wanted.get(name, b"") for name in ("certificate.pem", "key.pem")}
        if any(present.get(name, b"") != content[name] for name in content):
            helper.put_archive("/tls", _tar(content))
            for running in client.containers.list(
                ignore_removed=True, filters={"name": f"^{place.container('proxy')}$"}
            ):
                running.restart(timeout=5)
    finally:
        helper.remove(v=False)


def _read(container: Container, folder: str) -> dict[str, bytes]:
    stream, _ = container.get_archive(folder)
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        files = {one.name.rpartition("/")[2]: tar.extractfile(one) for one in tar if one.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def _tar(content: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o400
            entry.uid = entry.gid = names.PROXY_UID
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
