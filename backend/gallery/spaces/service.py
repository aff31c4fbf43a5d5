"""Spaces: libraries owned by groups; who belongs to them and how people come in and leave."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gallery.access.actors import Actor, Member, Operator
from gallery.access.spaces import require_role
from gallery.accounts.queries import user_by_login_key
from gallery.accounts.service import login_key
from gallery.infra.db import Session
from gallery.infra.errors import Conflict, Forbidden, Gone, NotFound
from gallery.infra.events import announce_spaces
from gallery.models import Invitation, Membership, Role, Space, SpaceKind, User
from gallery.spaces import queries
from gallery.spaces.queries import MemberView, SpaceView


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation and its token, which is told once and not kept."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class InvitationPreview:
    space_name: str
    role: str
    invited_by: str


async def list_spaces(session: Session, actor: Member) -> list[SpaceView]:
    return await queries.spaces_of(session, actor)


async def get_space(session: Session, actor: Member, space_id: UUID) -> SpaceView:
    """Raises NotFound."""
    found = await queries.spaces_of(session, actor, space_id)
    if not found:
        raise NotFound
    return found[0]


async def create_space(session: Session, actor: Member, *, name: str) -> SpaceView:
    space = Space(kind=SpaceKind.GROUP, name=name)
    session.add(space)
    await session.flush()  # the membership refers to the space's row
    session.add(Membership(space_id=space.id, user_id=actor.user_id, role=Role.OWNER))
    await announce_spaces(session, [actor.user_id])
    return await get_space(session, actor, space.id)


async def rename_space(session: Session, actor: Member, space_id: UUID, *, name: str | None) -> SpaceView:
    await require_role(session, actor, space_id, Role.MANAGER)
    space = await queries.space_for_change(session, space_id)
    if name is not None:
        space.name = name
        await announce_spaces(session, await queries.member_ids(session, space_id))
    return await get_space(session, actor, space_id)


async def delete_space(session: Session, actor: Member, space_id: UUID) -> None:
    """Only an empty group space goes, and only by its owner. Raises Conflict."""
    await require_role(session, actor, space_id, Role.OWNER)
    space = await queries.space_for_change(session, space_id)
    if space.kind == SpaceKind.PERSONAL:
        raise Conflict("personal-space")
    if space.asset_count:
        raise Conflict("space-not-empty")
    await announce_spaces(session, await queries.member_ids(session, space_id))
    await session.delete(space)


async def list_all_spaces(session: Session, actor: Operator) -> Sequence[Space]:
    """Every space of the installation, by age; for the operator of the machine alone."""
    return await queries.all_spaces(session)


async def set_quota(session: Session, actor: Operator, space_id: UUID, quota_bytes: int | None) -> None:
    """Limits what a space may hold; what is there stays, also when it is more. Raises NotFound."""
    await require_role(session, actor, space_id, Role.OWNER)
    space = await queries.space_for_change(session, space_id)
    space.quota_bytes = quota_bytes


async def list_members(session: Session, actor: Actor, space_id: UUID) -> list[MemberView]:
    await require_role(session, actor, space_id, Role.VIEWER)
    return await queries.members_of(session, space_id)


async def add_member(session: Session, actor: Actor, space_id: UUID, *, login: str, role: Role) -> None:
    """Adds somebody who has an account. Raises NotFound for an unknown login, Conflict for a member."""
    held = await require_role(session, actor, space_id, Role.MANAGER)
    _require_may_give(held, role)
    space = await queries.space_for_change(session, space_id)
    if space.kind == SpaceKind.PERSONAL:
        raise Conflict("personal-space")
    user = await user_by_login_key(session, login_key(login))
    if user is None or user.disabled_at is not None:
        raise NotFound("no-such-login")
    if await queries.membership(session, space_id, user.id):
        raise Conflict("already-member")
    session.add(Membership(space_id=space_id, user_id=user.id, role=role))
    await announce_spaces(session, [user.id])


async def change_role(session: Session, actor: Actor, space_id: UUID, user_id: UUID, *, role: Role) -> None:
    """Owners change everybody, managers those below them. Raises Conflict for the last owner."""
    held = await require_role(session, actor, space_id, Role.MANAGER)
    await queries.space_for_change(session, space_id)
    member = await queries.membership(session, space_id, user_id)
    if member is None:
        raise NotFound
    _require_may_give(held, Role(member.role))
    _require_may_give(held, role)
    if member.role == Role.OWNER and role is not Role.OWNER:
        await _require_another_owner(session, space_id)
    member.role = role
    await announce_spaces(session, [user_id])


async def remove_member(session: Session, actor: Member, space_id: UUID, user_id: UUID) -> None:
    """Removes somebody, or lets the actor leave; what they added stays with the space."""
    leaving = user_id == actor.user_id
    held = await require_role(session, actor, space_id, Role.VIEWER if leaving else Role.MANAGER)
    space = await queries.space_for_change(session, space_id)
    if space.kind == SpaceKind.PERSONAL:
        raise Conflict("personal-space")
    member = await queries.membership(session, space_id, user_id)
    if member is None:
        raise NotFound
    if not leaving:
        _require_may_give(held, Role(member.role))
    if member.role == Role.OWNER:
        await _require_another_owner(session, space_id)
    await session.delete(member)
    await announce_spaces(session, [user_id])


async def create_invitation(
    session: Session,
    actor: Member,
    space_id: UUID,
    *,
    role: Role,
    lifetime: timedelta,
    max_uses: int | None,
    now: datetime,
) -> NewInvitation:
    """A link for whoever should come in. It gives at most what its maker may give, and never ownership."""
    held = await require_role(session, actor, space_id, Role.MANAGER)
    _require_may_give(held, role)
    space = await queries.space_for_change(session, space_id)
    if space.kind == SpaceKind.PERSONAL:
        raise Conflict("personal-space")
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        space_id=space_id,
        digest=_digest(token),
        role=role,
        invited_by=actor.user_id,
        expires_at=now + lifetime,
        max_uses=max_uses,
    )
    session.add(invitation)
    await session.flush()  # gives the invitation its id
    return NewInvitation(invitation, token)


async def list_invitations(session: Session, actor: Actor, space_id: UUID, *, now: datetime) -> Sequence[Invitation]:
    await require_role(session, actor, space_id, Role.MANAGER)
    return await queries.open_invitations(session, space_id, now)


async def revoke_invitation(
    session: Session, actor: Actor, space_id: UUID, invitation_id: UUID, *, now: datetime
) -> None:
    await require_role(session, actor, space_id, Role.MANAGER)
    found = await queries.invitation(session, space_id, invitation_id)
    if found is None:
        raise NotFound
    found.revoked_at = found.revoked_at or now


async def preview_invitation(session: Session, token: str, *, now: datetime) -> InvitationPreview:
    """What the link leads to, for whoever holds it. Raises Gone when it no longer lets anybody in."""
    found = await _usable_invitation(session, token, now=now, lock=False)
    space_name, inviter = await queries.names_of_invitation(session, found)
    return InvitationPreview(space_name, found.role, inviter)


async def join_by_invitation(session: Session, user: User, token: str, *, now: datetime) -> UUID:
    """Makes the user a member; the space's id. Who is a member already stays what they are, and uses nothing up.

    Raises Gone.
    """
    found = await _usable_invitation(session, token, now=now, lock=True)
    if await queries.membership(session, found.space_id, user.id) is None:
        found.uses += 1
        session.add(Membership(space_id=found.space_id, user_id=user.id, role=found.role))
        await announce_spaces(session, [user.id])
    return found.space_id


async def _usable_invitation(session: Session, token: str, *, now: datetime, lock: bool) -> Invitation:
    found = await queries.invitation_by_digest(session, _digest(token), lock=lock)
    used_up = found is not None and found.max_uses is not None and found.uses >= found.max_uses
    if found is None or found.revoked_at is not None or found.expires_at <= now or used_up:
        raise Gone("invitation-gone")
    return found


async def _require_another_owner(session: Session, space_id: UUID) -> None:
    if await queries.owners(session, space_id) < 2:
        raise Conflict("last-owner")


def _require_may_give(held: Role, role: Role) -> None:
    """Owners give and take every role, managers those below their own."""
    if held is not Role.OWNER and role in held.and_above:
        raise Forbidden


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
