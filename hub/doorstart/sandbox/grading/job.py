"""What is asked for: a notebook's cells and files, read from the body of a request and checked.

The body is an uncompressed tar archive: first ``job.json``, then the files of the notebook's folder below ``files/``.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorstart.names import HIDDEN_TESTS
from doorstart.sandbox.grading.frames import MAX_FRAME
from doorstart.sandbox.said import said
from doorstart.sandbox.unpack import MAX_FILES
from doorstart.settings import MIB

MAX_JSON = 16 * MIB
"""Bytes of ``job.json``: the source of all cells."""
MAX_CELLS = 10_000
_FILES_FRAME = MAX_FRAME - MIB
"""Bytes of the archive that a learner kernel and an examiner are sent."""
_FOLDER = "files"


class JobError(ValueError):
    """The request is not a job, or asks for too much; the message is for an instructor."""


class Cell(BaseModel):
    """One cell that is run."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["learner", "test"]
    source: str = Field(max_length=MAX_JSON)


class Request(BaseModel):
    """``job.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1]
    cells: list[Cell] = Field(max_length=MAX_CELLS)
    imports: list[Annotated[str, Field(max_length=1000)]] = Field(default=[], max_length=1000)
    hidden: tuple[str, str] = HIDDEN_TESTS
    limits: dict[str, float] = Field(default={}, max_length=10)
    """Named ``cell_seconds`` and ``notebook_seconds``: shorter times than the site's."""


@dataclass(frozen=True)
class Job:
    """A job, ready to be carried out."""

    request: Request
    files: bytes
    """The files of the notebook's folder, as an uncompressed tar archive."""


def read(body: IO[bytes], max_bytes: int) -> Job:
    """Read a request's body.

    Args:
        body: the archive, at its beginning.
        max_bytes: of its files together.

    Raises:
        JobError: see there.
    """
    try:
        with tarfile.open(fileobj=body, mode="r:") as archive:
            members = iter(archive)
            first = next(members, None)
            if first is None or first.name != "job.json" or not first.isreg() or first.size > MAX_JSON:
                raise JobError(
                    said(
                        "The request does not begin with a job.json of at most %(megabytes)s MB.",
                        megabytes=MAX_JSON // MIB,
                    )
                )
            content = archive.extractfile(first)
            assert content is not None  # noqa: S101  a regular file
            request = Request.model_validate(json.load(content))
            files = _files(archive, members, max_bytes)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise JobError(
            said("The job is not in the form that the sandbox expects: %(why)s", why=f"{where}: {fault['msg']}")
        ) from error
    except (tarfile.TarError, OSError, ValueError, RecursionError) as error:
        if isinstance(error, JobError):
            raise
        raise JobError(said("The request could not be read: %(why)s", why=error)) from error
    return Job(request, files)


def _files(archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], max_bytes: int) -> bytes:
    """The members below ``files/`` as an archive of their own, with plain names, owners and rights."""
    packed = io.BytesIO()
    total = 0
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as out:
        for count, member in enumerate(members, start=1):
            if count > MAX_FILES:
                raise JobError(
                    said("The folder holds more than %(n)s files. Move what is not needed elsewhere.", n=MAX_FILES)
                )
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or path.parts[:1] != (_FOLDER,) or "\0" in member.name:
                raise JobError(said("%(file)s is not in the notebook's folder.", file=repr(member.name)))
            if member.issparse() or not (member.isdir() or member.isreg()):
                raise JobError(
                    said("%(file)s is neither a file nor a folder. Replace it by a copy.", file=repr(member.name))
                )
            if len(path.parts) == 1:
                continue
            total += member.size
            plain = tarfile.TarInfo(str(PurePosixPath(*path.parts[1:])))
            plain.type, plain.size, plain.mode = member.type, member.size, 0o755 if member.isdir() else 0o644
            if total > max_bytes or packed.tell() + plain.size > _FILES_FRAME:
                raise JobError(
                    said(
                        "The folder's files are larger than %(megabytes)s MB together. "
                        "Move what is not needed elsewhere.",
                        megabytes=min(max_bytes, _FILES_FRAME) // MIB,
                    )
                )
            out.addfile(plain, archive.extractfile(member) if member.isreg() else None)
    return packed.getvalue()
