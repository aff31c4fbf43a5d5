"""Every statement about users, sessions and the ways in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from gallery.infra.db import Session
from gallery.models import Attempt, Identity, MaxLaunch, SetupLink, SignInSession, Space, User


@dataclass(frozen=True, slots=True)
class LiveSession:
    """What a request needs of its session: one narrow row."""

    user_id: UUID
    is_operator: bool
    locale: str | None
    alive: bool


async def live_session(session: Session, session_id: UUID, user_id: UUID, now: datetime) -> LiveSession | None:
    """Asked by every request: whether its session still counts, and for whom."""
    alive = SignInSession.revoked_at.is_(None) & (SignInSession.expires_at > now) & User.disabled_at.is_(None)
    statement = (
        select(User.id, User.is_operator, User.locale, alive)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(SignInSession.id == session_id, User.id == user_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else LiveSession(*row)


async def user_by_id(session: Session, user_id: UUID) -> User | None:
    return await session.get(User, user_id)


async def user_by_login_key(session: Session, login_key: str) -> User | None:
    return await session.scalar(select(User).where(User.login_key == login_key))


async def user_by_identity(session: Session, provider: str, subject: str) -> User | None:
    statement = (
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.provider == provider, Identity.subject == subject)
    )
    return await session.scalar(statement)


async def all_users(session: Session) -> Sequence[User]:
    return (await session.scalars(select(User).order_by(User.id))).all()


async def has_operator(session: Session) -> bool:
    statement = select(User.id).where(User.is_operator, User.disabled_at.is_(None)).limit(1)
    return await session.scalar(statement) is not None


async def personal_space_id(session: Session, user_id: UUID) -> UUID:
    return (await session.scalars(select(Space.id).where(Space.personal_user_id == user_id))).one()


async def lock_name(session: Session, name: str) -> None:
    """Lets one transaction at a time do the thing of this name; held until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def session_for_change(session: Session, session_id: UUID) -> SignInSession | None:
    statement = select(SignInSession).where(SignInSession.id == session_id).with_for_update()
    return await session.scalar(statement)


async def sessions_of(session: Session, user_id: UUID, now: datetime) -> Sequence[SignInSession]:
    """The living sessions, the one used last first."""
    statement = (
        select(SignInSession)
        .where(
            SignInSession.user_id == user_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    return (await session.scalars(statement)).all()


async def revoke_sessions(
    session: Session, user_id: UUID, *, because: str, now: datetime, but: UUID | None = None
) -> None:
    """Ends all sessions of a user, `but` one."""
    statement = (
        update(SignInSession)
        .where(SignInSession.user_id == user_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )
    if but is not None:
        statement = statement.where(SignInSession.id != but)
    await session.execute(statement)


async def session_of_launch(session: Session, digest: bytes) -> UUID | None:
    return await session.scalar(select(MaxLaunch.session_id).where(MaxLaunch.digest == digest))


async def forget_old(session: Session, before: datetime) -> None:
    """Drops launches, attempts and links that can no longer matter."""
    await session.execute(delete(MaxLaunch).where(MaxLaunch.created_at < before))
    await session.execute(delete(Attempt).where(Attempt.window_start < before))
    await session.execute(delete(SetupLink).where(SetupLink.expires_at < before))


async def replace_setup_link(session: Session, digest: bytes, expires_at: datetime) -> None:
    await session.execute(delete(SetupLink))
    session.add(SetupLink(digest=digest, expires_at=expires_at))


async def use_setup_link(session: Session, digest: bytes, now: datetime) -> bool:
    """Takes the link away; true for the one caller that got it."""
    statement = (
        delete(SetupLink).where(SetupLink.digest == digest, SetupLink.expires_at > now).returning(SetupLink.digest)
    )
    return await session.scalar(statement) is not None


async def add_attempt(session: Session, key: bytes, window_start: datetime, weight: int) -> int:
    """Counts an attempt (or takes one back, weight -1) and says how many there are in the window now."""
    count = func.greatest(Attempt.count + literal(weight), 0)
    statement = (
        insert(Attempt)
        .values(key=key, window_start=window_start, count=max(weight, 0))
        .on_conflict_do_update(index_elements=["key", "window_start"], set_={"count": count})
        .returning(Attempt.count)
    )
    return (await session.scalars(statement)).one()


async def attempts(session: Session, key: bytes, window_start: datetime) -> int:
    statement = select(Attempt.count).where(Attempt.key == key, Attempt.window_start == window_start)
    return await session.scalar(statement) or 0
