"""How tests are run: limits of time, and the browser's loop beside async tests. With the hooks of tests/conftest.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
SLOW = """
import time, pytest

@pytest.fixture(scope="session")
def site():
    time.sleep(1.5)

@pytest.fixture
def own():
    time.sleep(1.5)

@pytest.mark.timeout(1)
def test_shared(site):
    pass

@pytest.mark.timeout(1)
def test_own(own):
    pass

@pytest.mark.timeout(1)
def test_itself(site):
    time.sleep(1.5)
"""
PLAYWRIGHT = """
import pytest
from playwright.sync_api import sync_playwright

@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        yield playwright

def test_in_a_browser(chromium):
    request = chromium.request.new_context()
    request.dispose()
"""
ASYNC = """
import asyncio

async def test_async():
    await asyncio.sleep(0)
"""


def run(folder: Path, **files: str) -> str:
    """What pytest says of test files that are run in this order."""
    tests = folder / "tests"  # not the root folder, as here
    tests.mkdir()
    for file in ("conftest.py", "browser_network.py"):
        shutil.copy(TESTS / file, tests / file)
    options = "asyncio_mode = auto\naddopts = --import-mode=importlib\npythonpath = tests\n"
    (folder / "pytest.ini").write_text(f"[pytest]\n{options}")
    for name, content in files.items():
        (tests / f"{name}.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}.py" for name in files)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_a_shared_fixture_has_a_limit_of_its_own_and_a_tests_own_has_not(tmp_path: Path) -> None:
    said = run(tmp_path, test_slow=SLOW)
    assert "1 passed" in said, said
    assert "ERROR tests/test_slow.py::test_own" in said or "FAILED tests/test_slow.py::test_own" in said, said
    assert "FAILED tests/test_slow.py::test_itself" in said, said


def test_async_tests_may_come_after_those_in_the_browser(tmp_path: Path) -> None:
    said = run(tmp_path, test_a=PLAYWRIGHT, test_b=ASYNC)
    assert "2 passed" in said, said


def test_a_file_is_for_the_browser_or_for_async_tests(tmp_path: Path) -> None:
    assert "need a file each" in run(tmp_path, test_both=PLAYWRIGHT + ASYNC)
