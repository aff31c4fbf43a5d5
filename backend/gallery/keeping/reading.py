"""Reading bytes as the disk has them, at a pace that leaves the disk to others."""

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from gallery.infra.storage import HASH_CHUNK


class Interrupted(Exception):
    """Reading was told to end."""


class Pace:
    """Holds reading back to so many bytes in a second (None: as fast as it goes), and ends it when it is told to."""

    def __init__(
        self,
        bytes_per_second: float | None,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rate, self._due = bytes_per_second, clock()
        self._should_stop, self._clock, self._sleep = should_stop, clock, sleep

    def read(self, size: int) -> None:
        """Waits as long as reading so much may take. Raises Interrupted."""
        if self._should_stop():
            raise Interrupted
        if self._rate is None:
            return
        self._due = max(self._due, self._clock() - 1) + size / self._rate
        ahead = self._due - self._clock()
        if ahead > 0:
            self._sleep(ahead)


def read_from_disk(source: BinaryIO, pace: Pace) -> tuple[bytes, int]:
    """The checksum and the size of what is on the disk. Raises OSError and Interrupted."""
    digest, size = hashlib.sha256(), 0
    _forget(source)  # the disk is asked, not what memory still holds of it
    while chunk := source.read(HASH_CHUNK):
        pace.read(len(chunk))
        digest.update(chunk)
        size += len(chunk)
    _forget(source)  # nobody looks at these bytes: they must not push out of memory what people look at
    return digest.digest(), size


def _forget(source: BinaryIO) -> None:
    with suppress(OSError, AttributeError):  # no file of a local disk, or a system that has no such wish
        os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
