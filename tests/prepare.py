"""What the tests need on this machine and what takes long, made before them: libraries, engine, images, browser.

Not in a fixture: there it would count as the time of the first test. ``prepare.py libraries`` makes only what the unit
tests need.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from doorstart.images.build import Builder, npm_install
from doorstart.site import engine
from doorstart.site.place import TOP
from doorstart.site.progress import step

CHROMIUM = Path("/usr/bin/chromium")
LOCK = TOP / "tests" / "browser" / "package-lock.json"
NODE = TOP / "build" / "tests" / "node"
"""What the browser tests take from npm."""


def libraries() -> None:
    """Install what lays out pages, if it is missing."""
    with step("Libraries") as current:
        engine.ensure_printing(current.say)


def main() -> None:
    """Install, start and build whatever is missing."""
    with step("Docker engine") as current:
        client = engine.ensure_engine(current.say)
        engine.ensure_compose(current.say)
        engine.ensure_tools(current.say)
    with step("Images") as current:
        Builder(TOP, client, current.say).build_all()
    with step("Browser") as current:
        if not CHROMIUM.exists():
            # Debian's own: what Playwright would download comes from elsewhere.
            engine.install(["chromium", "fonts-dejavu-core"], current.say)
        ensure_node_packages()


def ensure_node_packages() -> None:
    """Install what the browser tests take from npm, unless it is there from this lock file."""
    installed = NODE / "installed.json"  # written last, so that half an installation is none
    if installed.exists() and installed.read_bytes() == LOCK.read_bytes():
        return
    shutil.rmtree(NODE, ignore_errors=True)
    NODE.mkdir(parents=True)
    for name in (LOCK.name, "package.json", ".npmrc"):
        shutil.copy2(LOCK.with_name(name), NODE)
    npm_install(NODE)
    shutil.copy2(LOCK, installed)


if __name__ == "__main__":
    libraries() if sys.argv[1:] == ["libraries"] else main()
