"""When and where many assets were taken, corrected at once, all or none.

Each correction is written down with the values before and after it. To undo it brings the old ones back, except where
somebody has corrected the value once more since.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """Raises Invalid when a shifted time would leave the calendar."""
    assets = await require_assets(session, actor, asset_ids, Want.EDIT)
    blobs = await _blobs_of(session, assets) if new.restore else {}
    change = _Change("date", taken, lambda asset: _new_time(asset, blobs.get(asset.blob_id), new))
    done, rows = await _note(session, actor, assets, change)
    if rows:
        await queries.set_times(session, rows)
    return done


async def set_place(session: Session, actor: Member, asset_ids: Sequence[UUID], new: NewPlace) -> Done:
    assets = await require_assets(session, actor, asset_ids, Want.EDIT)
    blobs = await _blobs_of(session, assets) if new.restore else {}
    change = _Change("place", placed, lambda asset: _new_place(asset, blobs.get(asset.blob_id), new))
    done, rows = await _note(session, actor, assets, change)
    if rows:
        await queries.set_places(session, rows)
    return done


async def undo_date(session: Session, actor: Member, done: Activity) -> list[UUID]:
    rows = await _to_restore(session, actor, done, taken, _taken_from)
    if rows:
        await queries.set_times(session, rows)
    return [row.id for row in rows]


async def undo_place(session: Session, actor: Member, done: Activity) -> list[UUID]:
    rows = await _to_restore(session, actor, done, placed, Placed._make)
    if rows:
        await queries.set_places(session, rows)
    return [row.id for row in rows]


def taken(asset: Asset) -> Taken:
    """An asset's time as its row says it."""
    return Taken(asset.id, asset.taken_at, asset.taken_source, asset.utc_offset)


def placed(asset: Asset) -> Placed:
    """An asset's place as its row says it."""
    return Placed(asset.id, asset.latitude, asset.longitude, asset.altitude, asset.place_edited)


@dataclass(frozen=True, slots=True)
class _Change:
    verb: str
    now: Callable[[Asset], Any]
    then: Callable[[Asset], Any]


async def _note(session: Session, actor: Member, assets: Sequence[Asset], change: _Change) -> tuple[Done, list[Any]]:
    """Finds out what changes, writes it down and tells of it."""
    pairs = {asset.id: (change.now(asset), change.then(asset)) for asset in assets}
    rows = [then for now, then in pairs.values() if now != then]
    undo = []
    changing = {row.id for row in rows}
    for space_id, ids in ids_by_space(asset for asset in assets if asset.id in changing):
        details = {asset_id: [_plain(row) for row in pairs[asset_id]] for asset_id in ids}
        undo.append(
            remember(session, actor, space_id, change.verb, ids, {"values": {str(k): v for k, v in details.items()}})
        )
        await announce_assets(session, space_id, "changed", ids)
    return Done(len(rows), undo), rows


async def _to_restore(
    session: Session, actor: Member, done: Activity, now: Callable[[Asset], Any], make: Callable[[list[Any]], Any]
) -> list[Any]:
    """The old values of those assets that still have the new ones."""
    values: dict[str, Any] = done.details["values"]
    rows = []
    for asset in await queries.assets_to_undo(session, actor, done.asset_ids):
        before, after = values[str(asset.id)]
        if _plain(now(asset)) == after:
            rows.append(make([asset.id, *before]))
    return rows


def _plain(row: Any) -> list[Any]:
    """A row as JSON keeps it, without the id."""
    return [value.isoformat() if isinstance(value, datetime) else value for value in row[1:]]


def _taken_from(values: list[Any]) -> Taken:
    asset_id, taken_at, source, offset = values
    return Taken(asset_id, datetime.fromisoformat(taken_at), source, offset)


async def _blobs_of(session: Session, assets: Sequence[Asset]) -> dict[UUID, Blob]:
    return await queries.blobs_of(session, [asset.blob_id for asset in assets])


def _new_time(asset: Asset, blob: Blob | None, new: NewTime) -> Taken:
    if new.restore and blob is not None:
        camera = Asset(file_name=asset.file_name, file_time=asset.file_time, created_at=asset.created_at)
        restore_time(camera, blob)
        return Taken(asset.id, camera.taken_at, camera.taken_source, camera.utc_offset)
    try:
        moment = new.taken_at or asset.taken_at + new.shift
    except OverflowError:
        moment = LATEST
    if not EARLIEST <= moment < LATEST:
        raise Invalid(errors=[{"field": "shift_seconds", "reason": "calendar"}])
    return Taken(asset.id, moment, TimeSource.EDITED, new.utc_offset if new.sets_offset else asset.utc_offset)


def _new_place(asset: Asset, blob: Blob | None, new: NewPlace) -> Placed:
    if new.restore and blob is not None:
        camera = Asset()
        restore_place(camera, blob)
        return Placed(asset.id, camera.latitude, camera.longitude, camera.altitude, camera.place_edited)
    return Placed(asset.id, new.latitude, new.longitude, None, True)
