"""nbgrader in a learner's server: not loaded when it starts, and there when it is first asked for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from doorstart_lab.later import Later, _load_jupyter_server_extension

BASE = "/user/bea/"
HEAVY = ("nbgrader", "sqlalchemy", "alembic", "nbconvert")


class Says(RequestHandler):
    def initialize(self, words: str) -> None:
        self.words = words

    def get(self) -> None:
        self.finish(self.words)


class Server:
    """A server with one page of its own and what is loaded later; ``loaded`` is what was, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.web = Application([(f"{BASE}own", Says, {"words": "own"})], base_url=BASE)
        self.loaded: list[str] = []
        app = SimpleNamespace(web_app=self.web)
        for name, page in {"panel_one": "assignments", "panel_two": "assignments/check"}.items():
            monkeypatch.setitem(sys.modules, name, self._module(name, page))
        extensions = {"panel_one": ("assignments",), "panel_two": ("assignments", "version")}
        monkeypatch.setattr("doorstart_lab.later.EXTENSIONS", extensions)
        _load_jupyter_server_extension(app)
        sock, self.port = bind_unused_port()
        self.http = HTTPServer(self.web)
        self.http.add_socket(sock)

    def _module(self, name: str, page: str) -> ModuleType:
        def load(app: Any) -> None:
            self.loaded.append(name)
            app.web_app.add_handlers(".*$", [(f"{BASE}{page}", Says, {"words": name})])

        module = ModuleType(name)
        module.load_jupyter_server_extension = load  # type: ignore[attr-defined]
        return module

    async def get(self, path: str) -> tuple[int, str]:
        answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{self.port}{path}", raise_error=False)
        return answer.code, answer.body.decode()


async def test_an_extension_is_loaded_once_and_by_its_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    assert await server.get(f"{BASE}own") == (200, "own")
    assert (await server.get(f"{BASE}lab/assignments"))[0] == (await server.get("/assignments"))[0] == 404
    assert server.loaded == []
    assert await server.get(f"{BASE}assignments?course_id=a") == (200, "panel_one")
    assert await server.get(f"{BASE}assignments/check") == (200, "panel_two")
    assert await server.get(f"{BASE}assignments") == (200, "panel_one")
    assert server.loaded == ["panel_one", "panel_two"]
    assert await server.get(f"{BASE}own") == (200, "own")


def test_the_addresses_are_those_that_nbgrader_has() -> None:
    from nbgrader.server_extensions.assignment_list import handlers as panel
    from nbgrader.server_extensions.validate_assignment import handlers as validation

    from doorstart_lab.later import EXTENSIONS

    for module in (panel, validation):
        own = EXTENSIONS[module.__name__.removesuffix(".handlers")]
        assert {pattern.split("/")[1] for pattern, _ in module.default_handlers} == set(own)


def test_nothing_that_a_learners_server_imports_at_its_start_imports_nbgrader() -> None:
    code = "import sys, doorstart_lab, doorstart_lab.later; print(sorted({one.split('.')[0] for one in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if f"'{name}'" in done.stdout] == []


def test_a_later_extension_handles_nothing_itself() -> None:
    app = SimpleNamespace(web_app=SimpleNamespace(settings={"base_url": BASE}))
    assert Later(app, {}).find_handler(SimpleNamespace(path=f"{BASE}assignments")) is None  # type: ignore[arg-type,func-returns-value]
