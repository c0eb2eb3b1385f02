"""Parts of a running site are killed, as a crash or a power cut would: nobody's work, session or receipt is lost."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from docker.errors import APIError
from docker.models.containers import Container

from doorstart.check.client import Person
from doorstart.exchange.receipts import verify_receipt
from doorstart.exchange.wire import Receipt
from doorstart.settings import Settings
from doorstart.site import containers, lifecycle

from .classroom import SERVICES, Classroom, Instructor, Learner, kernels_of, of_role, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

COURSE, UNIT = "accounting.en", "01-money-of-a-firm"
NOTEBOOK = f"{COURSE}/{UNIT}/{UNIT}.ipynb"
UPLOADERS, UPLOADS = 5, 10

# Runs in the Hub's container: the proxy's routes and their targets.
ROUTES = """
import http.client, json, pathlib, socket
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/run/doorstart/proxy/api.sock")
connection = Connection("proxy")
token = pathlib.Path("/run/doorstart/proxy/token").read_text().strip()
connection.request("GET", "/api/routes", headers={"Authorization": f"token {token}"})
routes = json.load(connection.getresponse())
print(json.dumps({path: route["target"] for path, route in routes.items()}))
"""

# Runs in a learner's kernel: hands in work that is never the same twice, with the server's own client.
UPLOAD = """
import json, secrets, time
from doorstart_exchange_client.client import ExchangeClient
from doorstart_exchange_client.wire import digest_of, pack
client = ExchangeClient()
for number in range({uploads}):
    text = {{"cell_type": "raw", "metadata": {{}}, "source": secrets.token_hex(300_000)}}
    notebook = {{"cells": [text], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}
    archive = pack({{"work.ipynb": json.dumps(notebook).encode()}})
    receipt, _ = client.submit({course!r}, {unit!r}, archive)
    assert receipt["digest"] == digest_of(archive)
    print(json.dumps(receipt))
    time.sleep(0.1)
"""


def crash(container: Container) -> None:
    """Kill a container's first process, as the system does when memory runs out; the engine starts it again."""
    container.reload()
    before = container.attrs["State"]["StartedAt"]
    os.kill(container.attrs["State"]["Pid"], signal.SIGKILL)

    def restarted() -> bool:
        container.reload()
        return bool(container.attrs["State"]["Running"] and container.attrs["State"]["StartedAt"] != before)

    wait_until(restarted, 30, f"{container.name} is started again by the engine")


def cut_off(container: Container) -> None:
    """Kill a container by the engine's own word, so that it is not started again; it may have ended with another."""
    try:
        container.kill("SIGKILL")
    except APIError as error:
        if error.status_code not in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND):
            raise


def healthy(container: Container) -> bool:
    """Whether a service runs and, if it has a health check, passes it."""
    container.reload()
    state = container.attrs["State"]
    return bool(state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy")


def routes_of(site: Any) -> dict[str, str]:
    """The proxy's routes, as the Hub can see them."""
    return dict(containers.execute_json(site.client, f"{site.name}-hub", ["python", "-c", ROUTES]))


def own_routes(site: Any, *people: Person) -> dict[str, str]:
    """The routes of these people's servers."""
    paths = tuple(f"/user/{person.username}/" for person in people)
    return {path: target for path, target in routes_of(site).items() if f"{path}/".startswith(paths)}


@pytest.fixture(scope="module")
def lea(classroom: Classroom) -> Learner:
    """A learner who has the unit."""
    learner = classroom.learner(COURSE, prefix="lea")
    learner.ask("fetch", UNIT)
    return learner


@pytest.fixture(scope="module")
def teacher(classroom: Classroom) -> Instructor:
    """Their instructor."""
    return classroom.instructor(COURSE)


@pytest.fixture
def kernel(lea: Learner) -> Iterator[str]:
    """A kernel of the learner with a value that is nowhere else."""
    kernel = lea.server.json("POST", "api/kernels", json={"name": "python3"})["id"]
    lea.server.run_in(kernel, "unsaved = 'typed but not saved'")
    yield kernel
    lea.server.request("DELETE", f"api/kernels/{kernel}")


def remembers(learner: Learner, kernel: str) -> bool:
    """Whether the kernel still has the value, asked through the proxy over a new websocket."""
    return learner.server.run_in(kernel, "print(unsaved)", 20).strip() == "typed but not saved"


def test_servers_are_reachable_while_the_hub_is_dead_and_after(
    site: Any, lea: Learner, teacher: Instructor, kernel: str
) -> None:
    before = own_routes(site, lea.person, teacher.person)
    assert len(before) == 2
    hub = site.container("hub")
    hub.kill("SIGKILL")
    try:
        assert httpx.get(f"{site.url}/hub/login").status_code >= 500
        assert remembers(lea, kernel)
        notebook = lea.notebook(NOTEBOOK)
        notebook.cells[0].source += "\n\nWritten while the Hub was dead."
        lea.save(NOTEBOOK, notebook)
        assert teacher.server.json("GET", "formgrader/api/assignments")
    finally:
        hub.start()
    site.wait_until_healthy()
    assert own_routes(site, lea.person, teacher.person) == before, "no port in a socket's address"
    assert remembers(lea, kernel)
    # A fresh browser: log-in, the page, the kernel that is still there.
    with Person(site.url, lea.name, lea.password) as browser:
        again = browser.start_server()
        assert kernel in [one["id"] for one in again.json("GET", "api/kernels")]
        assert again.run_in(kernel, "print(unsaved)").strip() == "typed but not saved"
    # The Hub knows the servers: the page that the Hub checks its routes on has not been taken away.
    time.sleep(6)
    assert own_routes(site, lea.person, teacher.person) == before
    assert "Written while the Hub was dead." in lea.notebook(NOTEBOOK).cells[0].source


def test_after_the_hub_was_dead_a_server_can_be_stopped_and_started(site: Any, classroom: Classroom) -> None:
    moe = classroom.learner(COURSE, prefix="moe")
    crash(site.container("hub"))
    site.wait_until_healthy()
    moe.person.stop_server()
    assert own_routes(site, moe.person) == {}
    moe.server = moe.person.start_server()
    assert moe.server.run("print(1 + 1)").strip() == "2"


def test_a_proxy_that_crashed_has_its_routes_within_seconds(site: Any, lea: Learner, kernel: str) -> None:
    before = routes_of(site)
    crash(site.container("proxy"))
    wait_until(lambda: _reaches(lea), 15, "the learner's server is reached through the new proxy")
    assert remembers(lea, kernel)
    wait_until(lambda: routes_of(site) == before, 15, "all routes are back")


def _reaches(learner: Learner) -> bool:
    try:
        answer = learner.server.request("GET", "api/kernels", follow_redirects=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


def test_a_relay_that_crashed_is_back_for_servers_that_run(site: Any, lea: Learner, kernel: str) -> None:
    crash(site.container("relay"))
    # The client waits and tries again by itself, so the learner notices nothing.
    assert [one["assignment_id"] for one in lea.assignments() if one["status"] == "fetched"] == [UNIT]
    assert remembers(lea, kernel)
    with Person(site.url, lea.name, lea.password) as browser:
        browser.start_server().json("GET", "api/kernels")


def test_no_receipt_is_lost_when_the_exchange_is_killed_amid_uploads(
    site: Any, classroom: Classroom, teacher: Instructor
) -> None:
    learners = [classroom.learner(COURSE, prefix=f"up{number}") for number in range(UPLOADERS)]
    code = UPLOAD.format(uploads=UPLOADS, course=COURSE, unit=UNIT)
    exchange, names = site.container("exchange"), {learner.name for learner in learners}
    blobs = Path(site.client.volumes.get(f"{site.name}-exchange-state").attrs["Mountpoint"]) / "blobs"
    begin, kills = len(list(blobs.glob("*/*"))), 0
    with ThreadPoolExecutor(UPLOADERS) as pool:
        uploads = [pool.submit(learner.server.run, code, 200) for learner in learners]
        for wanted in (5, 18, 32):
            while len(list(blobs.glob("*/*"))) < begin + wanted and not any(upload.done() for upload in uploads):
                time.sleep(0.01)
            kills += not all(upload.done() for upload in uploads)
            crash(exchange)
        lines = [line for upload in uploads for line in upload.result().splitlines()]
    assert kills == 3, "the exchange was not killed while work came in"
    wait_until(lambda: healthy(exchange), 60, "the exchange is healthy again")

    receipts = [Receipt(**json.loads(line)) for line in lines]
    assert len(receipts) == UPLOADERS * UPLOADS
    assert len({receipt.id for receipt in receipts}) == len(receipts)
    key = base64.b64decode(exchange_says(site, "/services/exchange/key")["key"])
    assert all(verify_receipt(receipt, key) for receipt in receipts)

    listed = {one["id"]: one for one in _collectable(teacher) if one["learner"] in names}
    assert {receipt.id: receipt.digest for receipt in receipts} == {
        one: entry["digest"] for one, entry in listed.items() if one in {receipt.id for receipt in receipts}
    }
    # What is listed but has no receipt is whole too: a kill between the store and the answer, and then the same again.
    assert all(entry["archive"] == entry["digest"] for entry in listed.values())
    assert len(listed) == len(receipts), "the same bytes sent again are the same submission"
    assert "up0" in teacher.collect(UNIT)
    folder = containers.execute(site.client, exchange.name, ["ls", "/var/lib/doorstart/exchange/incoming"])
    assert folder.strip() == b"", "nothing half-written is left"


def exchange_says(site: Any, path: str) -> dict[str, Any]:
    """What the exchange answers on a path that needs no token, asked in its own container."""
    code = (
        "import httpx; c = httpx.Client(transport=httpx.HTTPTransport(uds='/run/doorstart/exchange/exchange.sock'));"
        f"print(c.get('http://exchange{path}').text)"
    )
    return dict(containers.execute_json(site.client, f"{site.name}-exchange", ["python", "-c", code]))


def _collectable(teacher: Instructor) -> list[dict[str, str]]:
    """Every submission of the unit as the instructor's server gets it, with the digest of the archive that came."""
    code = f"""python - <<'END'
import json
from doorstart_exchange_client.client import ExchangeClient
from doorstart_exchange_client.wire import digest_of
client = ExchangeClient()
found = []
for one in client.course_submissions("{COURSE}", "{UNIT}"):
    receipt = one["receipt"]
    archive = digest_of(client.submission_archive(receipt["id"]).archive)
    found.append({{key: receipt[key] for key in ("id", "learner", "digest")}} | {{"archive": archive}})
open("/tmp/found.json", "w").write(json.dumps(found))
END
"""
    done = teacher.container().exec_run(["sh", "-c", code])
    assert done.exit_code == 0, done.output.decode()
    return list(json.loads(teacher.container().exec_run(["cat", "/tmp/found.json"]).output))


def test_a_sandbox_that_is_killed_while_it_grades_leaves_no_kernel(
    site: Any, lea: Learner, teacher: Instructor
) -> None:
    notebook = lea.notebook(NOTEBOOK)
    whole = json.dumps(notebook)
    first = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    first.source = "import time\ntime.sleep(60)"
    lea.save(NOTEBOOK, notebook)
    lea.ask("submit", UNIT)
    teacher.collect(UNIT)
    answers: list[dict[str, Any]] = []
    path = f"formgrader/api/submission/{UNIT}/{lea.name}/autograde"
    with kernels_of(site) as kernels:
        grading = threading.Thread(
            target=lambda: answers.append(teacher.server.request("POST", path, timeout=200).json())
        )
        grading.start()
        wait_until(lambda: kernels, 60, "a kernel starts")
        time.sleep(2)
        left = {one["Id"] for one in kernels}
        crash(site.container("sandbox"))
        wait_until(
            lambda: not left & {one.id for one in of_role(site, "learner-kernel")}, 30, "what was left is removed"
        )
        grading.join(200)
    assert not grading.is_alive(), "formgrader waits for ever"
    assert answers[0]["success"], "the grading that was cut off begins again with the new sandbox"
    assert teacher.submission(UNIT, lea)["autograded"]
    wait_until(lambda: healthy(site.container("sandbox")), 60, "the sandbox is healthy again")

    lea.save(NOTEBOOK, json.loads(whole))
    lea.ask("submit", UNIT)
    teacher.collect(UNIT)
    teacher.grade(UNIT, lea)
    assert teacher.submission(UNIT, lea)["autograded"]


def test_a_server_that_was_killed_is_noticed_and_starts_again_with_what_was_saved(lea: Learner) -> None:
    notebook = lea.notebook(NOTEBOOK)
    notebook.cells[0].source += "\n\nSaved before the kill."
    lea.save(NOTEBOOK, notebook)
    killed = lea.container()
    killed.kill("SIGKILL")
    page = lea.person.http.get("/hub/home")
    assert re.search(r'data-server="" data-state="stopped"', page.text), "the Hub has noticed"
    lea.server = lea.person.start_server()
    assert lea.container().id != killed.id
    assert "Saved before the kill." in lea.notebook(NOTEBOOK).cells[0].source


def test_everything_is_there_after_a_power_cut(site: Any, lea: Learner, teacher: Instructor) -> None:
    notebook = lea.notebook(NOTEBOOK)
    notebook.cells[0].source += "\n\nSaved before the power cut."
    lea.save(NOTEBOOK, notebook)
    lea.ask("submit", UNIT)
    submissions = lea.submissions(UNIT)
    graded = teacher.submission(UNIT, lea)
    servers = of_role(site, "learner", "instructor")
    for container in [site.container(service) for service in SERVICES] + servers:
        cut_off(container)
    lifecycle.up(Settings())
    site.wait_until_healthy()
    with Person(site.url, lea.name, lea.password) as lea.person:
        lea.server = lea.person.start_server()
        assert "Saved before the power cut." in lea.notebook(NOTEBOOK).cells[0].source
        assert lea.submissions(UNIT) == submissions
        assert lea.exchange(f"c.submission_archive({submissions[-1]['receipt']!r})")
        with Person(site.url, teacher.name, teacher.password) as teacher.person:
            teacher.server = teacher.person.start_server("accounting-en")
            assert teacher.submission(UNIT, lea)["score"] == graded["score"]
            assert lea.name in teacher.collect(UNIT)
            teacher.person.stop_server("accounting-en")
        lea.person.stop_server()
