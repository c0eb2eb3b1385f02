"""The Hub as on any site, but its servers are simulated, and the delay of its event loop is written down.

Runs in the Hub's container in place of the site's configuration. What costs the Hub something stays: a spawner for each
server, its poll of the engine, its route in the proxy, its activity. What would cost the machine is left out: the
container of each server, for which one that runs stands in.
"""

import asyncio
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

from doorstart import names
from doorstart.spawner import DoorstartSpawner
from doorstart.spawner.spawner import unix_url

exec(Path("/srv/doorstart/jupyterhub_config.py").read_text())  # noqa: S102  # the site's own configuration
c = get_config()  # type: ignore[name-defined]  # noqa: F821  # traitlets defines it

STAND_IN = os.environ["STAND_IN"]
DELAYS, WHERE = Path("/tmp/delays"), Path("/tmp/where")
STEP = 0.02
"""Seconds that the event loop is asked to wait; whatever it waits beyond that is delay."""
LONG = 0.1
"""Seconds for which the loop stands still until it is written down what it is at."""
_watching: set[asyncio.Task[None]] = set()
_beat = [0.0]
"""When the loop was last seen to go on."""


async def _watch() -> None:
    with DELAYS.open("w", buffering=1) as log:  # noqa: ASYNC230  # in memory
        while True:
            asked = _beat[0] = time.monotonic()
            await asyncio.sleep(STEP)
            log.write(f"{asked + STEP:.6f} {time.monotonic() - asked - STEP:.6f}\n")


def _look(loop: int) -> None:
    """Say once of each long standstill what the loop's thread is at: the innermost lines of the Hub and of the site."""
    seen = 0.0
    with WHERE.open("w", buffering=1) as log:
        while True:
            time.sleep(LONG / 4)
            if _beat[0] != seen and time.monotonic() - _beat[0] > LONG + STEP:
                seen = _beat[0]
                frames = traceback.extract_stack(sys._current_frames()[loop])
                ours = [one for one in frames if "/jupyterhub/" in one.filename or "/doorstart/" in one.filename]
                place = " > ".join(f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in ours[-2:])
                log.write(json.dumps([seen, place]) + "\n")


class Simulated(DoorstartSpawner):
    """A spawner whose server is a socket of the simulator."""

    async def start(self) -> str:
        """Tell the simulator to listen for this server, and wait until it does."""
        if not _watching:
            _watching.add(asyncio.create_task(_watch()))
            threading.Thread(target=_look, args=[threading.get_ident()], daemon=True).start()
        self.object_name = STAND_IN
        await self.get_object()
        self.folder.mkdir(exist_ok=True)
        wanted = {"user": self.user.name, "token": self.api_token, "prefix": self.server.base_url}
        (self.folder / "wanted.json").write_text(json.dumps(wanted))
        while not self.socket.exists():  # noqa: ASYNC110  # another container makes it
            await asyncio.sleep(0.05)
        return unix_url(str(self.socket))

    async def stop(self, now: bool = False) -> None:
        """Leave the stand-in as it is."""


c.JupyterHub.spawner_class = Simulated
c.JupyterHub.db_url = "sqlite:////tmp/hub.db"
c.JupyterHub.concurrent_spawn_limit = 20
c.Spawner.hub_connect_url = unix_url(str(names.HUB_SOCKET))
