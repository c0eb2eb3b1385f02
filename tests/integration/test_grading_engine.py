"""Grading on the real engine: the real service, forker, houses and containers; a fake Hub, no nbgrader.

What a test of a notebook may say is for the tests of the examiner; here they are plain comparisons.
"""

from __future__ import annotations

import io
import json
import re
import signal
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from doorstart import names
from doorstart.sandbox.grading.confinement import FORKER, HOUSE, LEARNER_KERNEL, ROLES

from .test_sandbox_kernels import Site, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]

ENDLESS = "while True: pass"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
HUNGRY = "x = bytearray(1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1"

Cells = list[tuple[str, str]]


def job(cells: Cells, files: dict[str, bytes] | None = None, **more: Any) -> bytes:
    """The body of a request."""
    content = {"version": 1, "cells": [{"kind": kind, "source": source} for kind, source in cells], **more}
    members = {"job.json": json.dumps(content).encode()}
    members |= {f"files/{name}": data for name, data in (files or {}).items()}
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return body.getvalue()


def post(site: Site, token: str, cells: Cells, files: dict[str, bytes] | None = None, **more: Any) -> httpx.Response:
    """The service's response."""
    with site.api(token) as api:
        return api.post("/gradings", content=job(cells, files, **more), timeout=100)


def grade(site: Site, token: str, cells: Cells, files: dict[str, bytes] | None = None, **more: Any) -> dict[str, Any]:
    """The answer to a job that is carried out."""
    response = post(site, token, cells, files, **more)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    assert [cell["kind"] for cell in answer["cells"]] == [kind for kind, _ in cells]
    return answer


def statuses(answer: dict[str, Any]) -> list[str]:
    """How the cells ended."""
    return [cell["status"] for cell in answer["cells"]]


def printed(answer: dict[str, Any]) -> str:
    """What the learner's cells printed, joined."""
    outputs = [output for cell in answer["cells"] for output in cell.get("outputs", [])]
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream").strip()


@pytest.fixture(scope="module")
def site(kernel_image: str) -> Iterator[Site]:
    site = Site(kernel_image, kernel_memory_limit=300 * 1024**2, grading_cell_seconds=3, grading_limit=4)
    yield site
    site.close()


@pytest.fixture(scope="module")
def ann(site: Site) -> str:
    """The token of an instructor's server."""
    return site.instructor("ann")


@pytest.fixture
def make_site(kernel_image: str) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        made.append(Site(kernel_image, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()


def test_a_notebook_is_graded(site: Site, ann: str) -> None:
    cells = [
        ("learner", "price = float(open('data.csv').read())\nprint(price)"),
        ("test", "assert price == 2.5"),
        ("test", "assert price == 3.5"),
        ("learner", "1/0"),
    ]
    answer = grade(site, ann, cells, {"data.csv": b"2.5"})
    assert statuses(answer) == ["ok", "passed", "failed", "error"]
    assert printed(answer) == "2.5"
    assert answer["kernel"] == {"ended": None, "message": "", "restarts": 0}
    assert answer["usage"]["cpu_seconds"] > 0 and answer["usage"]["memory_bytes"] > 0


def test_a_container_is_never_used_twice(site: Site, ann: str) -> None:
    source = (
        "import os\nprint(open('/proc/self/cgroup').read(), os.listdir('/work'), os.listdir('/tmp'))\n"
        "open('/tmp/x', 'w'); open('x', 'w')"
    )
    with ThreadPoolExecutor(3) as pool:
        seen = list(pool.map(lambda _: printed(grade(site, ann, [("learner", source)])), range(9)))
    ids = [re.search(r"docker[-/]([0-9a-f]{64})", text) for text in seen]
    assert len({found.group(1) for found in ids if found}) == 9
    assert not [text for text in seen if "'x'" in text]


def test_the_memory_limit_costs_only_the_one_who_reaches_it(site: Site, ann: str) -> None:
    cells = [("learner", "y = 2"), ("learner", HUNGRY), ("test", "assert y == 2")]
    other = [("learner", "import time; time.sleep(2); y = 3"), ("test", "assert y == 3")]
    with ThreadPoolExecutor(2) as pool:
        hungry, calm = pool.map(lambda cells: grade(site, ann, cells), (cells, other))
    assert statuses(hungry) == ["ok", "ended", "passed"]
    assert hungry["kernel"]["ended"] == "out-of-memory" and hungry["kernel"]["restarts"] == 1
    assert "300 MB of memory" in hungry["cells"][1]["message"]
    assert statuses(calm) == ["ok", "passed"] and calm["kernel"]["ended"] is None


def test_a_fork_bomb_ends(site: Site, ann: str) -> None:
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    answer = grade(site, ann, [("learner", "y = 2"), ("learner", bomb), ("test", "assert y == 2")])
    assert statuses(answer)[1] in ("timeout", "ended") and statuses(answer)[2] == "passed"
    wait_until(lambda: len(site.containers(LEARNER_KERNEL)) <= 3, 20)
    assert grade(site, ann, [("learner", "print(1)")])["cells"][0]["status"] == "ok"


def test_a_gigabyte_of_output_is_cut(site: Site, ann: str) -> None:
    flood = "line = 'x' * 1023\nfor _ in range(1 << 20): print(line)"
    response = post(site, ann, [("learner", flood), ("learner", "print('here')")])
    answer = response.json()
    assert answer["cells"][0]["status"] in ("ok", "timeout")
    assert len(response.content) < 2 * 1024**2
    assert printed(answer).endswith("here")


def test_an_endless_loop_is_interrupted(site: Site, ann: str) -> None:
    cells = [
        ("learner", "y = 2\ndef spin():\n    while True: pass"),
        ("learner", ENDLESS),
        ("test", "assert spin() == 1"),
    ]
    answer = grade(site, ann, [*cells, ("test", "assert y == 2")])
    assert statuses(answer) == ["ok", "timeout", "failed", "passed"]
    # For the loop in the learner's cell no other kernel was needed; a test that was stopped has one that knows nothing.
    assert answer["kernel"]["ended"] == "cell-time" and answer["kernel"]["restarts"] == 1


def test_who_ignores_the_interrupt_is_killed_and_the_rest_is_run_again(site: Site, ann: str) -> None:
    cells = [
        ("learner", "y = [2]"),
        ("learner", STUBBORN),
        ("learner", "y.append(3)"),
        ("test", "wanted = [2, 3]\nassert y == wanted"),
        ("learner", f"def f():\n    {STUBBORN.replace(chr(10), chr(10) + '    ')}"),
        ("test", "assert f() == 1"),
        ("test", "assert y == wanted"),
    ]
    answer = grade(site, ann, cells)
    assert statuses(answer) == ["ok", "timeout", "ok", "passed", "ok", "failed", "passed"]
    assert answer["kernel"]["restarts"] == 2


def test_who_ends_every_kernel_is_given_up(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_restarts=2)
    ends = ("learner", "import os; os._exit(0)")
    answer = grade(site, site.instructor("ann"), [ends] * 4)
    assert statuses(answer) == ["ended", "ended", "ended", "not-run"]
    assert answer["kernel"]["ended"] == "exited" and "had ended 3 kernels" in answer["cells"][3]["message"]


def test_the_notebooks_time_and_processor_time_end(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_cpu_seconds=2)
    token = site.instructor("ann")
    spent = grade(site, token, [("learner", ENDLESS), ("learner", "1")])
    assert statuses(spent) == ["ended", "not-run"] and spent["kernel"]["ended"] == "cpu-time"
    assert 2 <= spent["usage"]["cpu_seconds"] < 5
    sleeps = [("learner", "import time; time.sleep(1.5)")] * 3
    slow = grade(site, token, sleeps, limits={"notebook_seconds": 2})
    assert statuses(slow) == ["ok", "timeout", "not-run"] and slow["kernel"]["ended"] == "notebook-time"


def test_a_taken_over_channel_costs_its_cell(site: Site, ann: str) -> None:
    forged = (
        "import os\nfor n in range(3, 20):\n"
        "    try: os.write(n, (2).to_bytes(4, 'big') + b'X{')\n    except OSError: pass"
    )
    flooded = "import os\nfor n in range(3, 20):\n    try: os.write(n, b'\\xff' * 8)\n    except OSError: pass"
    closed = "import os; os.closerange(3, 64)"
    for takes_over in (forged, flooded, closed):
        answer = grade(site, ann, [("learner", "y = 2"), ("learner", takes_over), ("test", "assert y == 2")])
        assert statuses(answer) == ["ok", "ended", "passed"], takes_over


@pytest.mark.parametrize("role", [FORKER, HOUSE])
def test_a_killed_part_of_grading_costs_nobody_points(site: Site, ann: str, role: str) -> None:
    grade(site, ann, [("learner", "y = 2"), ("test", "assert y == 2")])
    victims = site.containers(role)
    assert len(victims) == 1
    killer = threading.Timer(1, lambda: [victim.kill() for victim in victims])
    cells = [("learner", "import time\ndef slow(): time.sleep(2); return 2"), ("test", "assert slow() == 2")]
    killer.start()
    answer = grade(site, ann, [*cells, ("test", "assert slow() == 2")])
    assert statuses(answer) == ["ok", "passed", "passed"]
    assert answer["kernel"]["ended"] is None and answer["kernel"]["restarts"] == 1
    assert site.containers(role)[0].id != victims[0].id


def test_a_killed_service_clears_up_when_it_comes_back(make_site: Callable[..., Site]) -> None:
    site = make_site()
    token = site.instructor("ann")
    cells = [("learner", "import time; time.sleep(1)"), ("test", "assert time.sleep(20) == 1")]
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(post, site, token, cells)
        wait_until(lambda: site.containers(HOUSE) and site.containers(LEARNER_KERNEL), 20)
        time.sleep(2)
        before = {container.id for role in ROLES for container in site.containers(role)}
        site.kill(signal.SIGKILL)
        assert isinstance(asking.exception(), httpx.HTTPError)
    assert before
    site.start()
    assert not before & {container.id for role in ROLES for container in site.containers(role)}
    assert statuses(grade(site, token, [("learner", "y = 2"), ("test", "assert y == 2")])) == ["ok", "passed"]
    site.kill(signal.SIGTERM)
    assert [container for role in ROLES for container in site.containers(role)] == []


def test_a_caller_that_leaves_is_not_worked_for(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_pool=0, grading_limit=1)
    token = site.instructor("ann")
    with site.api(token) as api, pytest.raises(httpx.ReadTimeout):
        api.post("/gradings", content=job([("learner", ENDLESS)]), timeout=2)
    wait_until(lambda: site.containers(LEARNER_KERNEL) == [], 10)
    assert statuses(grade(site, token, [("learner", "1")])) == ["ok"]


def test_a_full_site_says_so(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_limit=1)
    token = site.instructor("ann")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(grade, site, token, [("learner", "import time; time.sleep(3)")])
        wait_until(lambda: site.containers(LEARNER_KERNEL), 20)
        refused = post(site, token, [("learner", "1")], {"large": bytes(8 << 20)})
        assert refused.status_code == 429 and "may be graded at once" in refused.json()["message"]
        assert statuses(first.result()) == ["ok"]


def test_the_pool_empties_and_a_house_goes_with_its_server(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_pool_idle=1, grading_pool=2)
    token = site.instructor("ann")
    grade(site, token, [("learner", "y = 2"), ("test", "assert y == 2")])
    wait_until(lambda: site.containers(LEARNER_KERNEL) == [], 20)
    assert len(site.containers(HOUSE)) == len(site.containers(FORKER)) == 1
    for server in site.containers("instructor"):
        server.kill()
    wait_until(lambda: site.containers(HOUSE) == [], 20)


def test_nothing_is_kept_for_nobody(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_pool_idle=1, examiner_idle=3)
    token = site.instructor("ann")
    cells = [("learner", "y = 2"), ("test", "assert y == 2"), ("learner", "import time; time.sleep(9)")]
    assert statuses(grade(site, token, [*cells, ("test", "assert y == 2")])) == ["ok", "passed", "ok", "passed"]
    wait_until(lambda: [container for role in ROLES for container in site.containers(role)] == [], 30)
    assert statuses(grade(site, token, cells[:2])) == ["ok", "passed"]


def test_each_server_has_a_house_of_its_own(site: Site, ann: str) -> None:
    bob = site.instructor("bob")
    cells = [("learner", "y = 2"), ("test", "assert y == 2")]
    for token in (ann, bob):
        assert statuses(grade(site, token, cells)) == ["ok", "passed"]
    houses = site.containers(HOUSE)
    assert len(houses) == 2
    mounts = [[mount["Source"] for mount in house.attrs["Mounts"] if mount["Type"] == "bind"] for house in houses]
    assert all(len(sources) == 1 for sources in mounts) and mounts[0] != mounts[1]
    for house in houses:
        config = house.attrs["HostConfig"]
        assert config["NetworkMode"] == "none" and config["ReadonlyRootfs"] and config["CapAdd"] is None
        assert house.attrs["Config"]["User"] == f"{names.EXAMINER_UID}:{names.EXAMINER_UID}"


def test_no_examiner_is_left(site: Site, ann: str) -> None:
    grade(site, ann, [("learner", "y = 2"), ("test", "assert y == 2")])

    def processes() -> int:
        return sum(len(house.top()["Processes"]) for house in site.containers(HOUSE))

    wait_until(lambda: processes() == 2 * len(site.containers(HOUSE)), 10)  # Docker's init, and the house.


def test_without_a_forker(make_site: Callable[..., Site]) -> None:
    site = make_site(grading_start="exec", grading_cell_seconds=2, grading_pool=0, kernel_memory_limit=300 * 1024**2)
    token = site.instructor("ann")
    cells = [
        ("learner", "y = int(open('data.csv').read())"),
        ("learner", ENDLESS),
        ("learner", HUNGRY),
        ("learner", "import os; os._exit(3)"),
        ("test", "assert y == 2"),
    ]
    answer = grade(site, token, cells, {"data.csv": b"2"})
    assert statuses(answer) == ["ok", "timeout", "ended", "ended", "passed"]
    assert "300 MB of memory" in answer["cells"][2]["message"] and "ended the kernel" in answer["cells"][3]["message"]
    assert site.containers(FORKER) == []
    wait_until(lambda: site.containers(LEARNER_KERNEL) == [], 10)
    assert [folder.name for folder in (site.root / "kernels" / "grading").glob("kernel-*")] == []


def test_who_may_not_grade(site: Site) -> None:
    refused = {
        "a learner": site.instructor("l1", groups=["course:accounting.nl:learner"]),
        "a token of no server": site.instructor("p1", scopes=[names.SANDBOX_SCOPE]),
        "a token without the scope": site.instructor("i1", scopes=["access:servers!server=i1/accounting.nl"]),
    }
    for who, token in refused.items():
        assert post(site, token, [("learner", "1")], {"large": bytes(8 << 20)}).status_code == 403, who
    assert post(site, "unknown", []).status_code == 401
