"""The typed API's frame: FastAPI whose every refusal is problem JSON (RFC 9457) and whose faults leak nothing."""

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from fairgo.core.errors import FairgoError
from fairgo.web.problems import PROBLEM_JSON

log = logging.getLogger(__name__)


def typed_api(title: str) -> FastAPI:
    """An empty API: routers join it. Its description is at `/openapi.json`."""
    api = FastAPI(title=title, docs_url=None, redoc_url=None)
    api.add_exception_handler(FairgoError, _named)
    api.add_exception_handler(RequestValidationError, _misfit)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _fault)
    return api


async def _named(_request: Request, error: Exception) -> Response:
    if not isinstance(error, FairgoError):
        raise error
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else None
    return _problem(error.status, error.message, code=error.detail, hint=error.hint, headers=headers)


async def _misfit(_request: Request, error: Exception) -> Response:
    """Which field does not fit and why; never the value that was sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _problem(422, f"{place}: {first['msg']}", code="bad_request")


async def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _problem(error.status_code, str(error.detail), code="http", headers=error.headers)


async def _fault(_request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(6)
    log.error("fault %s: %s", reference, type(error).__name__)
    return _problem(500, f"Fairgo could not do this. Reference: {reference}", code="fault")


def _problem(status: int, detail: str, *, code: str, hint: str = "", headers: object = None) -> Response:
    body = {"status": status, "detail": detail, "code": code} | ({"hint": hint} if hint else {})
    extra = dict(headers) if isinstance(headers, dict) else None
    return JSONResponse(body, status, extra, media_type=PROBLEM_JSON)
