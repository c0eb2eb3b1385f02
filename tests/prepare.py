"""What the tests need on this machine and what takes long, made before them: libraries, engine, images, browser.

Not in a fixture: there it would count as the time of the first test. ``prepare.py libraries`` makes only what the unit
tests need.
"""

from __future__ import annotations

import sys
from pathlib import Path

from integration.registries import ensure_docker_registry

from doorstart.images.build import Builder
from doorstart.site import engine
from doorstart.site.place import TOP
from doorstart.site.progress import step

CHROMIUM = Path("/usr/bin/chromium")


def libraries() -> None:
    """Install what lays out pages and what makes JupyterLab's, if it is missing."""
    with step("Libraries") as current:
        engine.ensure_tools(current.say)
        engine.ensure_printing(current.say)


def main() -> None:
    """Install, start and build whatever is missing."""
    with step("Docker engine") as current:
        client = engine.ensure_engine(current.say)
        engine.ensure_compose(current.say)
        engine.ensure_tools(current.say)
    with step("Images") as current:
        builder = Builder(TOP, client, current.say)
        builder.build_all()
        builder.fetch(["relay", "hub"])  # what tests/integration/test_image_builds.py builds from
    with step("Registry") as current:
        ensure_docker_registry(current.say)
    with step("Browser") as current:
        if not CHROMIUM.exists():
            # Debian's own: what Playwright would download comes from elsewhere.
            engine.install(["chromium", "fonts-dejavu-core"], current.say)


if __name__ == "__main__":
    libraries() if sys.argv[1:] == ["libraries"] else main()
