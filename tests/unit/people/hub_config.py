"""Configuration of the Hub that the tests start: real authenticator and handlers, no proxy, servers that do nothing.

Not the site's configuration: that is ``hub/jupyterhub_config.py``.
"""

# ruff: noqa: F821  (`c` and `get_config` come from JupyterHub)

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import quote

import jupyterhub.handlers
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner

from doorstart import database, landing, names, pages
from doorstart.people.authenticator import DoorstartAuthenticator

STATE = Path(os.environ["TEST_HUB_STATE"])


class NoProxy(Proxy):
    """Tests talk to the Hub's socket, so routes are only remembered."""

    should_start = False

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.routes = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


class TinySpawner(Spawner):
    """A server that answers 200 to everything, inside the Hub's process; one of its files makes it wait."""

    server_ = None

    async def start(self):
        while (STATE / f"wait-{self.user.name}").exists():  # noqa: ASYNC110  # another process makes it
            await asyncio.sleep(0.05)

        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            await writer.drain()
            writer.close()

        self.server_ = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = self.server_.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def stop(self, now=False):
        if self.server_ is not None:
            self.server_.close()
        self.server_ = None

    async def poll(self):
        return None if self.server_ is not None else 0


c = get_config()
c.JupyterHub.authenticator_class = DoorstartAuthenticator
c.DoorstartAuthenticator.hash_rounds = 4
jupyterhub.handlers.default_handlers[:0] = landing.handlers
pages.dress(c, Path(os.environ["TEST_HUB_FOLDER"]), exchange=str(STATE / "exchange.sock"))
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = TinySpawner
c.JupyterHub.allow_named_servers = True
c.JupyterHub.hub_bind_url = "http+unix://" + quote(str(STATE / "hub.sock"), safe="")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
database.write_ahead()
database.follow_when_asked()
c.JupyterHub.cookie_secret_file = str(STATE / "cookie-secret")
c.JupyterHub.data_files_path = str(Path(sys.prefix) / "share" / "jupyterhub")
c.JupyterHub.services = [
    {"name": "doorstart-admin", "api_token": (STATE / "admin-token").read_text()},
    {"name": "exchange", "display": False},
    {"name": "half", "api_token": "0" * 32},
    {"name": "filtered", "api_token": "1" * 32},
]
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", names.EXCHANGE_SCOPE]},
    {"name": "doorstart-admin", "scopes": ["admin:users", "admin:groups"], "services": ["doorstart-admin"]},
    {"name": "half", "scopes": ["admin:groups", "list:users"], "services": ["half"]},
    {
        "name": "filtered",
        "scopes": ["admin:users!group=course:accounting.en:learner", "admin:groups!group=course:accounting.en:learner"],
        "services": ["filtered"],
    },
]
