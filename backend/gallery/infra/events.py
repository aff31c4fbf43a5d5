"""What changes while people look: announced in the transaction that changes it, heard by every process.

PostgreSQL's NOTIFY carries a few names and ids (its payload ends at 8,000 bytes) and is sent when the transaction
commits, never when it does not. One connection per process listens and hands the news to the open pages.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import func, select

from gallery.infra.db import Session

CHANNEL: Final = "gallery_events"
_IDS_PER_EVENT: Final = 100
_QUEUE: Final = 1000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Event:
    """`assets`: some assets of a space changed. `spaces`: what a user belongs to changed."""

    name: str
    space_id: UUID | None
    user_id: UUID | None
    data: dict[str, Any]


async def announce_assets(session: Session, space_id: UUID, change: str, asset_ids: Sequence[UUID]) -> None:
    """Tells open pages about assets when this transaction commits."""
    for start in range(0, len(asset_ids), _IDS_PER_EVENT):
        ids = [str(asset_id) for asset_id in asset_ids[start : start + _IDS_PER_EVENT]]
        await _notify(session, {"n": "assets", "s": str(space_id), "c": change, "i": ids})


async def announce_spaces(session: Session, user_ids: Iterable[UUID]) -> None:
    """Tells these users' pages, when this transaction commits, that their spaces are not what they were."""
    for user_id in user_ids:
        await _notify(session, {"n": "spaces", "u": str(user_id)})


async def _notify(session: Session, payload: dict[str, Any]) -> None:
    await session.execute(select(func.pg_notify(CHANNEL, json.dumps(payload, separators=(",", ":")))))


class EventHub:
    """Listens on one connection and lets any number of pages read along."""

    def __init__(self, libpq_url: str) -> None:
        self._url = libpq_url
        self._readers: set[asyncio.Queue[Event | None]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen_for_ever())

    async def aclose(self) -> None:
        """Ends all readers, then the listening."""
        self.end_readers()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def end_readers(self) -> None:
        """Tells every page to connect again."""
        for queue in self._readers:
            _put_last(queue)

    @property
    def readers(self) -> int:
        """How many pages read along now."""
        return len(self._readers)

    @contextlib.asynccontextmanager
    async def reader(self) -> AsyncIterator["asyncio.Queue[Event | None]"]:
        """A queue of what happens from now on; None is the end: the page should connect again."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(_QUEUE)
        self._readers.add(queue)
        try:
            yield queue
        finally:
            self._readers.discard(queue)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                _log.warning("events.lost", error=type(error).__name__)
            # Pages cannot know what they missed: let them come back and look.
            self.end_readers()
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notification in connection.notifies():
                self._spread(_parsed(notification.payload))

    def _spread(self, event: Event) -> None:
        for queue in self._readers:
            if queue.qsize() >= _QUEUE - 1:
                _put_last(queue)
            else:
                queue.put_nowait(event)


def _put_last(queue: "asyncio.Queue[Event | None]") -> None:
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(None)


def _parsed(payload: str) -> Event:
    fields = json.loads(payload)
    if fields["n"] == "assets":
        data = {"space_id": fields["s"], "change": fields["c"], "ids": fields["i"]}
        return Event("assets", UUID(fields["s"]), None, data)
    return Event("spaces", None, UUID(fields["u"]), {})
