"""``doorstart check``: does this site do what it should, and nothing that it must not?"""

from __future__ import annotations

import json
import signal
from types import FrameType
from typing import Annotated

import typer
from rich.markup import escape

from doorstart.check import loop
from doorstart.check.exercise import first_of
from doorstart.check.isolation import Finding
from doorstart.check.isolation import check as check_isolation
from doorstart.check.report import Report, StepFailedError
from doorstart.site.courses import course_folders
from doorstart.site.progress import console, errors

app = typer.Typer(help="Checks of the running site.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.callback()
def checks() -> None:
    """Checks of the running site."""
    signal.signal(signal.SIGTERM, _stop)


@app.command(name="loop")
def loop_(
    course: Annotated[str, typer.Option(help="The course whose first unit is used; see: doorstart course list")] = (
        "programming"
    ),
    as_json: AsJson = False,
) -> None:
    """Drive the whole loop: fetch, submit, grade and return an assignment, with people made for it."""
    folders = {folder.name: folder for folder in course_folders()}
    if course not in folders:
        raise typer.BadParameter(f"there is no course {course!r}; there is {', '.join(folders)}")
    report = Report(as_json=as_json)
    failure: StepFailedError | None = None
    try:
        loop.check(lambda: first_of(folders[course], "en"), report)
    except StepFailedError as error:
        failure = error
    if as_json:
        print(json.dumps(report.plain()))
    elif failure:
        errors.print(f"[red]Error:[/red] {escape(str(failure))}")
    else:
        console.print(f"The whole loop works ({report.seconds:.1f} s).")
    if failure:
        raise typer.Exit(1)


@app.command()
def isolation(as_json: AsJson = False) -> None:
    """Try to break out of a learner's server, in every way we know. Takes about a minute."""
    report = Report(as_json=as_json)
    found: list[Finding] = []

    def tell(finding: Finding) -> None:
        found.append(finding)
        if not as_json:
            _show(finding)

    failure: StepFailedError | None = None
    try:
        check_isolation(report, tell)
    except StepFailedError as error:
        failure = error
    failed = [finding for finding in found if not finding.outcome.ok]
    if as_json:
        plain = {"ok": not failed and failure is None, "probes": [finding.plain() for finding in found]}
        print(json.dumps({**plain, **({"error": str(failure)} if failure else {})}))
    elif failure:
        errors.print(f"[red]Error:[/red] {escape(str(failure))}")
    elif failed:
        errors.print(f"[red]Error:[/red] {len(failed)} of {len(found)} probes were not refused, or prove nothing.")
    else:
        console.print(f"All {len(found)} probes were refused, and all are known to work.")
    if failed or failure:
        raise typer.Exit(1)


def _show(finding: Finding) -> None:
    outcome = finding.outcome
    mark = "[green]✓[/green]" if outcome.ok else "[red]✗[/red]"
    verdict = "refused" if outcome.refused else "[red]IT WORKED[/red]"
    if not outcome.control:
        verdict = "[red]proves nothing, because its control failed[/red]"
    tried = f"{finding.probe.name}: to {finding.probe.tried}"
    console.print(f"{mark} {tried}: {verdict}. {escape(outcome.detail)} [dim]({finding.seconds:.1f} s)[/dim]")


def _stop(number: int, _: FrameType | None) -> None:
    """End in order, as Ctrl-C does, so that a check that is told to stop cleans up."""
    raise KeyboardInterrupt
