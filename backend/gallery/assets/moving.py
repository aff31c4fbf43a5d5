"""Assets in another space: moved there, or copied.

The bytes are never touched; a space shows a blob once at most. What the space shows already is left where it is, and so
is what was deleted there on purpose, unless it is asked for all the same. Clips of live photos and sidecars go along.

The contributor stays credited where they belong to the space; elsewhere the credit is of whoever brought the asset.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gallery.access.actors import Member
from gallery.access.assets import Want, require_assets
from gallery.access.spaces import require_role
from gallery.assets import queries
from gallery.assets.activity import ids_by_space, remember
from gallery.assets.queries import Copying, Moving
from gallery.infra.db import Session
from gallery.infra.errors import Conflict
from gallery.infra.events import announce_assets
from gallery.infra.ids import uuid7
from gallery.models import Activity, Asset, Role


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: `present` were there already, `deleted` had been deleted there on purpose."""

    changed: int
    present: int
    deleted: list[UUID]
    undo: list[UUID]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which assets go, with what belongs to them, and who is credited for each."""

    chosen: list[Asset]
    companions: list[Asset]
    contributors: dict[UUID, UUID]
    present: int
    deleted: list[UUID]
    is_theirs: bool
    """Whether the actor may change any of it there, and so take it back."""

    @property
    def going(self) -> list[Asset]:
        return [*self.chosen, *self.companions]

    def brought(self, undo: list[UUID]) -> Brought:
        return Brought(len(self.chosen), self.present, self.deleted, undo if self.is_theirs else [])


async def move(session: Session, actor: Member, asset_ids: Sequence[UUID], space_id: UUID, *, revive: bool) -> Brought:
    """Raises NotFound and Forbidden (assets, space), Conflict (something lies in the trash), TooLarge (quota)."""
    plan = await _plan(session, actor, asset_ids, space_id, Want.EDIT, revive=revive)
    if not plan.going:
        return plan.brought([])
    ids = {asset.id for asset in plan.going}
    before = {str(asset.id): _plain(asset) for asset in plan.going}
    sources = ids_by_space(plan.going)
    rows = [
        Moving(
            asset.id,
            plan.contributors[asset.id],
            asset.live_of if asset.live_of in ids else None,
            asset.sidecar_of if asset.sidecar_of in ids else None,
            None,
        )
        for asset in plan.going
    ]
    await queries.move_to(session, space_id, rows)
    undo = []
    for source, gone in sources:
        details = {"space_id": str(space_id), "before": {str(one): before[str(one)] for one in gone}}
        undo.append(remember(session, actor, source, "move", gone, details))
        await announce_assets(session, source, "moved", gone)
    remember(session, actor, space_id, "receive", list(ids), {})
    await announce_assets(session, space_id, "added", list(ids))
    return plan.brought(undo)


async def copy(session: Session, actor: Member, asset_ids: Sequence[UUID], space_id: UUID, *, revive: bool) -> Brought:
    """Raises the same."""
    plan = await _plan(session, actor, asset_ids, space_id, Want.SEE, revive=revive)
    if not plan.going:
        return plan.brought([])
    new = {asset.id: uuid7() for asset in plan.going}
    rows = [
        Copying(
            asset.id,
            new[asset.id],
            plan.contributors[asset.id],
            new.get(asset.live_of) if asset.live_of else None,
            new.get(asset.sidecar_of) if asset.sidecar_of else None,
        )
        for asset in plan.going
    ]
    made = await queries.copy_to(session, space_id, rows)
    undo = remember(session, actor, space_id, "copy", made, {})
    await announce_assets(session, space_id, "added", made)
    return plan.brought([undo])


async def undo_move(session: Session, actor: Member, done: Activity) -> list[UUID]:
    """Moves back what is still where it was moved to and the actor may still change, as if they moved it once more.

    Raises NotFound, Forbidden and TooLarge as moving does.
    """
    target = UUID(done.details["space_id"])
    await require_role(session, actor, done.space_id, Role.CONTRIBUTOR)
    await require_role(session, actor, target, Role.CONTRIBUTOR)
    assets = await _still_theirs(session, actor, target, done.asset_ids)
    blobs = [asset.blob_id for asset in assets]
    rooms = await queries.lock_spaces(session, [done.space_id, target])
    present = await queries.blobs_in(session, done.space_id, blobs)
    sizes = await queries.bytes_of(session, blobs, hold=False)
    back = [asset for asset in assets if asset.blob_id not in present]
    if not back:
        return []
    rooms[done.space_id].require(sum(sizes[asset.blob_id].size for asset in back))
    ids = [asset.id for asset in back]
    rows = [_moving_from(asset_id, done.details["before"][str(asset_id)]) for asset_id in ids]
    owners = {owner for row in rows for owner in (row.live_of, row.sidecar_of) if owner is not None}
    there = {*ids, *(asset.id for asset in await queries.assets_in(session, done.space_id, list(owners)))}
    await queries.move_to(session, done.space_id, [_without_strangers(row, there) for row in rows])
    await announce_assets(session, target, "moved", ids)
    await announce_assets(session, done.space_id, "restored", ids)
    return ids


async def _still_theirs(session: Session, actor: Member, space_id: UUID, asset_ids: Sequence[UUID]) -> list[Asset]:
    """What the space still has, out of the trash, and the actor may change today, with what belongs to it."""
    found = await queries.assets_in(session, space_id, asset_ids)
    editable = {asset.id for asset in await queries.assets_to_undo(session, actor, asset_ids)}
    return [asset for asset in found if editable & {asset.id, asset.live_of, asset.sidecar_of}]


async def undo_copy(session: Session, actor: Member, done: Activity, *, now: datetime) -> list[UUID]:
    """Takes the copies away. A photo that nothing else shows any more goes to the trash, as a whole."""
    await require_role(session, actor, done.space_id, Role.CONTRIBUTOR)
    copies = await _still_theirs(session, actor, done.space_id, done.asset_ids)
    elsewhere = await queries.shown_elsewhere(session, [asset.id for asset in copies])
    last = [asset for asset in copies if asset.id not in elsewhere]
    wholes = {asset.live_of or asset.sidecar_of or asset.id for asset in last}
    kept = {asset.id for asset in copies if wholes & {asset.id, asset.live_of, asset.sidecar_of}}
    trashed = await queries.set_trashed(session, list(kept), now)
    gone = await queries.remove_copies(session, [asset.id for asset in copies if asset.id not in kept])
    if trashed:
        await announce_assets(session, done.space_id, "trashed", trashed)
    if gone:
        await announce_assets(session, done.space_id, "purged", gone)
    return [*trashed, *gone]


async def _plan(
    session: Session, actor: Member, asset_ids: Sequence[UUID], space_id: UUID, want: Want, *, revive: bool
) -> _Plan:
    assets = await require_assets(session, actor, asset_ids, want)
    role = await require_role(session, actor, space_id, Role.CONTRIBUTOR)
    if any(asset.trashed_at is not None for asset in assets):
        raise Conflict("in-trash")
    companions = await queries.companions_of(session, [asset.id for asset in assets])
    blobs = [asset.blob_id for asset in (*assets, *companions)]
    # Whoever adds to the space waits from here on, so what is found out now holds until the end.
    rooms = await queries.lock_spaces(session, [space_id, *{asset.space_id for asset in assets}])
    # An examination gives its facts to the assets that it finds: a copy must be among them, or have them already.
    kept = await queries.bytes_of(session, blobs, hold=want is Want.SEE)
    present = await queries.blobs_in(session, space_id, blobs)
    buried = await queries.buried_in(session, space_id, [one.sha256 for one in kept.values()])

    def is_buried(asset: Asset) -> bool:
        return kept[asset.blob_id].sha256 in buried

    new = _once([asset for asset in assets if asset.blob_id not in present])
    chosen = [asset for asset in new if revive or not is_buried(asset)]
    ids = {asset.id for asset in chosen}
    along = [
        asset
        for asset in _once(companions)
        if asset.blob_id not in present and (asset.live_of in ids or asset.sidecar_of in ids)
    ]
    going = [*chosen, *along]
    if any(is_buried(asset) for asset in going):
        await queries.drop_tombstones(session, space_id, [kept[asset.blob_id].sha256 for asset in going])
    if going:
        rooms[space_id].require(sum(kept[asset.blob_id].size for asset in going))
    contributors = await _credited(session, actor, going, space_id)
    return _Plan(
        chosen=chosen,
        companions=along,
        contributors=contributors,
        present=len(assets) - len(new),
        deleted=[asset.id for asset in new if asset.id not in ids],
        is_theirs=role in Role.MANAGER.and_above or actor.user_id in contributors.values(),
    )


def _once(assets: Sequence[Asset]) -> list[Asset]:
    """Assets of several spaces may show the same blob; the space that they go to shows it once."""
    return list({asset.blob_id: asset for asset in reversed(assets)}.values())[::-1]


async def _credited(session: Session, actor: Member, assets: Sequence[Asset], space_id: UUID) -> dict[UUID, UUID]:
    contributors = {asset.contributor_id for asset in assets} - {None}
    members = await queries.members_among(session, space_id, [one for one in contributors if one is not None])
    return {
        asset.id: asset.contributor_id
        if asset.contributor_id is not None and asset.contributor_id in members
        else actor.user_id
        for asset in assets
    }


def _plain(asset: Asset) -> list[Any]:
    """What `Moving` holds, as JSON keeps it, without the id."""
    ids = (asset.contributor_id, asset.live_of, asset.sidecar_of)
    moment = None if asset.archived_at is None else asset.archived_at.isoformat()
    return [*(None if one is None else str(one) for one in ids), moment]


def _without_strangers(row: Moving, there: set[UUID]) -> Moving:
    """What it belonged to may have stayed behind since, or be gone."""
    return row._replace(
        live_of=row.live_of if row.live_of in there else None,
        sidecar_of=row.sidecar_of if row.sidecar_of in there else None,
    )


def _moving_from(asset_id: UUID, values: list[Any]) -> Moving:
    *ids, moment = values
    contributor, still, original = (None if one is None else UUID(one) for one in ids)
    archived_at = None if moment is None else datetime.fromisoformat(moment)
    return Moving(asset_id, contributor, still, original, archived_at)
