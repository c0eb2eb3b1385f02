"""Where a site's own files are on the host, and the environment that its containers get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from doorstart.images.registry import SERVICES
from doorstart.settings import Settings

TOP = Path(__file__).resolve().parents[3]
"""Top of the checkout that this command was installed from."""

_ON_HOST_ONLY = {
    "build",
    "built_images",
    "bundle_registry",
    "bundle_registry_ca",
    "bundle_registry_login",
    "demo",
    "languages",
    "tls_key",
}


class Place:
    """The files of one site.

    Args:
        settings: The site's settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = TOP / ".doorstart" / settings.site

    @property
    def accounts(self) -> Path:
        """The demo accounts with their passwords; mode 0600."""
        return self.folder / "accounts.txt"

    @property
    def bundles(self) -> Path:
        """What the site keeps of bundles; see :mod:`doorstart.bundle.store`."""
        return self.folder / "bundle"

    @property
    def url(self) -> str:
        """The address for a browser: the one of its own that the site has, or one that works on this machine."""
        return self.settings.subdomain_host or self.local

    @property
    def local(self) -> str:
        """The address at which the site is reached from this machine, without the DNS."""
        scheme = "https" if self.settings.tls_certificate else "http"
        host = "localhost" if self.settings.address in ("0.0.0.0", "127.0.0.1") else self.settings.address  # noqa: S104
        return f"{scheme}://{host}:{self.settings.port}"

    def container(self, service: str) -> str:
        """The name of a service's container."""
        return f"{self.settings.site}-{service}"

    def write(self, images: Mapping[str, str]) -> None:
        """Write what compose and the services read: which images, and the settings that are not the default.

        Args:
            images: The digest of each service's image by its name.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        values = {**self.settings.model_dump(mode="json", exclude_defaults=True), "site": self.settings.site}
        lines = [f"DOORSTART_{k.upper()}={_plain(v)}" for k, v in sorted(values.items()) if k not in _ON_HOST_ONLY]
        _replace(self.folder / "site.env", lines)
        compose = {
            "SITE": self.settings.site,
            "ADDRESS": self.settings.address,
            "PORT": self.settings.port,
            "ENV_FILE": self.folder / "site.env",
            **{f"{name.upper()}_IMAGE": images[name] for name in SERVICES},
        }
        _replace(self.folder / "compose.env", [f"DOORSTART_{key}={value}" for key, value in compose.items()])

    def chosen(self, service: str) -> str:
        """The image that compose was last told to start a service from; empty if it never was."""
        try:
            lines = (self.folder / "compose.env").read_text().splitlines()
        except OSError:
            return ""
        return dict(line.partition("=")[::2] for line in lines).get(f"DOORSTART_{service.upper()}_IMAGE", "")

    def compose(self, tool: list[str]) -> list[str]:
        """The command that runs compose for this site."""
        files = ["--project-directory", str(TOP), "-f", str(TOP / "docker-compose.yml")]
        return [*tool, "-p", self.settings.site, *files, "--env-file", str(self.folder / "compose.env")]

    def loaded(self) -> dict[str, str]:
        """Which units were loaded into the site: the digest of what was loaded, by ``course/unit``."""
        try:
            content = json.loads((self.folder / "loaded.json").read_text())
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in content.items()}

    def remember_loaded(self, units: dict[str, str]) -> None:
        """Write what :meth:`loaded` reads."""
        _replace(self.folder / "loaded.json", [json.dumps(units, indent=1, sort_keys=True)])


def _plain(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict | list | bool) else str(value)


def _replace(path: Path, lines: list[str]) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text("\n".join(lines) + "\n")
    fresh.replace(path)
