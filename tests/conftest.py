"""What all tests share: a site of their own on the real engine, with people of their own.

The site is brought up once for all tests that ask for it, under a name and on a port of its own, and destroyed at the
end. ``DOORSTART_TEST_KEEP=1`` leaves it running, which makes the next run start at once.
"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import signal
import tarfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import pytest
from browser_network import BrowserNetwork

if TYPE_CHECKING:
    from doorstart.images.registry import Registry

# A test run in the background of a shell ignores interrupts, and so would the commands that it interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",  # the tests run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED_FIXTURE = 900.0
"""Seconds for the set-up of a fixture that tests share: a site, a class, what plain nbgrader says of all attacks."""
IN_A_BROWSER = pytest.StashKey[set[Path]]()
"""Files with tests that use the browser."""
ARTEFACTS = Path(__file__).parents[1] / "build" / "test-artefacts"
"""Screenshots and reports of a test run."""


class SharedFixtures:
    """Gives fixtures that tests share a limit of their own, and stops the clock of the test that happens to be first.

    A plugin of its own: pytest asks a conftest.py about fixtures of the whole session only if it is in the root folder.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Set pytest-timeout's clock, and set it back."""
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        if not left or fixturedef.scope == "function":
            return (yield)
        signal.setitimer(signal.ITIMER_REAL, SHARED_FIXTURE)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, left)


def pytest_configure(config: pytest.Config) -> None:
    """Add what is no hook of this file."""
    config.pluginmanager.register(SharedFixtures())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which files use the browser."""
    browser = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    if both := browser & {item.path for item in items if item.get_closest_marker("asyncio")}:
        raise pytest.UsageError(f"{min(both)}: tests in the browser and async tests need a file each")
    config.stash[IN_A_BROWSER] = browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Hide Playwright's loop from other tests.

    Playwright's sync interface leaves its loop in this thread until the browser ends, so that asyncio takes it for
    running, and starts no other. Which files a process gets, and in which order, is xdist's business.
    """
    loop = asyncio._get_running_loop()
    if item.path in item.config.stash[IN_A_BROWSER]:
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


@dataclass(frozen=True)
class Site:
    """The tests' site: its address, its engine, its place on the host."""

    url: str
    client: docker.DockerClient
    name: str

    def container(self, service: str) -> docker.models.containers.Container:
        """The container of a service."""
        return self.client.containers.get(f"{self.name}-{service}")

    def add(
        self, role: str, courses: list[str], *, language: str = "en", prefix: str = "", one_time: bool = False
    ) -> tuple[str, str]:
        """Add somebody with a fresh name; the username and a password, to be changed if ``one_time``."""
        from doorstart.site import containers

        username = f"{prefix or role}-{secrets.token_hex(3)}"
        row = {"username": username, "display_name": username, "language": language, "role": role, "courses": courses}
        command = ["python", "-m", "doorstart.people", "import"]
        request = {"rows": [row], "one_time": one_time}
        answer = containers.execute_json(self.client, f"{self.name}-hub", command, request)
        return username, str(answer["passwords"][0]["password"])

    def registry(self) -> Registry:
        """The site's registry of images."""
        from doorstart.settings import settings
        from doorstart.site import registry
        from doorstart.site.place import Place

        return registry.read(self.client, Place(settings()))

    def act(self, verb: str, **fields: Any) -> Registry:
        """One act on the site's registry of images."""
        from doorstart.settings import settings
        from doorstart.site import registry
        from doorstart.site.place import Place

        return registry.act(self.client, Place(settings()), verb, **fields)

    def derive(self, name: str, *instructions: str, **files: bytes) -> str:
        """Make an image from the promoted one, which the site then knows; its digest.

        Args:
            name: Of which image.
            instructions: Lines of a Dockerfile.
            files: What they copy, by name.
        """
        base = self.registry().promoted(name)
        lines = [f"FROM {base}", f"LABEL doorstart.test={secrets.token_hex(8)}", *instructions]
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            for path, content in {"Dockerfile": "\n".join(lines).encode(), **files}.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        context.seek(0)
        tag = f"{self.name}-test-{name}:{secrets.token_hex(4)}"
        image, _ = self.client.images.build(
            fileobj=context, custom_context=True, tag=tag, network_mode="none", rm=True, forcerm=True
        )
        known = [{"name": name, "id": image.id, "version": "0.2", "source": "test"}]
        self.act("learn", known=known, who="test")
        return str(image.id)

    def wait_until_healthy(self, timeout: float = 90) -> None:
        """Wait until the Hub answers through the proxy; ``timeout`` in seconds."""
        import httpx

        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/hub/api/health", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        raise TimeoutError("the Hub did not come back")


@contextmanager
def running_site(name: str, port: str) -> Iterator[Site]:
    """A site of this name on this port, brought up for the body and destroyed behind it.

    What a run that was killed left of it goes first, or its people and courses would be in these tests too.
    """
    os.environ["DOORSTART_SITE"], os.environ["DOORSTART_PORT"] = name, port
    from doorstart.settings import Settings, settings
    from doorstart.site import engine, lifecycle
    from doorstart.site.place import Place

    settings.cache_clear()
    chosen = Settings()
    if not os.environ.get("DOORSTART_TEST_KEEP"):
        lifecycle.destroy(chosen)
    lifecycle.up(chosen)
    client = engine.connect()
    assert client is not None
    try:
        yield Site(Place(chosen).url, client, chosen.site)
    finally:
        if not os.environ.get("DOORSTART_TEST_KEEP"):
            lifecycle.destroy(chosen)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A running site with the demo courses; each of the processes that share the tests has its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("DOORSTART_TEST_SITE", "doorstart-test") + (f"-{worker}" if worker else "")
    port = int(os.environ.get("DOORSTART_TEST_PORT", "18080")) + 10 * int(worker.removeprefix("gw") or 0)
    with running_site(name, str(port)) as running:
        yield running


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """The folder for screenshots and reports."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS


@pytest.fixture(scope="session")
def browser_network() -> BrowserNetwork:
    """The network that the browser is in; tests say which addresses it reaches."""
    return BrowserNetwork()


@pytest.fixture(scope="session")
def chromium(browser_network: BrowserNetwork, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser's process; one, for Playwright starts only once in a process."""
    from playwright.sync_api import sync_playwright

    assert Path(CHROMIUM).exists(), "Chromium is not installed. Run: apt-get install --yes chromium"
    command = browser_network.wrapper(CHROMIUM, tmp_path_factory.mktemp("browser"))
    with sync_playwright() as playwright:
        loop = asyncio._get_running_loop()
        browser = playwright.chromium.launch(executable_path=command, args=ARGUMENTS)
        yield browser
        asyncio._set_running_loop(loop)  # hidden, if the last test was none of a browser
        browser.close()
