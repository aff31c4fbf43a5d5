"""Spaces on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gallery.accounts.schemas import Login, Token
from gallery.infra.wire import Input, Name, Output, Whole

AnyRole = Literal["owner", "manager", "contributor", "viewer"]
InvitedRole = Literal["manager", "contributor", "viewer"]


class SpaceIn(Input):
    name: Name


class SpacePatch(Input):
    name: Name | None = None


class SpaceOut(Output):
    id: UUID
    name: str = Field(examples=["Class 4b"])
    kind: Literal["personal", "group"]
    role: AnyRole = Field(description="What the caller is in this space.")
    members: int
    assets: int
    used_bytes: int
    quota_bytes: int | None
    created_at: datetime


class SpacesOut(Output):
    items: list[SpaceOut]


class MemberIn(Input):
    login: Login
    role: AnyRole


class MemberPatch(Input):
    role: AnyRole


class MemberOut(Output):
    user_id: UUID
    name: str
    login: str | None
    role: AnyRole
    joined_at: datetime


class MembersOut(Output):
    items: list[MemberOut]


class InvitationIn(Input):
    role: InvitedRole
    expires_in_days: Annotated[Whole, Field(ge=1, le=365)] = 7
    max_uses: Annotated[Whole, Field(ge=1, le=10_000)] | None = None


class InvitationOut(Output):
    id: UUID
    role: InvitedRole
    expires_at: datetime
    max_uses: int | None
    uses: int
    created_at: datetime


class InvitationCreated(InvitationOut):
    token: str
    url: str = Field(description="The link to give away; it is told once.")


class InvitationsOut(Output):
    items: list[InvitationOut]


class InvitationToken(Input):
    token: Token


class InvitationPreviewOut(Output):
    space_name: str
    role: InvitedRole
    invited_by: str
