"""The ``doorstart`` command in an instructor's server: grading a whole class, and who gave which grade."""

from __future__ import annotations

import json
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from doorstart_grading import batch, language, report
from doorstart_grading.course import Course, CourseError, Failure
from doorstart_grading.sentence import SentenceError, Told, sentence
from doorstart_grading.translation import N_, Language, Words
from doorstart_sandbox_kernel.client import SandboxError

app = typer.Typer(
    name="doorstart",
    help="Grading in this course: the whole class at once, and who gave which grade.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)

COLUMNS = {
    "none": N_("No grades yet"),
    "student": N_("Student"),
    "notebook": N_("Notebook"),
    "check": N_("Check"),
    "score": N_("Score"),
    "max_score": N_("Max score"),
    "by": N_("By"),
    "at": N_("At"),
    "what": N_("What"),
    "old": N_("Old"),
    "new": N_("New"),
}
"""What the columns of grades are called."""
INTERRUPTED = 130
"""Exit status of a command that was interrupted, as in shells."""


class _Spoken:
    language: Language = "en"
    """Of this server's course, as soon as that is known."""


@app.callback()
def _commands() -> None:
    """Also with one command, its name is given."""


@app.command()
def grade(
    course: Annotated[str, typer.Argument(help="The course of this server.")],
    assignment: Annotated[str, typer.Argument(help="The assignment to grade.")],
    count: Annotated[
        int | None, typer.Option("--workers", min=1, help="Submissions that are graded at once; as many as processors.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also grade what has not changed since.")] = False,
    student: Annotated[list[str] | None, typer.Option(help="Only this learner; may be given more than once.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show nbgrader's messages too.")] = False,
) -> None:
    """Grade what was handed in, several submissions at once.

    Only what has changed is graded: the submission, the assignment, or what grades. Interrupted, the command goes on
    where it was when it is run again.
    """
    here = _course(course, verbose)
    chosen = _students(here, assignment, student or [])
    started = time.monotonic()
    with here.alone():
        here.prepare(assignment)
        todo = chosen if everything else here.changed(assignment, chosen)
        outcomes: dict[str, Failure | str] = {one: "not graded" if one in todo else "unchanged" for one in chosen}
        interrupted = _run(here, assignment, todo, count or batch.cores(), outcomes, verbose)
        if interrupted and not everything:
            # A worker may have been done with one just before it was told to stop.
            waiting = [one for one, outcome in outcomes.items() if outcome == "not graded"]
            outcomes |= dict.fromkeys(set(waiting) - set(here.changed(assignment, waiting)), "graded")
    with here.gradebook() as gradebook:
        result = report.build(gradebook, here.id, assignment, outcomes, time.monotonic() - started)
    result.interrupted = interrupted
    if as_json:
        print(json.dumps(result.to_json()))
    else:
        report.show(result, console, here.language)
    if interrupted:
        errors.print(
            _words().gettext("Interrupted. What was graded is kept; run the same command without --all to go on.")
        )
        raise typer.Exit(INTERRUPTED)
    if not result.ok:
        raise typer.Exit(1)


@app.command()
def grades(
    course: Annotated[str, typer.Argument(help="The course of this server.")],
    assignment: Annotated[str, typer.Argument(help="The assignment.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this learner; may be given more than once.")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="Every change that was ever made, oldest first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Each grade, and who or what gave it and when."""
    here = _course(course)
    with here.gradebook() as gradebook:
        found = report.all_changes(gradebook, assignment) if changes else report.current_grades(gradebook, assignment)
    found = [one for one in found if not student or one["student"] in student]
    if as_json:
        print(json.dumps(found))
        return
    table = Table()
    for name in found[0] if found else ("none",):
        table.add_column(_words().gettext(COLUMNS[name]), overflow="fold")
    for one in found:
        table.add_row(*(_shown(value, here.language) for value in one.values()))
    console.print(table)


def main() -> None:
    """Run the command line; an expected error is printed as a sentence, and the exit status is 1."""
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    try:
        app()
    except (CourseError, SandboxError) as error:
        what = error.sentence if isinstance(error, SentenceError) else Told(str(error))
        errors.print(_words().gettext("Error:"), what.said(_words()), markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        errors.print(_words().gettext("Interrupted."))
        sys.exit(INTERRUPTED)


def _course(name: str, verbose: bool = False) -> Course:
    if not verbose:
        # SQLAlchemy's, about how nbgrader uses it: nothing that an instructor could do something about.
        warnings.filterwarnings("ignore", module="nbgrader")
    here = Course(verbose)
    _Spoken.language = here.language
    here.require(name)
    return here


def _words() -> Words:
    return language.of(_Spoken.language)


def _students(course: Course, assignment: str, wanted: list[str]) -> list[str]:
    found = course.submissions(assignment)
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        raise CourseError(
            sentence(
                "Nothing was collected of %(assignment)s from: %(names)s.",
                assignment=repr(assignment),
                names=", ".join(unknown),
            )
        )
    if not found:
        raise CourseError(
            sentence(
                "Nothing was collected of %(assignment)s. Collect it first, in formgrader.", assignment=repr(assignment)
            )
        )
    return [student for student in found if not wanted or student in wanted]


def _run(
    course: Course, assignment: str, todo: list[str], count: int, outcomes: dict[str, Failure | str], verbose: bool
) -> bool:
    """Grade these submissions and put down what becomes of each; whether this was interrupted."""
    try:
        with _progress(len(todo)) as advance:
            for student, failure in batch.grade(course, assignment, todo, count):
                outcomes[student] = failure or "graded"
                if verbose and failure:
                    errors.print(failure.details, markup=False, highlight=False)
                advance()
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar with the time left, on a terminal; what is yielded is to be called after each submission."""
    if not total or not errors.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn(_words().gettext("Grading")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Drawn by this thread only: another one could hold a lock while a worker is forked.
    with Progress(*columns, console=errors, auto_refresh=False, transient=True) as progress:
        task = progress.add_task("", total=total)
        progress.refresh()
        yield lambda: progress.update(task, advance=1, refresh=True)


def _shown(value: Any, spoken: Language) -> str:
    if isinstance(value, float):
        return language.number(value, spoken)
    return "" if value is None else str(value).replace("[", r"\[")


if __name__ == "__main__":
    main()
