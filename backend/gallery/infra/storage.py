"""Where bytes are kept: originals, derivatives and the spool of what is still arriving.

    <root>/originals/ab/cd/<sha256>                   immutable, written once, named by their content
    <root>/derivatives/ab/cd/<blob id>/<recipe>       can be made again
    <root>/spool/<upload id>                          on the same file system as the originals, so that a finished
                                                      file becomes an original by link(2), without a copy

An original is durable before anybody hears of it: fsync of the file, link without overwrite, fsync of the folder.
"""

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol
from uuid import UUID

from gallery.infra.errors import StorageFull, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}
HASH_CHUNK = 1 << 20
_HEX = frozenset("0123456789abcdef")


@contextmanager
def full_disk_is_said() -> Iterator[None]:
    """Turns the operating system's "no room" into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


class FoundOriginal(NamedTuple):
    """An original that lies in the storage, whether or not a row names it."""

    sha256: bytes
    since: float
    """When it got its name, in Unix seconds."""


class Storage(Protocol):
    """What the gallery asks of a place for bytes. `LocalStorage` is the only one yet."""

    def spool_path(self, upload_id: UUID) -> Path: ...
    def adopt(self, spooled: Path, sha256: bytes) -> None: ...
    def replace_original(self, spooled: Path, sha256: bytes) -> None: ...
    def originals(self, after: bytes = b"") -> Iterator[FoundOriginal]: ...
    def open_original(self, sha256: bytes) -> BinaryIO: ...
    def original(self, sha256: bytes) -> Path: ...
    def remove_original(self, sha256: bytes) -> None: ...
    def derivative(self, blob_id: UUID, recipe: str) -> Path: ...
    def write_derivative(self, blob_id: UUID, recipe: str, data: bytes) -> None: ...
    def remove_derivatives(self, blob_id: UUID) -> None: ...
    def free_bytes(self) -> int: ...


class LocalStorage:
    """A folder on a local disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._originals = root / "originals"
        self._derivatives = root / "derivatives"
        self._spool = root / "spool"
        self._durable: set[Path] = set()
        for folder in (self._originals, self._derivatives, self._spool):
            folder.mkdir(parents=True, exist_ok=True)

    def spool_path(self, upload_id: UUID) -> Path:
        return self._spool / upload_id.hex

    def spooled(self) -> Iterator[Path]:
        """Every file of the spool."""
        return (path for path in self._spool.iterdir() if path.is_file())

    def original(self, sha256: bytes) -> Path:
        return path_by_checksum(self._originals, sha256)

    def adopt(self, spooled: Path, sha256: bytes) -> None:
        """Makes a spooled, already fsynced file the original of that checksum; harmless to repeat.

        The spooled name stays until the caller removes it. Raises StorageFull.
        """
        target = self.original(sha256)
        with full_disk_is_said():
            self._make_durable_folder(target.parent)
            made = True
            try:
                os.link(spooled, target)
            except FileExistsError:
                made = False
                if not _same_size(spooled, target):
                    _replace(spooled, target)
            try:
                # Also when it was there: who linked it may not have come as far as this.
                fsync_folder(target.parent)
            except (StorageFull, Unavailable):
                # A name that the disk did not take must not look like one that it did, to whoever tries next.
                if made:
                    target.unlink(missing_ok=True)
                raise

    def replace_original(self, spooled: Path, sha256: bytes) -> None:
        """As `adopt`, whatever stands there: for bytes that were checked and an original that was found damaged."""
        target = self.original(sha256)
        with full_disk_is_said():
            self._make_durable_folder(target.parent)
            _replace(spooled, target)
            fsync_folder(target.parent)

    def originals(self, after: bytes = b"") -> Iterator[FoundOriginal]:
        """Every original after a checksum, in the order of checksums."""
        for sha256, path in files_by_checksum(self._originals, after):
            with suppress(FileNotFoundError):  # it went while we looked
                yield FoundOriginal(sha256, path.lstat().st_ctime)

    def open_original(self, sha256: bytes) -> BinaryIO:
        """The original's bytes. Raises FileNotFoundError, and OSError for what is no plain file or cannot be read."""
        return open_plain_file(self.original(sha256))

    def _make_durable_folder(self, folder: Path) -> None:
        """Makes the folder and those above it, and sees to it that the disk knows.

        That a folder is there does not say so: who made it may have died before. Asked once in the life of a process.
        """
        for part in (folder.parent, folder):
            part.mkdir(exist_ok=True)
            if part not in self._durable:
                fsync_folder(part.parent)
                self._durable.add(part)

    def remove_original(self, sha256: bytes) -> None:
        self.original(sha256).unlink(missing_ok=True)

    def derivative(self, blob_id: UUID, recipe: str) -> Path:
        # The tail of a UUIDv7 is random; its head is a clock and would put a day's work in one folder.
        name = blob_id.hex
        return self._derivatives / name[-2:] / name[-4:-2] / name / recipe

    def write_derivative(self, blob_id: UUID, recipe: str, data: bytes) -> None:
        """Whole or absent: written beside its place and renamed into it. Raises StorageFull."""
        target = self.derivative(blob_id, recipe)
        temporary = target.with_name(f"{recipe}.{secrets.token_hex(4)}.tmp")
        with full_disk_is_said():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_bytes(data)
                temporary.rename(target)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise

    def remove_derivatives(self, blob_id: UUID) -> None:
        shutil.rmtree(self.derivative(blob_id, "x").parent, ignore_errors=True)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free


def fsync_file(path: Path) -> None:
    """Waits until the file's bytes are on the disk.

    Raises StorageFull or Unavailable. Then the bytes must not be believed any more: the kernel may have dropped
    them, and an fsync that follows would not say so. Only writing them anew helps.
    """
    _fsync(path, os.O_RDONLY)


def fsync_folder(path: Path) -> None:
    """Waits until the folder's entries are on the disk. Raises as fsync_file does."""
    _fsync(path, os.O_RDONLY | os.O_DIRECTORY)


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        with full_disk_is_said():
            os.fsync(descriptor)
    except OSError as error:
        raise Unavailable from error
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> bytes:
    """The checksum of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(HASH_CHUNK):
            digest.update(chunk)
    return digest.digest()


def open_plain_file(path: Path) -> BinaryIO:
    """Opens a file for reading, unbuffered; follows no link. Raises OSError, also for what is no plain file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file")
    return os.fdopen(descriptor, "rb", buffering=0)


def path_by_checksum(root: Path, sha256: bytes) -> Path:
    """Where a file of that checksum lies under `root`: in one of 65,536 folders."""
    name = sha256.hex()
    return root / name[:2] / name[2:4] / name


def files_by_checksum(root: Path, after: bytes = b"") -> Iterator[tuple[bytes, Path]]:
    """Every file that `path_by_checksum` gave a name, in the order of checksums, from after one on."""
    start = after.hex()
    for one in _hex_names(root, 2, start[:2]):
        for two in _hex_names(root / one, 2, start[2:4] if one == start[:2] else ""):
            for name in _hex_names(root / one / two, 64, start):
                if name > start:
                    yield bytes.fromhex(name), root / one / two / name


def _hex_names(folder: Path, length: int, least: str) -> list[str]:
    """The names in a folder that are so many hexadecimal digits and not before `least`, sorted."""
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in names if len(name) == length and name >= least and _HEX.issuperset(name))


def _same_size(one: Path, other: Path) -> bool:
    mine, theirs = one.lstat(), other.lstat()
    return stat.S_ISREG(theirs.st_mode) and mine.st_size == theirs.st_size


def _replace(spooled: Path, target: Path) -> None:
    """What stands there is not what its name says: a cut file or a planted link."""
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    os.link(spooled, temporary)
    temporary.rename(target)
