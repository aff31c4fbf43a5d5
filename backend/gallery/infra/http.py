"""HTTP around the gallery: problems (RFC 9457), headers, limits, and what a router takes from the application.

The pieces around the application are plain ASGI callables.
"""

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Final
from uuid import uuid4

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gallery.infra import errors, problems
from gallery.infra.clock import Clock
from gallery.infra.db import Database, Session
from gallery.infra.metrics import REQUESTS

_log = structlog.get_logger()

STATUSES: Final[dict[type[errors.GalleryError], int]] = {
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.UnsupportedType: 415,
    errors.Invalid: 422,
    errors.Locked: 423,
    errors.TooManyRequests: 429,
    errors.ChecksumMismatch: 460,
    errors.Unavailable: 503,
    errors.StorageFull: 507,
}

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "code", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "code": {"type": "string", "enum": sorted(problems.TITLES)},
        "title": {"type": "string", "description": "A sentence in the caller's language (Accept-Language)."},
        "status": {"type": "integer"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of its errors."""
    names = {status: kind.__doc__ or kind.__name__ for kind, status in STATUSES.items()}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": names.get(status, "Malformed").splitlines()[0], "content": content}
        for status in statuses
    }


# --- What a router takes


def from_state(name: str) -> Callable[[Request], Any]:
    """A dependency on something that the composition root put on the application's state."""

    def take(request: Request) -> Any:
        return getattr(request.app.state, name)

    return take


async def get_session(request: Request) -> AsyncIterator[Session]:
    """One request, one transaction: committed after the response is made and before a byte of it is sent."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


Tx = Annotated[Session, Depends(get_session, scope="function")]
Db = Annotated[Database, Depends(from_state("database"))]
Now = Annotated[Clock, Depends(from_state("clock"))]


def client_host(request: Request) -> str | None:
    """The caller's address; behind a proxy that we trust, the one that the proxy saw."""
    return request.client.host if request.client else None


def locale_of(request: Request) -> str:
    return problems.preferred_locale(request.headers.get("accept-language"))


Locale = Annotated[str, Depends(locale_of)]


# --- Problems


def problem(request: Request, status: int, code: str, **facts: Any) -> JSONResponse:
    """The one shape of every error."""
    body = {
        "type": f"/problems/{code}",
        "code": code,
        "title": problems.title(code, locale_of(request)),
        "status": status,
        "request_id": request.scope.get("request_id", ""),
        **facts,
    }
    headers = {"Content-Language": locale_of(request)}
    if "retry_after" in facts:
        headers["Retry-After"] = str(facts["retry_after"])
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install_problem_handlers(app: FastAPI) -> None:
    """Every way in which a request can fail ends in `problem`."""

    async def on_gallery_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.GalleryError)
        return problem(request, STATUSES[type(error)], error.problem, **_in_words(error.facts, locale_of(request)))

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        locale = locale_of(request)
        found = [
            {"field": _field(item["loc"]), "message": problems.input_error(item, locale)}
            for item in error.errors()[:20]
        ]
        if any(item["type"] == "json_invalid" for item in error.errors()):
            return problem(request, 422, "malformed", errors=found)
        return problem(request, 422, "invalid", errors=found)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        codes = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
        answer = problem(request, error.status_code, codes.get(error.status_code, "malformed"))
        answer.headers.update(error.headers or {})
        return answer

    async def on_crash(request: Request, error: Exception) -> Response:
        return problem(request, 500, "internal")

    for kind in errors.GalleryError.__subclasses__():
        app.add_exception_handler(kind, on_gallery_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_crash)


def _in_words(facts: dict[str, Any], locale: str) -> dict[str, Any]:
    """The facts of an error, with what is wrong with which field said in the caller's language."""
    if "errors" not in facts:
        return facts
    found = [
        {"field": item["field"], "message": problems.field_error(item["reason"], locale)} for item in facts["errors"]
    ]
    return {**facts, "errors": found}


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location[1:])[:200]


# --- Around the application

_API_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


class Envelope:
    """Around every request: an id, safe headers, one line in the log, one observation for the metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = request_id = uuid4().hex
        started = time.perf_counter()
        status = 500

        async def send_enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in _API_HEADERS if pair[0] not in present]
                if b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                extra.append((b"x-request-id", request_id.encode()))
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_enveloped)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            seconds = time.perf_counter() - started
            REQUESTS.labels(scope["method"], route, str(status)).observe(seconds)
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )


def measured(app: ASGIApp, route: str) -> ASGIApp:
    """An application without an Envelope whose answers count, all under the name of one route."""

    async def measure(scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_noted)
        finally:
            REQUESTS.labels(scope["method"], route, str(status)).observe(time.perf_counter() - started)

    return measure


class BodyLimit:
    """No request body but an upload's may be large: more than `limit` bytes are refused while they arrive."""

    def __init__(self, app: ASGIApp, *, limit: int, but: Callable[[Scope], bool]) -> None:
        self._app, self._limit, self._but = app, limit, but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._but(scope):
            await self._app(scope, receive, send)
            return
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_counted, send)
