"""Every word that an answer to a learner's page can have when something is refused, read from those who answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from doorstart import identity
from doorstart.exchange import errors
from doorstart_exchange_client.client import RELAY_MESSAGES
from doorstart_exchange_client.wire import ArchiveError
from doorstart_lab.refusals import by_archive, by_files

TOP = Path(__file__).parents[3]
EXCHANGE = TOP / "hub" / "doorstart" / "exchange"
ASKERS = (TOP / "extensions" / "exchange_client" / "src", TOP / "extensions" / "lab" / "src")
RELAY = TOP / "images" / "relay" / "nginx.conf"


def of_the_exchange() -> set[str]:
    """What the exchange answers: its refusals, those of archives, of identities, and what it says of odd requests."""
    own = {one.code for one in _below(errors.ExchangeError)} - {errors.ExchangeError.code}
    archives = set(_first_words(EXCHANGE, "BadArchive", 0))
    identities = {one.code for one in _below(identity.IdentityError)}
    return own | archives | identities | set(_first_words(EXCHANGE, "_answer", 1))


def of_the_relay() -> set[str]:
    """What the relay answers itself, in JSON; and what the client makes of an answer that is not."""
    statuses = {*RELAY_MESSAGES, *(status.value for status in HTTPStatus if status >= 400)}
    told = re.findall(r'"error": "([^"]+)"', RELAY.read_text(encoding="utf-8"))
    return {*told, *(f"status_{status}" for status in statuses)}


def of_the_server() -> set[str]:
    """What the learner's own server says: the exchange's client, the desk, and files that cannot be used."""
    asked = {word for folder in ASKERS for word in _first_words(folder, "ExchangeClientError", 0)}
    return asked | {by_files(OSError()).error} | {word for sending in (True, False) for word in _of_archives(sending)}


def _of_archives(sending: bool) -> Iterator[str]:
    for cause in (None, OSError(), ValueError()):
        error = ArchiveError("It cannot be used.")
        error.__cause__ = cause
        yield by_archive(error, sending).error


def _below(kind: type) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _first_words(folder: Path, name: str, place: int) -> Iterator[str]:
    """The words that are written where something of this name is called; another's word is passed on as ``code``."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                word = node.args[place]
                if isinstance(word, ast.Constant):
                    yield str(word.value)
                else:
                    passed = ast.unparse(word).rpartition(".")[2]
                    assert passed == "code", f"{path}:{node.lineno}: which word is this?"
