"""Grading: plain nbgrader and Doorstart in turn, the same submissions, three rounds. ``make bench-grading``.

Thirty submissions of two notebooks, one with pandas. Plain nbgrader runs its kernels beside itself, in one container
of the same image as the instructor's server, without a limit on processors; Doorstart runs as on any site, every
notebook in a container of its own. Both must give every task the same points.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import docker
from conftest import Site, running_site
from integration.classroom import Classroom, Instructor

from bench.assignment import NOTEBOOKS, make_course
from bench.measure import MIB, Cost, cost, idle_use, less_is_better, more_is_better, report

COURSE = "bench"
ASSIGNMENT = "orders"
SUBMISSIONS = 30
SEED = 20261124
ROUNDS = 3
GOAL = 4.0
"""Times plain nbgrader's submissions per minute, on two processors."""


def main() -> None:
    """Run all rounds, print the table and write ``build/bench/grading.json``."""
    with tempfile.TemporaryDirectory() as folder, running_site("doorstart-bench", "18090") as site:
        course = Path(folder) / "course"
        make_course(course, ASSIGNMENT, SUBMISSIONS, SEED)
        room = Classroom(site)
        try:
            _rounds(site, room.instructor(COURSE), course)
        finally:
            room.close()


def _rounds(site: Site, teacher: Instructor, course: Path) -> None:
    _put(teacher, course)
    idle, ours, theirs = idle_use(), [], []
    for number in range(1, ROUNDS + 1):
        plain, expected = grade_plain(site.client, teacher.container().image.id, course, idle)
        mine, found = grade_ours(teacher, idle)
        _compare(found, expected)
        print(f"round {number}: nbgrader {plain.wall_seconds:.1f} s, Doorstart {mine.wall_seconds:.1f} s", flush=True)
        ours.append(mine)
        theirs.append(plain)

    def each(costs: list[Cost], what: str) -> list[float]:
        return [float(getattr(one, what)) for one in costs]

    rate = [[60 * SUBMISSIONS / wall for wall in each(costs, "wall_seconds")] for costs in (ours, theirs)]
    cpu = [[spent / SUBMISSIONS for spent in each(costs, "cpu_seconds")] for costs in (ours, theirs)]
    memory = [[peak / MIB for peak in each(costs, "peak_memory")] for costs in (ours, theirs)]
    report(
        "grading",
        [
            more_is_better("submissions_per_minute", *rate, unit="submissions/min", goal=GOAL),
            less_is_better("cpu_seconds_per_submission", *cpu, unit="CPU seconds"),
            less_is_better("peak_memory", *memory, unit="MiB, all containers together"),
        ],
        submissions=SUBMISSIONS,
        notebooks=len(NOTEBOOKS),
        rounds=ROUNDS,
        idle_processors=round(idle, 3),
    )


def grade_plain(
    client: docker.DockerClient, image: str, course: Path, idle: float
) -> tuple[Cost, dict[str, float | None]]:
    """One run of plain ``nbgrader autograde`` on a copy of the course: its cost, and the points of every check."""
    copy = Path(tempfile.mkdtemp(prefix="plain-", dir=course.parent))
    shutil.copytree(course, copy, dirs_exist_ok=True)
    config = f"c = get_config()\nc.CourseDirectory.course_id = {COURSE!r}\nc.CourseDirectory.root = '/plain'\n"
    (copy / "nbgrader_config.py").write_text(config)
    container = client.containers.run(
        image,
        entrypoint=["sleep", "3600"],
        user="0",
        network_mode="none",
        detach=True,
        init=True,
        working_dir="/plain",
        volumes={str(copy): {"bind": "/plain", "mode": "rw"}},
        # Nothing of Doorstart's configuration: as somebody finds nbgrader who installs it.
        tmpfs={"/etc/jupyter": "", "/tmp": ""},
        environment={
            "HOME": "/tmp",
            "JUPYTER_PATH": "",
            "JUPYTER_DEFAULT_PROVISIONER_NAME": "local-provisioner",
            "PYTHONSAFEPATH": "",
        },
    )
    try:
        _execute(container, ["nbgrader", "generate_assignment", ASSIGNMENT], "0")
        with cost(idle) as spent:
            _execute(container, ["nbgrader", "autograde", ASSIGNMENT], "0")
        return spent, _points(container, "/plain", "0")
    finally:
        container.remove(force=True)


def grade_ours(teacher: Instructor, idle: float) -> tuple[Cost, dict[str, float | None]]:
    """One run of ``doorstart grade`` on the instructor's server: its cost, and the points of every check."""
    container = teacher.container()
    with cost(idle) as spent:
        _execute(container, ["doorstart", "grade", COURSE, ASSIGNMENT, "--workers", "2", "--all", "--json"], "1000")
    return spent, _points(container, "/course", "1000")


def _put(teacher: Instructor, course: Path) -> None:
    """Put the course folder on the instructor's server, and release the assignment to its gradebook."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(course, "/", filter=_owned)
    container = teacher.container()
    container.put_archive("/course", archive.getvalue())
    _execute(container, ["nbgrader", "generate_assignment", ASSIGNMENT, "--force"], "1000")


def _owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 1000
    return member


def _execute(container: docker.models.containers.Container, command: list[str], user: str) -> str:
    status, output = container.exec_run(command, user=user)
    text = output.decode(errors="replace")
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{text[-3000:]}")
    return text


def _points(container: docker.models.containers.Container, root: str, user: str) -> dict[str, float | None]:
    code = (
        "import json; from nbgrader.api import Gradebook\n"
        f"with Gradebook('sqlite:///{root}/gradebook.db') as book:\n"
        f"    handed_in = book.assignment_submissions({ASSIGNMENT!r})\n"
        "    grades = [grade for one in handed_in for notebook in one.notebooks for grade in notebook.grades]\n"
        "    print(json.dumps({g.notebook.student.id + '/' + g.cell.name: g.auto_score for g in grades}))"
    )
    return dict(json.loads(_execute(container, ["python", "-c", code], user).splitlines()[-1]))


def _compare(found: dict[str, float | None], expected: dict[str, float | None]) -> None:
    wrong = {name: (found.get(name), points) for name, points in expected.items() if found.get(name) != points}
    if wrong or not expected:
        sys.exit(f"Doorstart and nbgrader give different points (ours, nbgrader's): {wrong}")


if __name__ == "__main__":
    main()
