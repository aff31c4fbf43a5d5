"""Composition root of the API: `uvicorn --factory gallery.main:create_app`."""

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.routing import APIRoute

from gallery import __version__
from gallery.access.actors import Member
from gallery.access.door import enforce_policy
from gallery.accounts import router as accounts
from gallery.accounts.service import authenticate
from gallery.assembly import Gallery, assemble
from gallery.assets import router as assets
from gallery.assets.delivery import MediaDoor
from gallery.health import router as health
from gallery.infra.asgi import Application, Receive, Scope, Send
from gallery.infra.db import Session
from gallery.infra.http import PROBLEM_SCHEMA, BodyLimit, Envelope, install_problem_handlers, measured
from gallery.infra.logging import configure_logging
from gallery.infra.web import WebFiles
from gallery.keeping import router as keeping
from gallery.settings import Settings, load_settings
from gallery.spaces import router as spaces
from gallery.timeline import router as timeline

# Room for a thousand checksums; more would only buy time of the one thread that reads JSON.
_JSON_LIMIT = 256 << 10
_ROUTERS = (
    accounts.auth,
    accounts.me,
    spaces.registration,
    spaces.spaces,
    spaces.invitations,
    assets.assets,
    assets.tus,
    assets.operator,
    keeping.router,
    timeline.timeline,
    timeline.events,
    health.watch,
    health.router,
)


def create_app(settings: Settings | None = None) -> Application:
    """The whole gallery as one ASGI application; settings come from the environment when none are given."""
    settings = settings or load_settings()
    configure_logging(debug=settings.debug, error_log=settings.error_log)
    return wire(assemble(settings))


def wire(gallery: Gallery) -> Application:
    """Puts the web application's files, the media door and the API behind one address."""
    api = Envelope(BodyLimit(create_api(gallery), limit=_JSON_LIMIT, but=_is_upload))
    media = measured(
        MediaDoor(gallery.database, gallery.storage, gallery.links, gallery.clock, gallery.downloads), "/media"
    )
    front = gallery.settings.web_root
    web = None if front is None else WebFiles(front)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/media/"):
                return await media(scope, receive, send)
            if web is not None and web.serves(scope["method"], path):
                return await web(scope, receive, send)
        return await api(scope, receive, send)

    return application


def create_api(gallery: Gallery) -> FastAPI:
    """The API alone."""
    settings = gallery.settings
    app = FastAPI(
        title="Max Photo Gallery",
        version=__version__,
        description="Every error is `application/problem+json` with a stable `code`; see the schema Problem.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(enforce_policy)],
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan(gallery),
        redirect_slashes=False,
    )
    for name in (
        "clock",
        "database",
        "storage",
        "jobs",
        "keys",
        "passwords",
        "links",
        "events",
        "intake",
        "uploads",
        "downloads",
    ):
        setattr(app.state, name, getattr(gallery, name))
    app.state.bot_token = settings.bot_token
    app.state.public_url = settings.base_url
    app.state.cors_origins = settings.cors_origins
    app.state.metrics_token = settings.metrics_token
    app.state.authenticate = _authenticator(gallery)
    for router in _ROUTERS:
        app.include_router(router)
    install_problem_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=["*"],
        )
    _describe_problems(app)
    return app


def create_watch(gallery: Gallery) -> Application:
    """What a process without an API answers: whether it lives, and its measurements."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(enforce_policy)])
    for name in ("clock", "database", "storage", "events", "uploads"):
        setattr(app.state, name, getattr(gallery, name))
    app.state.metrics_token = gallery.settings.metrics_token
    app.include_router(health.watch)
    install_problem_handlers(app)
    return Envelope(app)


def _lifespan(gallery: Gallery) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with gallery.running(work=gallery.settings.jobs_in_process):
            with _OpenPagesEndFirst(gallery):
                yield

    return lifespan


class _OpenPagesEndFirst:
    """A server that is asked to stop waits for its open answers. Event streams would keep it waiting for ever, and
    uploads for as long as a phone needs to send a film; both are told to come back."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> None:
        with suppress(ValueError):  # not the main thread: no signals will come
            for number in (signal.SIGTERM, signal.SIGINT):
                previous = signal.getsignal(number)
                signal.signal(number, self._on_signal)
                self._previous[number] = previous

    def __exit__(self, *_: object) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, previous)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._gallery.events.end_readers()
        self._gallery.uploads.end_receiving()
        previous = self._previous[number]
        if callable(previous):
            previous(number, frame)


def _authenticator(gallery: Gallery) -> Callable[[Session, str], Any]:
    async def find_out(session: Session, token: str) -> Member:
        return await authenticate(session, gallery.keys, token, now=gallery.clock())

    return find_out


def _is_upload(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == "/api/assets" or path == "/api/uploads" or path.startswith("/api/uploads/")


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0]}.{route.name}" if route.tags else route.name


def _describe_problems(app: FastAPI) -> None:
    """Adds the problem's schema and the bearer scheme to the OpenAPI document."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        document["security"] = [{"bearer": []}]
        _use_problem_for_422(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _use_problem_for_422(document: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation.get("responses", {}).items():
                if status == "422":
                    response["content"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
