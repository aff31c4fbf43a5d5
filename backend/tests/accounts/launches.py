"""Launch strings of MAX, signed as MAX signs them: https://dev.max.ru/docs/webapps/validation."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.factories import BOT_TOKEN

OFFICIAL_TOKEN = "YOUR_BOT_TOKEN"
VECTOR_A = (
    "chat=%7B%22id%22%3A12345%2C%22type%22%3A%22DIALOG%22%7D&ip=192.168.0.1&user=%7B%22id%22%3A67890%2C%22first_name"
    "%22%3A%22Max%22%2C%22last_name%22%3A%22User%22%2C%22username%22%3Anull%2C%22language_code%22%3A%22ru%22%2C%22"
    "photo_url%22%3Anull%7D&query_id=4c0ab423-342b-4e45-aea4-2747dbc500cd&auth_date=1771409719&hash="
    "89fc66c2ee8e16013999da463334ecc82b9952d4dd5cb9f06259be26e80c4daf"
)
VECTOR_B = (
    "query_id=00000000-0000-4000-8000-000000000001&auth_date=1790000000&start_param=album_7f3a-2&user=%7B%22id%22%3A"
    "67890%2C%22first_name%22%3A%22%D0%90%D0%BD%D0%BD%D0%B0%20%26%20%D0%9A%D0%BE%22%2C%22last_name%22%3A%22O'%D0%9D"
    "%D0%B8%D0%BB%20%3D%20100%25%20%2B%201%20%F0%9F%93%B7%22%2C%22username%22%3A%22anna%22%2C%22language_code%22%3A%"
    "22ru%22%2C%22photo_url%22%3A%22https%3A%2F%2Fi.oneme.ru%2Fi%3Fr%3Dabc_-%26s%3D1%22%7D&chat=%7B%22id%22%3A-72891"
    "795490955%2C%22type%22%3A%22CHAT%22%7D&ip=2001%3Adb8%3A%3A1&hash="
    "63c53524d878872ddfeaeb374d765df85a2592dbe40de3d076f86790b8c8b74a"
)


def signature(pairs: Iterable[tuple[str, str]], token: str = BOT_TOKEN) -> str:
    """The hash over decoded pairs, however they look."""
    text = "\n".join(f"{key}={value}" for key, value in sorted(pairs))
    secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def launch(
    user: Mapping[str, Any] | str,
    issued_at: datetime | int | str,
    *,
    token: str = BOT_TOKEN,
    **more: str,
) -> str:
    """A launch string that MAX could have made; `user` as an object or as the very text."""
    pairs = {
        "query_id": str(uuid4()),
        "auth_date": str(int(issued_at.timestamp()) if isinstance(issued_at, datetime) else issued_at),
        "user": user if isinstance(user, str) else json.dumps(user, ensure_ascii=False, separators=(",", ":")),
        **more,
    }
    return encoded([*pairs.items(), ("hash", signature(pairs.items(), token))])


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as a browser would write them."""
    return "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for key, value in pairs)
