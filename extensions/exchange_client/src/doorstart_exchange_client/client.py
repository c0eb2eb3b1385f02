"""Requests to the exchange over the relay's socket: retries, digests, and errors in words. Not about nbgrader."""

from __future__ import annotations

import os
import random
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from doorstart_exchange_client.wire import (
    ARCHIVE_TYPE,
    DIGEST_HEADER,
    PREFIX,
    SCORE_HEADER,
    TIME_FORMAT,
    VARIANT_HEADER,
    digest_of,
)

RELAY_SOCKET = "/run/doorstart/relay/relay.sock"
TIMEOUT = httpx.Timeout(120.0, connect=5.0)
ATTEMPTS = 7
FIRST_PAUSE = 0.25
"""Seconds before the second attempt; each further pause is twice as long, with a random part."""
LONGEST_PAUSE = 4.0
"""Seconds, without the random part. All pauses together outlast a restart of the exchange on a busy machine."""
UNAVAILABLE = (502, 503, 504)


class ExchangeClientError(Exception):
    """The exchange refused, or cannot be reached; the message is for a person.

    ``code`` is the service's word for the error; ``"unreachable"`` when it did not answer.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Download(NamedTuple):
    """An archive, and the seed of its learner's own numbers as the site derives it; "" if it has none."""

    archive: bytes
    variant: str


class ExchangeClient:
    """The exchange, as the owner of the server's Hub token.

    Every call may be repeated without harm, submitting too: the same bytes get the same receipt. So all are retried
    when the connection fails or the service is starting.

    Args:
        socket: path of the relay's Unix socket.
        token: the Hub token; default: ``JUPYTERHUB_API_TOKEN`` of the environment.
        sleep: waits for some seconds.
        attempts: how often to try when the exchange does not answer; a page that asks again by itself tries once.
    """

    def __init__(
        self,
        socket: str = RELAY_SOCKET,
        token: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._socket = socket
        self._token = os.environ.get("JUPYTERHUB_API_TOKEN", "") if token is None else token
        self._sleep = sleep
        self._attempts = attempts

    def me(self) -> dict[str, Any]:
        """``name``, and the course ids in ``learner`` and ``instructor``."""
        return dict(self._json("GET", "/me"))

    def units(self) -> dict[str, Any]:
        """The caller's courses as a learner: ``name``, ``now``, ``next`` and ``courses`` with their units."""
        return dict(self._json("GET", "/me/units"))

    def assignments(self, course: str | None = None) -> list[dict[str, Any]]:
        """What is handed out: ``course``, ``assignment``, ``version``, ``digest``, ``files``."""
        return list(self._json("GET", "/assignments", params=_given(course=course)))

    def fetch(self, course: str, assignment: str) -> Download:
        """An assignment."""
        return self._download(_path("courses", course, "assignments", assignment))

    def release(self, course: str, assignment: str, archive: bytes) -> tuple[dict[str, Any], bool]:
        """Releases an archive; the flag says whether it is a new version."""
        return self._upload("PUT", _path("courses", course, "assignments", assignment), archive)

    def withdraw(self, course: str, assignment: str) -> None:
        """Hands an assignment out no longer."""
        self._request("DELETE", _path("courses", course, "assignments", assignment))

    def set_due(self, course: str, assignment: str, due: datetime | None) -> None:
        """Sets when an assignment is due (with a time zone), or takes the date away; for instructors."""
        text = due.astimezone(UTC).strftime(TIME_FORMAT) if due else None
        self._request("PUT", _path("courses", course, "assignments", assignment, "due"), json={"due": text})

    def set_own_due(self, course: str, assignment: str, learner: str, due: datetime | None) -> None:
        """Sets when an assignment is due for one learner, or takes that date away; for instructors."""
        text = due.astimezone(UTC).strftime(TIME_FORMAT) if due else None
        path = _path("courses", course, "assignments", assignment, "due", learner)
        self._request("PUT", path, json={"due": text})

    def set_late(self, course: str, kind: str, points: float | None = None, days: int | None = None) -> None:
        """Tells learners what late work costs: ``none``, ``points`` a day, or ``zero`` after days; for instructors."""
        self._request("PUT", _path("courses", course, "late"), json={"kind": kind, "points": points, "days": days})

    def progress(self, course: str) -> dict[str, Any]:
        """Who is where in a course: ``title``, ``now``, ``late`` and ``units`` with ``learners``; for instructors."""
        return dict(self._json("GET", _path("courses", course, "progress")))

    def submit(self, course: str, assignment: str, archive: bytes) -> tuple[dict[str, Any], bool]:
        """Hands in an archive: the receipt, and whether it is new."""
        return self._upload("POST", _path("courses", course, "assignments", assignment, "submissions"), archive)

    def own_submissions(self, course: str | None = None, assignment: str | None = None) -> list[dict[str, Any]]:
        """The caller's submissions: ``receipt``, ``files`` and ``feedback`` (or None)."""
        return list(self._json("GET", "/submissions", params=_given(course=course, assignment=assignment)))

    def course_submissions(self, course: str, assignment: str | None = None) -> list[dict[str, Any]]:
        """All submissions of a course, as :meth:`own_submissions`; for instructors."""
        return list(self._json("GET", _path("courses", course, "submissions"), params=_given(assignment=assignment)))

    def submission_archive(self, identifier: str) -> Download:
        """A submission."""
        return self._download(_path("submissions", identifier, "archive"))

    def feedback_archive(self, identifier: str) -> bytes:
        """The archive of the feedback for a submission."""
        return self._download(_path("submissions", identifier, "feedback")).archive

    def release_feedback(
        self, identifier: str, archive: bytes, points: tuple[float, float] | None = None
    ) -> tuple[dict[str, Any], bool]:
        """Shows this feedback for a submission, with its score of most points; the flag says whether it is new."""
        headers = {SCORE_HEADER: f"{points[0]:.6f}/{points[1]:.6f}"} if points else {}
        return self._upload("PUT", _path("submissions", identifier, "feedback"), archive, headers)

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        return self._request(method, path, **arguments).json()

    def _upload(
        self, method: str, path: str, archive: bytes, more: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], bool]:
        headers = {DIGEST_HEADER: digest_of(archive), "Content-Type": ARCHIVE_TYPE, **(more or {})}
        response = self._request(method, path, content=archive, headers=headers)
        return response.json(), response.status_code == 201

    def _download(self, path: str) -> Download:
        response = self._request("GET", path)
        if digest_of(response.content) != response.headers.get(DIGEST_HEADER):
            raise ExchangeClientError(
                "wrong_digest", "The download was damaged on its way. Nothing was changed: retry."
            )
        return Download(response.content, response.headers.get(VARIANT_HEADER, ""))

    def _request(
        self, method: str, path: str, headers: dict[str, str] | None = None, **arguments: Any
    ) -> httpx.Response:
        # No TLS on the socket; an empty context spares httpx the reading of all certificate authorities.
        transport = httpx.HTTPTransport(uds=self._socket, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        sent = {**({"Authorization": f"token {self._token}"} if self._token else {}), **(headers or {})}
        with httpx.Client(transport=transport, base_url="http://exchange", timeout=TIMEOUT, trust_env=False) as client:
            for attempt in range(self._attempts):
                if attempt:
                    pause = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
                    self._sleep(pause * (1 + random.random()))  # noqa: S311  no secret
                try:
                    response = client.request(method, PREFIX + path, headers=sent, **arguments)
                except (httpx.ReadTimeout, httpx.WriteTimeout):
                    break
                except httpx.TransportError:
                    continue
                if response.status_code not in UNAVAILABLE:
                    return _checked(response)
        raise ExchangeClientError(
            "unreachable",
            "The exchange does not answer. Your files are unchanged and nothing is lost. "
            "Wait a minute and try again; if it goes on, tell your instructor.",
        )


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    try:
        answer = response.json()
        code, message = str(answer["error"]), str(answer["message"])
    except (ValueError, KeyError, TypeError):
        # Not from the exchange: the relay's own refusal, for its size and rate limits or its list of paths.
        code = f"status_{response.status_code}"
        message = RELAY_MESSAGES.get(
            response.status_code,
            f"The exchange gave an answer that cannot be understood (status {response.status_code}). Tell the admin.",
        )
    raise ExchangeClientError(code, message)


RELAY_MESSAGES = {
    413: "This is too large to be sent. Delete large files or clear the output of notebooks, and try again.",
    429: "Too many requests in a short time. Wait a minute and try again.",
    403: "Your server may not do this. Stop it, start it again, and retry; if it goes on, tell the admin.",
}


def _path(*parts: str) -> str:
    # A name such as ".." must not walk up in the address, so dots are escaped where they are all there is.
    return "".join("/" + (quote(part, safe="") if part.strip(".") else "%2E" * len(part)) for part in parts)


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
