"""Asks the exchange on behalf of the person who looks at a page: with a token of theirs, which lives for that request.

So the exchange's own rules decide what is shown, and the Hub holds no token that opens everybody's work.
"""

from __future__ import annotations

import io
import tarfile
from typing import Any
from urllib.parse import quote

import aiohttp
from jupyterhub import orm
from jupyterhub.httpclient import JupyterHubHTTPClient
from pydantic import ValidationError

from doorstart import names
from doorstart.exchange import wire

TIMEOUT = aiohttp.ClientTimeout(total=5)
"""A page waits no longer than this: it has more to show."""
TOKEN_SECONDS = 60
"""The token is deleted after the request; should the Hub stop in between, it ends by itself."""


class ExchangeError(Exception):
    """The exchange gave no answer that can be used. The message is for the log."""


class NothingThereError(ExchangeError):
    """The exchange has no such thing, or not for this person."""


async def my_units(user: Any, socket: str) -> wire.MyUnits:
    """A learner's courses and units.

    Args:
        user: The Hub's user.
        socket: Path of the exchange's socket.

    Raises:
        ExchangeError: it cannot be reached, refuses, or answers something else.
    """
    try:
        return wire.MyUnits.model_validate_json(await _ask(user, socket, "/me/units"))
    except ValidationError as error:
        raise ExchangeError(f"The exchange's list of the units of {user.name} cannot be read: {error!r}") from error


async def feedback_page(user: Any, socket: str, submission: str, name: str) -> bytes:
    """One page of the feedback that is shown for a submission.

    Args:
        user: The Hub's user.
        socket: Path of the exchange's socket.
        submission: The id on its receipt.
        name: The page's name in the archive.

    Raises:
        NothingThereError: no such submission of this person, no feedback, or no such page in it.
        ExchangeError: it cannot be reached, or answers something else.
    """
    archive = await _ask(user, socket, f"/submissions/{quote(submission, safe='')}/feedback")
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            page = tar.extractfile(name)
            if page is None:
                raise KeyError(name)
            return page.read()
    except KeyError:
        raise NothingThereError(f"The feedback for {submission} has no page {name!r}") from None
    except tarfile.TarError as error:
        raise ExchangeError(f"The feedback for {submission} cannot be read: {error!r}") from error


async def _ask(user: Any, socket: str, path: str) -> bytes:
    """The exchange's answer to this person."""
    token = user.new_api_token(note="A page of the Hub", expires_in=TOKEN_SECONDS, scopes=[names.EXCHANGE_SCOPE])
    try:
        answer = await JupyterHubHTTPClient.instance().fetch(
            f"http+unix://{quote(socket, safe='')}{wire.PREFIX}{path}",
            headers={"Authorization": f"token {token}"},
            timeout=TIMEOUT,
        )
        return bytes(await answer.read())
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        refused = isinstance(error, aiohttp.ClientResponseError) and error.status in (403, 404)
        kind = NothingThereError if refused else ExchangeError
        raise kind(f"The exchange did not give {path} to {user.name}: {error!r}") from error
    finally:
        _delete(user.db, token)


def _delete(db: Any, token: str) -> None:
    found = orm.APIToken.find(db, token)
    if found is not None:
        db.delete(found)
        db.commit()
