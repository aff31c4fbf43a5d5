"""Uploads whose bytes wait in the object store, so that each request may reach another process.

The bytes that one request brings pass through a local file and are kept as parts, named by their offset. Two things
see to it that an upload has one writer: a claim in PostgreSQL, and that no part is ever written over another.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from uuid import UUID

from gallery.infra.claims import Claim, Claims
from gallery.infra.errors import Locked, Unavailable
from gallery.infra.s3 import SPOOL_PART, S3Storage
from gallery.infra.spool import SpoolFile
from gallery.infra.storage import full_disk_is_said


class PartedSpools:
    """The spools of all processes over one bucket."""

    def __init__(self, storage: S3Storage, claims: Claims) -> None:
        self._storage, self._claims = storage, claims

    async def make(self, upload_id: UUID) -> None:
        """There is nothing before the first part."""

    @asynccontextmanager
    async def open(self, upload_id: UUID) -> AsyncIterator["PartedSpool"]:
        async with self._claims.hold(upload_id) as claim:
            parts = await asyncio.to_thread(self._storage.parts, upload_id)
            path = self._storage.scratch_path()
            try:
                async with SpoolFile(path) as file, PartedSpool(self._storage, claim, upload_id, parts, file) as spool:
                    yield spool
            finally:
                path.unlink(missing_ok=True)

    async def size(self, upload_id: UUID) -> int:
        return _end(await asyncio.to_thread(self._storage.parts, upload_id))

    async def remove(self, upload_id: UUID) -> None:
        await asyncio.to_thread(self._storage.remove_parts, upload_id)

    async def abandoned(self, seconds: float) -> list[UUID]:
        return await asyncio.to_thread(self._storage.abandoned_parts, seconds)

    async def aclose(self) -> None:
        await self._claims.aclose()


class PartedSpool:
    """One upload in the hands of its writer.

    The local file has every byte at its own offset. It begins with a hole where earlier requests' bytes belong, which
    is filled only if somebody asks for the whole.
    """

    def __init__(
        self, storage: S3Storage, claim: Claim, upload_id: UUID, parts: list[tuple[int, int]], file: SpoolFile
    ) -> None:
        self._storage, self._claim, self._id, self._file = storage, claim, upload_id, file
        self._missing = parts
        self._kept = _end(parts)
        self._tentative = self._discarded = False

    async def __aenter__(self) -> "PartedSpool":
        if self._kept:
            self._file.truncate(self._kept)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._discarded:
            await self.flush()

    @property
    def size(self) -> int:
        return self._file.size

    async def write(self, chunk: bytes, *, limit: int) -> None:
        await self._file.write(chunk, limit=limit)
        while not self._tentative and self.size - self._kept >= SPOOL_PART:
            await self._keep(SPOOL_PART)

    async def flush(self) -> None:
        while self._kept < self.size:
            await self._keep(min(SPOOL_PART, self.size - self._kept))

    @asynccontextmanager
    async def tentative(self) -> AsyncIterator[None]:
        self._tentative = True
        try:
            async with self._file.tentative():
                yield
        finally:
            self._tentative = False

    async def whole(self) -> Path:
        path = await self._file.whole()
        if self._missing:
            await asyncio.to_thread(self._fill, path)
            self._missing = []
        return path

    async def discard(self) -> None:
        self._discarded = True
        await asyncio.to_thread(self._storage.remove_parts, self._id)

    async def _keep(self, count: int) -> None:
        path = await self._file.whole()
        await self._claim.confirm()
        if not await asyncio.to_thread(self._add, path, count):
            # Somebody wrote although the claim is ours: both believe it. The bytes that were first count.
            self._file.truncate(self._kept)
            raise Locked
        self._kept += count

    def _add(self, path: Path, count: int) -> bool:
        with path.open("rb") as file:
            return self._storage.add_part(self._id, self._kept, os.pread(file.fileno(), count, self._kept))

    def _fill(self, path: Path) -> None:
        with full_disk_is_said(), path.open("r+b") as file:
            for offset, size in self._missing:
                data = self._storage.read_part(self._id, offset)
                if len(data) != size:
                    raise Unavailable
                file.seek(offset)
                file.write(data)


def _end(parts: list[tuple[int, int]]) -> int:
    return sum(size for _, size in parts)
