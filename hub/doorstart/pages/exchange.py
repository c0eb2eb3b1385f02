"""Asks the exchange on behalf of the person who looks at a page: with a token of theirs, which lives for that request.

So the exchange's own rules decide what is shown, and the Hub holds no token that opens everybody's work.
"""

from __future__ import annotations

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


async def my_units(user: Any, socket: str) -> wire.MyUnits:
    """A learner's courses and units.

    Args:
        user: The Hub's user.
        socket: Path of the exchange's socket.

    Raises:
        ExchangeError: it cannot be reached, refuses, or answers something else.
    """
    token = user.new_api_token(note="My courses", expires_in=TOKEN_SECONDS, scopes=[names.EXCHANGE_SCOPE])
    try:
        answer = await JupyterHubHTTPClient.instance().fetch(
            f"http+unix://{quote(socket, safe='')}{wire.PREFIX}/me/units",
            headers={"Authorization": f"token {token}"},
            timeout=TIMEOUT,
        )
        return wire.MyUnits.model_validate_json(await answer.read())
    except (aiohttp.ClientError, OSError, TimeoutError, ValidationError) as error:
        raise ExchangeError(f"The exchange did not give the units of {user.name}: {error!r}") from error
    finally:
        _delete(user.db, token)


def _delete(db: Any, token: str) -> None:
    found = orm.APIToken.find(db, token)
    if found is not None:
        db.delete(found)
        db.commit()
