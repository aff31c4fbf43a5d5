"""Who opened the mini-app: the one strict parser of MAX's signed launch string (`initData`).

Format and algorithm: https://dev.max.ru/docs/webapps/validation. The string is a list of `key=value` pairs; the
signature covers the decoded values, sorted by key and joined by line feeds. A line feed inside a value would
therefore move the border between two pairs: control characters are refused before anything is verified, as is every
key that occurs twice. Nothing but the object returned here says who somebody is.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote_to_bytes

MAX_LENGTH: Final = 8192
MAX_AGE: Final = timedelta(minutes=15)
MAX_SKEW: Final = timedelta(seconds=60)
MAX_USER_ID: Final = 2**63 - 1
_MAX_JSON_DEPTH: Final = 8
_KEYS: Final = frozenset({"auth_date", "chat", "hash", "ip", "query_id", "start_param", "user"})
_HASH = re.compile(r"[0-9a-f]{64}")
_SECONDS = re.compile(r"[1-9][0-9]{0,11}")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class InvalidInitData(ValueError):
    """The launch string does not hold; the message is for logs and carries nothing of the string."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A verified launch: the only source of a MAX identity."""

    user_id: int
    name: str
    language: str | None
    start_param: str | None
    issued_at: datetime
    digest: bytes
    """SHA-256 of the signed text: the same launch, however its pairs were ordered or escaped."""


def parse_init_data(init_data: str, *, bot_token: str, now: datetime) -> Launch:
    """Verifies a launch string with the bot's token.

    Raises InvalidInitData, whatever is wrong; ValueError when the token is empty, for then nothing may be believed.
    """
    if not bot_token.strip():
        raise ValueError("no bot token")
    if not 0 < len(init_data) <= MAX_LENGTH or not init_data.isascii():
        raise InvalidInitData("length or alphabet")
    pairs = _pairs(init_data)
    claimed = pairs.pop("hash", "")
    if not _HASH.fullmatch(claimed):
        raise InvalidInitData("hash")
    signed = "\n".join(f"{key}={pairs[key]}" for key in sorted(pairs)).encode()
    secret = hmac.digest(b"WebAppData", bot_token.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(secret, signed, "sha256").hex().encode(), claimed.encode()):
        raise InvalidInitData("signature")
    issued_at = _issued_at(pairs.get("auth_date", ""), now)
    user = _user(pairs.get("user", ""))
    return Launch(
        user_id=user["id"],
        name=_display_name(user),
        language=_text(user.get("language_code")),
        start_param=pairs.get("start_param"),
        issued_at=issued_at,
        digest=hashlib.sha256(signed).digest(),
    )


def _pairs(init_data: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in init_data.split("&"):
        key, separator, raw = part.partition("=")
        if not separator or not raw or key not in _KEYS or key in pairs:
            raise InvalidInitData("pairs")
        pairs[key] = _decoded(raw)
    return pairs


def _decoded(raw: str) -> str:
    """Percent-decoding, once; `+` is a plus (decodeURIComponent, not form decoding)."""
    if _ESCAPE.search(raw):
        raise InvalidInitData("escape")
    try:
        value = unquote_to_bytes(raw).decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        raise InvalidInitData("encoding") from None
    if _CONTROL.search(value):
        raise InvalidInitData("control character")
    return value


def _issued_at(raw: str, now: datetime) -> datetime:
    if not _SECONDS.fullmatch(raw):
        raise InvalidInitData("auth_date")
    try:
        issued_at = datetime.fromtimestamp(int(raw), tz=now.tzinfo)
    except (OverflowError, OSError, ValueError):
        raise InvalidInitData("auth_date") from None
    if not now - MAX_AGE <= issued_at <= now + MAX_SKEW:
        raise InvalidInitData("age")
    return issued_at


def _user(raw: str) -> dict[str, Any]:
    if _depth(raw) > _MAX_JSON_DEPTH:
        raise InvalidInitData("user")
    try:
        user: Any = json.loads(raw, object_pairs_hook=_object_without_duplicates, parse_constant=_no_constant)
        json.dumps(user, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise InvalidInitData("user") from None
    if not isinstance(user, dict) or type(user.get("id")) is not int or not 0 < user["id"] <= MAX_USER_ID:
        raise InvalidInitData("user")
    return user


def _depth(raw: str) -> int:
    deepest = depth = 0
    for character in raw:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest


def _object_without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidInitData("user")
    return members


def _no_constant(name: str) -> Any:
    raise InvalidInitData("user")


def _display_name(user: dict[str, Any]) -> str:
    names = (_text(user.get("first_name")), _text(user.get("last_name")))
    return " ".join(name for name in names if name) or _text(user.get("username")) or "MAX"


def _text(value: object) -> str | None:
    """A short, storable text, or None: names come from outside and may hold anything JSON can."""
    if not isinstance(value, str):
        return None
    clean = _CONTROL.sub("", value).strip()
    return clean[:100] or None
