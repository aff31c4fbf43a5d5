"""Accounts: who somebody is, how they come in, and how their sessions live and end."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gallery.access.actors import Member, Operator
from gallery.accounts import queries
from gallery.accounts.init_data import InvalidInitData, Launch, parse_init_data
from gallery.accounts.passwords import MAX_BYTES, MIN_LENGTH, Passwords
from gallery.accounts.tokens import ACCESS_LIFETIME, InvalidToken, TokenKeys, number_hash, utc_seconds
from gallery.infra.db import Session
from gallery.infra.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from gallery.models import (
    Identity,
    MaxLaunch,
    Membership,
    Role,
    SessionKind,
    SignInSession,
    Space,
    SpaceKind,
    User,
)

SESSION_IDLE: Final = timedelta(days=30)
SESSION_LONGEST: Final = timedelta(days=180)
ROTATION_GRACE: Final = timedelta(seconds=10)
SETUP_LINK_LIFETIME: Final = timedelta(days=7)
_LOGIN = re.compile(r"[\w.@+-]{2,64}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives; `expires_in` is of the access token, in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime
    user: User
    personal_space_id: UUID


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from."""

    kind: SessionKind
    user_agent: str


# --- Who is asking


async def authenticate(session: Session, keys: TokenKeys, access_token: str, *, now: datetime) -> Member:
    """The member behind an access token. Raises Unauthorized; the session row is asked every time."""
    try:
        claims = keys.read_access(access_token, now=now)
    except InvalidToken:
        raise Unauthorized from None
    row = await queries.live_session(session, claims.session_id, claims.user_id, now)
    if row is None or not row.alive:
        raise Unauthorized("session-revoked")
    return Member(row.user_id, claims.session_id, row.is_operator, row.locale)


# --- Ways in


async def issue_setup_link(session: Session, actor: Operator, *, now: datetime) -> str:
    """A new one-time token that makes an operator's account; the one before no longer counts."""
    token = secrets.token_urlsafe(32)
    await queries.replace_setup_link(session, _digest(token), now + SETUP_LINK_LIFETIME)
    return token


async def has_operator(session: Session) -> bool:
    """Whether somebody keeps this installation already."""
    return await queries.has_operator(session)


async def use_setup_link(
    session: Session, token: str, *, login: str, name: str, password_hash: str, now: datetime
) -> User:
    """Makes the operator's account, once. Raises NotFound for a token that is used, old or made up."""
    if not await queries.use_setup_link(session, _digest(token), now):
        raise NotFound("invalid-setup-link")
    return await create_user(session, Operator(), login=login, name=name, password_hash=password_hash, operator=True)


async def create_user(
    session: Session, actor: Operator, *, login: str, name: str, password_hash: str, operator: bool = False
) -> User:
    """A new account with its personal space. Raises Conflict when the login is taken, Invalid when it is none."""
    key = login_key(login)
    await queries.lock_name(session, f"login:{key}")
    if await queries.user_by_login_key(session, key):
        raise Conflict("login-taken")
    user = User(login=login.strip(), login_key=key, name=name, password_hash=password_hash, is_operator=operator)
    await _add_with_personal_space(session, user)
    return user


async def sign_in_by_password(session: Session, passwords: Passwords, *, login: str, password: str) -> User:
    """The user with this login and password. Raises Unauthorized, after the same time whatever is wrong."""
    try:
        user = await queries.user_by_login_key(session, login_key(login))
    except Invalid:
        user = None
    usable = user is not None and user.disabled_at is None
    matches = await passwords.verify(user.password_hash if user and usable else None, password)
    if user is None or not matches:
        raise Unauthorized("wrong-password")
    if user.password_hash and passwords.needs_rehash(user.password_hash):
        user.password_hash = await passwords.hash(password)
    return user


async def sign_in_by_max(
    session: Session,
    keys: TokenKeys,
    init_data: str,
    *,
    bot_token: str | None,
    user_agent: str,
    now: datetime,
) -> Tokens:
    """Signs in whoever opened the mini-app. The same launch again leads to the same session, or to none if it ended.

    Raises Unauthorized.
    """
    if not bot_token:
        raise Unauthorized("max-not-configured")
    try:
        launch = parse_init_data(init_data, bot_token=bot_token, now=now)
    except InvalidInitData:
        raise Unauthorized("invalid-init-data") from None
    await queries.lock_name(session, f"max:{launch.user_id}")
    user = await _user_of_launch(session, launch)
    if user.disabled_at is not None:
        raise Unauthorized("invalid-init-data")
    known = await queries.session_of_launch(session, launch.digest)
    if known is not None:
        return await _open_again(session, keys, known, user, launch, now=now)
    tokens, sign_in = await _start_session(
        session, keys, user, Device(SessionKind.MAX, user_agent), number=_launch_number(keys, launch), now=now
    )
    await session.flush()  # the launch refers to the session's row
    session.add(MaxLaunch(digest=launch.digest, session_id=sign_in.id, created_at=now))
    return tokens


async def start_session(session: Session, keys: TokenKeys, user: User, device: Device, *, now: datetime) -> Tokens:
    """Signs a known user in on a device."""
    tokens, _ = await _start_session(session, keys, user, device, number=secrets.token_hex(16), now=now)
    return tokens


# --- Sessions


async def rotate(session: Session, keys: TokenKeys, refresh_token: str, *, now: datetime) -> Tokens | None:
    """The next pair of tokens.

    None means that the token had been used before, beyond the grace for races: the whole family has been revoked
    and that must be committed before the caller is refused. Raises Unauthorized for a token that does not hold.
    """
    try:
        claims = keys.read_refresh(refresh_token, now=now)
    except InvalidToken:
        raise Unauthorized from None
    sign_in = await queries.session_for_change(session, claims.session_id)
    user = await queries.user_by_id(session, sign_in.user_id) if sign_in else None
    if sign_in is None or user is None or not _is_alive(sign_in, user, now):
        raise Unauthorized("session-revoked")
    presented, successor = number_hash(claims.number), keys.successor(claims.number)
    if presented == sign_in.refresh_hash:
        _rotate_to(sign_in, successor, now)
    elif not _is_race(sign_in, presented, number_hash(successor), now):
        sign_in.revoked_at, sign_in.revoked_because = now, "reuse"
        return None
    return await _tokens(session, keys, sign_in, user, successor, now=now)


async def end_session_of_token(session: Session, keys: TokenKeys, refresh_token: str, *, now: datetime) -> None:
    """Signs out whoever holds the refresh token; harmless when it does not hold."""
    try:
        claims = keys.read_refresh(refresh_token, now=now)
    except InvalidToken:
        return
    sign_in = await queries.session_for_change(session, claims.session_id)
    if sign_in is not None and sign_in.revoked_at is None:
        sign_in.revoked_at, sign_in.revoked_because = now, "sign-out"


async def list_sessions(session: Session, actor: Member, *, now: datetime) -> Sequence[SignInSession]:
    return await queries.sessions_of(session, actor.user_id, now)


async def end_session(session: Session, actor: Member, session_id: UUID, *, now: datetime) -> None:
    """Signs out one of the actor's own devices. Raises NotFound."""
    sign_in = await queries.session_for_change(session, session_id)
    if sign_in is None or sign_in.user_id != actor.user_id or sign_in.revoked_at is not None:
        raise NotFound
    sign_in.revoked_at, sign_in.revoked_because = now, "signed-out-remotely"


# --- One's own account


async def get_me(session: Session, actor: Member) -> tuple[User, UUID]:
    """The actor's account and personal space."""
    user = await queries.user_by_id(session, actor.user_id)
    if user is None:
        raise NotFound
    return user, await queries.personal_space_id(session, user.id)


async def change_password(
    session: Session, actor: Member, passwords: Passwords, *, current: str, new: str, now: datetime
) -> None:
    """Raises Forbidden for a wrong current password. All other devices are signed out."""
    user, _ = await get_me(session, actor)
    if user.login is None or not await passwords.verify(user.password_hash, current):
        raise Forbidden("wrong-password")
    user.password_hash = await passwords.hash(checked_password(new))
    await queries.revoke_sessions(session, user.id, because="password-changed", now=now, but=actor.session_id)


# --- The operator's verbs


async def list_users(session: Session, actor: Operator) -> Sequence[User]:
    return await queries.all_users(session)


async def disable_user(session: Session, actor: Operator, login: str, *, now: datetime) -> None:
    """Shuts the account and ends its sessions; photos stay. Raises NotFound."""
    user = await _user_by_login(session, login)
    user.disabled_at = user.disabled_at or now
    await queries.revoke_sessions(session, user.id, because="disabled", now=now)


async def reset_password(session: Session, actor: Operator, login: str, password_hash: str, *, now: datetime) -> None:
    """A new password, an open account, and no session left. Raises NotFound."""
    user = await _user_by_login(session, login)
    user.password_hash, user.disabled_at = password_hash, None
    await queries.revoke_sessions(session, user.id, because="password-reset", now=now)


async def forget_old(session: Session, actor: Operator, *, now: datetime) -> None:
    """Drops what no longer guards anything."""
    await queries.forget_old(session, now - timedelta(days=1))


# --- Rules


def login_key(login: str) -> str:
    """Logins that look the same are the same: NFKC, then case folding. Raises Invalid."""
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login.strip()).casefold())
    if not _LOGIN.fullmatch(key):
        raise Invalid(errors=[{"field": "login", "reason": "login"}])
    return key


def checked_password(password: str) -> str:
    """Raises Invalid for a password that is too short to protect or too long to be one."""
    if len(password) < MIN_LENGTH or len(password.encode()) > MAX_BYTES:
        raise Invalid(errors=[{"field": "password", "reason": "password"}])
    return password


async def _add_with_personal_space(session: Session, user: User) -> None:
    session.add(user)
    await session.flush()  # the space refers to the user's row
    space = Space(kind=SpaceKind.PERSONAL, name=user.name, personal_user_id=user.id)
    session.add(space)
    await session.flush()  # the membership refers to the space's row
    session.add(Membership(space_id=space.id, user_id=user.id, role=Role.OWNER))


async def _user_of_launch(session: Session, launch: Launch) -> User:
    user = await queries.user_by_identity(session, "max", str(launch.user_id))
    if user is None:
        locale = launch.language if launch.language in {"ru", "en"} else None
        user = User(name=launch.name, locale=locale)
        await _add_with_personal_space(session, user)
        session.add(Identity(user_id=user.id, provider="max", subject=str(launch.user_id)))
    return user


async def _start_session(
    session: Session, keys: TokenKeys, user: User, device: Device, *, number: str, now: datetime
) -> tuple[Tokens, SignInSession]:
    started = utc_seconds(now)
    sign_in = SignInSession(
        user_id=user.id,
        kind=device.kind,
        user_agent=device.user_agent[:300],
        refresh_hash=number_hash(number),
        rotated_at=started,
        created_at=started,
        last_seen_at=started,
        expires_at=started + SESSION_IDLE,
    )
    session.add(sign_in)
    await session.flush()  # gives the session its id
    return await _tokens(session, keys, sign_in, user, number, now=now), sign_in


async def _open_again(
    session: Session, keys: TokenKeys, session_id: UUID, user: User, launch: Launch, *, now: datetime
) -> Tokens:
    sign_in = await queries.session_for_change(session, session_id)
    if sign_in is None or not _is_alive(sign_in, user, now):
        raise Unauthorized("session-revoked")
    number = _launch_number(keys, launch)
    if number_hash(number) != sign_in.refresh_hash:
        number = secrets.token_hex(16)
        _rotate_to(sign_in, number, now)
    return await _tokens(session, keys, sign_in, user, number, now=now)


def _launch_number(keys: TokenKeys, launch: Launch) -> str:
    return keys.successor("launch:" + launch.digest.hex())


def _rotate_to(sign_in: SignInSession, number: str, now: datetime) -> None:
    moment = utc_seconds(now)
    sign_in.previous_hash, sign_in.refresh_hash = sign_in.refresh_hash, number_hash(number)
    sign_in.rotated_at = sign_in.last_seen_at = moment
    sign_in.expires_at = min(moment + SESSION_IDLE, sign_in.created_at + SESSION_LONGEST)


def _is_race(sign_in: SignInSession, presented: bytes, successor: bytes, now: datetime) -> bool:
    """Whether a used token was used a moment ago, by another tab or by a caller whose answer got lost."""
    fresh = sign_in.rotated_at is not None and now <= sign_in.rotated_at + ROTATION_GRACE
    return fresh and presented == sign_in.previous_hash and successor == sign_in.refresh_hash


def _is_alive(sign_in: SignInSession, user: User, now: datetime) -> bool:
    return sign_in.revoked_at is None and sign_in.expires_at > now and user.disabled_at is None


async def _tokens(
    session: Session, keys: TokenKeys, sign_in: SignInSession, user: User, number: str, *, now: datetime
) -> Tokens:
    issued_at = sign_in.rotated_at or sign_in.created_at
    return Tokens(
        access_token=keys.access_token(user_id=user.id, session_id=sign_in.id, now=now),
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        refresh_token=keys.refresh_token(
            user_id=user.id,
            session_id=sign_in.id,
            number=number,
            issued_at=issued_at,
            expires_at=sign_in.expires_at,
        ),
        refresh_expires_at=sign_in.expires_at,
        user=user,
        personal_space_id=await queries.personal_space_id(session, user.id),
    )


async def _user_by_login(session: Session, login: str) -> User:
    user = await queries.user_by_login_key(session, login_key(login))
    if user is None:
        raise NotFound("no-such-login")
    return user


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
