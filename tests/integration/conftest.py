"""People for the tests on the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .classroom import Classroom


@pytest.fixture(scope="module")
def classroom(site: Any) -> Iterator[Classroom]:
    """Makes learners and instructors; their servers run until the module's end."""
    room = Classroom(site)
    yield room
    room.close()
