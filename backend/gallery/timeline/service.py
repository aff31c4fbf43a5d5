"""The timeline: a skeleton that gives the page its full height at once, and windows of bounded size."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from gallery.access.actors import Member
from gallery.access.spaces import require_spaces
from gallery.assets.facts import displayed_size
from gallery.assets.links import MediaLinks
from gallery.infra.db import Session
from gallery.infra.errors import Invalid
from gallery.media.recipe import PREVIEW, THUMB
from gallery.models import BlobState, Role
from gallery.timeline import queries
from gallery.timeline.queries import Choice, WindowRow

WINDOW: Final = 512
TITLE: Final = 100
"""As much of a title as a window carries: enough to call a photo by."""
VIDEO, FAVOURITE, PROCESSING, FAILED, DAMAGED, LIVE, OWN = (1 << bit for bit in range(7))


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Days that have assets, newest first, and how many each has."""

    days: list[str]
    counts: list[int]

    @property
    def revision(self) -> str:
        """Changes when the skeleton does."""
        said = ",".join((*self.days, *map(str, self.counts)))
        return hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()[:16]


async def skeleton(session: Session, actor: Member, choice: Choice) -> Skeleton:
    """Raises NotFound when one of the spaces is not the actor's."""
    await require_spaces(session, actor, list(choice.space_ids), Role.VIEWER)
    return Skeleton(*await queries.day_counts(session, actor, choice))


async def window(
    session: Session,
    actor: Member,
    choice: Choice,
    links: MediaLinks,
    *,
    day: date | None,
    offset: int,
    limit: int,
    now: datetime,
) -> dict[str, Any]:
    """A window as parallel arrays, small enough for a bad network. Without a day it begins at the newest asset's.

    Raises NotFound; Invalid for an offset from no day.
    """
    if offset and day is None:
        raise Invalid(errors=[{"field": "day", "reason": "malformed"}])
    await require_spaces(session, actor, list(choice.space_ids), Role.VIEWER)
    rows = await queries.window(session, actor, choice, day=day, offset=offset, limit=limit)
    if day is None and rows:
        day = rows[0].taken_at.date()
    return {"day": day and day.isoformat(), "offset": offset, **_columns(rows, links, now)}


def _columns(rows: Sequence[WindowRow], links: MediaLinks, now: datetime) -> dict[str, Any]:
    expires = links.view_expiry(now)
    runs = groupby(rows, key=lambda row: row.taken_at.date())
    return {
        "days": [[day.isoformat(), sum(1 for _ in run)] for day, run in runs],
        "ids": [row.id for row in rows],
        "blobs": [row.blob_id for row in rows],
        "sigs": links.view_signatures([row.blob_id for row in rows], expires),
        "expires": expires,
        "thumb": THUMB,
        "preview": PREVIEW,
        "ratios": [_ratio(row) for row in rows],
        "thumbhashes": [None if row.thumbhash is None else b64encode(row.thumbhash).decode() for row in rows],
        "times": [row.taken_at.hour * 60 + row.taken_at.minute for row in rows],
        "flags": [_flags(row) for row in rows],
        "sizes": [_kilobytes(row.size) for row in rows],
        "durations": {str(i): round(row.duration, 1) for i, row in enumerate(rows) if row.duration},
        "rotations": {str(i): row.rotation for i, row in enumerate(rows) if row.rotation},
        "titles": {str(i): _short(row.title) for i, row in enumerate(rows) if row.title},
    }


def _ratio(row: WindowRow) -> float:
    width, height = displayed_size(row.width, row.height, row.rotation)
    return round(width / height, 3) if width and height else 1


def _kilobytes(size: int) -> int:
    """To three figures, since no page tells more: long numbers would be a tenth of a window."""
    kilobytes = -(-size // 1000)
    return round(kilobytes, min(0, 3 - len(str(kilobytes))))


def _short(title: str) -> str:
    return title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…"


def _flags(row: WindowRow) -> int:
    return (
        VIDEO * (row.kind == "video")
        | FAVOURITE * row.favourite
        | PROCESSING * (row.state == BlobState.PROCESSING)
        | FAILED * (row.state == BlobState.FAILED)
        | DAMAGED * row.damaged
        | LIVE * row.live
        | OWN * row.own
    )
