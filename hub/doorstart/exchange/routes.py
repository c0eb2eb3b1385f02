"""The HTTP paths of the exchange. Each only translates: the rules are in :mod:`doorstart.exchange.service`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, StreamingResponse

from doorstart.exchange import wire
from doorstart.exchange.service import Exchange, Handout
from doorstart.exchange.upload import receive
from doorstart.identity import Caller

READ_SIZE = 256 * 1024
RELEASE = "/courses/{course}/assignments/{assignment}"
FEEDBACK = "/submissions/{identifier}/feedback"


async def _caller(request: Request) -> Caller:
    caller: Caller = await request.app.state.identity(request)
    return caller


def _exchange(request: Request) -> Exchange:
    exchange: Exchange = request.app.state.exchange
    return exchange


Who = Annotated[Caller, Depends(_caller)]
The = Annotated[Exchange, Depends(_exchange)]
router = APIRouter(prefix=wire.PREFIX)


@router.get("/health")
async def health(exchange: The) -> JSONResponse:
    """Whether the service and its database work; without a token."""
    await run_in_threadpool(exchange.check_health)
    return JSONResponse({"status": "ok"})


@router.get("/key")
async def key(exchange: The) -> wire.PublicKey:
    """The key that receipts are checked with; without a token."""
    return wire.PublicKey(key=base64.b64encode(exchange.public_key).decode())


@router.get("/me")
async def me(caller: Who) -> wire.Me:
    """The caller and the caller's courses."""
    return wire.Me(name=caller.name, learner=caller.courses("learner"), instructor=caller.courses("instructor"))


@router.get("/me/units")
async def units(caller: Who, exchange: The) -> wire.MyUnits:
    """What a learner's pages show: courses, units, their state, and what to do first."""
    return await run_in_threadpool(exchange.units, caller)


@router.get("/assignments")
async def assignments(caller: Who, exchange: The, course: str | None = None) -> list[wire.Release]:
    """What is handed out in the caller's courses, or in one of them."""
    return await run_in_threadpool(exchange.assignments, caller, course)


@router.get(RELEASE)
async def fetch(caller: Who, exchange: The, course: str, assignment: str) -> Response:
    """The archive that is handed out for an assignment."""
    return _archive(await run_in_threadpool(exchange.release_archive, caller, course, assignment))


@router.put(RELEASE)
async def release(request: Request, caller: Who, exchange: The, course: str, assignment: str) -> Response:
    """Releases an archive: 201 for a new version, 200 for one that was released before."""
    await run_in_threadpool(exchange.check_release, caller, course, assignment)
    return await _take(request, exchange, lambda file: exchange.release(caller, course, assignment, file))


@router.delete(RELEASE)
async def withdraw(caller: Who, exchange: The, course: str, assignment: str) -> Response:
    """Hands an assignment out no longer; keeps everything."""
    await run_in_threadpool(exchange.withdraw, caller, course, assignment)
    return Response(status_code=204)


@router.put(RELEASE + "/due")
async def set_due(caller: Who, exchange: The, course: str, assignment: str, due: wire.Due) -> wire.Due:
    """Sets when an assignment is due; for instructors."""
    return await run_in_threadpool(exchange.set_due, caller, course, assignment, due.due)


@router.put(RELEASE + "/due/{learner}")
async def set_own_due(
    caller: Who, exchange: The, course: str, assignment: str, learner: str, due: wire.Due
) -> wire.Due:
    """Sets when an assignment is due for one learner; for instructors."""
    return await run_in_threadpool(exchange.set_own_due, caller, course, assignment, learner, due.due)


@router.put("/courses/{course}/late")
async def set_late(caller: Who, exchange: The, course: str, late: wire.LatePolicy) -> wire.LatePolicy:
    """Sets what late work costs in a course, for learners to read; for instructors."""
    return await run_in_threadpool(exchange.set_late, caller, course, late)


@router.get("/courses/{course}/progress")
async def course_progress(caller: Who, exchange: The, course: str) -> wire.CourseProgress:
    """Who is where in a course; for its instructors."""
    return await run_in_threadpool(exchange.course_progress, caller, course)


@router.post(RELEASE + "/submissions")
async def submit(request: Request, caller: Who, exchange: The, course: str, assignment: str) -> Response:
    """Takes a submission and answers with its receipt: 201, or 200 when these bytes are the latest submission."""
    await run_in_threadpool(exchange.check_submit, caller, course, assignment)
    return await _take(request, exchange, lambda file: exchange.submit(caller, course, assignment, file))


@router.get("/courses/{course}/submissions")
async def course_submissions(
    caller: Who, exchange: The, course: str, assignment: str | None = None
) -> list[wire.Submission]:
    """All submissions in a course; for its instructors."""
    return await run_in_threadpool(exchange.course_submissions, caller, course, assignment)


@router.get("/submissions")
async def own_submissions(
    caller: Who, exchange: The, course: str | None = None, assignment: str | None = None
) -> list[wire.Submission]:
    """The caller's own submissions."""
    return await run_in_threadpool(exchange.own_submissions, caller, course, assignment)


@router.get("/submissions/{identifier}")
async def submission(caller: Who, exchange: The, identifier: str) -> wire.Submission:
    """One submission."""
    return await run_in_threadpool(exchange.submission, caller, identifier)


@router.get("/submissions/{identifier}/archive")
async def submission_archive(caller: Who, exchange: The, identifier: str) -> Response:
    """The archive of a submission."""
    return _archive(await run_in_threadpool(exchange.submission_archive, caller, identifier))


@router.get(FEEDBACK)
async def fetch_feedback(caller: Who, exchange: The, identifier: str) -> Response:
    """The archive of the feedback that is shown for a submission."""
    return _archive(await run_in_threadpool(exchange.feedback_archive, caller, identifier))


@router.put(FEEDBACK)
async def release_feedback(request: Request, caller: Who, exchange: The, identifier: str) -> Response:
    """Shows this feedback for a submission: 201, or 200 when it is shown already."""
    await run_in_threadpool(exchange.check_feedback, caller, identifier)
    score = request.headers.get(wire.SCORE_HEADER)
    return await _take(request, exchange, lambda file: exchange.add_feedback(caller, identifier, file, score))


async def _take(
    request: Request, exchange: Exchange, store: Callable[[BinaryIO], tuple[BaseModel, bool]]
) -> JSONResponse:
    async with receive(request, exchange) as file:
        stored, created = await run_in_threadpool(store, file)
    return JSONResponse(stored.model_dump(), 201 if created else 200)


def _archive(handout: Handout) -> StreamingResponse:
    # Not a FileResponse: that tells the file's time, and releases and feedback carry none.
    file = handout.path.open("rb")
    length = handout.path.stat().st_size
    headers = {wire.DIGEST_HEADER: handout.digest, "Content-Length": str(length)}
    if handout.variant:
        headers[wire.VARIANT_HEADER] = handout.variant
    return StreamingResponse(_chunks(file), media_type=wire.ARCHIVE_TYPE, headers=headers)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while data := file.read(READ_SIZE):
            yield data
