"""The typed API: routers under one frame, who calls, and an OpenAPI description that names every error and right."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse

from fairgo.staff.doors import TypedRoute
from fairgo.staff.rights import PERMISSIONS
from fairgo.web.open_routes import OpenRoute
from fairgo.web.problems import PROBLEM_JSON
from fairgo.web.typed import Problem, typed_api

ABOUT = (
    "What Fairgo keeps and does, for programs. A key of an application (`fairgo application add`) goes into "
    "`Authorization: Bearer …`; its scopes are rights of the table in `docs/reference/rights.md`."
)
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "a key of an application, or of the gateway"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-fairgo-session",
        "description": "a staff member who signed in at the console",
    },
}
REFUSALS = {
    "400": "What was sent cannot be read or does not fit",
    "401": "Nobody is signed in, or the key is unknown",
    "403": "The table of rights says no",
    "404": "There is nothing of this name, or it is not yours to see",
    "413": "The body is too large",
    "422": "Fields do not fit; `errors` names each",
    "429": "Too many requests; `Retry-After` says when to try again",
    "500": "A fault of Fairgo's own; `instance` is its reference",
}
HEADERS = {
    "401": {"WWW-Authenticate": "how to say who you are"},
    "429": {"Retry-After": "seconds until there is room"},
}


def app(routers: Iterable[APIRouter], *, version: str) -> FastAPI:
    """The API, to be mounted at `/api`; its description is at `/openapi.json`."""
    api = typed_api("Fairgo", version=version, description=ABOUT)
    for router in routers:
        api.router.routes.extend(router.routes)
    described = description(api)

    def openapi(_: Request) -> JSONResponse:
        return JSONResponse(described)

    api.router.routes.append(
        OpenRoute(
            "/openapi.json", openapi, why="how to call the API is no secret; no data of the house is in it"
        )
    )
    return api


def description(api: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1: what FastAPI knows, and for every operation its right, its refusals and how to say who calls."""
    found = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        routes=api.routes,
        separate_input_output_schemas=False,
    )
    parts = found.setdefault("components", {})
    parts["securitySchemes"] = SECURITY
    schemas = parts.setdefault("schemas", {})
    for model in ("HTTPValidationError", "ValidationError"):
        schemas.pop(model, None)
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(whole.pop("$defs", {}))
    schemas["Problem"] = whole
    for route in api.routes:
        if isinstance(route, TypedRoute):
            for method in route.methods or ():
                _tell(found["paths"][route.path_format][method.lower()], route)
    found["servers"] = [{"url": "/api"}]
    return found


def _tell(operation: dict[str, Any], route: TypedRoute) -> None:
    replies = operation["responses"]
    replies.pop("422", None)
    takes_body = "requestBody" in operation
    takes = takes_body or bool(operation.get("parameters"))
    wanted = ["401", "403", "429", "500"]
    wanted += ["400", "422"] if takes else []
    wanted += ["404"] if "{" in route.path or takes else []
    wanted += ["413"] if takes_body else []
    for status in wanted:
        replies.setdefault(status, {"description": REFUSALS[status], "content": _problem("Problem")})
        for name, why in HEADERS.get(status, {}).items():
            replies[status].setdefault("headers", {})[name] = {
                "description": why,
                "schema": {"type": "string"},
            }
    for status, reply in replies.items():
        if status >= "400" and "application/json" in reply.get("content", {}):
            reply["content"] = {PROBLEM_JSON: reply["content"]["application/json"]}
    if route.right is not None:
        operation["security"] = [{"key": []}, {"session": []}]
        operation["x-fairgo-right"] = route.right.value
        lets = PERMISSIONS[route.right].lets
        operation["description"] = (
            f"{operation.get('description', '')}\n\nTakes the right `{route.right}`: {lets}."
        )


def _problem(name: str) -> dict[str, Any]:
    return {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
