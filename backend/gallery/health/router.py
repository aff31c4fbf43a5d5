"""HTTP for those who watch over the gallery: liveness and metrics."""

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gallery import __version__
from gallery.health.measures import measure
from gallery.infra.errors import NotFound
from gallery.infra.events import EventHub
from gallery.infra.http import Db, from_state
from gallery.infra.storage import Storage
from gallery.infra.wire import Output

watch = APIRouter(tags=["health"])
"""What every process of a gallery answers, a worker too."""
router = APIRouter(tags=["health"])
Files = Annotated[Storage, Depends(from_state("storage"))]
Events = Annotated[EventHub, Depends(from_state("events"))]


class HealthOut(Output):
    status: Literal["ok", "degraded"]
    database: Literal["ok", "away"]
    storage: Literal["ok", "full"]
    version: str


@watch.get("/health")
async def get_health(request: Request, db: Db, storage: Files) -> HealthOut:
    """Whether the process lives, and what it misses. It answers 200 as long as it can answer at all."""
    database = await db.ping()
    room = storage.free_bytes() > request.app.state.uploads.min_free_bytes
    return HealthOut(
        status="ok" if database and room else "degraded",
        database="ok" if database else "away",
        storage="ok" if room else "full",
        version=__version__,
    )


@watch.get("/metrics", include_in_schema=False)
async def get_metrics(request: Request, db: Db, storage: Files, events: Events) -> Response:
    """For Prometheus on the same machine, or for whoever has METRICS_TOKEN; for others there is nothing here."""
    if not _may_measure(request):
        raise NotFound
    measured = await measure(db, storage, events)
    return Response(generate_latest() + measured, media_type=CONTENT_TYPE_LATEST)


def _may_measure(request: Request) -> bool:
    token: str | None = request.app.state.metrics_token
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return not forwarded and request.client is not None and request.client.host in {"127.0.0.1", "::1"}


@router.get("/api/docs", include_in_schema=False, response_class=HTMLResponse)
async def get_docs() -> HTMLResponse:
    """A page that leads to the machine-readable description: nothing is loaded from elsewhere."""
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Max Photo Gallery: API</title>'
        "<h1>Max Photo Gallery: API</h1><p>The complete description, with examples and errors, is"
        ' <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Open it in any OpenAPI viewer.</p></html>'
    )
