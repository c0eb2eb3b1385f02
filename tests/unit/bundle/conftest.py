"""Keys, roots and small bundles without images, for the tests of signatures and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, Root

from doorstart.bundle import contents, keys, signing, trust
from doorstart.bundle.contents import Contents

PASSPHRASE = "five words are enough here"


@dataclass
class Team:
    """People with keys, and the roots that they signed."""

    folder: Path
    roots: list[Metadata[Root]]

    def key(self, name: str) -> Key:
        public = self.folder / f"{name}.pub"
        return keys.read_public(public) if public.exists() else keys.make(self.folder, name, PASSPHRASE)

    def signer(self, name: str) -> CryptoSigner:
        self.key(name)
        return keys.read_signer(self.folder / f"{name}.key", PASSPHRASE)

    def bundle(
        self,
        folder: Path,
        signers: Sequence[str] = ("ann", "bea"),
        *,
        number: int = 1000,
        days: float = 60,
        text: str = "a",
    ) -> Path:
        """A signed bundle with two blobs."""
        folder.mkdir(parents=True)
        said = Contents(number=number, made=datetime.now(UTC))
        (folder / contents.FILE).write_text(said.model_dump_json())
        (folder / "blobs").mkdir()
        (folder / "blobs" / "one").write_bytes(text.encode() * 5000)
        (folder / "blobs" / "two").write_bytes(b"the same in every bundle")
        signing.write(folder, number, datetime.now(UTC).replace(microsecond=0) + timedelta(days=days), self.roots)
        signing.sign(folder, [self.signer(name) for name in signers])
        return folder


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Ann, Bea and Cleo; two of them must sign."""
    made = Team(tmp_path / "keys", [])
    root = trust.first([made.key(name) for name in ("ann", "bea", "cleo")], 2)
    trust.sign(root, None, [made.signer("ann"), made.signer("bea")])
    made.roots.append(root)
    return made


@pytest.fixture
def trusted(team: Team, tmp_path: Path) -> Path:
    """The folder of a site that trusts the team's first root."""
    folder = tmp_path / "trusted"
    folder.mkdir()
    team.roots[0].to_file(str(folder / "root.json"))
    return folder
