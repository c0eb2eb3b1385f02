"""A class at work on a site: learners and instructors who use what a browser uses, and what an engine's owner sees.

Learners use the REST API of nbgrader's assignment list, instructors that of formgrader. Doorstart changes neither.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import nbformat
import websocket
from docker.models.containers import Container

from doorstart import names
from doorstart.check.client import Person

SERVICES = ("hub", "proxy", "relay", "exchange", "sandbox")


class Learner:
    """A learner with a running server."""

    def __init__(self, site: Any, course: str, *, prefix: str = "learner") -> None:
        self.site = site
        self.course = course
        self.name, self.password = site.add("learner", [course], prefix=prefix)
        self.person = Person(site.url, self.name, self.password)
        self.server = self.person.start_server()

    def container(self) -> Container:
        """The container of this learner's server."""
        return container_of(self.site, self.name)

    def assignments(self) -> list[dict[str, Any]]:
        """What nbgrader's panel lists for the course: assignments, and own submissions."""
        return values(self.server.json("GET", "assignments", params={"course_id": self.course}))

    def ask(self, action: str, assignment: str) -> list[dict[str, Any]]:
        """A button of nbgrader's panel: ``fetch``, ``submit`` or ``fetch_feedback``; the list after it."""
        body = {"course_id": self.course, "assignment_id": assignment}
        return values(self.server.json("POST", f"assignments/{action}", json=body))

    def submissions(self, assignment: str) -> list[dict[str, Any]]:
        """The own submissions to an assignment, as the panel shows them, oldest first."""
        found = [one for one in self.assignments() if one["status"] == "submitted"]
        return [one for entry in found if entry["assignment_id"] == assignment for one in entry["submissions"]]

    def notebook(self, path: str) -> nbformat.NotebookNode:
        """A notebook of the home, as JupyterLab opens it."""
        content = self.server.json("GET", f"api/contents/{quote(path)}", params={"type": "notebook"})["content"]
        return nbformat.from_dict(content)

    def save(self, path: str, notebook: nbformat.NotebookNode) -> None:
        """Save a notebook, as JupyterLab does."""
        body = {"type": "notebook", "format": "json", "content": json.loads(json.dumps(notebook))}
        self.server.json("PUT", f"api/contents/{quote(path)}", json=body)

    def read(self, path: str) -> str:
        """The text of a file of the home."""
        params = {"type": "file", "format": "text"}
        return str(self.server.json("GET", f"api/contents/{quote(path)}", params=params)["content"])

    def nbgrader(self, *arguments: str) -> str:
        """Run the nbgrader command in the home, as a learner's notebook can; what it said.

        Raises:
            doorstart.check.client.ClientError: it failed.
        """
        code = f"""
import subprocess
done = subprocess.run(["nbgrader", *{list(arguments)!r}], capture_output=True, text=True)
print(done.stdout + done.stderr)
assert done.returncode == 0, done.stderr[-500:]
"""
        return self.server.run(code, 120)

    def exchange(self, expression: str) -> Any:
        """What an expression of the exchange's client ``c`` gives in this learner's kernel; an error gives its code.

        Any learner can run this: the server's own token is theirs to use.
        """
        code = f"""
import json
from doorstart_exchange_client.client import ExchangeClient, ExchangeClientError
from doorstart_exchange_client.wire import digest_of
c = ExchangeClient()
try:
    answer = {expression}
except ExchangeClientError as error:
    answer = {{"refused": error.code, "message": str(error)}}
print(json.dumps(answer, default=lambda data: digest_of(data)))
"""
        return json.loads(self.server.run(code).strip().splitlines()[-1])


class Instructor:
    """An instructor with a running server for one course."""

    def __init__(self, site: Any, course: str) -> None:
        self.site = site
        self.course = course
        self.name, self.password = site.add("instructor", [course])
        self.person = Person(site.url, self.name, self.password)
        self.server = self.person.start_server(names.server_name(course))

    def container(self) -> Container:
        """The container of this instructor's server."""
        return container_of(self.site, self.name, names.server_name(self.course))

    def press(self, path: str) -> str:
        """A button of formgrader; ``path`` below its API. What nbgrader logged."""
        answer = self.server.json("POST", f"formgrader/api/{path}", timeout=300)
        assert answer["success"], answer.get("error") or answer.get("log")
        return str(answer.get("log", ""))

    def collect(self, assignment: str) -> str:
        """Collect the latest submission of everybody."""
        return self.press(f"assignment/{assignment}/collect")

    def grade(self, assignment: str, *learners: Learner) -> None:
        """Autograde these learners' submissions, and release the feedback."""
        for learner in learners:
            self.press(f"submission/{assignment}/{learner.name}/autograde")
            self.press(f"assignment/{assignment}/{learner.name}/generate_feedback")
            self.press(f"assignment/{assignment}/{learner.name}/release_feedback")

    def submission(self, assignment: str, learner: Learner) -> dict[str, Any]:
        """A learner's row in formgrader's table of submissions."""
        found: list[dict[str, Any]] = self.server.json("GET", f"formgrader/api/submissions/{assignment}")
        (row,) = [one for one in found if one["student"] == learner.name]
        return row

    def terminal(self, command: str, timeout: float = 180) -> str:
        """Run a shell command in a terminal of JupyterLab; what it showed.

        Raises:
            AssertionError: the command failed.
        """
        name = self.server.json("POST", "api/terminals")["name"]
        address = f"{self.server.path}terminals/websocket/{name}"
        request = httpx.Request("GET", self.site.url + address)
        self.person.http.cookies.set_cookie_header(request)
        channel = websocket.create_connection(
            f"ws://{urlsplit(self.site.url).netloc}{address}",
            timeout=timeout,
            cookie=request.headers["cookie"],
            origin=self.site.url,
        )
        try:
            # The mark is put together by the shell, so that the echo of the line is not taken for it.
            channel.send(json.dumps(["stdin", f'{command}; echo "ended"-"with" $?\r']))
            shown = ""
            while not (ended := re.search(r"ended-with (\d+)", shown)):
                kind, *content = json.loads(channel.recv())
                shown += content[0] if kind == "stdout" else ""
        finally:
            channel.close()
            self.server.request("DELETE", f"api/terminals/{name}")
        assert ended[1] == "0", shown
        return shown


class Classroom:
    """Makes people of a site, and stops their servers at the end."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self._end = ExitStack()

    def learner(self, course: str, **options: str) -> Learner:
        """A new learner of a course, whose server runs."""
        learner = Learner(self.site, course, **options)
        self._end.callback(self._leave, learner.person, "")
        return learner

    def instructor(self, course: str) -> Instructor:
        """A new instructor of a course, whose server runs."""
        instructor = Instructor(self.site, course)
        self._end.callback(self._leave, instructor.person, names.server_name(course))
        return instructor

    def close(self) -> None:
        """Everybody leaves."""
        self._end.close()

    @staticmethod
    def _leave(person: Person, server: str) -> None:
        with person:
            person.stop_server(server)


def values(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The list in an answer of nbgrader's panel."""
    assert answer["success"], answer
    found: list[dict[str, Any]] = answer["value"]
    return found


def container_of(site: Any, username: str, server: str = "") -> Container:
    """The container of somebody's server."""
    label = f"{names.LABEL_SERVER}={names.server_id(username, server)}"
    found = site.client.containers.list(
        ignore_removed=True, all=True, filters={"label": [f"{names.LABEL_SITE}={site.name}", label]}
    )
    (container,) = [one for one in found if one.labels[names.LABEL_ROLE] in ("learner", "instructor")]
    return container


def of_role(site: Any, *roles: str) -> list[Container]:
    """The site's containers with one of these roles, also those that have ended."""
    found = site.client.containers.list(
        ignore_removed=True, all=True, filters={"label": f"{names.LABEL_SITE}={site.name}"}
    )
    return [one for one in found if one.labels.get(names.LABEL_ROLE) in roles]


@contextmanager
def kernels_of(site: Any) -> Iterator[list[dict[str, Any]]]:
    """A list that fills with what the engine says of each learner kernel that starts while the body runs."""
    wanted = [f"{names.LABEL_SITE}={site.name}", f"{names.LABEL_ROLE}=learner-kernel"]
    stream = site.client.events(decode=True, filters={"label": wanted, "event": "start", "type": "container"})
    seen: list[dict[str, Any]] = []

    def listen() -> None:
        with contextlib.suppress(Exception):  # closing the stream ends it in one of several ways
            for event in stream:
                seen.append(site.client.api.inspect_container(event["id"]))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield seen
    finally:
        stream.close()
        listener.join(10)


def wait_until(done: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something is so; ``what`` completes "it did not happen in time: …"."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"it did not happen in {seconds:.0f} s: {what}"
        time.sleep(0.1)
