"""``doorstart bundle keys``, ``trust``, ``rekey``, ``sign`` and ``trust-root``: who signs, and whom a site trusts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from securesystemslib.signer import Key, Signer
from tuf.api.metadata import Metadata, Root

from doorstart import settings as knobs
from doorstart.bundle import keys, signing, trust
from doorstart.bundle.errors import BundleError
from doorstart.bundle.store import Store
from doorstart.settings import settings
from doorstart.site.place import Place
from doorstart.site.progress import console

RootOption = Annotated[
    Path | None, typer.Option(help="Trust this root instead of the site's, for example where there is no site.")
]
KeyFiles = Annotated[
    list[Path], typer.Option("--key", help="A .pub file, or a .key file to sign at once; several times for several.")
]
TrustFolder = Annotated[Path, typer.Option("--output", "-o", help="The folder with the roots of trust.")]


def register(app: typer.Typer) -> None:
    """Add these commands to ``doorstart bundle``."""
    app.command(name="keys")(make_key)
    app.command(name="trust")(first_root)
    app.command(name="rekey")(next_root)
    app.command(name="sign")(sign)
    app.command(name="trust-root")(trust_root)


def make_key(
    folder: Annotated[Path, typer.Argument(help="Where the two files go, for example a stick of its own.")],
    name: Annotated[str, typer.Option(help="How the key is called on every site, for example education-1.")],
) -> None:
    """Make one person's signing key. The .key file stays with the person, the .pub file goes to the others."""
    key = keys.make(folder, name, _passphrase(f"New passphrase for {name}", confirm=True))
    console.print(
        f"{folder / name}.key: keep it, and tell nobody its passphrase.\n{folder / name}.pub: give it to the others."
    )
    _show([key])


def first_root(
    key: KeyFiles,
    threshold: Annotated[int, typer.Option(help="Signatures that a bundle needs.")] = 2,
    output: TrustFolder = Path("trust"),
    days: Annotated[int, typer.Option("--expires-in", help="Days for which it counts.")] = trust.ROOT_DAYS,
) -> None:
    """Make the first root of trust: whose keys count, and how many of them a bundle needs."""
    if any(output.glob("*.root.json")):
        raise BundleError(f"{output} has a root of trust already. To change it: doorstart bundle rekey {output}")
    public, private = _read(key)
    root = trust.first(public, threshold, days)
    trust.sign(root, None, private)
    _tell(root, None, trust.write(root, output))


def next_root(
    folder: Annotated[Path, typer.Argument(help="The folder with the roots of trust.")] = Path("trust"),
    key: Annotated[list[Path] | None, typer.Option(help="Sign with this .key file at once.")] = None,
    add: Annotated[list[Path] | None, typer.Option(help="A .pub file whose key counts from now on.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Name of a key that was lost or no longer counts.")] = None,
    threshold: Annotated[int, typer.Option(help="Signatures that a bundle needs; 0: as before.")] = 0,
    days: Annotated[int, typer.Option("--expires-in", help="Days for which it counts.")] = trust.ROOT_DAYS,
) -> None:
    """Make the next root of trust: a key was lost, a person left or came. Enough old and new keys must sign it."""
    old = read_roots(folder)[-1]
    added = [keys.read_public(path) for path in add or []]
    root = trust.following(old, add=added, remove=remove or [], threshold=threshold, days=days)
    trust.sign(root, old.signed, signers(key or []))
    _tell(root, old.signed, trust.write(root, folder))


def sign(
    what: Annotated[Path, typer.Argument(help="A bundle, or the folder with the roots of trust.", show_default=False)],
    key: Annotated[list[Path], typer.Option(help="The .key file; several times for several.")],
) -> None:
    """Add a signature to a bundle, or to the newest root of trust."""
    if (what / signing.FOLDER).is_dir():
        lacking = signing.sign(what, signers(key))
        console.print(
            f"Signatures still missing: {lacking}." if lacking else f"{what} has all the signatures that it needs."
        )
        return
    chain = trust.read_chain(what)
    previous = chain[-2].signed if len(chain) > 1 else None
    trust.sign(chain[-1], previous, signers(key))
    _tell(chain[-1], previous, trust.write(chain[-1], what))


def trust_root(
    file: Annotated[Path, typer.Argument(help="The first root, 1.root.json.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Instead of the one that this site trusts. Only if all keys were lost.")
    ] = False,
) -> None:
    """Have this site trust a root, once, at its beginning. Compare the fingerprints with the people themselves."""
    root = trust.read(file)
    console.print(f"Root {root.signed.version}: a bundle needs {root.signed.roles['targets'].threshold} signatures of")
    _show(trust.keys_of(root.signed))
    if not yes and not typer.confirm("Did each of these people read you the same fingerprint?"):
        console.print("Nothing was changed.")
        raise typer.Exit(1)
    Store(Place(settings()).bundles).trust(root, replace=replace)
    console.print("This site takes bundles that these people signed. Newer roots come with bundles.")


def read_roots(folder: Path) -> list[Metadata[Root]]:
    """The roots in a folder, from the first, all signed as they must be.

    Raises:
        BundleError: a signature is missing.
    """
    chain = trust.read_chain(folder)
    for at, root in enumerate(chain):
        if lacking := trust.missing(root, chain[at - 1].signed if at else None):
            which = f"Root {root.signed.version} in {folder}"
            raise BundleError(
                f"{which} is not signed by enough people; missing: {lacking}. Sign it: doorstart bundle sign {folder}"
            )
    return chain


def signers(files: list[Path]) -> list[Signer]:
    """What signs with private keys; asks for each passphrase."""
    return [keys.read_signer(file, _passphrase(f"Passphrase of {file.stem}")) for file in files]


@contextmanager
def trusted(root: Path | None) -> Iterator[Path | None]:
    """The folder with what is trusted: the root that was named, else the site's; None if there is neither."""
    store = Store(Place(settings()).bundles)
    if root is None:
        yield store.trusted if store.root else None
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "root.json").write_bytes(trust.read(root).to_bytes())
        yield Path(folder)


def _read(files: list[Path]) -> tuple[list[Key], list[Signer]]:
    private = dict(zip(_private(files), signers(_private(files)), strict=True))
    public = [private[file].public_key if file in private else keys.read_public(file) for file in files]
    return public, list(private.values())


def _private(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix == ".key"]


def _passphrase(text: str, *, confirm: bool = False) -> str:
    given = knobs.key_passphrase()
    return given or str(typer.prompt(text, hide_input=True, confirmation_prompt=confirm))


def _show(found: list[Key]) -> None:
    for key in found:
        console.print(f"  {keys.name_of(key):16} [bold]{keys.fingerprint(key)}[/bold]")


def _tell(root: Metadata[Root], previous: Root | None, path: Path) -> None:
    console.print(f"{path}: a bundle needs {root.signed.roles['targets'].threshold} signatures of")
    _show(trust.keys_of(root.signed))
    lacking = trust.missing(root, previous)
    if lacking:
        console.print(f"[yellow]Signatures still missing: {lacking}.[/yellow]")
        console.print(f"Add one: doorstart bundle sign {path.parent} --key FILE")
