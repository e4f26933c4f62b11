"""The typed API's frame: FastAPI whose every refusal is problem JSON (RFC 9457) and whose faults leak nothing."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairgo.core.errors import FairgoError
from fairgo.web.problems import PROBLEM_JSON, BrokeOff

log = logging.getLogger(__name__)
UNAUTHORISED = 401
LONGEST_FIELD = 120
LARGEST_BODY = 1024 * 1024


class FieldProblem(BaseModel):
    """One field that does not fit: where it stands, its name, and what is wrong. What was sent is not repeated."""

    place: str = Field(alias="in", examples=["body", "query", "path", "header"])
    field: str
    detail: str


class Problem(BaseModel):
    """A refusal, as RFC 9457 writes it. `code` is the stable word for programs; `hint` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    hint: str = ""
    errors: list[FieldProblem] = Field(default_factory=list)


def typed_api(title: str, *, version: str = "1", description: str = "") -> FastAPI:
    """An empty API: routers join it. It has no pages of its own, and no description yet."""
    api = FastAPI(
        title=title,
        version=version,
        description=description,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.add_exception_handler(FairgoError, _named)
    api.add_exception_handler(RequestValidationError, _misfit)
    api.add_exception_handler(HTTPException, _http)
    return api


class Faults:
    """Outermost: whatever is raised inside becomes a problem reply, and no value of it gets out or into a log.

    A body of more than 1 MiB is refused while it comes in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises BrokeOff when the reply had begun, so that the server cuts the connection."""
        begun, size = False, 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than 1 MiB")
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, bounded, watched)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the one place where nothing may pass
            reference = secrets.token_hex(6)
            if not isinstance(error, FairgoError):
                log.error("fault %s: %s", reference, type(error).__name__)  # noqa: TRY400 - values stay out
            if begun:
                raise BrokeOff(f"the reply broke off, reference {reference}") from None
            await problem_reply(error, reference)(scope, receive, send)


def problem_reply(
    error: Exception, reference: str = "", more: Mapping[str, Any] | None = None
) -> JSONResponse:
    """The reply for a refusal or a fault. `more` are further members, such as both versions of a stale edit."""
    if isinstance(error, FairgoError):
        return _reply(error.status, error.message, code=error.detail, hint=error.hint, more=more)
    detail = f"Fairgo could not do this. Reference: {reference}"
    return _reply(HTTPStatus.INTERNAL_SERVER_ERROR, detail, code="fault", reference=reference)


async def _named(_request: Request, error: Exception) -> Response:
    return problem_reply(error)


async def _misfit(_request: Request, error: Exception) -> Response:
    """Which fields do not fit and why; never the value that was sent."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [_field(one) for one in error.errors()]
    first = fields[0]
    return _reply(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{first['in']}.{first['field']}: {first['detail']}".replace(".:", ":"),
        code="bad_request",
        more={"errors": fields},
    )


def _field(one: Mapping[str, Any]) -> dict[str, str]:
    place, *name = (str(part) for part in one["loc"])
    # A field nobody knows is the caller's own word, so it is cut.
    said = {"in": place, "field": ".".join(name)[:LONGEST_FIELD], "detail": one["msg"]}
    return said if one["type"] != "json_invalid" else said | {"field": "", "detail": "this is not JSON"}


async def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    return _reply(error.status_code, str(error.detail), code="http", headers=headers)


def _reply(
    status: int,
    detail: str,
    *,
    code: str,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
    reference: str = "",
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    body = {
        "type": f"urn:fairgo:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        # The address would name customers; a reference of its own is enough to ask about it.
        "instance": f"urn:fairgo:refusal:{reference or secrets.token_hex(6)}",
        "code": code,
        "hint": hint,
        "errors": [],
        **(more or {}),
    }
    asks = {"www-authenticate": 'Bearer realm="fairgo"'} if status == UNAUTHORISED else {}
    return JSONResponse(body, status, {**asks, **(headers or {})}, media_type=PROBLEM_JSON)
