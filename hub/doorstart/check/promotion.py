"""The check before a promotion: an image is given to people of the check only, and must do what it is for.

It runs in a container of its own (:mod:`doorstart.check.inspector` starts it): ``python -m doorstart.check.promotion``
with the order as JSON in its only argument. If all is well it promotes the image, or asks for it where two persons have
to agree; whatever happens, nobody but people of the check ever had it before. If it is killed, nothing is promoted, and
the next one clears up.
"""

from __future__ import annotations

import fcntl
import signal
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

from doorstart import names
from doorstart.check import isolation, loop, progress, units
from doorstart.check.client import Server
from doorstart.check.exercise import courses_of_site, most_demanding, of_site
from doorstart.check.isolation import Finding
from doorstart.check.order import Order
from doorstart.check.report import Report, StepFailedError, in_words
from doorstart.check.stage import Stage, staged
from doorstart.images import acts, registry_file
from doorstart.images.registry import CHECK_GROUPS, SERVERS, Entry, Registry, RegistryError
from doorstart.settings import settings


def check(entry: Entry, report: progress.Progress, folder: Path, known: Registry) -> str:
    """Have an image do what it is for; what was checked, in a few words.

    Args:
        entry: The image; the groups of :data:`doorstart.images.registry.CHECK_GROUPS` get it.
        report: Gets the steps.
        folder: Where the lock is.
        known: The registry in which these groups get it.

    Raises:
        StepFailedError: it does not.
    """
    done: list[str] = []
    with staged(names.PROMOTION_COURSE, report, folder=folder, known=known) as stage:
        _run_units(stage, entry, report, done)
        if entry.name in SERVERS:
            done.append(_probe(stage, report))
    return ", ".join(done)


def _run_units(stage: Stage, entry: Entry, report: Report, done: list[str]) -> None:
    """One unit of each course in a server, or a kernel, of the image; and the whole loop with a course's first unit."""
    client = stage.client
    with report.step("Courses of the site") as current:
        courses = {
            course: of_site(client, stage.site, entry.id, course) for course in courses_of_site(client, stage.site)
        }
        courses = {course: found for course, found in courses.items() if found and course != stage.course}
        if not courses:
            raise RegistryError("The site has no course, so there is nothing to try the image with. Load one first.")
        current.note = ", ".join(courses)

    def run(server: Server) -> None:
        for course, found in courses.items():
            exercise = most_demanding(found)
            with report.step(f"Unit {exercise.unit} of {course}") as current:
                current.note = f"{units.run(server, exercise)} cells"

    first = next(iter(courses.values()))[0]
    where = {"at_desk" if entry.name == "learner" else "at_office": run}
    loop.drive(stage, lambda: first, report, **where)
    done += ["hand in, grade and return", f"units of {len(courses)} courses"]


def _probe(stage: Stage, report: progress.Progress) -> str:
    def tell(finding: Finding) -> None:
        outcome, step = finding.outcome, f"Refused: to {finding.probe.tried}"
        why = "It worked" if not outcome.refused else "It proves nothing, because its control failed"
        error = "" if outcome.ok else f"{why}. {outcome.detail}"
        report.add(progress.Line(step=step, ok=outcome.ok, seconds=finding.seconds, note=outcome.detail, error=error))

    found = isolation.probe(stage, report, tell)
    failed = [finding for finding in found if not finding.outcome.ok]
    if failed:
        listed = "; ".join(finding.probe.tried for finding in failed)
        raise StepFailedError("Isolation", f"{len(failed)} of {len(found)} attacks were not refused: to {listed}.")
    return f"{len(found)} attacks refused"


def carry_out(order: Order, path: Path, told: progress.Progress) -> None:
    """Check an image and promote it.

    Args:
        order: Which, by whom and why.
        path: The registry's file.
        told: Gets what is done.

    Raises:
        StepFailedError, RegistryError: it is not promoted; the message says why.
    """
    two, now = settings().two_persons, datetime.now(UTC)
    with path.with_name("check.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RegistryError("Another image is being checked. Wait until that has ended.") from None
        known = registry_file.update(acts.end_checks, path)
        entry = acts.promotable(known, order.image, who=order.who, two_persons=two)
        checked = ""
        try:
            # The one who confirms does so at once: it is the same digest that was checked when it was asked for.
            if not (two and order.image in known.requests):
                for group in CHECK_GROUPS:
                    give = partial(acts.trial, image=order.image, group=group, who=order.who, now=now)
                    known = registry_file.update(give, path)
                checked = check(entry, told, path.parent, known)
        finally:
            registry_file.update(acts.end_checks, path)
        promote = partial(
            acts.promote,
            image=order.image,
            who=order.who,
            reason=order.reason,
            now=datetime.now(UTC),
            checked=checked,
            two_persons=two,
        )
        registry_file.update(promote, path)


def main(argument: str, path: Path = registry_file.FILE) -> int:
    """Carry out one order; the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    order = Order.model_validate_json(argument)
    told = progress.Progress(path.with_name(progress.FILE), order)
    failure = "It was stopped."
    try:
        carry_out(order, path, told)
        failure = ""
    except (StepFailedError, RegistryError) as error:
        failure = str(error)
    except KeyboardInterrupt:
        failure = "The check was stopped."
    except Exception as error:  # whatever it is: whoever waits is told
        failure = in_words(error)
    finally:
        told.end(failure)
    return 1 if failure else 0


def _stop(number: int, _: FrameType | None) -> None:
    """End in order, so that the check's people and servers go."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
