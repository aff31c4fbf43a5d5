"""How often something that can be guessed may be tried. Counted in the database, so for all processes together."""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gallery.accounts import queries
from gallery.infra.db import Session
from gallery.infra.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` attempts within `window`, windows lying side by side on the clock."""

    name: str
    count: int
    window: timedelta


PASSWORD_BY_ACCOUNT: Final = Limit("password-account", 5, timedelta(minutes=15))
FAILURES_BY_ADDRESS: Final = Limit("failures-address", 10, timedelta(minutes=1))


async def count_attempt(session: Session, limit: Limit, subject: str, *, now: datetime, weight: int = 1) -> None:
    """Counts one attempt; raises TooManyRequests when it is one too many. `weight=-1` takes one back."""
    start, left = _window(limit, now)
    if await queries.add_attempt(session, _key(limit, subject), start, weight) > limit.count and weight > 0:
        raise TooManyRequests(retry_after=left)


async def require_within(session: Session, limit: Limit, subject: str, *, now: datetime) -> None:
    """Raises TooManyRequests when the attempts of this window are used up; counts nothing."""
    start, left = _window(limit, now)
    if await queries.attempts(session, _key(limit, subject), start) >= limit.count:
        raise TooManyRequests(retry_after=left)


def address_subject(host: str | None) -> str:
    """One household is one subject: an IPv6 address counts by its /64."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _window(limit: Limit, now: datetime) -> tuple[datetime, int]:
    length = int(limit.window.total_seconds())
    start = int(now.timestamp()) // length * length
    return datetime.fromtimestamp(start, UTC), start + length - int(now.timestamp())


def _key(limit: Limit, subject: str) -> bytes:
    return hashlib.sha256(f"{limit.name}\n{subject}".encode()).digest()
