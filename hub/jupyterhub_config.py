"""The Hub of a site: wiring only. Knobs are in doorstart.settings, rules in the package."""

import sys
from pathlib import Path

import jupyterhub.handlers

from doorstart import database, keys, landing, names, pages, scopes
from doorstart.images import pages as images
from doorstart.people.authenticator import DoorstartAuthenticator
from doorstart.routes import Proxy
from doorstart.settings import settings
from doorstart.spawner import DoorstartSpawner
from doorstart.spawner.spawner import unix_url
from doorstart.spawner.turns import LONGEST_WAIT

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # traitlets defines it
state = Path(names.STATE / "hub")
proxy = Path(names.RUN / "proxy")

# The Hub has no network: it listens on a socket, and reaches the proxy by one. Servers reach it through the relay.
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = unix_url(str(names.HUB_SOCKET))
c.JupyterHub.hub_socket_mode = 0o666
c.JupyterHub.proxy_class = Proxy
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = unix_url(str(proxy / "api.sock"))
c.ConfigurableHTTPProxy.auth_token = keys.ensure(proxy / "token", gid=names.PROXY_UID)
# With a subdomain for each person, a browser keeps the pages of one server from those of another and of the Hub.
c.JupyterHub.subdomain_host = settings().subdomain_host
# Nor may a server set the Hub's cookies, on which browsers insist only with HTTPS.
c.JupyterHub.cookie_host_prefix_enabled = settings().subdomain_host.startswith("https:")
c.JupyterHub.cleanup_servers = False  # servers outlive a restart of the Hub
c.JupyterHub.cleanup_proxy = False
# Seconds. At each of these times the Hub also gives the proxy the routes that it lacks, after a restart for example.
c.JupyterHub.last_activity_interval = 5
hub_db = state / "hub.db"
hub_db.touch()
hub_db.chmod(0o600)  # it holds the hashes of passwords, and SQLite would make it readable for everybody
c.JupyterHub.db_url = f"sqlite:///{hub_db}"
database.write_ahead()
database.follow_when_asked()
c.JupyterHub.cookie_secret_file = str(state / "cookie-secret")
# Otherwise what is only for debugging is put together, too, and thrown away by the handler: 4 % of the Hub's work.
c.JupyterHub.logging_config = {"loggers": {"JupyterHub": {"level": "INFO"}}}

# People
c.JupyterHub.authenticator_class = DoorstartAuthenticator
c.JupyterHub.load_roles = scopes.load_roles()
c.JupyterHub.allow_named_servers = True
c.JupyterHub.default_url = landing.default_url
jupyterhub.handlers.default_handlers[:] = [
    *landing.handlers,  # first, so before the Hub's own page of the same address
    *images.handlers,
    *scopes.without_closed_pages(jupyterhub.handlers.default_handlers),
]
pages.dress(c, Path("/srv/doorstart"))

# Servers
c.JupyterHub.spawner_class = DoorstartSpawner
c.Spawner.hub_connect_url = unix_url(str(names.RELAY_SOCKET))
c.Spawner.server_token_scopes = lambda spawner: (
    scopes.INSTRUCTOR_TOKEN_SCOPES if spawner.name else scopes.SERVER_TOKEN_SCOPES
)
c.Spawner.http_timeout = settings().start_timeout
c.Spawner.start_timeout = LONGEST_WAIT
c.JupyterHub.concurrent_spawn_limit = 0  # none: those who wait in the line would count, and the line is the limit

# Services
c.JupyterHub.services = [
    {"name": "exchange", "display": False},
    {"name": "sandbox", "display": False},
    {"name": "doorstart-admin", "api_token": keys.ensure(state / "admin-token"), "display": False},
    {
        "name": "idle-culler",
        "display": False,
        "command": [sys.executable, "-m", "doorstart.culler", f"--timeout={settings().idle_timeout}"],
    },
    # It asks as the service doorstart-admin does: who is in which group, which servers run, and to stop one.
    {
        "name": "endings",
        "display": False,
        "command": [sys.executable, "-m", "doorstart.images.endings"],
        # The Hub gives its services nothing of its own environment.
        "environment": {"DOORSTART_SITE": settings().site, "DOORSTART_REGISTRY": str(settings().registry)},
    },
    # So does this: who is in which group, which servers run, to start one, and to note that it is used.
    {
        "name": "bell",
        "display": False,
        "command": [sys.executable, "-m", "doorstart.timetable.bell"],
        "environment": {
            "DOORSTART_TIME_ZONE": settings().time_zone,
            "DOORSTART_IDLE_TIMEOUT": str(settings().idle_timeout),
            "DOORSTART_LESSON_AHEAD": str(settings().lesson_ahead),
            "DOORSTART_LESSON_SERVER_MEMORY": str(settings().lesson_server_memory),
            "DOORSTART_LESSON_MEMORY_RESERVE": str(settings().lesson_memory_reserve),
        },
    },
]
