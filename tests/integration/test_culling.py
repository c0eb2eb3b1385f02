"""Servers that nobody uses are stopped, by a culler that reaches the Hub over its socket."""

import time

from doorstart.check.client import Person

# The culler, once, with its own code and its way to the Hub; only the wait is short. It ends after its first look.
CULL_NOW = """
import asyncio, logging, sys
from tornado.netutil import Resolver
from doorstart import keys, names
from doorstart.culler import HubResolver
from jupyterhub_idle_culler import cull_idle, default_cull_arbiter
Resolver.configure(HubResolver)
logging.basicConfig(level=logging.INFO)
token = open(names.STATE / "hub" / "admin-token").read().strip()
def only(*, inactive, inactive_limit, server):
    return server["url"] == f"/user/{sys.argv[2]}/" and default_cull_arbiter(
        inactive=inactive, inactive_limit=inactive_limit, server=server
    )
asyncio.run(cull_idle("http://hub/hub/api", token, int(sys.argv[1]), logging.getLogger(), cull_arbiter=only))
"""


def cull(site, username: str, limit: int) -> None:
    """Look for servers of this person that are idle for ``limit`` seconds, and leave other tests' servers alone."""
    done = site.container("hub").exec_run(["python", "-c", CULL_NOW, str(limit), username])
    assert done.exit_code == 0, done.output.decode()


def test_an_idle_server_is_stopped_and_one_in_use_is_not(site) -> None:
    name, password = site.add("learner", ["programming.en"])
    with Person(site.url, name, password) as person:
        person.start_server()
        cull(site, name, 3600)
        assert person._server("")
        time.sleep(2)
        cull(site, name, 1)
        deadline = time.monotonic() + 30
        while person._server("") and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not person._server("")


def test_the_site_s_own_culler_reaches_the_hub(site) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        log = site.container("hub").logs().decode()
        if "/hub/api/users?state=" in log and "idle-culler@" in log:
            break
        time.sleep(1)
    assert "200 GET /hub/api/users?state=" in log
    assert "Exception in callback" not in log
