"""HTTP for those who watch over the gallery: liveness and metrics."""

import hmac
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gallery import __version__
from gallery.health.measures import measure
from gallery.infra.db import Database
from gallery.infra.errors import NotFound, Unavailable
from gallery.infra.events import EventHub
from gallery.infra.http import Db, Now, from_state
from gallery.infra.storage import Storage
from gallery.infra.wire import Output
from gallery.keeping.state import Keeping, how_is_keeping

watch = APIRouter(tags=["health"])
"""What every process of a gallery answers, a worker too."""
router = APIRouter(tags=["health"])
Files = Annotated[Storage, Depends(from_state("storage"))]
Events = Annotated[EventHub, Depends(from_state("events"))]


class HealthOut(Output):
    status: Literal["ok", "degraded"]
    database: Literal["ok", "away"]
    storage: Literal["ok", "full"]
    originals: Literal["ok", "damaged", "lost", "unknown"]
    """`damaged`: some are missing or damaged. `lost`: more than one of a hundred is missing."""
    backup: Literal["ok", "none", "overdue", "unverified", "unknown"]
    """`overdue`: a target has no good one for 26 hours, or what its schedule says.
    `unverified`: none was read again for 8 days. `none`: never was one."""
    version: str


@watch.get("/health")
async def get_health(request: Request, db: Db, storage: Files, now: Now) -> HealthOut:
    """Whether the process lives, and what it misses. It answers 200 as long as it can answer at all."""
    database = await db.ping()
    room = storage.free_bytes() > request.app.state.uploads.min_free_bytes
    keeping = await _keeping(db, now()) if database else None
    return HealthOut(
        status="ok" if keeping and keeping.is_well and room else "degraded",
        database="ok" if database else "away",
        storage="ok" if room else "full",
        originals=keeping.originals if keeping else "unknown",
        backup=keeping.backup if keeping else "unknown",
        version=__version__,
    )


@watch.get("/metrics", include_in_schema=False)
async def get_metrics(request: Request, db: Db, storage: Files, events: Events, now: Now) -> Response:
    """For Prometheus on the same machine, or for whoever has METRICS_TOKEN; for others there is nothing here."""
    if not _may_measure(request):
        raise NotFound
    measured = await measure(db, storage, events, now())
    return Response(generate_latest() + measured, media_type=CONTENT_TYPE_LATEST)


async def _keeping(db: Database, now: datetime) -> Keeping | None:
    try:
        async with db.transaction() as session:
            return await how_is_keeping(session, now)
    except Unavailable:
        return None


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
