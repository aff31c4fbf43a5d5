"""Every statement about spaces, members and invitations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from gallery.access.actors import Member
from gallery.access.spaces import reachable_space_ids
from gallery.infra.db import Session
from gallery.models import Invitation, Membership, Role, Space, User


@dataclass(frozen=True, slots=True)
class SpaceView:
    """A space as one of its members sees it."""

    id: UUID
    name: str
    kind: str
    role: str
    members: int
    assets: int
    used_bytes: int
    quota_bytes: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemberView:
    user_id: UUID
    name: str
    login: str | None
    role: str
    joined_at: datetime


async def spaces_of(session: Session, actor: Member, space_id: UUID | None = None) -> list[SpaceView]:
    """The actor's spaces, the personal one first, then by age."""
    everyone = aliased(Membership)
    members = select(func.count()).where(everyone.space_id == Space.id).scalar_subquery()
    statement = (
        select(
            Space.id,
            Space.name,
            Space.kind,
            Membership.role,
            members,
            Space.asset_count,
            Space.used_bytes,
            Space.quota_bytes,
            Space.created_at,
        )
        .join(Membership, Membership.space_id == Space.id)
        .where(Membership.user_id == actor.user_id, Space.id.in_(reachable_space_ids(actor)))
        .order_by(Space.kind.desc(), Space.id)
    )
    if space_id is not None:
        statement = statement.where(Space.id == space_id)
    return [SpaceView(*row) for row in (await session.execute(statement)).all()]


async def all_spaces(session: Session) -> Sequence[Space]:
    return (await session.scalars(select(Space).order_by(Space.id))).all()


async def space_for_change(session: Session, space_id: UUID) -> Space:
    """The space, locked: whoever changes members or quota does so one after the other."""
    return (await session.scalars(select(Space).where(Space.id == space_id).with_for_update())).one()


async def members_of(session: Session, space_id: UUID) -> list[MemberView]:
    statement = (
        select(User.id, User.name, User.login, Membership.role, Membership.joined_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.space_id == space_id)
        .order_by(Membership.joined_at, User.id)
    )
    return [MemberView(*row) for row in (await session.execute(statement)).all()]


async def membership(session: Session, space_id: UUID, user_id: UUID) -> Membership | None:
    return await session.get(Membership, (space_id, user_id))


async def owners(session: Session, space_id: UUID) -> int:
    statement = select(func.count()).where(Membership.space_id == space_id, Membership.role == Role.OWNER)
    return (await session.scalars(statement)).one()


async def invitation_by_digest(session: Session, digest: bytes, *, lock: bool) -> Invitation | None:
    statement = select(Invitation).where(Invitation.digest == digest)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def invitation(session: Session, space_id: UUID, invitation_id: UUID) -> Invitation | None:
    statement = select(Invitation).where(Invitation.id == invitation_id, Invitation.space_id == space_id)
    return await session.scalar(statement)


async def open_invitations(session: Session, space_id: UUID, now: datetime) -> Sequence[Invitation]:
    """The invitations that still let somebody in, newest first."""
    statement = (
        select(Invitation)
        .where(
            Invitation.space_id == space_id,
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
            Invitation.max_uses.is_(None) | (Invitation.uses < Invitation.max_uses),
        )
        .order_by(Invitation.id.desc())
    )
    return (await session.scalars(statement)).all()


async def names_of_invitation(session: Session, found: Invitation) -> tuple[str, str]:
    """The space's name and the name of who invites."""
    statement = select(Space.name, User.name).join(User, User.id == found.invited_by).where(Space.id == found.space_id)
    space_name, inviter = (await session.execute(statement)).one()
    return space_name, inviter


async def member_ids(session: Session, space_id: UUID) -> Sequence[UUID]:
    return (await session.scalars(select(Membership.user_id).where(Membership.space_id == space_id))).all()
