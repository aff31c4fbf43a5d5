"""Every statement about blobs, assets, uploads and what surrounds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Double,
    Row,
    SmallInteger,
    String,
    TableValuedAlias,
    Uuid,
    and_,
    bindparam,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import InstrumentedAttribute, aliased

from gallery.access.actors import Actor, Member
from gallery.access.assets import editable_assets, visible_assets
from gallery.infra.db import Session
from gallery.infra.errors import TooLarge
from gallery.models import (
    Activity,
    Asset,
    Blob,
    BlobState,
    Favourite,
    Installation,
    Integrity,
    Membership,
    Space,
    Tombstone,
    Upload,
    User,
)

# --- Taking in


async def lock_checksum(session: Session, sha256: bytes) -> None:
    """Whoever adds or removes the bytes of one checksum does so one after the other, until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(sha256[:8], "big", signed=True))))


class Traces(NamedTuple):
    """What is left of some bytes from before: here, and in the space."""

    blob: Blob | None
    asset_id: UUID | None
    trashed: bool
    buried: bool


async def traces_of(session: Session, space_id: UUID, sha256: bytes) -> Traces:
    """Whether the gallery keeps these bytes, the asset that shows them in the space, and the space's tombstone."""
    here = select(literal(True).label("here")).subquery()
    statement = (
        select(Blob, Asset.id, Asset.trashed_at.is_not(None), Tombstone.sha256.is_not(None))
        .select_from(here)
        .outerjoin(Blob, Blob.sha256 == sha256)
        .outerjoin(Asset, (Asset.blob_id == Blob.id) & (Asset.space_id == space_id))
        .outerjoin(Tombstone, (Tombstone.space_id == space_id) & (Tombstone.sha256 == sha256))
    )
    return Traces(*(await session.execute(statement)).one())


async def drop_tombstone(session: Session, space_id: UUID, sha256: bytes) -> None:
    await session.execute(delete(Tombstone).where(Tombstone.space_id == space_id, Tombstone.sha256 == sha256))


@dataclass(frozen=True, slots=True)
class Room:
    """How full a space is, in bytes."""

    used: int
    quota: int | None

    def require(self, more: int) -> None:
        """Raises TooLarge when the space cannot take so many bytes more."""
        if self.quota is not None and self.used + more > self.quota:
            raise TooLarge("quota-exceeded", quota_bytes=self.quota, used_bytes=self.used)


async def room_in(session: Session, space_id: UUID, *, lock: bool) -> Room:
    """With `lock`, nobody else adds to the space before the transaction ends, so that a quota holds exactly."""
    statement = select(Space.used_bytes, Space.quota_bytes).where(Space.id == space_id)
    row = (await session.execute(statement.with_for_update(key_share=True) if lock else statement)).one()
    return Room(*row)


@dataclass(frozen=True, slots=True)
class Known:
    """What a space knows of a checksum."""

    state: str
    asset_id: UUID | None


async def known_checksums(
    session: Session, actor: Actor, space_id: UUID, checksums: Sequence[bytes]
) -> dict[bytes, Known]:
    """Which of these are present, in the trash or deleted on purpose; the rest is new and not in the answer."""
    present = (
        select(Blob.sha256, Asset.id, Asset.trashed_at, visible_assets(actor))
        .join(Asset, Asset.blob_id == Blob.id)
        .where(Asset.space_id == space_id, Blob.sha256.in_(checksums))
    )
    buried = select(Tombstone.sha256).where(Tombstone.space_id == space_id, Tombstone.sha256.in_(checksums))
    known = {sha256: Known("deleted", None) for sha256 in (await session.scalars(buried)).all()}
    for sha256, asset_id, trashed_at, visible in (await session.execute(present)).all():
        known[sha256] = Known("trashed" if trashed_at else "present", asset_id if visible else None)
    return known


# --- Ingest


class ToExamine(NamedTuple):
    """The little of a blob that its examination begins with."""

    sha256: bytes
    kind: str
    format: str
    mime: str
    state: str
    recipe: str | None


async def blob_for_ingest(session: Session, blob_id: UUID) -> ToExamine | None:
    statement = select(Blob.sha256, Blob.kind, Blob.format, Blob.mime, Blob.state, Blob.recipe).where(
        Blob.id == blob_id
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else ToExamine._make(row)


async def blob_for_change(session: Session, blob_id: UUID) -> Blob | None:
    return await session.scalar(select(Blob).where(Blob.id == blob_id).with_for_update())


async def assets_of_blob(session: Session, blob_id: UUID) -> Sequence[Asset]:
    statement = select(Asset).where(Asset.blob_id == blob_id).order_by(Asset.id).with_for_update()
    return (await session.scalars(statement)).all()


async def live_partner(session: Session, asset: Asset, content_id: str, kind: str) -> Asset | None:
    """The other half of a live photo in the same space, by the identifier that Apple gave both."""
    statement = (
        select(Asset)
        .join(Blob, Blob.id == Asset.blob_id)
        .where(
            Asset.space_id == asset.space_id,
            Asset.kind == kind,
            Asset.live_of.is_(None),
            Asset.trashed_at.is_(None),  # or the newcomer would be out of sight, too
            Blob.content_id == content_id,
        )
        .order_by(Asset.id)
        .limit(1)
        .with_for_update(of=Asset)
    )
    return await session.scalar(statement)


async def asset_by_file_name(session: Session, space_id: UUID, names: Sequence[str], *, but_kind: str) -> Asset | None:
    """An asset of the space whose file name is one of these (case does not matter)."""
    statement = (
        select(Asset)
        .where(
            Asset.space_id == space_id,
            func.lower(Asset.file_name).in_([name.lower() for name in names]),
            Asset.kind != but_kind,
        )
        .order_by(Asset.id.desc())
        .limit(1)
    )
    return await session.scalar(statement)


async def asset_by_stem(session: Session, space_id: UUID, stem: str) -> Asset | None:
    """An asset whose file name is `stem` and an extension."""
    pattern = stem.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + ".%"
    statement = (
        select(Asset)
        .where(
            Asset.space_id == space_id,
            func.lower(Asset.file_name).like(pattern),
            Asset.kind != "sidecar",
        )
        .order_by(Asset.id.desc())
        .limit(1)
    )
    return await session.scalar(statement)


async def waiting_sidecars(session: Session, asset: Asset, names: Sequence[str]) -> Sequence[Asset]:
    """Sidecars of the space that came before the original they belong to."""
    statement = select(Asset).where(
        Asset.space_id == asset.space_id,
        Asset.kind == "sidecar",
        Asset.sidecar_of.is_(None),
        func.lower(Asset.file_name).in_([name.lower() for name in names]),
    )
    return (await session.scalars(statement)).all()


async def unfinished_blobs(session: Session, recipe: str, before: datetime, limit: int) -> Sequence[UUID]:
    """Blobs that still lack something and for which no job waits or runs.

    The state decides, not the memory of a job: so the same rule mends a crash, a new recipe and a restore.
    """
    has_no_job = text(
        "NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')"
        " AND j.task_name = 'assets.ingest' AND j.args ->> 'blob_id' = blobs.id::text)"
    )
    statement = (
        select(Blob.id)
        .where(
            # Written so that an index finds the few among millions.
            or_(
                Blob.state == BlobState.PROCESSING,
                Blob.recipe.is_(None),
                Blob.recipe < recipe,
                Blob.recipe > recipe,
            ),
            Blob.created_at < before,
            has_no_job,
        )
        .order_by(Blob.created_at)
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


# --- What people do


@dataclass(frozen=True, slots=True)
class AssetView:
    """An asset with everything that its page shows; `clip` is the moving half of a live photo: (asset, blob)."""

    asset: Asset
    blob: Blob
    contributor_name: str | None
    favourite: bool
    can_edit: bool
    clip: tuple[UUID, UUID] | None


async def asset_view(session: Session, actor: Member, asset_id: UUID) -> AssetView | None:
    clip = aliased(Asset)
    statement = (
        select(
            Asset,
            Blob,
            User.name,
            Favourite.user_id.is_not(None),
            editable_assets(actor),
            clip.id,
            clip.blob_id,
        )
        .join(Blob, Blob.id == Asset.blob_id)
        .outerjoin(clip, (clip.live_of == Asset.id) & clip.trashed_at.is_(None))
        .outerjoin(User, User.id == Asset.contributor_id)
        .outerjoin(Favourite, (Favourite.asset_id == Asset.id) & (Favourite.user_id == actor.user_id))
        .where(Asset.id == asset_id, visible_assets(actor))
        .order_by(clip.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    clip_id: UUID | None = row[5]
    return AssetView(*row[:5], clip=None if clip_id is None else (clip_id, row[6]))


async def blob_of(session: Session, asset: Asset) -> Blob:
    return (await session.scalars(select(Blob).where(Blob.id == asset.blob_id))).one()


async def add_favourites(session: Session, user_id: UUID, asset_ids: Sequence[UUID]) -> int:
    statement = (
        insert(Favourite)
        .values([{"user_id": user_id, "asset_id": asset_id} for asset_id in asset_ids])
        .on_conflict_do_nothing()
        .returning(Favourite.asset_id)
    )
    return len((await session.scalars(statement)).all())


async def remove_favourites(session: Session, user_id: UUID, asset_ids: Sequence[UUID]) -> int:
    statement = (
        delete(Favourite)
        .where(Favourite.user_id == user_id, Favourite.asset_id.in_(asset_ids))
        .returning(Favourite.asset_id)
    )
    return len((await session.scalars(statement)).all())


async def set_trashed(session: Session, asset_ids: Sequence[UUID], when: datetime | None) -> list[UUID]:
    """Puts assets in the trash or takes them out, a live photo's clip with its still; the ids of those that moved."""
    there = Asset.trashed_at.is_(None) if when else Asset.trashed_at.is_not(None)
    statement = update(Asset).where(_with_clips(asset_ids), there).values(trashed_at=when).returning(Asset.id)
    return list((await session.scalars(statement)).all())


async def set_archived(session: Session, asset_ids: Sequence[UUID], when: datetime | None) -> list[UUID]:
    """Puts assets aside or takes them back; the ids of those that changed."""
    there = Asset.archived_at.is_(None) if when else Asset.archived_at.is_not(None)
    statement = update(Asset).where(Asset.id.in_(asset_ids), there).values(archived_at=when).returning(Asset.id)
    return list((await session.scalars(statement)).all())


async def bury(session: Session, asset_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[UUID]]:
    """Removes trashed assets for good and remembers their checksums; the removed ids by space."""
    remembered = (
        select(Asset.space_id, Blob.sha256)
        .join(Blob, Blob.id == Asset.blob_id)
        .where(_with_clips(asset_ids), Asset.trashed_at.is_not(None))
    )
    rows = (await session.execute(remembered)).all()
    if rows:
        stones = [{"space_id": space_id, "sha256": sha256, "created_at": now} for space_id, sha256 in rows]
        await session.execute(insert(Tombstone).values(stones).on_conflict_do_nothing())
    gone = (
        delete(Asset).where(_with_clips(asset_ids), Asset.trashed_at.is_not(None)).returning(Asset.space_id, Asset.id)
    )
    by_space: dict[UUID, list[UUID]] = {}
    for space_id, asset_id in (await session.execute(gone)).all():
        by_space.setdefault(space_id, []).append(asset_id)
    return by_space


def _with_clips(asset_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return or_(Asset.id.in_(asset_ids), _belongs_by(Asset.live_of, asset_ids))


def _belongs_by(reference: InstrumentedAttribute[UUID | None], asset_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """What belongs to one of these. Nothing belongs to an asset of another space: the people there are others."""
    owner = aliased(Asset)
    space = select(owner.space_id).where(owner.id == reference).scalar_subquery()
    return and_(reference.in_(asset_ids), Asset.space_id == space)


# --- Many at once: what is set differs from asset to asset, and still it is one statement


class Taken(NamedTuple):
    """When an asset was taken, as its row says it."""

    id: UUID
    taken_at: datetime
    taken_source: str
    utc_offset: int | None


class Placed(NamedTuple):
    """Where an asset was taken, as its row says it."""

    id: UUID
    latitude: float | None
    longitude: float | None
    altitude: float | None
    place_edited: bool


class Moving(NamedTuple):
    """What of an asset's row depends on the space that it is in."""

    id: UUID
    contributor_id: UUID | None
    live_of: UUID | None
    sidecar_of: UUID | None
    archived_at: datetime | None


class Copying(NamedTuple):
    """The same for a copy, with the id of the asset that it is made of."""

    source: UUID
    id: UUID
    contributor_id: UUID | None
    live_of: UUID | None
    sidecar_of: UUID | None


_TYPES: dict[str, Any] = {
    "taken_at": DateTime(timezone=False),
    "taken_source": String(),
    "utc_offset": SmallInteger(),
    "latitude": Double(),
    "longitude": Double(),
    "altitude": Double(),
    "place_edited": Boolean(),
    "archived_at": DateTime(timezone=True),
}


def _table_of(kind: type[Any], rows: Sequence[Any]) -> TableValuedAlias:
    """The rows as a table of the statement, sent as one array a column."""
    columns = [column(name, _TYPES.get(name, Uuid())) for name in kind._fields]
    arrays = [
        bindparam(None, [row[at] for row in rows], type_=ARRAY(each.type), unique=True)
        for at, each in enumerate(columns)
    ]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


async def _set_rows(session: Session, kind: type[Any], rows: Sequence[Any], **more: Any) -> None:
    given = _table_of(kind, rows)
    values = {name: given.c[name] for name in kind._fields if name != "id"}
    statement = update(Asset).where(Asset.id == given.c.id).values(**values, **more)
    await session.execute(statement, execution_options={"synchronize_session": False})


async def set_times(session: Session, rows: Sequence[Taken]) -> None:
    await _set_rows(session, Taken, rows)


async def set_places(session: Session, rows: Sequence[Placed]) -> None:
    await _set_rows(session, Placed, rows)


async def move_to(session: Session, space_id: UUID, rows: Sequence[Moving]) -> None:
    """Puts assets in a space. What belonged to them and stays behind belongs to nobody."""
    await _set_rows(session, Moving, rows, space_id=space_id)
    ids = [row.id for row in rows]
    left = update(Asset).where(_part_of(ids), Asset.space_id != space_id).values(live_of=None, sidecar_of=None)
    await session.execute(left, execution_options={"synchronize_session": False})


async def copy_to(session: Session, space_id: UUID, rows: Sequence[Copying]) -> list[UUID]:
    """Makes copies in a space; the ids of those that were made. The bytes stay one."""
    given = _table_of(Copying, rows)
    new: dict[str, Any] = {
        "id": given.c.id,
        "space_id": literal(space_id, Uuid()),
        "contributor_id": given.c.contributor_id,
        "live_of": given.c.live_of,
        "sidecar_of": given.c.sidecar_of,
        "archived_at": literal(None, DateTime(timezone=True)),
    }
    columns = [each for each in Asset.__table__.columns if each.computed is None]
    source = select(*[new.get(each.name, each) for each in columns]).join(given, given.c.source == Asset.id)
    statement = insert(Asset).from_select([each.name for each in columns], source).returning(Asset.id)
    return list((await session.scalars(statement)).all())


async def shown_elsewhere(session: Session, asset_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these whose bytes another asset shows, out of the trash."""
    other = aliased(Asset)
    shows = select(other.id).where(other.blob_id == Asset.blob_id, other.id != Asset.id, other.trashed_at.is_(None))
    return set((await session.scalars(select(Asset.id).where(Asset.id.in_(asset_ids), shows.exists()))).all())


async def remove_copies(session: Session, asset_ids: Sequence[UUID]) -> list[UUID]:
    """Takes copies away without a memory: nobody removed the photo on purpose."""
    gone = delete(Asset).where(Asset.id.in_(asset_ids))
    return list((await session.scalars(gone.returning(Asset.id))).all())


def _part_of(asset_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return or_(Asset.live_of.in_(asset_ids), Asset.sidecar_of.in_(asset_ids))


async def companions_of(session: Session, asset_ids: Sequence[UUID]) -> Sequence[Asset]:
    """Clips of live photos and sidecars that belong to these and are none of them."""
    parts = or_(_belongs_by(Asset.live_of, asset_ids), _belongs_by(Asset.sidecar_of, asset_ids))
    statement = select(Asset).where(parts, Asset.id.not_in(asset_ids), Asset.trashed_at.is_(None))
    return (await session.scalars(statement.order_by(Asset.id))).all()


async def blobs_of(session: Session, blob_ids: Sequence[UUID]) -> dict[UUID, Blob]:
    return {blob.id: blob for blob in (await session.scalars(select(Blob).where(Blob.id.in_(blob_ids)))).all()}


class Bytes(NamedTuple):
    sha256: bytes
    size: int


async def bytes_of(session: Session, blob_ids: Sequence[UUID], *, hold: bool) -> dict[UUID, Bytes]:
    """Checksum and size of each blob. With `hold`, no examination of them ends before the transaction does."""
    statement = select(Blob.id, Blob.sha256, Blob.size).where(Blob.id.in_(blob_ids)).order_by(Blob.id)
    rows = await session.execute(statement.with_for_update(read=True) if hold else statement)
    return {row[0]: Bytes(row[1], row[2]) for row in rows.all()}


async def blobs_in(session: Session, space_id: UUID, blob_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these the space shows already, be it in the trash."""
    statement = select(Asset.blob_id).where(Asset.space_id == space_id, Asset.blob_id.in_(blob_ids))
    return set((await session.scalars(statement)).all())


async def buried_in(session: Session, space_id: UUID, checksums: Sequence[bytes]) -> set[bytes]:
    statement = select(Tombstone.sha256).where(Tombstone.space_id == space_id, Tombstone.sha256.in_(checksums))
    return set((await session.scalars(statement)).all())


async def drop_tombstones(session: Session, space_id: UUID, checksums: Sequence[bytes]) -> None:
    await session.execute(delete(Tombstone).where(Tombstone.space_id == space_id, Tombstone.sha256.in_(checksums)))


async def lock_spaces(session: Session, space_ids: Sequence[UUID]) -> dict[UUID, Room]:
    """Nobody else adds to these spaces before the transaction ends. Always in the same order, so that two who move
    photos in opposite directions do not wait for each other."""
    statement = (
        select(Space.id, Space.used_bytes, Space.quota_bytes)
        .where(Space.id.in_(space_ids))
        .order_by(Space.id)
        .with_for_update(key_share=True)
    )
    return {row[0]: Room(row[1], row[2]) for row in (await session.execute(statement)).all()}


async def members_among(session: Session, space_id: UUID, user_ids: Sequence[UUID]) -> set[UUID]:
    statement = select(Membership.user_id).where(Membership.space_id == space_id, Membership.user_id.in_(user_ids))
    return set((await session.scalars(statement)).all())


async def own_activities(session: Session, user_id: UUID, activity_ids: Sequence[UUID]) -> Sequence[Activity]:
    """What the user has done, the last first."""
    statement = select(Activity).where(Activity.id.in_(activity_ids), Activity.user_id == user_id)
    return (await session.scalars(statement.order_by(Activity.id.desc()))).all()


async def assets_to_undo(session: Session, actor: Actor, asset_ids: Sequence[UUID]) -> Sequence[Asset]:
    """Those that are still there and still the actor's to change."""
    statement = select(Asset).where(Asset.id.in_(asset_ids), editable_assets(actor), visible_assets(actor))
    return (await session.scalars(statement.order_by(Asset.id).with_for_update(of=Asset))).all()


async def assets_in(session: Session, space_id: UUID, asset_ids: Sequence[UUID]) -> Sequence[Asset]:
    """Those that the space still has, out of the trash."""
    statement = select(Asset).where(Asset.id.in_(asset_ids), Asset.space_id == space_id, Asset.trashed_at.is_(None))
    return (await session.scalars(statement.order_by(Asset.id).with_for_update(of=Asset))).all()


# --- What the sweep finds


async def long_trashed(session: Session, before: datetime, limit: int) -> Sequence[UUID]:
    statement = select(Asset.id).where(Asset.trashed_at < before).order_by(Asset.trashed_at).limit(limit)
    return (await session.scalars(statement)).all()


async def unused_blobs(session: Session, before: datetime, limit: int) -> Sequence[Row[UUID, bytes]]:
    """Blobs that no asset shows, whose last tombstone is older than the grace."""
    lately_buried = (
        select(Tombstone.sha256).where(Tombstone.sha256 == Blob.sha256, Tombstone.created_at >= before).exists()
    )
    statement = (
        select(Blob.id, Blob.sha256)
        .where(~is_shown(), ~lately_buried, Blob.created_at < before)
        .order_by(Blob.created_at)
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def is_unused(session: Session, blob_id: UUID) -> bool:
    return await session.scalar(select(Asset.id).where(Asset.blob_id == blob_id).limit(1)) is None


async def delete_blob(session: Session, blob_id: UUID) -> None:
    await session.execute(delete(Blob).where(Blob.id == blob_id))


REMOVAL_LOCK: Final = 4_105_219_874
"""Shared by whoever removes bytes, and held alone by a backup while it runs: it finds what its rows name."""
UNSOUND: Final = text("blobs.integrity <> 'sound'")
"""Written out, and no parameter, so that the small index over just these is always good for it."""
_FEW: Final = 3


async def may_remove_bytes(session: Session) -> bool:
    """Whether bytes may go now, and until the transaction ends: no backup runs, and the folder is not half empty."""
    free = await session.scalar(select(func.pg_try_advisory_xact_lock_shared(REMOVAL_LOCK)))
    return bool(free) and not await is_mass_loss(session)


async def is_mass_loss(session: Session) -> bool:
    """Whether more than one original of a hundred is missing (and more than a few): a lost disk or a wrong mount.

    Then nothing is tidied up and no pass goes on until somebody has looked.
    """
    lost = select(func.count(Blob.id)).where(UNSOUND, Blob.integrity == Integrity.MISSING, is_shown())
    missing = (await session.scalars(lost)).one()
    if not missing:
        return False
    # Millions need not be counted to see that so few are no hundredth of them.
    enough = select(Blob.id).limit(missing * 100 + 1).subquery()
    total = (await session.scalars(select(func.count()).select_from(enough))).one()
    return is_mass(missing, total)


def is_shown() -> ColumnElement[bool]:
    """Blobs that an asset shows. Others may be on their way out: that their bytes are gone is no loss."""
    return select(Asset.id).where(Asset.blob_id == Blob.id).exists()


def is_mass(lost: int, total: int) -> bool:
    """Whether losing so many of so many is no accident of single files."""
    return 0 < lost == total or (lost > _FEW and lost * 100 > total)


# --- Uploads


async def upload_for(session: Session, user_id: UUID, upload_id: UUID) -> Upload | None:
    """The user's own upload; nobody has anybody else's."""
    return await session.scalar(select(Upload).where(Upload.id == upload_id, Upload.user_id == user_id))


async def finish_upload(session: Session, upload_id: UUID, asset_id: UUID, *, duplicate: bool, now: datetime) -> None:
    statement = update(Upload).where(Upload.id == upload_id)
    await session.execute(statement.values(completed_at=now, asset_id=asset_id, duplicate=duplicate))


async def expired_uploads(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    statement = select(Upload.id).where(Upload.expires_at < now).order_by(Upload.expires_at).limit(limit)
    return (await session.scalars(statement)).all()


async def delete_uploads(session: Session, upload_ids: Sequence[UUID]) -> None:
    await session.execute(delete(Upload).where(Upload.id.in_(upload_ids)))


async def known_uploads(session: Session, upload_ids: Sequence[UUID]) -> set[UUID]:
    statement = select(Upload.id).where(Upload.id.in_(upload_ids), Upload.completed_at.is_(None))
    return set((await session.scalars(statement)).all())


async def asset_state(session: Session, asset_id: UUID) -> tuple[str, bool] | None:
    """The state of an asset's blob, and whether the asset is in the trash."""
    statement = (
        select(Blob.state, Asset.trashed_at.is_not(None))
        .join(Asset, Asset.blob_id == Blob.id)
        .where(Asset.id == asset_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


# --- Delivery


@dataclass(frozen=True, slots=True)
class OriginalView:
    """What it takes to hand out an original."""

    sha256: bytes
    mime: str
    file_name: str


async def original_of(session: Session, blob_id: UUID, asset_id: UUID) -> OriginalView | None:
    statement = (
        select(Blob.sha256, Blob.mime, Asset.file_name)
        .join(Asset, Asset.blob_id == Blob.id)
        .where(Blob.id == blob_id, Asset.id == asset_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else OriginalView(*row)


class FileView(NamedTuple):
    """A file of a download: an original, or what belongs to the original of the asset `owner`."""

    id: UUID
    owner: UUID | None
    kind: str
    file_name: str
    taken_at: datetime
    sha256: bytes
    size: int


async def files_of(session: Session, actor: Member, asset_ids: Sequence[UUID]) -> list[FileView]:
    """The originals of these assets, with clips and sidecars, as far as the actor sees them; oldest first."""
    belongs = and_(_part_of(asset_ids), Asset.trashed_at.is_(None))
    statement = (
        select(
            Asset.id,
            func.coalesce(Asset.live_of, Asset.sidecar_of),
            Asset.kind,
            Asset.file_name,
            Asset.taken_at,
            Blob.sha256,
            Blob.size,
        )
        .join(Blob, Blob.id == Asset.blob_id)
        .where(or_(Asset.id.in_(asset_ids), belongs), visible_assets(actor))
        .order_by(Asset.taken_at, Asset.id)
    )
    return [FileView._make(row) for row in (await session.execute(statement)).all()]


async def download_of(session: Session, download_id: UUID) -> Activity | None:
    return await session.scalar(select(Activity).where(Activity.id == download_id, Activity.verb == "download"))


async def space_name(session: Session, space_id: UUID) -> str:
    return (await session.scalars(select(Space.name).where(Space.id == space_id))).one()


async def ask_for_derivatives(session: Session, blob_id: UUID) -> None:
    """Lets the sweep make the derivatives of a ready blob again."""
    statement = update(Blob).where(Blob.id == blob_id, Blob.state == BlobState.READY, Blob.recipe.is_not(None))
    await session.execute(statement.values(recipe=None))


# --- The operator's view


@dataclass(frozen=True, slots=True)
class DeadLetter:
    blob_id: UUID
    code: str
    attempts: int
    failed_at: datetime | None
    file_names: list[str]


_GIVEN_UP = ("decoder-crashed", "timeout")


async def dead_letters(session: Session, limit: int) -> list[DeadLetter]:
    """Photos whose ingest was given up, newest first."""
    names = select(func.array_agg(Asset.file_name)).where(Asset.blob_id == Blob.id).correlate(Blob).scalar_subquery()
    statement = (
        select(Blob.id, Blob.failure, Blob.attempts, Blob.processed_at, names)
        .where(Blob.state == BlobState.FAILED, Blob.failure.in_(_GIVEN_UP))
        .order_by(Blob.processed_at.desc())
        .limit(limit)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return [DeadLetter(row[0], row[1], row[2], row[3], list(row[4] or [])) for row in rows]


async def count_dead_letters(session: Session) -> int:
    statement = select(func.count()).where(Blob.state == BlobState.FAILED, Blob.failure.in_(_GIVEN_UP))
    return (await session.scalars(statement)).one()


async def totals(session: Session) -> tuple[int, int]:
    """How many assets there are, and how many bytes their spaces count."""
    statement = select(func.coalesce(func.sum(Space.asset_count), 0), func.coalesce(func.sum(Space.used_bytes), 0))
    count, size = (await session.execute(statement)).one()
    return int(count), int(size)


async def lock_installation(session: Session) -> None:
    """One process at a time looks at what belongs together, until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("installation"))))


async def volume_id(session: Session) -> UUID | None:
    return await session.scalar(select(Installation.volume_id).with_for_update())


async def set_volume_id(session: Session, name: UUID) -> None:
    session.add(Installation(volume_id=name))
