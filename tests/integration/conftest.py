"""People and a second site for the tests on the engine."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doorstart.images.build import Builder
from doorstart.site import engine
from doorstart.site.place import TOP

from .classroom import Classroom
from .command import doorstart


@pytest.fixture(scope="module")
def classroom(site: Any) -> Iterator[Classroom]:
    """Makes learners and instructors; their servers run until the module's end."""
    room = Classroom(site)
    yield room
    room.close()


@pytest.fixture(scope="session")
def kernel_image() -> str:
    """The digest of the image in which submissions run; built if the engine does not have it."""
    client = engine.ensure_engine(print)
    engine.ensure_tools(print)
    return Builder(TOP, client, print).build_all()["kernel"].id


@pytest.fixture(scope="session")
def second_site(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Another site on the same engine, with TLS and without demo accounts."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = make_certificate(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = f"{site.name}-two"
    environment = {
        "DOORSTART_SITE": name,
        "DOORSTART_PORT": str(port),
        "DOORSTART_DEMO": "false",
        "DOORSTART_LANGUAGES": "en",
        "DOORSTART_TLS_CERTIFICATE": str(certificate),
        "DOORSTART_TLS_KEY": str(key),
    }

    # The tests' own class of sites, with what only this one has.
    @dataclass(frozen=True)
    class SecondSite(type(site)):  # type: ignore[misc]
        certificate: Path
        environment: dict[str, str]

    try:
        done = doorstart("site", "up", **environment)
        assert done.returncode == 0, done.stderr
        yield SecondSite(f"https://localhost:{port}", site.client, name, certificate, environment)
    finally:
        doorstart("site", "destroy", "--yes", **environment)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for ``localhost`` and ``learn.localhost`` that signs itself, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    hosts = [x509.DNSName(one) for one in ("localhost", "learn.localhost", "*.learn.localhost")]
    names = x509.SubjectAlternativeName([*hosts, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
