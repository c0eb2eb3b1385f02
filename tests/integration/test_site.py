"""The site as its admin handles it: the ``doorstart`` command, run as a command, and what it leaves on the machine."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from doorstart import names
from doorstart.check.client import ClientError, Person
from doorstart.settings import Settings
from doorstart.site import containers
from doorstart.site.place import Place

from .classroom import SERVICES, Classroom
from .command import doorstart

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

COURSE = "programming.en"
SECRETS = {
    "hub": ["/var/lib/doorstart/hub/cookie-secret", "/var/lib/doorstart/hub/admin-token"],
    "exchange": ["/var/lib/doorstart/exchange/signing.key"],
}
PROXY_TOKEN = "/run/doorstart/proxy/token"


def snapshot(site: Any) -> dict[str, Any]:
    """What a second ``site up`` must not change: containers and when they started, images, volumes, files."""
    services = [site.container(service) for service in SERVICES]
    place = Place(Settings())
    return {
        "containers": {one.name: (one.id, one.attrs["State"]["StartedAt"], one.image.id) for one in services},
        "images": sorted(image.id for image in site.client.images.list() if "/doorstart" in f"/{image.tags}"),
        "volumes": sorted(one.name for one in site.client.volumes.list() if one.name.startswith(f"{site.name}-")),
        "files": {path.name: path.read_bytes() for path in place.folder.iterdir()},
    }


def secrets_of(site: Any) -> dict[str, str]:
    """A site's secrets, in hexadecimal, by their paths."""
    paths = {PROXY_TOKEN: "hub"} | {path: service for service, files in SECRETS.items() for path in files}
    code = "import sys; print(open(sys.argv[1], 'rb').read().hex())"
    return {
        path: containers.execute(site.client, f"{site.name}-{service}", ["python", "-c", code, path]).decode().strip()
        for path, service in paths.items()
    }


def test_a_second_up_changes_nothing(site: Any, artefacts: Path) -> None:
    before = snapshot(site)
    done = doorstart("site", "up")
    assert done.returncode == 0, done.stderr
    assert "nothing to build" in done.stdout and "nothing to load" in done.stdout and "nothing to do" in done.stdout
    assert snapshot(site) == before
    (artefacts / "second-up.txt").write_text(f"a second `site up`: {done.seconds:.1f} s\n")
    print(f"a second site up took {done.seconds:.1f} s")


def test_down_keeps_everything_and_up_brings_it_back(site: Any, classroom: Classroom) -> None:
    ida = classroom.learner(COURSE, prefix="ida")
    ida.ask("fetch", "01-first-steps")
    path = f"{COURSE}/01-first-steps/01-first-steps.ipynb"
    ida.save(path, ida.notebook(path))
    ida.ask("submit", "01-first-steps")
    submissions = ida.submissions("01-first-steps")
    volumes = {one.name for one in site.client.volumes.list() if one.name.startswith(f"{site.name}-")}
    done = doorstart("site", "down")
    assert done.returncode == 0, done.stderr
    everything = site.client.containers.list(
        ignore_removed=True, all=True, filters={"label": f"{names.LABEL_SITE}={site.name}"}
    )
    assert everything == [], "no server and no service runs"
    assert {one.name for one in site.client.volumes.list() if one.name.startswith(f"{site.name}-")} == volumes
    again = doorstart("roster", "list")
    assert again.returncode == 1 and "is not running" in again.stderr and "make up" in again.stderr

    assert doorstart("site", "up").returncode == 0
    ida.person = Person(site.url, ida.name, ida.password)
    ida.server = ida.person.start_server()
    assert ida.submissions("01-first-steps") == submissions
    assert ida.notebook(path).cells
    (demo,) = [line for line in Place(Settings()).accounts.read_text().splitlines() if "demo-learner" in line]
    Person(site.url, "demo-learner", demo.split()[2]).http.close()


def mode_of(site: Any, service: str, path: str) -> str:
    """The mode of a file in a service's container, in octal."""
    found = containers.execute(site.client, f"{site.name}-{service}", ["stat", "--format=%a", path])
    return found.decode().strip()


def test_secrets_are_for_their_owner_only(site: Any) -> None:
    for service, paths in SECRETS.items():
        assert {path: mode_of(site, service, path) for path in paths} == dict.fromkeys(paths, "600")
    assert mode_of(site, "hub", PROXY_TOKEN) == "640", "the proxy reads it by its group"
    assert mode_of(site, "hub", "/var/lib/doorstart/hub/hub.db") == "600", "it has the hashes of passwords"
    assert mode_of(site, "exchange", "/var/lib/doorstart/exchange") == "700"
    place = Place(Settings())
    assert stat.S_IMODE(place.accounts.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700


def test_secrets_are_not_in_the_engines_records_nor_in_images(site: Any) -> None:
    secrets = {value for value in secrets_of(site).values() if value}
    secrets |= {bytes.fromhex(value).decode(errors="replace").strip() for value in secrets}
    passwords = {line.split()[2] for line in Place(Settings()).accounts.read_text().splitlines()[1:]}
    everything = [site.container(service) for service in SERVICES]
    records = json.dumps([one.attrs for one in everything])
    records += json.dumps([site.client.api.history(one.image.id) for one in everything])
    records += json.dumps([one.image.attrs for one in everything])
    assert [one for one in secrets | passwords if one in records] == []
    words = re.findall(r'"([A-Z_]*(?:TOKEN|SECRET|PASSWORD|KEY)[A-Z_]*)=', records)
    assert words == [], f"variables that look like secrets: {words}"


def test_two_sites_have_different_secrets(site: Any, second_site: Any) -> None:
    ours, theirs = secrets_of(site), secrets_of(second_site)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] == theirs[path]] == []


def test_destroy_asks_and_does_nothing_without_the_name(site: Any) -> None:
    before = snapshot(site)
    for answer in ("", "yes\n", "doorstar\n"):
        done = doorstart("site", "destroy", stdin=answer)
        assert done.returncode == 1
        assert "accounts, work, submissions and grades" in done.stdout
    assert snapshot(site) == before


ROSTER = """username,display name,language,role,courses
{one},Zoë Ünal,nl,learner,programming.en
{two},Ben Maes,fr,instructor,"programming.en, accounting.en"
"""


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster file with two people whom the site does not have."""
    path = tmp_path / "roster.csv"
    unique = os.urandom(3).hex()
    path.write_text(ROSTER.format(one=f"zoe-{unique}", two=f"ben-{unique}"))
    return path


def password_of(username: str, slips: Path) -> str:
    """The password on somebody's slip: the line below the username's, in whatever language."""
    found = re.search(rf": +{username}\n.*: +(\S+)\n", slips.read_text())
    assert found is not None, "no slip for this person"
    return found[1]


def people(site: Any) -> dict[str, dict[str, Any]]:
    """Everybody on the site, by username."""
    return {one["username"]: one for one in json.loads(doorstart("roster", "list", "--json").stdout)}


def test_a_roster_is_imported_once(site: Any, roster: Path, tmp_path: Path) -> None:
    before = people(site)
    slips = tmp_path / "slips.txt"
    dry = doorstart("roster", "import", str(roster), "--dry-run", cwd=tmp_path)
    assert dry.returncode == 0 and "2 would change" in dry.stdout
    assert people(site) == before and list(tmp_path.iterdir()) == [roster], "a dry run leaves no trace"

    done = doorstart("roster", "import", str(roster), "--passwords", str(slips), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    new = {name: one for name, one in people(site).items() if name not in before}
    assert {(one["display_name"], one["language"], one["role"]) for one in new.values()} == {
        ("Zoë Ünal", "nl", "learner"),
        ("Ben Maes", "fr", "instructor"),
    }
    assert stat.S_IMODE(slips.stat().st_mode) == 0o600
    for name in new:
        password = password_of(name, slips)
        assert password not in done.stdout + done.stderr
        Person(site.url, name, password).http.close()

    again = doorstart("roster", "import", str(roster), cwd=tmp_path)
    assert again.returncode == 0 and "0 changed, 2 as they were" in again.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["roster.csv", "slips.txt"]


def test_a_one_time_password_opens_no_server(site: Any, roster: Path, tmp_path: Path) -> None:
    slips = tmp_path / "slips.txt"
    assert doorstart("roster", "import", str(roster), "--passwords", str(slips)).returncode == 0
    (name,) = re.findall(r"zoe-\w+", slips.read_text())
    person = Person(site.url, name, password_of(name, slips))
    with person, pytest.raises(ClientError, match="eigen wachtwoord"):
        person.start_server()


def test_wrong_rows_are_told_by_line_and_nothing_is_applied(site: Any, roster: Path, tmp_path: Path) -> None:
    with roster.open("a") as file:
        file.write(
            "Bad Name,Eve,en,learner,programming.en\neve,Eve,en,boss,programming.en\nfay,Fay,en,learner,cooking.en\n"
        )
    before = people(site)
    done = doorstart("roster", "import", str(roster), cwd=tmp_path)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("line ")]
    assert [line.split(":")[0] for line in lines] == ["line 4", "line 5", "line 6"]
    assert "cooking.en" in lines[2]
    assert people(site) == before and list(tmp_path.iterdir()) == [roster]


def test_passwords_that_are_there_already_are_not_overwritten(site: Any, roster: Path, tmp_path: Path) -> None:
    slips = tmp_path / "passwords-roster.html"
    slips.write_text("the only copy")
    before = people(site)
    done = doorstart("roster", "import", str(roster), cwd=tmp_path)
    assert done.returncode == 1 and "is there already" in done.stderr and "choose another name" in done.stderr
    assert slips.read_text() == "the only copy" and people(site) == before


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["roster", "list"], {"DOORSTART_SITE": "nowhere"}, "is not running. Start the site with: make up"),
        (["check", "loop"], {"DOORSTART_SITE": "nowhere"}, "make up"),
        (["roster", "import", "missing.csv"], {}, "missing.csv"),
        (["roster", "list"], {"DOCKER_HOST": "unix:///nowhere.sock"}, "Docker engine is not running"),
        (["site", "up"], {"DOORSTART_PORT": "http"}, "DOORSTART_PORT"),
        (["site", "up"], {"DOORSTART_MEMORY_LIMIT": "12"}, "DOORSTART_MEMORY_LIMIT"),
        (["site", "up"], {"DOORSTART_SITE": "Prison 1"}, "DOORSTART_SITE"),
        (["site", "up"], {"DOORSTART_TLS_KEY": "/nowhere"}, "set both, or neither"),
        (["course", "build", "nowhere", "out"], {}, "nowhere"),
        (["roster", "reset", "nobody-at-all"], {}, "doorstart roster list"),
    ],
)
def test_errors_are_sentences(
    site: Any, tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = doorstart(*arguments, cwd=tmp_path, **environment)
    assert done.returncode not in (0, None)
    shown = done.stdout + done.stderr
    assert said in re.sub(r"\s+", " ", shown) and "Traceback" not in shown, shown
    assert list(tmp_path.iterdir()) == []
