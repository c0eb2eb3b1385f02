"""The sandbox's HTTP interface, for the kernel provisioner in instructors' servers.

=======  =======================  ==========================================================================
POST     /kernels                 start a kernel; the body is its working folder as a tar archive
GET      /kernels/{id}            whether it runs, and if not, how it ended
POST     /kernels/{id}/interrupt  interrupt what it executes
POST     /kernels/{id}/kill       end and remove it; so does DELETE /kernels/{id}
GET      /gradings                what grades: the digest of the kernels' image
POST     /gradings                grade a notebook; the body is a job, see :mod:`doorstart.sandbox.grading.job`
GET      /health                  whether the service is there; the only one that asks for no token
=======  =======================  ==========================================================================

Answers are JSON; a refusal is ``{"error": word for programs, "message": text for an instructor}``. A caller sees only
the kernels of the server that its token was made for.
"""

# No postponed annotations here: FastAPI could not resolve those that name a dependency made in create_app().

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from docker.errors import DockerException
from fastapi import Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from doorstart import names
from doorstart.identity import Caller, IdentityError, identity_error
from doorstart.sandbox.grading.gradings import Gradings
from doorstart.sandbox.kernels import Kernel, Kernels, Reason, Refused, connection
from doorstart.sandbox.said import said
from doorstart.settings import MIB

_MESSAGES = {
    Reason.EXITED: "The kernel's program has ended.",
    Reason.OUT_OF_MEMORY: "The kernel used more memory than it may, and was ended.",
    Reason.LIFETIME: "The kernel ran for longer than it may, and was ended.",
    Reason.STOPPED: "The kernel was stopped.",
    Reason.SERVER_GONE: "The kernel was ended because the server that it belongs to is not running any more.",
}

_MAX_DRAIN = 256 * MIB

KernelId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


def create_app(
    kernels: Kernels,
    gradings: Gradings,
    image_for: Callable[[Caller], str],
    identify: Callable[..., Awaitable[Caller]],
) -> FastAPI:
    """The service as an ASGI application.

    Args:
        kernels: what to serve; opened and closed with the application.
        gradings: the same.
        image_for: the digest of the kernels' image that a caller gets; raises :class:`Refused` if there is none.
        identify: FastAPI dependency that returns the caller and requires :data:`doorstart.names.SANDBOX_SCOPE`.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await kernels.open()
        await gradings.open()
        yield
        await gradings.close()
        await kernels.close()

    async def server(caller: Annotated[Caller, Depends(identify)]) -> str:
        return _server_of(caller)

    async def image(caller: Annotated[Caller, Depends(identify)]) -> str:
        _server_of(caller)
        return image_for(caller)

    Server = Annotated[str, Depends(server)]  # noqa: N806 (a type)
    Image = Annotated[str, Depends(image)]  # noqa: N806 (a type)
    app = FastAPI(title="Doorstart sandbox", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(IdentityError, identity_error)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(DockerException, _engine_failed)
    app.add_exception_handler(RequestValidationError, _invalid)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/kernels", status_code=HTTPStatus.CREATED)
    async def start(
        server: Server,
        image: Image,
        request: Request,
        id: Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")] = None,  # noqa: A002 (its name in the URL)
        kernel_key: Annotated[str | None, Header(pattern="^[0-9A-Za-z_-]{32,128}$")] = None,
    ) -> dict[str, Any]:
        body = request.stream()
        try:
            kernel = await kernels.start(server, image, body, id, kernel_key)
        except Refused:
            await _drain(body)
            raise
        return {"id": kernel.id, "connection": connection(kernel, kernel.id)}

    @app.get("/kernels/{id}")
    async def state(server: Server, id: KernelId) -> dict[str, Any]:  # noqa: A002
        return _state(await kernels.find(server, id))

    @app.post("/kernels/{id}/interrupt", status_code=HTTPStatus.NO_CONTENT)
    async def interrupt(server: Server, id: KernelId) -> Response:  # noqa: A002
        await kernels.interrupt(server, id)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @app.post("/kernels/{id}/kill", status_code=HTTPStatus.NO_CONTENT)
    @app.delete("/kernels/{id}", status_code=HTTPStatus.NO_CONTENT)
    async def stop(server: Server, id: KernelId) -> Response:  # noqa: A002
        await kernels.stop(server, id)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @app.get("/gradings")
    async def grader(image: Image) -> dict[str, str]:
        return {"image": image}

    @app.post("/gradings")
    async def grade(server: Server, image: Image, request: Request) -> JSONResponse:
        body = request.stream()
        gone = asyncio.Event()
        leaving: asyncio.Task[None] | None = None

        async def whole() -> AsyncIterator[bytes]:
            nonlocal leaving
            async for chunk in body:
                yield chunk
            # After the body, the next that is received is that the caller has left.
            leaving = asyncio.create_task(_left(request, gone))

        try:
            return JSONResponse(await gradings.grade(server, image, whole(), gone))
        except Refused:
            if leaving is None:
                await _drain(body)
            raise
        finally:
            if leaving is not None:
                leaving.cancel()

    return app


async def _left(request: Request, gone: asyncio.Event) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _server_of(caller: Caller) -> str:
    if caller.server is None:
        raise Refused(
            403, said("Only a person's server may start kernels, and this token was made for something else.")
        )
    if not caller.courses("instructor"):
        text = said(
            "%(name)s is not an instructor of any course, so no kernel is started in the sandbox.", name=caller.name
        )
        raise Refused(403, text)
    return names.server_id(caller.name, caller.server)


def _state(kernel: Kernel) -> dict[str, Any]:
    return {
        "id": kernel.id,
        "running": kernel.ended is None,
        "reason": kernel.reason,
        "exit_code": kernel.exit_code,
        "message": _MESSAGES[kernel.reason] if kernel.reason else "",
    }


async def _drain(body: AsyncIterator[bytes]) -> None:
    """Read the rest of a refused request: a client that is still sending would lose the answer to a closed socket."""
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > _MAX_DRAIN:
            return


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)  # noqa: S101  registered for this class only
    return _error(error.status, str(error))


async def _engine_failed(_: Request, error: Exception) -> JSONResponse:
    return _error(
        503, said("The container engine does not answer as it should. Try again in a minute, then ask the admin.")
    )


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class only
    fields = ", ".join(str(part["loc"][-1]) for part in error.errors())
    return _error(422, said("The request is not in the form that the sandbox expects: %(why)s.", why=fields))


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": HTTPStatus(status).name.lower(), "message": message}, status)
