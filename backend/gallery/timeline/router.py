"""HTTP for the timeline and for what changes while people look."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from gallery.access.actors import Member
from gallery.access.door import CurrentMember
from gallery.assets.links import MediaLinks
from gallery.infra.db import Database
from gallery.infra.errors import Unauthorized, Unavailable
from gallery.infra.events import Event, EventHub
from gallery.infra.http import Db, Now, Tx, from_state, problem_responses
from gallery.spaces import service as spaces
from gallery.timeline import service
from gallery.timeline.queries import Choice, Kind, View
from gallery.timeline.schemas import SkeletonOut, WindowOut

timeline = APIRouter(prefix="/api/timeline", tags=["timeline"])
events = APIRouter(prefix="/api/events", tags=["events"])

Links = Annotated[MediaLinks, Depends(from_state("links"))]
Hub = Annotated[EventHub, Depends(from_state("events"))]
_PING_SECONDS: Final = 5
_CACHE: Final = "private, no-cache"


def chosen(
    space_id: Annotated[list[UUID], Query(min_length=1, max_length=50)],
    view: View = View.ALL,
    kind: Kind = Kind.ALL,
) -> Choice:
    """The spaces and the view that the query names; a space named twice counts once."""
    return Choice(tuple(sorted(set(space_id))), view, kind)


Chosen = Annotated[Choice, Depends(chosen)]


@timeline.get("", response_model=SkeletonOut, responses=problem_responses(401, 404, 422))
async def get_skeleton(request: Request, session: Tx, actor: CurrentMember, choice: Chosen) -> Response:
    """How many assets there are on which day: the page knows its full height at once."""
    found = await service.skeleton(session, actor, choice)
    body = {"total": sum(found.counts), "days": found.days, "counts": found.counts}
    return _tagged(request, {**body, "revision": found.revision})


@timeline.get("/window", response_model=WindowOut, responses=problem_responses(401, 404, 422))
async def get_window(
    request: Request,
    session: Tx,
    actor: CurrentMember,
    choice: Chosen,
    links: Links,
    clock: Now,
    day: date | None = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=service.WINDOW)] = service.WINDOW,
) -> Response:
    """At most 512 assets from the `offset`-th of a day on, continuing into older days; without a day, the newest."""
    found = await service.window(session, actor, choice, links, day=day, offset=offset, limit=limit, now=clock())
    return _tagged(request, found)


@events.get("", responses=problem_responses(401), response_class=StreamingResponse)
async def stream_events(request: Request, actor: CurrentMember, db: Db, hub: Hub) -> StreamingResponse:
    """What changes in the caller's spaces, as server-sent events; ends with the session."""
    return StreamingResponse(
        _stream(request, actor, db, hub),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, actor: Member, db: Database, hub: EventHub) -> AsyncIterator[str]:
    async with hub.reader() as queue:
        mine = await _space_ids(db, actor)
        yield "event: hello\ndata: {}\n\n"
        checked = time.monotonic()
        while True:
            if time.monotonic() - checked >= _PING_SECONDS:
                if not await _still_signed_in(request):
                    return
                checked = time.monotonic()
                yield ": ping\n\n"
            try:
                event = await asyncio.wait_for(queue.get(), _PING_SECONDS)
            except TimeoutError:
                continue
            if event is None:
                return
            if event.user_id == actor.user_id:
                mine = await _space_ids(db, actor)
            if _concerns(event, actor, mine):
                yield f"event: {event.name}\ndata: {json.dumps(event.data)}\n\n"


def _concerns(event: Event, actor: Member, mine: set[UUID]) -> bool:
    return event.user_id == actor.user_id or event.space_id in mine


async def _space_ids(db: Database, actor: Member) -> set[UUID]:
    async with db.transaction() as session:
        return {space.id for space in await spaces.list_spaces(session, actor)}


async def _still_signed_in(request: Request) -> bool:
    """The token may have ended since; a page with a new one connects again."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    try:
        async with request.app.state.database.transaction() as session:
            await request.app.state.authenticate(session, token)
    except (Unauthorized, Unavailable):
        return False
    return True


def _tagged(request: Request, body: dict[str, Any]) -> Response:
    """JSON with an ETag, or 304 when the caller has it already (RFC 9110, 13.1.2)."""
    data = json.dumps(body, separators=(",", ":")).encode()
    tag = f'W/"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": _CACHE}
    if tag in [item.strip() for item in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)
