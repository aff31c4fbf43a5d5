"""HTTP for accounts: ways in, sessions, oneself."""

from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Request, Response

from gallery.access.door import CurrentMember
from gallery.accounts import limits, service
from gallery.accounts.passwords import Passwords
from gallery.accounts.schemas import (
    MaxSignIn,
    MePatch,
    PasswordChange,
    PasswordSignIn,
    RefreshIn,
    SessionOut,
    SessionsOut,
    SetupIn,
    TokensOut,
    UserOut,
)
from gallery.accounts.service import Device, Tokens
from gallery.accounts.tokens import TokenKeys
from gallery.infra.errors import Forbidden, GalleryError, NotFound, Unauthorized
from gallery.infra.http import Db, Now, Tx, client_host, from_state, problem_responses
from gallery.models import SessionKind, User

auth = APIRouter(prefix="/api/auth", tags=["auth"])
me = APIRouter(prefix="/api/me", tags=["me"])

Keys = Annotated[TokenKeys, Depends(from_state("keys"))]
Hasher = Annotated[Passwords, Depends(from_state("passwords"))]
BotToken = Annotated[str | None, Depends(from_state("bot_token"))]

_COOKIE: Final = "gallery_refresh"
_COOKIE_PATH: Final = "/api/auth"


@auth.post("/setup", responses=problem_responses(404, 409, 422, 429))
async def set_up(
    body: SetupIn, request: Request, response: Response, db: Db, keys: Keys, passwords: Hasher, clock: Now
) -> TokensOut:
    """Makes the operator's account from the one-time link of the console."""
    now = clock()
    async with _Guessing(db, request, now):
        password_hash = await passwords.hash(service.checked_password(body.password))
        async with db.transaction() as session:
            user = await service.use_setup_link(
                session, body.token, login=body.login, name=body.name, password_hash=password_hash, now=now
            )
            tokens = await service.start_session(session, keys, user, device(request, SessionKind.SETUP), now=now)
    return signed_in(request, response, tokens, in_body=False)


@auth.post("/password", responses=problem_responses(401, 422, 429))
async def sign_in_with_password(
    body: PasswordSignIn,
    request: Request,
    response: Response,
    db: Db,
    keys: Keys,
    passwords: Hasher,
    clock: Now,
) -> TokensOut:
    """Signs in with login and password."""
    now = clock()
    account = _account_subject(body.login)
    async with _Guessing(db, request, now):
        async with db.transaction() as session:
            await limits.count_attempt(session, limits.PASSWORD_BY_ACCOUNT, account, now=now)
        async with db.transaction() as session:
            user = await service.sign_in_by_password(session, passwords, login=body.login, password=body.password)
            await limits.count_attempt(session, limits.PASSWORD_BY_ACCOUNT, account, now=now, weight=-1)
            tokens = await service.start_session(session, keys, user, device(request, SessionKind.PASSWORD), now=now)
    return signed_in(request, response, tokens, in_body=body.refresh_in_body)


@auth.post("/max", responses=problem_responses(401, 422, 429))
async def sign_in_with_max(
    body: MaxSignIn, request: Request, response: Response, db: Db, keys: Keys, bot_token: BotToken, clock: Now
) -> TokensOut:
    """Signs in whoever opened the mini-app, by the launch string that MAX signed."""
    now = clock()
    async with _Guessing(db, request, now), db.transaction() as session:
        tokens = await service.sign_in_by_max(
            session, keys, body.init_data, bot_token=bot_token, user_agent=_user_agent(request), now=now
        )
    return signed_in(request, response, tokens, in_body=body.refresh_in_body)


@auth.post("/refresh", responses=problem_responses(401, 403, 422))
async def refresh(
    request: Request,
    response: Response,
    db: Db,
    keys: Keys,
    clock: Now,
    body: Annotated[RefreshIn | None, Body()] = None,
) -> TokensOut:
    """Gives the next pair of tokens; a refresh token that was used before ends the whole session."""
    # An empty one is none: who sends a cookie along never gets to see what is in it.
    in_body = (body.refresh_token or None) if body else None
    token = in_body or _cookie_token(request)
    async with db.transaction() as session:
        tokens = await service.rotate(session, keys, token, now=clock())
    if tokens is None:
        raise Unauthorized("session-revoked")
    return signed_in(request, response, tokens, in_body=in_body is not None)


@auth.post("/logout", status_code=204, responses=problem_responses(403))
async def sign_out(
    request: Request,
    response: Response,
    session: Tx,
    keys: Keys,
    clock: Now,
    body: Annotated[RefreshIn | None, Body()] = None,
) -> None:
    """Ends the session of the refresh token; says nothing about whether there was one."""
    token = (body.refresh_token if body else None) or request.cookies.get(_cookie_name(request))
    if token:
        _refuse_cross_site(request)
        await service.end_session_of_token(session, keys, token, now=clock())
    # Not "storage": others may have uploads on this device. The page drops what is this person's.
    response.headers["Clear-Site-Data"] = '"cache"'
    _set_cookie(request, response, "", max_age=0, embedded=False)


@auth.get("/sessions", responses=problem_responses(401))
async def list_sessions(session: Tx, actor: CurrentMember, clock: Now) -> SessionsOut:
    """The devices on which the caller is signed in."""
    found = await service.list_sessions(session, actor, now=clock())
    return SessionsOut(
        items=[
            SessionOut.model_validate(
                {
                    "id": item.id,
                    "kind": item.kind,
                    "user_agent": item.user_agent,
                    "created_at": item.created_at,
                    "last_seen_at": item.last_seen_at,
                    "current": item.id == actor.session_id,
                }
            )
            for item in found
        ]
    )


@auth.delete("/sessions/{session_id}", status_code=204, responses=problem_responses(401, 404))
async def end_session(session_id: UUID, session: Tx, actor: CurrentMember, clock: Now) -> None:
    """Signs one of the caller's devices out."""
    await service.end_session(session, actor, session_id, now=clock())


@me.get("", responses=problem_responses(401))
async def get_me(session: Tx, actor: CurrentMember) -> UserOut:
    """Who the caller is."""
    user, space_id = await service.get_me(session, actor)
    return user_out(user, space_id)


@me.patch("", responses=problem_responses(401, 422))
async def change_me(body: MePatch, session: Tx, actor: CurrentMember) -> UserOut:
    """Changes the caller's name or language; what is not sent stays."""
    user, space_id = await service.get_me(session, actor)
    if body.name is not None:
        user.name = body.name
    if "locale" in body.model_fields_set:
        user.locale = body.locale
    return user_out(user, space_id)


@me.post("/password", status_code=204, responses=problem_responses(401, 403, 422, 429))
async def change_password(
    body: PasswordChange, request: Request, db: Db, actor: CurrentMember, passwords: Hasher, clock: Now
) -> None:
    """Changes the caller's password and signs all other devices out."""
    async with _Guessing(db, request, clock()), db.transaction() as session:
        await service.change_password(
            session,
            actor,
            passwords,
            current=body.current_password,
            new=body.new_password,
            now=clock(),
        )


# --- Shared with the door through which invited people register


def device(request: Request, kind: SessionKind) -> Device:
    return Device(kind, _user_agent(request))


def signed_in(request: Request, response: Response, tokens: Tokens, *, in_body: bool) -> TokensOut:
    """The answer to every sign-in: tokens in the body and the refresh token in its cookie."""
    max_age = int((tokens.refresh_expires_at - request.app.state.clock()).total_seconds())
    _set_cookie(request, response, tokens.refresh_token, max_age=max_age, embedded=in_body)
    return TokensOut(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        user=user_out(tokens.user, tokens.personal_space_id),
        refresh_token=tokens.refresh_token if in_body else None,
    )


def user_out(user: User, personal_space_id: UUID) -> UserOut:
    return UserOut.model_validate(
        {
            "id": user.id,
            "login": user.login,
            "name": user.name,
            "locale": user.locale,
            "is_operator": user.is_operator,
            "personal_space_id": personal_space_id,
            "created_at": user.created_at,
        }
    )


class _Guessing:
    """Around everything that can be guessed: too many failures from one address and it has to wait."""

    def __init__(self, db: Db, request: Request, now: datetime) -> None:
        self._db, self._now = db, now
        self._subject = limits.address_subject(client_host(request))

    async def __aenter__(self) -> None:
        async with self._db.transaction() as session:
            await limits.require_within(session, limits.FAILURES_BY_ADDRESS, self._subject, now=self._now)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Unauthorized | NotFound | Forbidden) and isinstance(error, GalleryError):
            async with self._db.transaction() as session:
                await limits.count_attempt(session, limits.FAILURES_BY_ADDRESS, self._subject, now=self._now)


def _account_subject(login: str) -> str:
    try:
        return service.login_key(login)
    except GalleryError:
        return ""


def _user_agent(request: Request) -> str:
    text = request.headers.get("user-agent", "")
    return "".join(character for character in text if character.isprintable())[:300]


def _cookie_name(request: Request) -> str:
    """Over HTTPS the name itself makes browsers insist on a secure cookie of this host (RFC 6265bis, 4.1.3)."""
    return f"__Secure-{_COOKIE}" if _is_secure(request) else _COOKIE


def _is_secure(request: Request) -> bool:
    return bool(request.app.state.public_url.startswith("https:")) or request.url.scheme == "https"


def _cookie_token(request: Request) -> str:
    token = request.cookies.get(_cookie_name(request))
    if not token:
        raise Unauthorized
    _refuse_cross_site(request)
    return token


def _refuse_cross_site(request: Request) -> None:
    """A cookie goes along with requests that other sites make: those are refused by what browsers say of them."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "same-site", "none"}:
        raise Forbidden("cross-site")
    origin = request.headers.get("origin")
    if origin is None:
        return
    allowed = {request.headers.get("host", ""), urlsplit(request.app.state.public_url).netloc}
    if urlsplit(origin).netloc not in allowed and origin not in request.app.state.cors_origins:
        raise Forbidden("cross-site")


def _set_cookie(request: Request, response: Response, value: str, *, max_age: int, embedded: bool) -> None:
    """Inside MAX the page is a frame of another site, so over HTTPS the cookie is partitioned; elsewhere it is Lax."""
    secure = _is_secure(request)
    parts = [f"{_cookie_name(request)}={value}", f"Path={_COOKIE_PATH}", f"Max-Age={max_age}", "HttpOnly"]
    if secure:
        parts.append("Secure")
    parts.append("SameSite=None; Partitioned" if secure and embedded else "SameSite=Lax")
    response.headers.append("set-cookie", "; ".join(parts))
