"""A disk that fills up when a test says so."""

import errno
from pathlib import Path
from uuid import UUID

from gallery.infra.storage import LocalStorage, full_disk_is_said


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
