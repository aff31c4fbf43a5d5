"""Passwords: argon2id (RFC 9106) with the parameters OWASP recommends, in threads, two at a time."""

import asyncio
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH: Final = 8
MAX_BYTES: Final = 1024


class Passwords:
    """Hashes and verifies. Each run takes 19 MiB and about 20 ms, so few may run at once."""

    def __init__(self, *, at_once: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._slots = asyncio.Semaphore(at_once)
        self._nobody = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes as long when there is none to compare with."""
        async with self._slots:
            matches = await asyncio.to_thread(self._matches, password_hash or self._nobody, _normal(password))
        return matches and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """The same password typed on two keyboards is the same password (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password)
