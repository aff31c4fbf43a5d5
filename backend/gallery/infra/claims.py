"""One holder at a time, whichever process it is in: PostgreSQL's session locks over a single connection.

A claim ends with its process, as a file's lock does, and holds no connection of the pool however long it lasts.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from uuid import UUID

import psycopg

from gallery.infra.errors import Locked, Unavailable

_HASTE: Final = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c statement_timeout=10000"
)
"""A machine that is gone without a word is noticed by the database in half a minute, not in hours."""
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


class Claim:
    """Something that is held."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def confirm(self) -> None:
        """Raises Unavailable if the claim was lost together with its connection."""
        try:
            await self._connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise Unavailable from error


class Claims:
    """The claims of this process."""

    def __init__(self, libpq_url: str) -> None:
        self._url = libpq_url
        self._held: set[UUID] = set()
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()

    @asynccontextmanager
    async def hold(self, name: UUID) -> AsyncIterator[Claim]:
        """Holds a name until the block ends. Raises Locked when somebody else does, Unavailable."""
        # To PostgreSQL this process is one: its own requests have to be kept apart here.
        if name in self._held:
            raise Locked
        self._held.add(name)
        try:
            connection = await self._connected()
            try:
                await _take(connection, name)
                yield Claim(connection)
            finally:
                # Also when it is not known whether it was taken: to give back what one does not hold is harmless.
                with suppress(psycopg.Error):
                    await _answer(connection, "SELECT pg_advisory_unlock(%s)", name)
        finally:
            self._held.discard(name)

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _connected(self) -> Connection:
        async with self._connecting:
            if self._connection is None or self._connection.closed:
                try:
                    self._connection = await psycopg.AsyncConnection.connect(
                        self._url,
                        autocommit=True,
                        application_name="gallery-claims",
                        connect_timeout=5,
                        keepalives_idle=60,
                        tcp_user_timeout=10_000,
                        options=_HASTE,
                    )
                except psycopg.Error as error:
                    raise Unavailable from error
            return self._connection


async def _take(connection: Connection, name: UUID) -> None:
    try:
        taken = await _answer(connection, "SELECT pg_try_advisory_lock(%s)", name)
    except psycopg.Error as error:
        raise Unavailable from error
    if not taken:
        raise Locked


async def _answer(connection: Connection, statement: str, name: UUID) -> bool:
    # The head of a UUIDv7 is a clock; its tail tells one from another.
    cursor = await connection.execute(statement.encode(), (int.from_bytes(name.bytes[8:], "big", signed=True),))
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
