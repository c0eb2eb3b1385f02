"""The Hub with many servers: its processor, its memory, the delay of its event loop. ``make bench-hub``.

The servers are simulated (``simulated/``), for the machine would not hold 300. First nobody uses them; then all of them
are asked for something every few seconds, so that the Hub hears of activity all the time. The loop is asked to go on 50
times a second; how much later it does is how long it stood still. The delay is what a request waits that comes at any
moment, before the Hub even begins with it.
"""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
import httpx
from docker.models.containers import Container

from bench import memory, options
from bench.measure import Measure, bound, report
from bench.sides import COURSE, Side, our_site
from doorstart import names
from doorstart.site import containers

GOAL = 100
"""Milliseconds of delay that 99 of 100 do not exceed."""
SIMULATED = Path(__file__).parent / "simulated"
SETTLED = 20
"""Seconds behind a change, such as the last start, in which nothing is measured."""
ASKED = 5
"""Seconds in which each server that is at work is asked once: as long as the Hub waits until it looks at activity."""
_START = """
import http.client, json, socket, sys
def ask(method, path, body=None):
    connection = http.client.HTTPConnection("hub", timeout=120)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect("/run/doorstart/hub/hub.sock")
    token = open("/var/lib/doorstart/hub/admin-token").read().strip()
    connection.request(method, "/hub/api" + path, body, {"Authorization": "token " + token})
    answer = connection.getresponse()
    said = answer.read().decode()
    if answer.status >= 400:
        sys.exit(f"{method} {path}: {answer.status} {said}")
    return said
people = [f"simulated-{number:03}" for number in range(int(sys.argv[1]))]
for name in people:
    ask("POST", f"/users/{name}/server", "{}")
running, page = 0, None
while page is None or page:  # the Hub shows at most 200 at a time
    page = json.loads(ask("GET", f"/users?state=ready&offset={running}&limit=200"))
    running += len(page)
print(running)
"""


@dataclass(frozen=True)
class Observed:
    """The Hub in some seconds: how long it stood still each time, the processors that it used, and what it was at."""

    seconds: float
    still: Sequence[float]
    processors: float
    where: dict[str, int]

    def delay(self, share: float) -> float:
        """Milliseconds that a share of requests waits at most."""
        return 1000 * waited(self.still, self.seconds, share)


def main() -> None:
    """Start the servers, let them be, use them, print the table and write ``build/bench/hub.json``."""
    chosen = options.read("The Hub with many servers.", rounds=1, isolation=False, servers=300, seconds=180)
    with our_site() as ours, _simulating(ours) as hub:
        _enrol(ours.client, hub, chosen.servers)
        _ask_for(hub, chosen.servers)
        idle = [_observe(hub, chosen.seconds) for _ in range(chosen.rounds)]
        held = memory.memory_of(hub).pss
        with _used(ours.url, chosen.servers):
            at_work = [_observe(hub, chosen.seconds) for _ in range(chosen.rounds)]
    report(
        "hub",
        [*_measures("hub", idle), bound("hub_memory", held, "MiB PSS", None), *_measures("hub_at_work", at_work)],
        **vars(chosen),
        standstills=[len(one.still) for one in (*idle, *at_work)],
        where=[one.where for one in (*idle, *at_work)],
    )


def _measures(name: str, rounds: Sequence[Observed]) -> list[Measure]:
    """The lines of the report, each of the worst of the rounds."""
    return [
        bound(f"{name}_delay_p99", max(one.delay(0.99) for one in rounds), "ms", GOAL),
        bound(f"{name}_delay_longest", max(one.delay(1) for one in rounds), "ms", None),
        bound(f"{name}_processors", 100 * max(one.processors for one in rounds), "percent of one processor", None),
    ]


def _observe(hub: Container, seconds: float) -> Observed:
    time.sleep(SETTLED)
    began, used = time.monotonic(), _cpu(hub)
    time.sleep(seconds)
    ended = time.monotonic()
    processors = (_cpu(hub) - used) / (ended - began)
    still = [delay for at, delay in _standstills(hub) if began <= at <= ended]
    return Observed(ended - began, still, processors, _where(hub, began, ended))


@contextmanager
def _used(url: str, servers: int) -> Iterator[None]:
    """While the body runs, every server is asked for something through the proxy, one behind the other, in turn."""
    ended = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=url) as client:
            while not ended.is_set():
                began = time.monotonic()
                for number in range(servers):
                    client.get(f"/user/simulated-{number:03}/api").raise_for_status()
                ended.wait(max(0.0, began + ASKED - time.monotonic()))

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        try:
            yield
        finally:
            ended.set()
        asking.result()  # an error of it: they were not at work


def waited(still: Sequence[float], seconds: float, share: float) -> float:
    """The wait in seconds that a share of requests does not exceed, if they come at any moment.

    Who comes while the loop stands still waits for the rest of it. So Σ max(0, d - x) / ``seconds`` of them wait longer
    than x; what is wanted is the x for which that is the rest of the share. The share of the *standstills* that are
    longer would say nothing: one of a second counts as one, and in the same second a quiet loop makes fifty short ones.

    Args:
        still: the seconds of each time that the loop stood still.
        seconds: in which they were measured.
        share: from 0 to 1.
    """
    low, high = 0.0, max(still, default=0.0)
    while high - low > 1e-6:
        middle = (low + high) / 2
        if sum(max(0.0, one - middle) for one in still) / seconds > 1 - share:
            low = middle
        else:
            high = middle
    return high


def _enrol(client: docker.DockerClient, hub: Container, learners: int) -> None:
    """Put them into the roster: the Hub starts nothing for somebody who is not in it."""
    rows = [
        {"username": f"simulated-{number:03}", "display_name": f"Learner {number}", "language": "nl"}
        | {"role": "learner", "courses": [COURSE]}
        for number in range(learners)
    ]
    command = ["python", "-m", "doorstart.people", "import"]
    containers.execute_json(client, str(hub.name), command, {"rows": rows, "one_time": False})


@contextmanager
def _simulating(ours: Side) -> Iterator[Container]:
    """The site's Hub with simulated servers, while the body runs; behind it the site has its own Hub again."""
    assert ours.site is not None
    own, name = ours.hub(), ours.site.name
    image = own.image.id
    own.stop()
    started: list[Container] = []
    try:
        shared = {
            "image": image,
            "detach": True,
            "init": True,
            "network_mode": "none",
            "cap_drop": ["ALL"],
            "cap_add": ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
            "volumes_from": [own.id],
        }
        simulator = _create(
            ours.client, "servers.py", f"{name}-simulator", ["python", "-u", "/bench/servers.py"], shared
        )
        started.append(simulator)
        simulator.start()
        environment = [*own.attrs["Config"]["Env"], f"STAND_IN={simulator.name}"]
        command = ["jupyterhub", "--config", "/bench/hub_config.py"]
        hub = _create(
            ours.client, "hub_config.py", f"{name}-simulated-hub", command, {**shared, "environment": environment}
        )
        started.append(hub)
        hub.start()
        ours.site.wait_until_healthy()
        yield hub
    finally:
        for container in reversed(started):
            container.remove(force=True)
        own.start()
        ours.site.wait_until_healthy()
        clean = f"import shutil, glob; [shutil.rmtree(f[:-12]) for f in glob.glob('{names.SERVERS}/*/wanted.json')]"
        ours.site.container("hub").exec_run(["python", "-c", clean])


def _create(client: docker.DockerClient, file: str, name: str, command: list[str], how: dict[str, object]) -> Container:
    container = client.containers.create(name=name, command=command, **how)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(SIMULATED / file, f"bench/{file}")
    container.put_archive("/", archive.getvalue())
    return container


def _ask_for(hub: Container, servers: int) -> None:
    status, said = hub.exec_run(["python", "-c", _START, str(servers)])
    if status or int(json.loads(said.decode().splitlines()[-1])) < servers:
        raise RuntimeError(f"Not all simulated servers run:\n{said.decode()[-2000:]}\n{hub.logs(tail=20).decode()}")


def _cpu(container: Container) -> float:
    """Seconds of processor time that a container has used."""
    return float(container.stats(stream=False, one_shot=True)["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def _standstills(hub: Container) -> list[tuple[float, float]]:
    _, said = hub.exec_run(["cat", "/tmp/delays"])
    return [(float(at), float(delay)) for at, delay in (line.split() for line in said.decode().splitlines()[:-1])]


def _where(hub: Container, began: float, ended: float) -> dict[str, int]:
    """What the loop was at when it stood still for longer than :data:`simulated.hub_config.LONG`, and how often."""
    _, said = hub.exec_run(["cat", "/tmp/where"])
    found = [json.loads(line) for line in said.decode().splitlines()]
    return dict(Counter(place for at, place in found if began <= at <= ended).most_common(10))


if __name__ == "__main__":
    main()
