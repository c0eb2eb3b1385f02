"""Starting and removing containers when the engine refuses or does not answer, with a client that only pretends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout

from doorstart.sandbox.engine import Engine


class PretendClient:
    """Raises what it is told to."""

    def __init__(self, *, start: Exception | None = None, other: Exception | None = None) -> None:
        self.removed: list[str] = []
        self._start_error, self._error = start, other
        self.containers = SimpleNamespace(create=lambda **_: SimpleNamespace(id="c1", start=self._start))
        self.api = SimpleNamespace(remove_container=self._remove, logs=self._logs)

    def _start(self) -> None:
        if self._start_error:
            raise self._start_error

    def _remove(self, container: str, **_: Any) -> None:
        self.removed.append(container)
        if self._error:
            raise self._error

    def _logs(self, *_: Any, **__: Any) -> bytes:
        assert self._error
        raise self._error


def engine(client: Any) -> Engine:
    return Engine("t", client)


@pytest.mark.parametrize("error", [DockerException("no"), ReadTimeout("no answer"), NoConnection("gone")])
@pytest.mark.parametrize("other", [None, ReadTimeout("neither")])
def test_a_container_that_does_not_start_is_removed(error: Exception, other: Exception | None) -> None:
    client = PretendClient(start=error, other=other)
    with pytest.raises(type(error), match=str(error)):
        engine(client).start({"name": "x"})
    assert client.removed == ["c1"]


def test_removing_what_is_not_there_is_no_error() -> None:
    engine(PretendClient(other=NotFound("no such container"))).remove("a-name")
    engine(PretendClient(other=APIError("being removed", SimpleNamespace(status_code=409)))).remove("a-name")


@pytest.mark.parametrize("error", [NotFound("gone"), ReadTimeout("no answer")])
def test_a_log_that_cannot_be_had_is_empty(error: Exception) -> None:
    assert engine(PretendClient(other=error)).log("c1") == ""
