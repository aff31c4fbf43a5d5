"""Writing bytes as they arrive, without holding the event loop and without trusting who sends them."""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol
from uuid import UUID

from gallery.infra.errors import Locked, TooLarge
from gallery.infra.storage import LocalStorage, full_disk_is_said

_BUFFER: Final = 1 << 20


class Spool(Protocol):
    """What has come of one upload, in the hands of its only writer."""

    @property
    def size(self) -> int:
        """Bytes that have come, those that still wait in memory included."""
        ...

    async def write(self, chunk: bytes, *, limit: int) -> None:
        """Appends a chunk. Raises TooLarge as soon as there would be more than `limit` bytes, StorageFull, Locked."""
        ...

    async def flush(self) -> None:
        """Puts what has come where it outlives this process. Raises StorageFull, Unavailable, Locked."""
        ...

    def tentative(self) -> AbstractAsyncContextManager[None]:
        """What is written inside stays only if the block ends well."""
        ...

    async def whole(self) -> Path:
        """A local file with all that has come, for as long as the spool is held. Raises StorageFull, Unavailable."""
        ...

    async def discard(self) -> None:
        """Forgets the bytes."""
        ...


class Spools(Protocol):
    """Where resumable uploads wait for their next bytes, whichever process they reach."""

    async def make(self, upload_id: UUID) -> None:
        """Sees to it that there can be a spool. Raises StorageFull."""
        ...

    def open(self, upload_id: UUID) -> AbstractAsyncContextManager[Spool]:
        """The spool of an upload, made if there is none. Raises Locked when somebody else is writing."""
        ...

    async def size(self, upload_id: UUID) -> int:
        """How much of an upload has come, without holding it."""
        ...

    async def remove(self, upload_id: UUID) -> None: ...

    async def abandoned(self, seconds: float) -> list[UUID]:
        """Uploads whose bytes are older than that."""
        ...

    async def aclose(self) -> None: ...


class LocalSpools:
    """Files on the disk of the originals: a finished one becomes an original by link(2)."""

    def __init__(self, storage: LocalStorage) -> None:
        self._storage = storage

    async def make(self, upload_id: UUID) -> None:
        async with self.open(upload_id):
            pass

    def open(self, upload_id: UUID) -> "SpoolFile":
        return SpoolFile(self._storage.spool_path(upload_id))

    async def size(self, upload_id: UUID) -> int:
        path = self._storage.spool_path(upload_id)
        return path.stat().st_size if path.exists() else 0

    async def remove(self, upload_id: UUID) -> None:
        self._storage.spool_path(upload_id).unlink(missing_ok=True)

    async def abandoned(self, seconds: float) -> list[UUID]:
        old = time.time() - seconds
        files = await asyncio.to_thread(lambda: list(self._storage.spooled()))
        return [UUID(hex=path.name) for path in files if len(path.name) == 32 and path.stat().st_mtime < old]

    async def aclose(self) -> None:
        pass


class SpoolFile:
    """A spool file that one writer holds: `async with SpoolFile(path)`.

    The lock is the operating system's (flock), so it ends with the process that held it. Raises Locked when
    somebody else is writing. What was received before a failure stays: a resumable upload goes on from there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._pending = bytearray()
        self.size = 0
        """Bytes in the file, those that still wait in memory included."""

    async def __aenter__(self) -> "SpoolFile":
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        with full_disk_is_said():
            self._descriptor = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise Locked from None
        self.size = os.fstat(self._descriptor).st_size
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.flush()
        finally:
            os.close(self._descriptor)

    async def write(self, chunk: bytes, *, limit: int) -> None:
        """Appends a chunk. Raises TooLarge as soon as the file would pass `limit` bytes, StorageFull."""
        if self.size + len(chunk) > limit:
            raise TooLarge(limit_bytes=limit)
        self._pending += chunk
        self.size += len(chunk)
        if len(self._pending) >= _BUFFER:
            await self.flush()

    async def flush(self) -> None:
        """Hands what waits in memory to the operating system. Raises StorageFull; then it is dropped."""
        data, self._pending = self._pending, bytearray()
        if data:
            try:
                await _to_its_end(asyncio.to_thread(_write_all, self._descriptor, data))
            except BaseException:
                self.size = os.fstat(self._descriptor).st_size
                raise

    @asynccontextmanager
    async def tentative(self) -> AsyncIterator[None]:
        """What is written inside stays only if the block ends well."""
        start = self.size
        try:
            yield
        except BaseException:
            self.truncate(start)
            raise

    async def whole(self) -> Path:
        """The file, with all that has come."""
        await self.flush()
        return self._path

    async def discard(self) -> None:
        """Removes the name; the file goes with its last holder."""
        self._pending.clear()
        self._path.unlink(missing_ok=True)

    def truncate(self, size: int) -> None:
        """Drops everything after the first `size` bytes, or leaves a hole up to there."""
        self._pending.clear()
        os.ftruncate(self._descriptor, size)
        self.size = size


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Awaits work in a thread, also when cancelled: the descriptor must not be closed, and its number given to another
    file, while the thread still writes to it."""
    writing = asyncio.ensure_future(work)
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait({writing})
        raise


def _write_all(descriptor: int, data: bytearray) -> None:
    view = memoryview(data)
    with full_disk_is_said():
        while view:
            view = view[os.write(descriptor, view) :]
