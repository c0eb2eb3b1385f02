"""Which policy each address of a server gets, what is refused, and which scripts of a template are marked."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from doorstart_page_policy.extension import inline_hashes
from doorstart_page_policy.pages import Kind, kind_of
from doorstart_page_policy.policy import HANDLERS, Place, others_work, own_work
from doorstart_page_policy.requests import refusal
from doorstart_page_policy.templates import mark_scripts, new_nonce

PLACE = Place("learn.example:8000", "/user/ann/accounting-nl/")


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("lab", Kind.LAB),
        ("lab/tree/submitted/eve/unit/work.ipynb", Kind.LAB),
        ("doc/tree/work.ipynb", Kind.LAB),
        ("static/lab/main.js", Kind.PART),
        ("lab/extensions/@jupyter/nbgrader/static/remoteEntry.js", Kind.PART),
        ("lab/api/themes/@jupyterlab/theme-light-extension/index.css", Kind.PART),
        ("formgrader/static/js/formgrade.js", Kind.PART),
        ("formgrader/manage_assignments", Kind.FORMGRADER),
        ("formgrader/gradebook/unit/work", Kind.FORMGRADER),
        ("formgrader/submissions/806e841f", Kind.FORMGRADER),
        ("formgrader/submissions/806e841f/", Kind.FORMGRADER),
        ("course", Kind.COURSE),
        ("course/unit/01-first-steps/learner/eve", Kind.COURSE),
        ("course/static/course.js", Kind.PART),
    ],
)
def test_a_page_of_jupyterlab_or_formgrader_is_known(path: str, kind: Kind) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    "path",
    [
        "files/submitted/eve/unit/report.html",
        "files/lab/tree/report.html",
        "nbconvert/html/work.ipynb",
        "formgrader/submissions/806e841f/report.html",
        "formgrader/submissions/806e841f/static/report.html",
        "formgrader/api/submissions/unit",
        "lab/api/settings",
        "labs",
        "api/contents",
        "view/report.html",
        "courses",
        "files/course/report.html",
        "",
    ],
)
def test_whatever_else_there_is_counts_as_content_and_may_do_nothing(path: str) -> None:
    assert kind_of(path) is Kind.CONTENT
    policy = directives(others_work(kind_of(path), PLACE))
    assert policy["default-src"] == ["'none'"] and policy["sandbox"] == [] and policy["form-action"] == ["'none'"]
    assert "script-src" not in policy and "connect-src" not in policy


@pytest.mark.parametrize("kind", [Kind.LAB, Kind.FORMGRADER, Kind.PART])
def test_scripts_come_from_folders_that_no_learner_can_write_to(kind: Kind) -> None:
    policy = directives(others_work(kind, PLACE, nonce="n", hashes=["sha256-x"]))
    folders = [source for source in policy["script-src"] if not source.startswith("'")]
    assert folders and all(source.startswith("learn.example:8000/user/ann/accounting-nl/") for source in folders)
    assert not any("/files/" in source for source in folders)
    assert {"'self'", "'unsafe-inline'", "*", "data:", "blob:"}.isdisjoint(policy["script-src"])
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == ["'none'"]


def test_my_course_has_only_its_own_files_and_sends_forms_only_to_itself() -> None:
    policy = directives(others_work(Kind.COURSE, PLACE))
    here = f"{PLACE.host}{PLACE.base_url}"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == [f"{here}course/static/"]
    assert policy["form-action"] == policy["connect-src"] == [f"{here}course", f"{here}course/"]
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    nowhere = directives(others_work(Kind.COURSE, Place("evil; script-src *", "/user/ann/")))
    assert nowhere["script-src"] == nowhere["form-action"] == []


def test_pictures_come_from_the_course_and_never_from_another_address_of_the_site() -> None:
    pictures = directives(others_work(Kind.LAB, PLACE))["img-src"]
    assert all(one in ("data:", "blob:") or one.startswith(f"{PLACE.host}{PLACE.base_url}") for one in pictures)
    assert f"{PLACE.host}{PLACE.base_url}" not in pictures, "formgrader's addresses are no pictures"


def test_a_host_that_is_none_gives_a_policy_that_allows_less() -> None:
    policy = directives(others_work(Kind.LAB, Place("evil; script-src *", "/user/ann/"), hashes=["sha256-x"]))
    assert policy["script-src"] == ["'unsafe-eval'", "'sha256-x'"]
    assert policy["connect-src"] == []


def test_own_work_may_run_but_asks_nothing_outside() -> None:
    policy = directives(own_work(PLACE))
    assert "'unsafe-inline'" in policy["default-src"]
    inside = {"'self'", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'"}
    assert set(policy["default-src"]) <= inside
    assert set(policy["connect-src"]) - inside == {f"{scheme}://{PLACE.below('')}" for scheme in ("ws", "wss")}


@pytest.mark.parametrize(
    ("path", "arguments", "headers"),
    [
        ("formgrader", {"path": [b"/course/submitted/eve"]}, {}),
        ("formgrader/", {"path": [b"x"]}, {"Sec-Fetch-Dest": "document"}),
        ("formgrader/manage_assignments", {}, {"Sec-Fetch-Dest": "image"}),
        ("logout", {}, {"Sec-Fetch-Dest": "image"}),
        ("lab", {}, {"Sec-Fetch-Dest": "iframe"}),
        ("files/evil.js", {}, {"Sec-Fetch-Dest": "script"}),
        ("files/evil.js", {}, {"Service-Worker": "script"}),
        ("static/evil.js", {}, {"Sec-Fetch-Dest": "serviceworker"}),
    ],
)
def test_what_only_content_asks_for_is_refused(
    path: str, arguments: dict[str, object], headers: dict[str, str]
) -> None:
    assert refusal(path, arguments, headers).endswith(".")


@pytest.mark.parametrize(
    ("path", "destination"),
    [
        ("lab", "document"),
        ("api/contents", "empty"),
        ("api/kernels/1/channels", "websocket"),
        ("files/plot.png", "image"),
        ("static/lab/main.js", "script"),
        ("formgrader/static/css/nbgrader.css", "style"),
        ("formgrader/manage_assignments", ""),
        ("course/unit/01-first-steps", "document"),
        ("course/static/course.js", "script"),
    ],
)
def test_what_pages_ask_for_is_answered(path: str, destination: str) -> None:
    assert refusal(path, {}, {"Sec-Fetch-Dest": destination} if destination else {}) == ""


def test_a_templates_scripts_are_marked_and_a_values_are_not() -> None:
    template = "<script>a</script><SCRIPT src='b'></script>{{ value }}"
    environment = Environment(loader=DictLoader({"page": template}))  # noqa: S701  as nbgrader's
    assert "nonce" not in environment.get_template("page").render(value="")
    mark_scripts(environment)
    mark_scripts(environment)
    nonce = new_nonce()
    page = environment.get_template("page").render(value="<script>c</script>")
    assert page.count(f'<script nonce="{nonce}"') == 2 and page.endswith("<script>c</script>")
    assert new_nonce() != nonce


def test_jupyterlabs_own_script_is_known_by_its_hash() -> None:
    # The example of the specification, Content Security Policy Level 2, 7.18.1.
    page = """<script id="data" type="application/json">{"a": 1}</script><script>alert('Hello, world.');</script>"""
    assert inline_hashes(page) == ["sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="]


def test_nbgraders_templates_have_no_other_handlers_than_those_that_may_run() -> None:
    formgrader = Path(str(files("nbgrader.server_extensions.formgrader")))
    pages = [path for folder in ("templates", "static/js") for path in (formgrader / folder).rglob("*.*")]
    found = [one for page in pages for one in re.findall(r'\son[a-z]+="([^"]*)"', page.read_text(), re.IGNORECASE)]
    assert sorted(found) == sorted(HANDLERS)
