"""What people do with assets: look, edit, mark, throw away, bring back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gallery.access.actors import Actor, Member
from gallery.access.assets import Want, require_asset, require_assets
from gallery.access.spaces import require_role
from gallery.assets import queries
from gallery.assets.activity import ids_by_space, remember
from gallery.assets.facts import restore_place, restore_time
from gallery.assets.queries import AssetView, Known
from gallery.infra.db import Session
from gallery.infra.errors import Conflict, NotFound
from gallery.infra.events import announce_assets
from gallery.infra.jobs import NEW_WORK, Jobs
from gallery.models import Asset, BlobState, Role, TimeSource


async def check(
    session: Session, actor: Actor, space_id: UUID, checksums: Sequence[bytes]
) -> list[tuple[bytes, Known]]:
    """For each checksum, in the caller's order, whether the space has it. Says nothing of other spaces."""
    await require_role(session, actor, space_id, Role.CONTRIBUTOR)
    known = await queries.known_checksums(session, actor, space_id, checksums)
    return [(checksum, known.get(checksum, Known("new", None))) for checksum in checksums]


async def get_asset(session: Session, actor: Member, asset_id: UUID) -> AssetView:
    """An asset as the actor sees it. Raises NotFound."""
    view = await queries.asset_view(session, actor, asset_id)
    if view is None:
        raise NotFound
    return view


async def edit(session: Session, actor: Member, asset_id: UUID, changes: dict[str, Any], *, now: datetime) -> None:
    """Sets what `changes` names: title, description, rating, rotation, archived, the time and the place.

    None for taken_at or for the position brings back what the camera said; `placeless` leaves no position at all.
    """
    asset = await require_asset(session, actor, asset_id, Want.EDIT)
    touched = {*changes, "latitude", "longitude"} if "placeless" in changes else changes
    before = {name: _plain(getattr(asset, name)) for name in _EDITABLE if name in touched}
    for name in ("title", "description", "rating"):
        if name in changes:
            setattr(asset, name, changes[name] if name == "rating" else changes[name] or "")
    if "archived" in changes:
        asset.archived_at = (asset.archived_at or now) if changes["archived"] else None
    if "taken_at" in changes or "utc_offset" in changes:
        await _edit_time(session, asset, changes)
    if "rotation" in changes:
        asset.rotation = changes["rotation"]
    if "placeless" in changes:
        _set_place(asset, None, None)
    elif "latitude" in changes:
        await _edit_place(session, asset, changes["latitude"], changes["longitude"])
    remember(session, actor, asset.space_id, "edit", [asset.id], {"before": before})
    await announce_assets(session, asset.space_id, "changed", [asset.id])
    await session.flush()  # the caller reads the asset again, with its computed columns


async def trash(session: Session, actor: Member, asset_ids: Sequence[UUID], *, now: datetime) -> int:
    """Puts assets in the trash, all or none; how many were not there yet."""
    return await _in_each_space(
        session, actor, asset_ids, "trash", "trashed", lambda ids: queries.set_trashed(session, ids, now)
    )


async def restore(session: Session, actor: Member, asset_ids: Sequence[UUID]) -> int:
    """Takes assets out of the trash, all or none; how many were in it."""
    return await _in_each_space(
        session, actor, asset_ids, "restore", "restored", lambda ids: queries.set_trashed(session, ids, None)
    )


async def set_archived(
    session: Session, actor: Member, asset_ids: Sequence[UUID], archived: bool, *, now: datetime
) -> int:
    """Puts assets aside or brings them back to the timeline, all or none; how many changed."""
    when = now if archived else None
    verb = "archive" if archived else "unarchive"
    return await _in_each_space(
        session, actor, asset_ids, verb, "changed", lambda ids: queries.set_archived(session, ids, when)
    )


async def purge(session: Session, actor: Member, asset_ids: Sequence[UUID], *, now: datetime) -> int:
    """Removes trashed assets for good and remembers that. Raises Conflict for one that is not in the trash."""
    assets = await require_assets(session, actor, asset_ids, Want.EDIT)
    if any(asset.trashed_at is None for asset in assets):
        raise Conflict
    removed = await queries.bury(session, [asset.id for asset in assets], now)
    for space_id, gone in removed.items():
        remember(session, actor, space_id, "purge", gone, {})
        await announce_assets(session, space_id, "purged", gone)
    return sum(len(gone) for gone in removed.values())


async def set_favourite(session: Session, actor: Member, asset_ids: Sequence[UUID], favourite: bool) -> int:
    """Marks assets as the actor's own favourites, or unmarks them; how many changed."""
    assets = await require_assets(session, actor, asset_ids, Want.SEE)
    ids = [asset.id for asset in assets]
    if favourite:
        return await queries.add_favourites(session, actor.user_id, ids)
    return await queries.remove_favourites(session, actor.user_id, ids)


async def retry(session: Session, actor: Member, jobs: Jobs, asset_id: UUID) -> None:
    """Lets a failed asset be examined again. Raises Conflict when it did not fail."""
    asset = await require_asset(session, actor, asset_id, Want.EDIT)
    await retry_blob(session, jobs, asset.blob_id)
    await announce_assets(session, asset.space_id, "changed", [asset.id])
    await session.flush()  # the caller reads the asset again


async def retry_blob(session: Session, jobs: Jobs, blob_id: UUID) -> None:
    """The same for a blob, by the operator. Raises NotFound, Conflict."""
    blob = await queries.blob_for_change(session, blob_id)
    if blob is None:
        raise NotFound
    if blob.state != BlobState.FAILED:
        raise Conflict("not-failed")
    blob.state, blob.failure, blob.attempts = BlobState.PROCESSING, None, 0
    await jobs.defer(session, "assets.ingest", priority=NEW_WORK, blob_id=str(blob_id))


_EDITABLE = (
    "title",
    "description",
    "rating",
    "rotation",
    "taken_at",
    "utc_offset",
    "latitude",
    "longitude",
    "archived_at",
)


async def _edit_time(session: Session, asset: Asset, changes: dict[str, Any]) -> None:
    if "taken_at" in changes and changes["taken_at"] is None:
        restore_time(asset, await queries.blob_of(session, asset))
        return
    asset.taken_at = changes.get("taken_at") or asset.taken_at
    asset.taken_source = TimeSource.EDITED
    if "utc_offset" in changes:
        asset.utc_offset = changes["utc_offset"]


async def _edit_place(session: Session, asset: Asset, latitude: float | None, longitude: float | None) -> None:
    if latitude is None:
        restore_place(asset, await queries.blob_of(session, asset))
        return
    _set_place(asset, latitude, longitude)


def _set_place(asset: Asset, latitude: float | None, longitude: float | None) -> None:
    asset.latitude, asset.longitude, asset.altitude = latitude, longitude, None
    asset.place_edited = True


async def _in_each_space(
    session: Session,
    actor: Member,
    asset_ids: Sequence[UUID],
    verb: str,
    change: str,
    work: Callable[[list[UUID]], Awaitable[list[UUID]]],
) -> int:
    """Does something to all of the assets or none, writes it down and tells of it; how many changed."""
    assets = await require_assets(session, actor, asset_ids, Want.EDIT)
    changed = 0
    for space_id, ids in ids_by_space(assets):
        done = await work(ids)
        if done:
            remember(session, actor, space_id, verb, done, {})
            await announce_assets(session, space_id, change, done)
        changed += len(done)
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
