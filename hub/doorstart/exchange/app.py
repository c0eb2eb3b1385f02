"""The exchange as an ASGI application: routes, errors as JSON, start and stop."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from doorstart.exchange.errors import ExchangeError
from doorstart.exchange.middleware import Courtesy
from doorstart.exchange.routes import router
from doorstart.exchange.service import Exchange
from doorstart.identity import HubIdentity, IdentityError, identity_error

log = logging.getLogger("doorstart.exchange")


def create_app(exchange: Exchange, identity: HubIdentity) -> FastAPI:
    """The application; it closes ``exchange`` and ``identity`` when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await identity.close()
        exchange.close()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    app.state.exchange = exchange
    app.state.identity = identity
    app.include_router(router)
    app.add_exception_handler(ExchangeError, _refused)
    app.add_exception_handler(IdentityError, identity_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Courtesy)
    return app


def _answer(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": code, "message": message}, status)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ExchangeError)  # noqa: S101  registered for this class only
    return _answer(error.status, error.code, error.message)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class only
    if error.status_code == 405:
        return _answer(405, "method_not_allowed", "This cannot be done with this address of the exchange.")
    return _answer(error.status_code, "not_found", "The exchange has nothing at this address.")


async def _bad_request(_: Request, __: Exception) -> JSONResponse:
    return _answer(422, "bad_request", "The exchange does not understand this request.")


async def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(
        500,
        "internal_error",
        "Something went wrong in the exchange. Nothing is lost that has a receipt. Try again; if it happens again, "
        "tell the admin the time, so that the log can be read.",
    )
