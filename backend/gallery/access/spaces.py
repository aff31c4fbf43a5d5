"""Which spaces an actor reaches, and as what."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true

from gallery.access.actors import Actor, Member
from gallery.infra.db import Session
from gallery.infra.errors import Forbidden, NotFound
from gallery.models import Membership, Role, Space


def reachable_space_ids(actor: Member, role: Role = Role.VIEWER) -> Select[UUID]:
    """The ids of the spaces where the actor is at least `role`, to be used inside another statement."""
    return select(Membership.space_id).where(Membership.user_id == actor.user_id, Membership.role.in_(role.and_above))


def reachable_spaces(actor: Actor, role: Role = Role.VIEWER) -> ColumnElement[bool]:
    """The predicate over `Space`."""
    match actor:
        case Member():
            return Space.id.in_(reachable_space_ids(actor, role))
        case _:
            return true()


async def role_in(session: Session, actor: Actor, space_id: UUID) -> Role | None:
    """What the actor is in the space; the operator of the machine owns every space."""
    match actor:
        case Member():
            statement = select(Membership.role).where(
                Membership.space_id == space_id, Membership.user_id == actor.user_id
            )
        case _:
            statement = select(Space.kind).where(Space.id == space_id)
            return Role.OWNER if await session.scalar(statement) else None
    role = await session.scalar(statement)
    return None if role is None else Role(role)


async def require_role(session: Session, actor: Actor, space_id: UUID, role: Role) -> Role:
    """The actor's role in a space.

    Raises NotFound when the space is not theirs to see, Forbidden when they are less than `role` in it.
    """
    held = await role_in(session, actor, space_id)
    if held is None:
        raise NotFound
    if held not in role.and_above:
        raise Forbidden
    return held


async def require_spaces(session: Session, actor: Actor, space_ids: list[UUID], role: Role) -> None:
    """The same for a set of spaces at once; all or nothing."""
    statement = select(Space.id).where(Space.id.in_(space_ids), reachable_spaces(actor))
    seen = set((await session.scalars(statement)).all())
    if seen != set(space_ids):
        raise NotFound
    if role is not Role.VIEWER:
        for space_id in seen:
            await require_role(session, actor, space_id, role)
