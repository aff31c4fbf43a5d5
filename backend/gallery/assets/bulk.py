"""When and where many assets were taken, corrected at once, all or none.

Each correction is written down with the values before and after it. To undo it brings the old ones back, except where
somebody has corrected the value once more since.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from gallery.access.actors import Member
from gallery.access.assets import Want, require_assets
from gallery.assets import queries
from gallery.assets.activity import ids_by_space, remember
from gallery.assets.facts import restore_place, restore_time
from gallery.assets.queries import Placed, Taken
from gallery.infra.db import Session
from gallery.infra.errors import Invalid
from gallery.infra.events import announce_assets
from gallery.models import Activity, Asset, Blob, TimeSource

EARLIEST: Final = datetime(1800, 1, 1)
LATEST: Final = datetime(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Done:
    """How many assets changed, and by which ids the actor may undo that."""

    changed: int
    undo: list[UUID]


@dataclass(frozen=True, slots=True)
class NewTime:
    """What to do with the time: shift it, set it, or bring the camera's back. An offset goes along or alone."""

    shift: timedelta = timedelta()
    taken_at: datetime | None = None
    restore: bool = False
    utc_offset: int | None = None
    sets_offset: bool = False


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where to put assets: there, nowhere, or back to where the camera said it was."""

    latitude: float | None = None
    longitude: float | None = None
    restore: bool = False


async def set_date(session: Session, actor: Member, asset_ids: Sequence[UUID], new: NewTime) -> Done:
    """Raises Invalid when a time would leave the calendar."""
    return await _set(session, actor, asset_ids, _DATE, partial(_new_time, new), restores=new.restore)


async def set_place(session: Session, actor: Member, asset_ids: Sequence[UUID], new: NewPlace) -> Done:
    return await _set(session, actor, asset_ids, _PLACE, partial(_new_place, new), restores=new.restore)


async def undo_date(session: Session, actor: Member, done: Activity) -> list[UUID]:
    return await _undo(session, actor, done, _DATE)


async def undo_place(session: Session, actor: Member, done: Activity) -> list[UUID]:
    return await _undo(session, actor, done, _PLACE)


def taken(asset: Asset) -> Taken:
    """An asset's time as its row says it."""
    return Taken(asset.id, asset.taken_at, asset.taken_source, asset.utc_offset)


def placed(asset: Asset) -> Placed:
    """An asset's place as its row says it."""
    return Placed(asset.id, asset.latitude, asset.longitude, asset.altitude, asset.place_edited)


@dataclass(frozen=True, slots=True)
class _Fact:
    """What of an asset is corrected: how its row says it, as JSON keeps it, and how many are written."""

    verb: str
    now: Callable[[Asset], Any]
    of_plain: Callable[[list[Any]], Any]
    write: Callable[[Session, list[Any]], Awaitable[None]]


async def _set(
    session: Session,
    actor: Member,
    asset_ids: Sequence[UUID],
    fact: _Fact,
    then: Callable[[Asset, Blob | None], Any],
    *,
    restores: bool,
) -> Done:
    """Finds out what changes, writes it down twice, here and in the activities, and tells of it."""
    assets = await require_assets(session, actor, asset_ids, Want.EDIT)
    blobs = await queries.blobs_of(session, [asset.blob_id for asset in assets]) if restores else {}
    pairs = {asset.id: (fact.now(asset), then(asset, blobs.get(asset.blob_id))) for asset in assets}
    changing = {asset_id: rows for asset_id, rows in pairs.items() if rows[0] != rows[1]}
    undo = []
    for space_id, ids in ids_by_space(asset for asset in assets if asset.id in changing):
        values = {str(asset_id): [_plain(row) for row in changing[asset_id]] for asset_id in ids}
        undo.append(remember(session, actor, space_id, fact.verb, ids, {"values": values}))
        await announce_assets(session, space_id, "changed", ids)
    if changing:
        await fact.write(session, [then for _, then in changing.values()])
    return Done(len(changing), undo)


async def _undo(session: Session, actor: Member, done: Activity, fact: _Fact) -> list[UUID]:
    """Brings back the old values of those assets that still have the new ones, wherever they are by now."""
    values: dict[str, Any] = done.details["values"]
    assets = await queries.assets_to_undo(session, actor, done.asset_ids)
    back = [asset for asset in assets if _plain(fact.now(asset)) == values[str(asset.id)][1]]
    if back:
        await fact.write(session, [fact.of_plain([asset.id, *values[str(asset.id)][0]]) for asset in back])
    for space_id, ids in ids_by_space(back):
        await announce_assets(session, space_id, "changed", ids)
    return [asset.id for asset in back]


def _plain(row: Any) -> list[Any]:
    """A row as JSON keeps it, without the id."""
    return [value.isoformat() if isinstance(value, datetime) else value for value in row[1:]]


def _taken_from(values: list[Any]) -> Taken:
    asset_id, taken_at, source, offset = values
    return Taken(asset_id, datetime.fromisoformat(taken_at), source, offset)


def _new_time(new: NewTime, asset: Asset, blob: Blob | None) -> Taken:
    if new.restore and blob is not None:
        camera = Asset(file_name=asset.file_name, file_time=asset.file_time, created_at=asset.created_at)
        restore_time(camera, blob)
        return Taken(asset.id, camera.taken_at, camera.taken_source, camera.utc_offset)
    try:
        moment = new.taken_at or asset.taken_at + new.shift
    except OverflowError:
        moment = LATEST
    if not EARLIEST <= moment < LATEST:
        field = "shift_seconds" if new.taken_at is None else "taken_at"
        raise Invalid(errors=[{"field": field, "reason": "calendar"}])
    return Taken(asset.id, moment, TimeSource.EDITED, new.utc_offset if new.sets_offset else asset.utc_offset)


def _new_place(new: NewPlace, asset: Asset, blob: Blob | None) -> Placed:
    if new.restore and blob is not None:
        camera = Asset()
        restore_place(camera, blob)
        return Placed(asset.id, camera.latitude, camera.longitude, camera.altitude, camera.place_edited)
    return Placed(asset.id, new.latitude, new.longitude, None, True)


_DATE: Final = _Fact("date", taken, _taken_from, queries.set_times)
_PLACE: Final = _Fact("place", placed, Placed._make, queries.set_places)
