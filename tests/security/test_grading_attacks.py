"""Every attack on grading, twice: against plain nbgrader, where it does what it says, and against this site, in vain.

The attacks are in :mod:`.grading_attacks`, one a file. On the site, all are handed in for one assignment, with honest
submissions between them, and graded by one run of ``doorstart grade``.
"""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from docker.models.containers import Container

from doorstart import names
from doorstart.check.client import Person
from doorstart.images.build import Builder, Image
from doorstart.settings import settings
from doorstart.site import containers, engine
from doorstart.site.place import TOP, Place
from doorstart.site.units import SiteCourse

from .grading_attacks import case, plain

ATTACKS = case.attacks()
AT_ONCE = 2
"""Runs of plain nbgrader, and submissions on the site, at the same time."""
LEAST, LEAST_OF_A_FAMILY = 60, 4
COURSE = "attacks"
LIMITS = {"cell_seconds": 6, "notebook_seconds": 60}
"""Shorter than a site's own, so that attacks that wait for the end of their time do not take the tests' time."""
GRADED_WITHIN = 1500.0
"""Seconds for all attacks on the site; as long again as it takes on two slow processors."""
ALONE_SECONDS, TOGETHER_SECONDS = 90, 900

IN_PLAIN = [attack for attack in ATTACKS if attack.in_plain]

each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


# What stands in the files


@each_attack
def test_an_attack_says_what_it_tries_and_what_it_deserves(attack: case.Attack) -> None:
    assert attack.tries.endswith(".") and len(attack.tries) > 20
    assert attack.name.startswith(f"{attack.family}_") and attack.family in case.FAMILIES
    assert 0 <= attack.honest <= case.ALL
    assert attack.outcomes <= case.OUTCOMES.keys()
    assert attack.outcomes or len(attack.plain.partition(": ")[2]) > 10, "nothing comes of it, and it does not say why"
    assert attack.files()[case.NOTEBOOK] == attack.files()[case.NOTEBOOK] != case.to_bytes(case.honest())
    assert all(names.USERNAME.match(learner) for learner in attack.learners)
    known = {**case.HIDDEN, "near": case.NEAR, **case.SECRETS}
    assert not case.found_in(attack.files(), known), "what it is to find out, it must not know"


def test_there_are_enough_attacks_of_each_family() -> None:
    assert len(ATTACKS) >= LEAST
    count = Counter(attack.family for attack in ATTACKS)
    assert {family: count[family] for family in case.FAMILIES if count[family] < LEAST_OF_A_FAMILY} == {}


def test_text_is_found_as_attacks_write_it() -> None:
    text = case.HIDDEN["comment"]
    disguises = {
        "plain": text,
        "tags": f"<span>{text[:5]}</span><b>{text[5:]}</b>",
        "backwards": text[::-1],
        "hex": f"00{text.encode().hex()}",
        "rot13": "jnyehf-dhvapr-7741",
        "base64": "eCB3YWxydXMtcXVpbmNlLTc3NDEgeQ==",
        "numbers": ", ".join(str(ord(sign)) for sign in text),
    }
    for name, disguise in disguises.items():
        assert case.found_in({"page.html": f"something {disguise} else".encode()}, case.HIDDEN) == {"comment"}, name
    assert case.found_in({f"{text}.txt": b""}, case.HIDDEN) == {"comment"}
    assert not case.found_in({"page.html": b"something else"}, case.HIDDEN)


@pytest.mark.parametrize(
    "page",
    [
        "<script>attack_runs()</script>",
        "<img src=x onerror=attack_runs()>",
        "<a href='java\nscript:attack_runs()'>",
        "<img src=//attack.invalid/a>",
        "<style>@import 'http://attack.invalid/'</style>",
        "<p style='background: url(http://attack.invalid/)'>",
        "<form action=https://attack.invalid/attack>",
    ],
)
def test_markup_is_found_and_its_text_is_not_taken_for_it(page: str) -> None:
    assert case.markup_in(page.encode())
    assert not case.markup_in(page.replace("<", "&lt;").encode())


# Plain nbgrader


@pytest.fixture(scope="module")
def image() -> Image:
    """The image of instructors' servers."""
    return Builder(TOP, engine.ensure_engine(print), print).build_all()["instructor"]


@pytest.fixture(scope="module")
def plain_runs(image: Image) -> dict[str, plain.Run]:
    """For each attack, the run of plain nbgrader that it was part of."""
    client = engine.connect()
    assert client is not None
    course = plain.prepare(client, image.id)
    together = [attack for attack in IN_PLAIN if not attack.alone]
    groups = [together[number::AT_ONCE] for number in range(AT_ONCE)]
    groups += [[attack] for attack in IN_PLAIN if attack.alone]

    def run(group: list[case.Attack]) -> plain.Run:
        own = engine.connect()
        assert own is not None
        return plain.run(own, image.id, course, group, ALONE_SECONDS if len(group) == 1 else TOGETHER_SECONDS)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = list(pool.map(run, groups))
    return {attack.name: done for group, done in zip(groups, runs, strict=True) for attack in group}


@pytest.mark.engine
@pytest.mark.timeout(1800)
class TestPlainNbgrader:
    """The corpus against nbgrader as it comes: each attack works, or its file says why it does not."""

    def test_honest_work_gets_what_it_deserves(self, plain_runs: dict[str, plain.Run]) -> None:
        together = next(plain_runs[attack.name] for attack in IN_PLAIN if not attack.alone)
        assert together.ended and not together.changed
        assert together.outcomes[plain.FIRST].score == together.outcomes[plain.LAST].score == case.ALL
        wrong = together.outcomes[plain.WRONG]
        assert wrong.score == case.LINE_POINTS
        assert not case.found_in(wrong.returned, case.HIDDEN)
        assert not any(map(case.markup_in, wrong.returned.values()))

    def test_it_shows_hidden_checks_to_who_does_not_even_attack(self, plain_runs: dict[str, plain.Run]) -> None:
        together = next(plain_runs[attack.name] for attack in IN_PLAIN if not attack.alone)
        assert case.found_in(together.outcomes[plain.WRONG].returned, {"near": case.NEAR}), "a traceback has the source"

    @pytest.mark.parametrize("attack", IN_PLAIN, ids=lambda attack: attack.name)
    def test_attack(self, attack: case.Attack, plain_runs: dict[str, plain.Run]) -> None:
        run = plain_runs[attack.name]
        came = run.of(attack)
        assert attack.outcomes <= came, run.log[-3000:]
        assert attack.outcomes or came <= attack.plain_may, f"{attack.plain}, but {came}: {run.log[-3000:]}"


# This site


@dataclass(frozen=True)
class Graded:
    """What became of everything that was handed in on the site."""

    lines: Mapping[str, Mapping[str, Any]]
    """The report's lines, by learner."""
    returned: Mapping[str, Mapping[str, bytes]]
    """The files of each learner's feedback, by path."""
    secrets: Mapping[str, str]
    """What no learner may see, by name: texts of the exam, and tokens of the instructor's server."""
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    """``source`` and ``submitted`` of the course, before and after."""


def _controls() -> dict[str, bytes]:
    """Honest submissions with everything right, whose names put them behind attacks in alphabetical order."""
    after = [attack.learners[-1] for number, attack in enumerate(ATTACKS) if attack.alone or number % 5 == 0]
    right = case.to_bytes(case.right())
    return {"aaa-right": right, **{f"{learner}.ok": right for learner in after}, "zzz-right": right}


WRONG = "aab-wrong"
"""Who is honest, and has only task 2 right."""
CONTROLS = _controls()


@pytest.fixture(scope="module")
def graded(site: Any, image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """All attacks, graded by one command in an instructor's server."""
    built = tmp_path_factory.mktemp("attacks")
    source = built / "source" / case.ASSIGNMENT
    source.mkdir(parents=True)
    (source / case.NOTEBOOK).write_bytes(case.to_bytes(case.source_notebook()))
    config = {"ClearSolutions": {"code_stub": {"python": ""}, "text_stub": ""}, "Examine": {"limits": LIMITS}}
    (built / "nbgrader_config.json").write_text(json.dumps(config))
    SiteCourse(site.client, Place(settings()), image.id, COURSE).generate(built, [case.ASSIGNMENT])
    username, password = site.add("instructor", [COURSE])
    with Person(site.url, username, password) as teacher:
        teacher.start_server(names.server_name(COURSE))
        label = f"{names.LABEL_SERVER}={names.server_id(username, names.server_name(COURSE))}"
        (server,) = site.client.containers.list(filters={"label": [f"{names.LABEL_SITE}={site.name}", label]})
        try:
            yield _grade(site, server)
        finally:
            teacher.stop_server(names.server_name(COURSE))


def _grade(site: Any, server: Container) -> Graded:
    def run(*command: str, stdin: bytes = b"") -> bytes:
        return containers.execute(site.client, str(server.name), list(command), stdin)

    handed_in = {learner: attack.files() for attack in ATTACKS for learner in attack.learners}
    handed_in |= {learner: {case.NOTEBOOK: content} for learner, content in CONTROLS.items()}
    handed_in[WRONG] = {case.NOTEBOOK: case.to_bytes(case.honest())}
    files = {
        f"submitted/{learner}/{case.ASSIGNMENT}/{name}": content
        for learner, own in handed_in.items()
        for name, content in own.items()
    }
    root = str(names.COURSE_ROOT)
    run("tar", "-x", "-C", root, stdin=_tar(files))
    before = _read(run("tar", "-c", "-C", root, "source", "submitted"))
    command = f"cd {root} && doorstart grade {COURSE} {case.ASSIGNMENT} --all --workers {AT_ONCE} --json"
    # In the background: it says nothing for longer than a connection to the engine stays open.
    run("sh", "-c", f"({command} >/tmp/graded.json 2>/tmp/graded.err; echo $? >/tmp/graded.code) >/dev/null 2>&1 &")
    deadline = time.monotonic() + GRADED_WITHIN
    while not run("sh", "-c", "cat /tmp/graded.code 2>/dev/null || true").strip():
        assert time.monotonic() < deadline, "grading did not come to an end"
        time.sleep(2)
    said = run("cat", "/tmp/graded.err").decode(errors="replace")
    try:
        report = json.loads(run("cat", "/tmp/graded.json"))
    except ValueError:
        pytest.fail(f"there is no report: {said[-2000:]}")
    run("sh", "-c", f"cd {root} && nbgrader generate_feedback {case.ASSIGNMENT} >/tmp/feedback.log 2>&1")
    returned: dict[str, dict[str, bytes]] = {learner: {} for learner in handed_in}
    for path, content in _read(run("tar", "-c", "-h", "-C", f"{root}/feedback", ".")).items():
        learner, _, name = path.partition("/")
        returned.setdefault(learner, {})[name] = content
    environment = dict(line.partition("=")[::2] for line in server.attrs["Config"]["Env"])
    tokens = {name: value for name, value in environment.items() if "TOKEN" in name and value}
    assert tokens, "an instructor's server has a token"
    return Graded(
        {line["student"]: line for line in report["submissions"]},
        returned,
        {**case.HIDDEN, "near": case.NEAR, **case.SECRETS, **tokens},
        before,
        _read(run("tar", "-c", "-C", root, "source", "submitted")),
    )


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.uid, entry.gid = len(content), names.SERVER_UID, names.SERVER_UID
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _read(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = {entry.name.removeprefix("./"): tar.extractfile(entry) for entry in tar if entry.isfile()}
        return {name: content.read() for name, content in found.items() if content}


@pytest.mark.engine
@pytest.mark.timeout(GRADED_WITHIN + 300)
class TestThisSite:
    """The corpus against this site: points for the honest part, nothing given away, no effect on anybody else."""

    @each_attack
    def test_attack(self, attack: case.Attack, graded: Graded) -> None:
        for learner in attack.learners:
            line = graded.lines[learner]
            assert line["status"] == "graded", json.dumps(line, indent=1)
            least = 0 if attack.spoils else attack.honest
            assert least <= line["score"] <= attack.honest, json.dumps(line, indent=1)
            returned = graded.returned[learner]
            assert any(path.endswith(".html") for path in returned), "feedback was made"
            assert case.found_in(returned, graded.secrets) == set()
            assert [found for page in returned.values() if (found := case.markup_in(page))] == []

    @pytest.mark.parametrize("learner", CONTROLS)
    def test_an_honest_submission_between_attacks_has_all_points(self, learner: str, graded: Graded) -> None:
        line = graded.lines[learner]
        assert (line["status"], line["score"]) == ("graded", case.ALL), line
        others = {name: text for name, text in graded.secrets.items() if name != "other"}
        assert case.found_in(graded.returned[learner], others) == frozenset()

    def test_an_honest_wrong_submission_has_its_points_and_sees_no_hidden_check(self, graded: Graded) -> None:
        assert graded.lines[WRONG]["score"] == case.LINE_POINTS
        assert case.found_in(graded.returned[WRONG], graded.secrets) == frozenset()

    def test_nothing_of_the_course_has_changed(self, graded: Graded) -> None:
        assert graded.before == graded.after

    def test_nothing_is_left_running(self, site: Any, graded: Graded) -> None:
        labels = [f"{names.LABEL_SITE}={site.name}", f"{names.LABEL_ROLE}=learner-kernel"]
        kernels = site.client.containers.list(ignore_removed=True, filters={"label": labels})
        assert [line for one in kernels for line in one.top()["Processes"] if "python" in " ".join(line)] == []
