"""A plain JupyterHub with its own pages, from the Hub's image, for comparison: no proxy, no confinement, one person.

It listens on a socket in a folder of the host, for its container has no network.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import httpx

PERSON, PASSWORD = "ann", "stock"
CONFIG = """
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):
    should_start = False
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {}

c = get_config()
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = "http+unix://%2Fbench%2Fhub.sock"
c.JupyterHub.hub_socket_mode = 0o666
c.JupyterHub.db_url = "sqlite:////bench/hub.db"
c.JupyterHub.cookie_secret_file = "/bench/cookie-secret"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "stock"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
"""


@contextmanager
def stock_hub(client: docker.DockerClient, image: str) -> Iterator[httpx.Client]:
    """A plain Hub, and a browser of somebody who is logged in to it."""
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        Path(folder, "config.py").write_text(CONFIG)
        container = client.containers.run(
            image,
            entrypoint=["jupyterhub", "--config=/bench/config.py"],
            command=[],
            user="0:0",
            network_mode="none",
            detach=True,
            working_dir="/bench",
            volumes={folder: {"bind": "/bench", "mode": "rw"}},
        )
        try:
            transport = httpx.HTTPTransport(uds=str(Path(folder, "hub.sock")))
            with httpx.Client(
                base_url="http://hub", transport=transport, follow_redirects=False, timeout=30
            ) as browser:
                _log_in(browser)
                yield browser
        finally:
            container.remove(force=True)


def _log_in(browser: httpx.Client, timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            page = browser.get("/hub/login")
            break
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
    found = re.search(r'name="_xsrf"\s+value="([^"]*)"', page.text)
    assert found, page.text
    form = {"username": PERSON, "password": PASSWORD, "_xsrf": found[1]}
    assert browser.post("/hub/login", data=form).status_code == httpx.codes.FOUND
    assert browser.get("/hub/home").status_code == httpx.codes.OK
