"""Writing bytes as they arrive, without holding the event loop and without trusting who sends them."""

import asyncio
import fcntl
import os
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from gallery.infra.errors import Locked, TooLarge
from gallery.infra.storage import full_disk_is_said

_BUFFER: Final = 1 << 20


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

    def truncate(self, size: int) -> None:
        """Drops everything after the first `size` bytes."""
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
