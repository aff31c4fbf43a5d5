"""Access and refresh tokens: JWT (RFC 7519), HS256 and nothing else, a key for each kind.

A refresh token is a function of its session, its number in the family and its time: the same rotation made twice
gives the same successor, byte for byte. That is what lets two tabs refresh at once, or an answer get lost, without
locking anybody out.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

ISSUER: Final = "max-photo-gallery"
ACCESS_LIFETIME: Final = timedelta(minutes=10)
_LEEWAY: Final = 10
_MAX_TOKEN_LENGTH: Final = 2048


class InvalidToken(ValueError):
    """The token does not hold, for whatever reason."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    session_id: UUID
    number: str
    """The token's name within the family (`jti`): 32 hex digits."""


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """`access` and `refresh` are independent secrets of at least 32 bytes."""

    access: bytes
    refresh: bytes

    def access_token(self, *, user_id: UUID, session_id: UUID, now: datetime) -> str:
        claims = {"sub": str(user_id), "sid": str(session_id)}
        return _encode(claims, "access", self.access, now, now + ACCESS_LIFETIME)

    def read_access(self, token: str, *, now: datetime) -> AccessClaims:
        """Raises InvalidToken."""
        claims = _decode(token, "access", self.access, now)
        return AccessClaims(_uuid(claims["sub"]), _uuid(claims["sid"]))

    def refresh_token(
        self, *, user_id: UUID, session_id: UUID, number: str, issued_at: datetime, expires_at: datetime
    ) -> str:
        claims = {"sub": str(user_id), "sid": str(session_id), "jti": number}
        return _encode(claims, "refresh", self.refresh, issued_at, expires_at)

    def read_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """Raises InvalidToken."""
        claims = _decode(token, "refresh", self.refresh, now)
        number = claims.get("jti")
        if not isinstance(number, str) or len(number) != 32:
            raise InvalidToken
        return RefreshClaims(_uuid(claims["sid"]), number)

    def successor(self, number: str) -> str:
        """The name of the token that follows this one."""
        return hmac.digest(self.refresh, b"successor:" + number.encode(), "sha256").hex()[:32]


def number_hash(number: str) -> bytes:
    """What the database keeps of a refresh token."""
    return hashlib.sha256(number.encode()).digest()


def _encode(claims: dict[str, Any], kind: str, key: bytes, issued_at: datetime, expires_at: datetime) -> str:
    common = {
        "iss": ISSUER,
        "aud": kind,
        "typ": kind,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt.encode(claims | common, key, algorithm="HS256")


def _decode(token: str, kind: str, key: bytes, now: datetime) -> dict[str, Any]:
    if len(token) > _MAX_TOKEN_LENGTH or token.count(".") != 2 or not _is_canonical(token):
        raise InvalidToken
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=kind,
            issuer=ISSUER,
            options={
                "require": ["exp", "iat", "sub", "aud", "iss"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (jwt.InvalidTokenError, RecursionError, ValueError):
        raise InvalidToken from None
    expires = claims["exp"]
    typed = type(claims["aud"]) is str and type(claims["iss"]) is str and type(claims["sub"]) is str
    if not typed or type(expires) is not int or claims.get("typ") != kind:
        raise InvalidToken
    if expires + _LEEWAY <= now.timestamp() or not isinstance(claims.get("sid"), str):
        raise InvalidToken
    return claims


def _is_canonical(token: str) -> bool:
    """One spelling for one token: no padding, no stray bits, no white space, no key twice, no foreign header."""
    parts = token.split(".")
    try:
        header, payload, _ = (_base64url(part) for part in parts)
        return (
            json.loads(header) == {"alg": "HS256", "typ": "JWT"}
            and len(header) < 64
            and len(json.loads(payload, object_pairs_hook=list)) == len(json.loads(payload))
        )
    except (ValueError, TypeError, RecursionError):
        return False


def _base64url(part: str) -> bytes:
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Base64Error, ValueError):
        raise InvalidToken from None
    if urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise InvalidToken
    return data


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise InvalidToken from None


def utc_seconds(moment: datetime) -> datetime:
    """The moment as a token can carry it: whole seconds, so that a token can be made again."""
    return moment.astimezone(UTC).replace(microsecond=0)
