"""Spaces: libraries owned by groups, and who belongs to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from gallery.models.base import Base, Id, Moment


class SpaceKind(StrEnum):
    PERSONAL = "personal"
    GROUP = "group"


class Role(StrEnum):
    """What a member may do; each may also do what those below may."""

    OWNER = "owner"
    MANAGER = "manager"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"

    @property
    def and_above(self) -> frozenset["Role"]:
        """The roles that include this one."""
        order = list(Role)
        return frozenset(order[: order.index(self) + 1])


class Space(Base):
    __tablename__ = "spaces"

    id: Mapped[Id]
    kind: Mapped[str]
    name: Mapped[str]
    personal_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), unique=True)
    quota_bytes: Mapped[int | None] = mapped_column(BigInteger)
    used_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    """Originals of all assets, trash included. Kept by a trigger on `assets`, as is `asset_count`."""
    asset_count: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("kind IN ('personal', 'group')", name="kind"),
        CheckConstraint("(kind = 'personal') = (personal_user_id IS NOT NULL)", name="personal"),
        CheckConstraint("quota_bytes >= 0", name="quota"),
    )


class Membership(Base):
    __tablename__ = "memberships"

    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    joined_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("role IN ('owner', 'manager', 'contributor', 'viewer')", name="role"),)


class Invitation(Base):
    """A link that makes its holder a member. Only the hash of its token is kept."""

    __tablename__ = "invitations"

    id: Mapped[Id]
    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    role: Mapped[str]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[Moment]
    max_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(server_default="0", default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (CheckConstraint("role IN ('manager', 'contributor', 'viewer')", name="role"),)
