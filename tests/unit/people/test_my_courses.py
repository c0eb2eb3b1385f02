"""The start page of a learner in a real Hub: it asks the exchange as that learner, and bears one that fails."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socketserver
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

NOW = "2030-01-28 09:00:00.000000 UTC"
UNIT = {"assignment": "01-a", "title": "First steps", "minutes": 40, "due": "2030-01-31 15:00:00.000000 UTC",
        "open": True, "state": "new", "fetched": None, "score": None, "max_score": None, "submissions": []}  # fmt: skip


@contextlib.contextmanager
def exchange(hub, answer=None, status=200, path="/me/units") -> Iterator[list[str]]:
    """Answers on the exchange's socket as the exchange does, and remembers the tokens that it was asked with."""
    tokens: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            token = self.headers["Authorization"].removeprefix("token ")
            tokens.append(token)
            with hub.http(token) as http:
                who = http.get("/hub/api/user").json()
            course = {
                "course": "accounting.en",
                "title": f"Accounts of {who['name']}",
                "language": "en",
                "units": [UNIT],
            }
            units = {"name": who["name"], "now": NOW, "courses": [course], "scopes": who["scopes"],
                     "next": {"course": "accounting.en", "assignment": "01-a"}}  # fmt: skip
            self.send_response(status if self.path == f"/services/exchange{path}" else 500)
            self.end_headers()
            self.wfile.write(answer if answer is not None else json.dumps(units).encode())
            tokens.append(json.dumps(who["scopes"]))

        def address_string(self) -> str:
            return "socket"

        def log_message(self, *_: object) -> None:
            pass

    socket = hub.state / "exchange.sock"
    with socketserver.ThreadingUnixStreamServer(str(socket), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tokens
        server.shutdown()
    socket.unlink()


def start_page(hub, someone, **more) -> tuple[str, str]:
    name, password = someone(**more)
    browser = hub.browser()
    browser.log_in(name, password)
    answer = browser.http.get("/hub/home")
    assert answer.status_code == 200
    return name, answer.text


def test_a_learner_sees_the_own_units_and_the_first_to_do(hub, someone):
    with exchange(hub):
        name, html = start_page(hub, someone, language="nl")
    assert f"Accounts of {name}" in html and "Doe dit eerst" in html and "donderdag, over 3 dagen" in html
    assert re.search(rf'href="/hub/spawn/{name}\?next=[^"]*doorstart-unit[^"]*">Beginnen: First steps', html)


def test_a_unit_is_opened_in_the_server_that_runs_and_started_otherwise(hub, someone):
    name, password = someone()
    browser = hub.browser()
    browser.log_in(name, password)

    def link():
        return re.search(r'class="btn btn-jupyter" href="([^"]*)"', browser.http.get("/hub/home").text)[1]

    with exchange(hub):
        assert link().startswith(f"/hub/spawn/{name}?next=")
        assert browser.start_server(name).status_code == 201
        assert link() == f"/user/{name}/lab?doorstart-unit=accounting.en%2F01-a"


def test_the_exchange_is_asked_with_a_token_that_opens_nothing_else_and_ends_with_the_request(hub, someone):
    with exchange(hub) as asked:
        start_page(hub, someone)
    token, scopes = asked
    assert not [scope for scope in json.loads(scopes) if not scope.startswith(("access:services!", "read:users:"))]
    with hub.http(token) as http:
        assert http.get("/hub/api/user").status_code == 403


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"error": "no"}', b"<html>"])
def test_an_exchange_that_answers_something_else_is_told_in_words(hub, someone, answer):
    with exchange(hub, answer):
        _, html = start_page(hub, someone, language="fr")
    assert "Vos leçons ne peuvent pas être affichées pour le moment. Rien n’est perdu." in html  # noqa: RUF001
    assert "JupyterLab" in html and "Traceback" not in hub.log()


def test_an_exchange_that_is_away_is_told_in_words(hub, someone):
    _, html = start_page(hub, someone)
    assert "Your units cannot be shown at this moment. Nothing is lost." in html


def test_an_instructors_page_does_not_ask_the_exchange(hub, someone):
    with exchange(hub) as asked:
        _, html = start_page(hub, someone, role="instructor")
    assert asked == [] and "cannot be shown" not in html


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"{name}.html")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
        folder = tarfile.TarInfo("folder.html")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
    return packed.getvalue()


def feedback(hub, someone, page: str, answer: bytes, status: int = 200):
    name, password = someone(language="de")
    browser = hub.browser()
    browser.log_in(name, password)
    with exchange(hub, answer, status, "/submissions/s1/feedback"):
        return browser.http.get(f"/hub/feedback/s1/{page}")


def test_feedback_is_shown_as_it_is_and_can_do_nothing(hub, someone):
    shown = feedback(hub, someone, "01-a.html", archive(**{"01-a": "<h1>7,5 é</h1><script>x</script>"}))
    assert shown.status_code == 200 and shown.text == "<h1>7,5 é</h1><script>x</script>"
    policy = shown.headers.get_list("Content-Security-Policy")
    assert len(policy) == 1 and policy[0].startswith("sandbox; default-src 'none';") and "script" not in policy[0]
    assert (
        shown.headers["Content-Type"].startswith("text/html") and shown.headers["X-Content-Type-Options"] == "nosniff"
    )


@pytest.mark.parametrize(
    ("page", "status", "expected"),
    [
        ("other.html", 200, (404, "Diese Seite gibt es nicht")),
        ("folder.html", 200, (404, "Diese Seite gibt es nicht")),
        ("01-a.html", 403, (404, "Diese Seite gibt es nicht")),
        ("01-a.html", 404, (404, "Diese Seite gibt es nicht")),
        ("01-a.html", 500, (503, "Die Rückmeldung kann gerade nicht gezeigt werden.")),
        ("01-a.txt", 200, (404, "Diese Seite gibt es nicht")),
    ],
)
def test_feedback_that_is_not_there_or_not_for_this_person(hub, someone, page, status, expected):
    answer = feedback(hub, someone, page, archive(**{"01-a": "<h1>found</h1>"}), status)
    assert answer.status_code == expected[0] and expected[1] in answer.text and "found" not in answer.text


def test_an_archive_that_is_none_is_told_in_words(hub, someone):
    assert feedback(hub, someone, "01-a.html", b"no tar").status_code == 503


def test_feedback_needs_a_log_in(hub):
    answer = hub.http().get("/hub/feedback/s1/01-a.html")
    assert answer.status_code == 302 and answer.headers["location"].startswith("/hub/login")
