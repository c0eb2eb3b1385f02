"""Signing keys: one for each person, Ed25519, kept in a file that a passphrase locks.

A key is two files: ``NAME.key`` (PKCS #8 PEM, encrypted) stays with its person, ``NAME.pub`` (JSON) goes to whoever
makes the root of trust.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from doorstart.bundle import plain
from doorstart.bundle.errors import BundleError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}\Z")
SHORTEST_PASSPHRASE = 12
"""Characters. The file is all that stands between a lost stick and a signature."""
_NAME_FIELD = "x-doorstart-name"


def make(folder: Path, name: str, passphrase: str) -> Key:
    """Make a person's key: ``NAME.key`` and ``NAME.pub`` in a folder.

    Args:
        folder: Made if it is not there.
        name: How the key is called on every site that trusts it; a role (``education-1``) tells less than a person's.
        passphrase: Locks the private key.

    Returns:
        The public key.

    Raises:
        BundleError: the name or the passphrase will not do, or there is such a key already.
    """
    if not NAME.match(name):
        raise BundleError(f"{name!r} cannot be a key's name: use a to z, 0 to 9 and hyphens, for example education-1.")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BundleError(
            f"The passphrase is too short: use {SHORTEST_PASSPHRASE} characters or more, such as 5 words."
        )
    private, public = folder / f"{name}.key", folder / f"{name}.pub"
    if private.exists() or public.exists():
        raise BundleError(f"There is a key {name} in {folder} already. Choose another name or another folder.")
    signer = CryptoSigner(Ed25519PrivateKey.generate())
    key = _named(signer.public_key, name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    locked = load_pem_private_key(signer.private_bytes, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    with os.fdopen(os.open(private, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(locked)
    public.write_text(json.dumps({"keyid": key.keyid, "key": key.to_dict()}, indent=1) + "\n")
    return key


def read_public(path: Path) -> Key:
    """The key in a ``.pub`` file.

    Raises:
        BundleError: the file is missing or is no public key.
    """
    try:
        content = json.loads(plain.read(path))
        key = SSlibKey.from_dict(str(content["keyid"]), dict(content["key"]))
        computed = SSlibKey.from_crypto(key._crypto_key()).keyid
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BundleError(
            f"{path} is not a public key. Give the .pub file that `doorstart bundle keys` made."
        ) from None
    if computed != key.keyid:
        raise BundleError(f"{path} is damaged: its key does not have the fingerprint that it states. Get it again.")
    return key


def read_signer(path: Path, passphrase: str) -> CryptoSigner:
    """What signs with the private key in a ``.key`` file; its public key has the name in the ``.pub`` file beside it.

    Raises:
        BundleError: the file is missing, is no such key, or the passphrase is wrong.
    """
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise BundleError(f"The key {path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError):
        raise BundleError(f"The key {path} does not open: the passphrase is wrong, or this is no .key file.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise BundleError(f"The key {path} is of another kind. Make keys with: doorstart bundle keys")
    signer = CryptoSigner(private)
    return CryptoSigner(private, _named(signer.public_key, path.stem))


def name_of(key: Key) -> str:
    """What a key is called; its fingerprint's beginning if it has no name."""
    return str(key.unrecognized_fields.get(_NAME_FIELD, key.keyid[:8]))


def fingerprint(key: Key) -> str:
    """32 of the key id's 64 hexadecimal digits in groups of four: short enough to be read aloud, 128 bits long."""
    return " ".join(key.keyid[at : at + 4] for at in range(0, 32, 4))


def _named(key: SSlibKey, name: str) -> SSlibKey:
    return SSlibKey(key.keyid, key.keytype, key.scheme, key.keyval, {_NAME_FIELD: name})
