"""Grades small notebooks in two processes of this machine; what the containers add is not tested here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from doorstart_examiner.local import Nursery

Grade = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One for all tests: its imports take a second."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def grade(nursery: Nursery) -> Grade:
    """Grades cells: a learner's ones are plain text, a test's ones are given as ``("test", text)``."""

    def run(
        *cells: str | tuple[str, str],
        files: Mapping[str, bytes] | None = None,
        imports: tuple[str, ...] = (),
        limits: Mapping[str, float] | None = None,
    ) -> dict[str, Any]:
        listed = [("learner", cell) if isinstance(cell, str) else cell for cell in cells]
        job = {
            "version": 1,
            "cells": [{"kind": kind, "source": source} for kind, source in listed],
            "imports": list(imports),
            "hidden": ["### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"],
            "limits": dict(limits or {}),
        }
        return nursery.grade(job, files or {})

    return run
