"""HTTP for spaces, members and invitations."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gallery.access.actors import Member, Operator
from gallery.access.door import CurrentMember
from gallery.accounts import service as accounts
from gallery.accounts.router import Hasher, Keys, device, signed_in
from gallery.accounts.schemas import RegisterIn, TokensOut
from gallery.infra.errors import NotFound
from gallery.infra.http import Db, Now, Tx, problem_responses
from gallery.models import Role, SessionKind
from gallery.spaces import service
from gallery.spaces.schemas import (
    InvitationCreated,
    InvitationIn,
    InvitationOut,
    InvitationPreviewOut,
    InvitationsOut,
    InvitationToken,
    MemberIn,
    MemberOut,
    MemberPatch,
    MembersOut,
    SpaceIn,
    SpaceOut,
    SpacePatch,
    SpacesOut,
)

spaces = APIRouter(prefix="/api/spaces", tags=["spaces"])
invitations = APIRouter(prefix="/api/invitations", tags=["invitations"])
registration = APIRouter(prefix="/api/auth", tags=["auth"])


@spaces.get("", responses=problem_responses(401))
async def list_spaces(session: Tx, actor: CurrentMember) -> SpacesOut:
    """The caller's spaces, the personal one first."""
    return SpacesOut(items=[SpaceOut.model_validate(item) for item in await service.list_spaces(session, actor)])


@spaces.post("", status_code=201, responses=problem_responses(401, 422))
async def create_space(body: SpaceIn, session: Tx, actor: CurrentMember) -> SpaceOut:
    """Makes a group space; the caller owns it."""
    return SpaceOut.model_validate(await service.create_space(session, actor, name=body.name))


@spaces.get("/{space_id}", responses=problem_responses(401, 404))
async def get_space(space_id: UUID, session: Tx, actor: CurrentMember) -> SpaceOut:
    """One space, as the caller sees it."""
    return SpaceOut.model_validate(await service.get_space(session, actor, space_id))


@spaces.patch("/{space_id}", responses=problem_responses(401, 403, 404, 422))
async def change_space(space_id: UUID, body: SpacePatch, session: Tx, actor: CurrentMember) -> SpaceOut:
    """Renames a space; for managers."""
    return SpaceOut.model_validate(await service.rename_space(session, actor, space_id, name=body.name))


@spaces.delete("/{space_id}", status_code=204, responses=problem_responses(401, 403, 404, 409))
async def delete_space(space_id: UUID, session: Tx, actor: CurrentMember) -> None:
    """Deletes an empty group space; for its owner."""
    await service.delete_space(session, actor, space_id)


@spaces.get("/{space_id}/members", responses=problem_responses(401, 404))
async def list_members(space_id: UUID, session: Tx, actor: CurrentMember) -> MembersOut:
    """Who belongs to the space."""
    return await _members(session, actor, space_id)


@spaces.post("/{space_id}/members", status_code=201, responses=problem_responses(401, 403, 404, 409, 422))
async def add_member(space_id: UUID, body: MemberIn, session: Tx, actor: CurrentMember) -> MembersOut:
    """Adds somebody by login; for managers, who give roles below their own."""
    await service.add_member(session, actor, space_id, login=body.login, role=Role(body.role))
    await session.flush()  # the answer lists the new member
    return await _members(session, actor, space_id)


@spaces.patch("/{space_id}/members/{user_id}", responses=problem_responses(401, 403, 404, 409, 422))
async def change_member(
    space_id: UUID, user_id: UUID, body: MemberPatch, session: Tx, actor: CurrentMember
) -> MembersOut:
    """Gives a member another role."""
    await service.change_role(session, actor, space_id, user_id, role=Role(body.role))
    await session.flush()  # the answer shows the new role
    return await _members(session, actor, space_id)


@spaces.delete("/{space_id}/members/{user_id}", status_code=204, responses=problem_responses(401, 403, 404, 409))
async def remove_member(space_id: UUID, user_id: UUID, session: Tx, actor: CurrentMember) -> None:
    """Removes a member, or lets the caller leave."""
    await service.remove_member(session, actor, space_id, user_id)


@spaces.get("/{space_id}/invitations", responses=problem_responses(401, 403, 404))
async def list_invitations(space_id: UUID, session: Tx, actor: CurrentMember, clock: Now) -> InvitationsOut:
    """The links that still let somebody in."""
    found = await service.list_invitations(session, actor, space_id, now=clock())
    return InvitationsOut(items=[InvitationOut.model_validate(item) for item in found])


@spaces.post("/{space_id}/invitations", status_code=201, responses=problem_responses(401, 403, 404, 409, 422))
async def create_invitation(
    space_id: UUID, body: InvitationIn, request: Request, session: Tx, actor: CurrentMember, clock: Now
) -> InvitationCreated:
    """Makes a link for whoever should come in."""
    made = await service.create_invitation(
        session,
        actor,
        space_id,
        role=Role(body.role),
        lifetime=timedelta(days=body.expires_in_days),
        max_uses=body.max_uses,
        now=clock(),
    )
    return InvitationCreated.model_validate(
        {
            **InvitationOut.model_validate(made.invitation).model_dump(),
            "token": made.token,
            "url": f"{request.app.state.public_url}/join#token={made.token}",
        }
    )


@spaces.delete("/{space_id}/invitations/{invitation_id}", status_code=204, responses=problem_responses(401, 403, 404))
async def revoke_invitation(space_id: UUID, invitation_id: UUID, session: Tx, actor: CurrentMember, clock: Now) -> None:
    """Withdraws a link."""
    await service.revoke_invitation(session, actor, space_id, invitation_id, now=clock())


@invitations.post("/preview", responses=problem_responses(410, 422))
async def preview_invitation(body: InvitationToken, session: Tx, clock: Now) -> InvitationPreviewOut:
    """What a link leads to, for whoever holds it."""
    return InvitationPreviewOut.model_validate(await service.preview_invitation(session, body.token, now=clock()))


@invitations.post("/accept", responses=problem_responses(401, 410, 422))
async def accept_invitation(body: InvitationToken, session: Tx, actor: CurrentMember, clock: Now) -> SpaceOut:
    """Makes the caller a member."""
    user, _ = await accounts.get_me(session, actor)
    space_id = await service.join_by_invitation(session, user, body.token, now=clock())
    await session.flush()  # the answer is the space as its new member sees it
    return SpaceOut.model_validate(await service.get_space(session, actor, space_id))


@registration.post("/register", responses=problem_responses(409, 410, 422))
async def register(
    body: RegisterIn, request: Request, response: Response, db: Db, keys: Keys, passwords: Hasher, clock: Now
) -> TokensOut:
    """Makes an account for somebody with an invitation, and a member of them."""
    now = clock()
    async with db.transaction() as session:
        await service.preview_invitation(session, body.invitation, now=now)
    password_hash = await passwords.hash(accounts.checked_password(body.password))
    async with db.transaction() as session:
        user = await accounts.create_user(
            session, Operator(), login=body.login, name=body.name, password_hash=password_hash
        )
        await service.join_by_invitation(session, user, body.invitation, now=now)
        tokens = await accounts.start_session(session, keys, user, device(request, SessionKind.INVITATION), now=now)
    return signed_in(request, response, tokens, in_body=False)


async def _members(session: Tx, actor: Member, space_id: UUID) -> MembersOut:
    found = await service.list_members(session, actor, space_id)
    if not found:
        raise NotFound
    return MembersOut(items=[MemberOut.model_validate(item) for item in found])
