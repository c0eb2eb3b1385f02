"""Fixtures of the exchange's tests; what they start is in ``running.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .running import Site, running_site


@pytest.fixture(scope="module")
def shared_site() -> Iterator[Site]:
    """A running site for tests that do not kill it; each uses people, courses or assignments of its own."""
    yield from running_site()


@pytest.fixture
def site() -> Iterator[Site]:
    """A running site of one test's own."""
    yield from running_site()
