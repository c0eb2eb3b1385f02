"""The ``doorstart`` command: what an admin and an author do from the command line.

Each group of commands has a module of its own; here they meet, and here an error becomes a sentence.
"""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from doorstart.bundle.errors import BundleError
from doorstart.cli import bundle, check, course, image, roster, site, timetable
from doorstart.courses.format import CourseError
from doorstart.courses.paper import PaperError
from doorstart.images.build import BuildError
from doorstart.images.compile import CompileError
from doorstart.images.debian import DebianError
from doorstart.images.dockerfile import DockerfileError
from doorstart.images.lab import LabError
from doorstart.images.npm import NpmError
from doorstart.images.python import FetchError
from doorstart.images.recipe import RecipeError
from doorstart.images.registry import RegistryError
from doorstart.images.sbom import SbomError
from doorstart.site.containers import CommandError
from doorstart.site.engine import EngineError
from doorstart.site.lifecycle import SiteError
from doorstart.site.progress import errors
from doorstart.site.tls import TlsError

app = typer.Typer(
    name="doorstart",
    help="A learning environment for prisons: the site, its people, its courses, its checks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(site.app, name="site")
app.add_typer(roster.app, name="roster")
app.add_typer(timetable.app, name="timetable")
app.add_typer(course.app, name="course")
app.add_typer(check.app, name="check")
app.add_typer(bundle.app, name="bundle")
app.add_typer(image.app, name="image")

EXPECTED = (
    BuildError, BundleError, CommandError, CompileError, CourseError, DebianError, DockerfileError, EngineError,
    FetchError, LabError, NpmError, PaperError, RecipeError, RegistryError, SbomError, SiteError, TlsError,
)  # fmt: skip


def main() -> None:
    """Run the command line; an expected error is printed as a sentence, and the exit status is 1."""
    try:
        app()
    except EXPECTED as error:
        errors.print(f"[red]Error:[/red] {error}")
        sys.exit(1)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"DOORSTART_{str(first['loc'][0]).upper()}" if first["loc"] else error.title
        errors.print(f"[red]Error:[/red] The setting {name} is wrong: {first['msg']}")
        sys.exit(1)
    except KeyboardInterrupt:
        errors.print("Interrupted. Run the same command again to go on.")
        sys.exit(130)
