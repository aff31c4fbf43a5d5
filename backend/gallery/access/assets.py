"""Which assets an actor sees, and which they may change.

Visibility of an asset is membership of its space. What lies in the trash is seen by those who can take it out
again: managers of the space, and the person who added it.
"""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true

from gallery.access.actors import Actor, Member
from gallery.access.spaces import reachable_space_ids
from gallery.infra.db import Session
from gallery.infra.errors import Forbidden, NotFound
from gallery.models import Asset, Role


class Want(StrEnum):
    SEE = "see"
    EDIT = "edit"


def visible_assets(actor: Actor) -> ColumnElement[bool]:
    """The predicate over `Asset` that every query on behalf of somebody carries."""
    match actor:
        case Member():
            return and_(
                Asset.space_id.in_(reachable_space_ids(actor)),
                or_(Asset.trashed_at.is_(None), editable_assets(actor)),
            )
        case _:
            return true()


def editable_assets(actor: Actor) -> ColumnElement[bool]:
    """Managers edit everything in a space, contributors what they added."""
    match actor:
        case Member():
            return or_(
                Asset.space_id.in_(reachable_space_ids(actor, Role.MANAGER)),
                and_(
                    # Nobody's photo is nobody's own: without this SQL would answer "unknown" instead of "no".
                    Asset.contributor_id.is_not(None),
                    Asset.contributor_id == actor.user_id,
                    Asset.space_id.in_(reachable_space_ids(actor, Role.CONTRIBUTOR)),
                ),
            )
        case _:
            return true()


async def require_assets(session: Session, actor: Actor, asset_ids: Sequence[UUID], want: Want) -> list[Asset]:
    """All of these assets, locked in the order of their ids when they are wanted for a change.

    Raises NotFound when any of them is not the actor's to see, Forbidden when any is not theirs to change: one
    missing id and nothing happens.
    """
    wanted = set(asset_ids)
    statement = select(Asset, editable_assets(actor)).where(Asset.id.in_(wanted), visible_assets(actor))
    if want is Want.EDIT:
        statement = statement.order_by(Asset.id).with_for_update(of=Asset)
    rows = (await session.execute(statement)).all()
    if len(rows) != len(wanted):
        raise NotFound
    if want is Want.EDIT and not all(editable for _, editable in rows):
        raise Forbidden
    return [asset for asset, _ in rows]


async def require_asset(session: Session, actor: Actor, asset_id: UUID, want: Want) -> Asset:
    """One asset: a set of one."""
    return (await require_assets(session, actor, [asset_id], want))[0]
