"""Disks that fill up, or do not give what they hold, when a test says so."""

import errno
from collections.abc import Container
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from gallery.infra.storage import LocalStorage, OpenedFile, full_disk_is_said


class FillingStorage(LocalStorage):
    """A local storage where the step named by `full_at` finds no room: "adopt" or "derivative"."""

    full_at: str | None = None

    def adopt(self, spooled: Path, sha256: bytes) -> None:
        self._room("adopt")
        super().adopt(spooled, sha256)

    def write_derivative(self, blob_id: UUID, recipe: str, data: bytes) -> None:
        self._room("derivative")
        super().write_derivative(blob_id, recipe, data)

    def _room(self, step: str) -> None:
        if self.full_at == step:
            with full_disk_is_said():
                raise OSError(errno.ENOSPC, "No space left on device")


class FailingStorage(LocalStorage):
    """A local storage that cannot read the originals `unreadable`, though they are there."""

    unreadable: Container[bytes] = ()
    lasts: int | None = None
    """After so many readings it gives nothing at all."""

    async def find_original(self, sha256: bytes) -> OpenedFile | None:
        self._fail(sha256)
        return await super().find_original(sha256)

    def open_original(self, sha256: bytes) -> BinaryIO:
        self._fail(sha256)
        return super().open_original(sha256)

    def _fail(self, sha256: bytes) -> None:
        if self.lasts is not None:
            self.lasts -= 1
        if sha256 in self.unreadable or (self.lasts is not None and self.lasts < 0):
            raise OSError(errno.EIO, "Input/output error")
