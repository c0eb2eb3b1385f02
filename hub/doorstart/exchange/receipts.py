"""Receipts: what is signed, with which key, and how anybody checks one."""

from __future__ import annotations

import base64
import binascii
import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorstart.exchange.wire import Receipt


class Signer:
    """Signs receipts with the site's Ed25519 key (RFC 8032)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, *, id: str, course: str, assignment: str, learner: str, digest: str, time: str) -> Receipt:  # noqa: A002
        """The signed receipt with these fields; the same fields always give the same signature."""
        unsigned = Receipt(
            id=id, course=course, assignment=assignment, learner=learner, digest=digest, time=time, signature=""
        )
        signature = base64.b64encode(self._key.sign(signed_bytes(unsigned))).decode()
        return unsigned.model_copy(update={"signature": signature})


def signed_bytes(receipt: Receipt) -> bytes:
    """What the signature is over: the other fields as JSON, keys sorted, no spaces, UTF-8."""
    fields = receipt.model_dump(exclude={"signature"})
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verify_receipt(receipt: Receipt, public_key: bytes) -> bool:
    """Whether the holder of the site's key signed exactly this receipt.

    Args:
        public_key: raw, 32 bytes.

    Raises:
        ValueError: ``public_key`` is not an Ed25519 key.
    """
    key = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        key.verify(base64.b64decode(receipt.signature, validate=True), signed_bytes(receipt))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def ensure_signer(path: Path) -> Signer:
    """The signer with the key in this file, which is made with mode 0600 when it is not there.

    Raises:
        ValueError: the file holds something else.
    """
    try:
        return Signer(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    except FileNotFoundError:
        pass
    except ValueError as error:
        raise ValueError(
            f"{path} does not hold a signing key (32 bytes). Restore it from a backup; only if there is none, delete "
            "it and a new key is made: receipts that were given before can then no longer be checked."
        ) from error
    # Written aside and linked: a kill leaves a whole key or none, and of two processes at once one wins for both.
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return Signer(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
