"""Who a person is, and how they are signed in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from gallery.models.base import Base, Id, Moment


class SessionKind(StrEnum):
    """The door through which somebody came in."""

    PASSWORD = "password"
    MAX = "max"
    SETUP = "setup"
    INVITATION = "invitation"


class User(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    login: Mapped[str | None]
    login_key: Mapped[str | None] = mapped_column(unique=True)
    """The login folded by NFKC and case: two logins that look the same are the same."""
    name: Mapped[str]
    locale: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_operator: Mapped[bool] = mapped_column(server_default="false", default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("locale IN ('ru', 'en')", name="locale"),
        CheckConstraint("(login IS NULL) = (login_key IS NULL)", name="login"),
    )


class Identity(Base):
    """An account elsewhere that proves who a user is, such as a MAX user id."""

    __tablename__ = "identities"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("provider", "subject"),)


class SignInSession(Base):
    """One signed-in device: a family of refresh tokens of which one is alive.

    Only hashes are kept. `previous_hash` is the token before the last rotation, honoured for a few seconds, since
    two tabs may refresh at once and an answer may get lost.
    """

    __tablename__ = "sessions"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    user_agent: Mapped[str]
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    rotated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_because: Mapped[str | None]


class MaxLaunch(Base):
    """A MAX launch string that was used to sign in: using it again leads to the same session."""

    __tablename__ = "max_launches"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Moment]

    __table_args__ = (Index(None, "created_at"),)


class SetupLink(Base):
    """The one-time link on the operator's console; only the newest counts."""

    __tablename__ = "setup_links"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[Moment]
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())


class Attempt(Base):
    """How often something that can be guessed was tried in a window of time; shared by all processes."""

    __tablename__ = "attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_start: Mapped[Moment] = mapped_column(primary_key=True)
    count: Mapped[int]

    __table_args__ = (Index(None, "window_start"),)
