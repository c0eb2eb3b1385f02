"""Demo accounts: one for each role, with passwords made on this installation."""

from __future__ import annotations

import os
from typing import Any

import docker

from doorstart.courses.build import course_id
from doorstart.site import containers
from doorstart.site.courses import offered
from doorstart.site.place import Place

PEOPLE = ["python", "-m", "doorstart.people"]


def rows(place: Place) -> list[dict[str, Any]]:
    """The demo accounts, in the roster's form: in every course that is loaded."""
    courses = [course_id(folder, language) for folder, language in offered(place.settings)]
    return [
        {"username": "demo-learner", "display_name": "Demo Learner", "role": "learner", "courses": courses},
        {"username": "demo-instructor", "display_name": "Demo Instructor", "role": "instructor", "courses": courses},
        {"username": "demo-admin", "display_name": "Demo Admin", "role": "admin", "courses": []},
    ]


def ensure(client: docker.DockerClient, place: Place) -> str:
    """Make the accounts that are missing; what was done, in a few words.

    If only some are missing, or the file with their passwords is, all get new passwords.
    """
    hub = place.container("hub")
    wanted = [{**row, "language": "en"} for row in rows(place)]
    request = {"rows": wanted, "one_time": False, "reset": not place.accounts.exists()}
    answer = containers.execute_json(client, hub, [*PEOPLE, "import"], request)
    if 0 < len(answer["passwords"]) < len(wanted):
        answer = containers.execute_json(client, hub, [*PEOPLE, "import"], {**request, "reset": True})
    passwords = {one["username"]: one["password"] for one in answer["passwords"]}
    if not passwords:
        return "nothing to do"
    lines = ["role        username         password"]
    lines += [f"{row['role']:<11} {row['username']:<16} {passwords[row['username']]}" for row in rows(place)]
    descriptor = os.open(place.accounts, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    return f"passwords made for {len(passwords)}"
