"""Where bytes are kept: originals, derivatives and the spool of what is still arriving.

    <root>/originals/ab/cd/<sha256>                   immutable, written once, named by their content
    <root>/derivatives/ab/cd/<blob id>/<recipe>       can be made again
    <root>/spool/<upload id>                          on the same file system as the originals, so that a finished
                                                      file becomes an original by link(2), without a copy

An original is durable before anybody hears of it: fsync of the file, link without overwrite, fsync of the folder.
`LocalStorage` is the default; `infra/s3.py` has the other one, for who outgrows a disk (docs/decisions/0019).
"""

import asyncio
import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Protocol
from uuid import UUID

from gallery.infra.errors import StorageFull, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}
HASH_CHUNK = 1 << 20
_SENT_AT_ONCE: Final = 256 << 10
_HEX = frozenset("0123456789abcdef")
NO_FILE_OF_OURS: Final = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EINVAL})
"""What opening says of a link, a folder or whatever else nobody of ours has made."""


@contextmanager
def full_disk_is_said() -> Iterator[None]:
    """Turns the operating system's "no room" into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


class Kept(NamedTuple):
    """An original as the storage knows it."""

    sha256: bytes
    size: int
    since: float
    """When it got its name, in Unix seconds."""


class Opened(Protocol):
    """An original that is being sent to somebody."""

    size: int

    def chunks(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`. Raises OSError or Unavailable when they turn out not to be there."""
        ...

    def close(self) -> None: ...


class Storage(Protocol):
    """What the gallery asks of a place for bytes. What is no coroutine may wait for a disk: call it in a thread."""

    place: str
    """What an operator would look for: "folder /srv/gallery" or "bucket s3://photos"."""

    def prepare(self) -> None:
        """Gets to know the place before anything else is asked of it. Raises Unavailable."""
        ...

    def spool_path(self, upload_id: UUID) -> Path:
        """A name on a local disk for bytes that pass through this process."""
        ...

    def stage(self, spooled: Path, sha256: bytes) -> bool:
        """Makes the bytes durable as far as that takes long, before any transaction; whether it made an original.

        Raises StorageFull or Unavailable; then the bytes are not kept, and must not be believed.
        """
        ...

    def adopt(self, spooled: Path, sha256: bytes) -> None:
        """Makes staged bytes the original of that checksum; harmless to repeat. Raises StorageFull, Unavailable."""
        ...

    def replace_original(self, spooled: Path, sha256: bytes) -> None:
        """As `adopt`, whatever stands there: for bytes that were checked and an original that was found damaged."""
        ...

    async def find_original(self, sha256: bytes) -> Opened | None:
        """An original to be sent; None if it is not there. Whoever asked closes it.

        Raises Unavailable, and OSError for what cannot be read.
        """
        ...

    def open_original(self, sha256: bytes) -> BinaryIO:
        """An original to be read. Raises FileNotFoundError, Unavailable, and OSError for what cannot be read."""
        ...

    def borrow_original(self, sha256: bytes) -> AbstractContextManager[Path]:
        """An original as a local file for a while. Raises FileNotFoundError, StorageFull, Unavailable."""
        ...

    def originals(self, after: bytes = b"") -> Iterator[Kept]:
        """Every original after a checksum, in the order of checksums, whether or not a row names it."""
        ...

    def remove_original(self, sha256: bytes) -> None: ...
    async def read_derivative(self, blob_id: UUID, recipe: str) -> bytes | None: ...
    def write_derivative(self, blob_id: UUID, recipe: str, data: bytes) -> None: ...
    def remove_derivatives(self, blob_id: UUID) -> None: ...

    def free_bytes(self) -> int:
        """Room on the local disk that arriving bytes need."""
        ...

    def read_mark(self, name: str) -> str | None: ...
    def write_mark(self, name: str, text: str, *, replace: bool = False) -> None:
        """Leaves a durable mark beside the originals; without `replace`, Unavailable may say that there is one."""
        ...


class LocalStorage:
    """A folder on a local disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.place = f"folder {root}"
        self._originals = root / "originals"
        self._derivatives = root / "derivatives"
        self._spool = root / "spool"
        self._durable: set[Path] = set()
        for folder in (self._originals, self._derivatives, self._spool):
            folder.mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """The folders are there."""

    def spool_path(self, upload_id: UUID) -> Path:
        return self._spool / upload_id.hex

    def spooled(self) -> Iterator[Path]:
        """Every file of the spool."""
        return (path for path in self._spool.iterdir() if path.is_file())

    def original(self, sha256: bytes) -> Path:
        return path_by_checksum(self._originals, sha256)

    def stage(self, spooled: Path, sha256: bytes) -> bool:
        """Flushes the file; its name comes in `adopt`, which is quick."""
        try:
            fsync_file(spooled)
        except (StorageFull, Unavailable):
            # Bytes that could not be flushed are lost, however whole the file looks: they have to be sent again.
            spooled.unlink(missing_ok=True)
            raise
        return False

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

    def _make_durable_folder(self, folder: Path) -> None:
        """Makes the folder and those above it, and sees to it that the disk knows.

        That a folder is there does not say so: who made it may have died before. Asked once in the life of a process.
        """
        for part in (folder.parent, folder):
            part.mkdir(exist_ok=True)
            if part not in self._durable:
                fsync_folder(part.parent)
                self._durable.add(part)

    async def find_original(self, sha256: bytes) -> "OpenedFile | None":
        return await asyncio.to_thread(OpenedFile.open, self.original(sha256))

    def open_original(self, sha256: bytes) -> BinaryIO:
        return open_plain_file(self.original(sha256))

    @contextmanager
    def borrow_original(self, sha256: bytes) -> Iterator[Path]:
        yield self.original(sha256)

    def originals(self, after: bytes = b"") -> Iterator[Kept]:
        for sha256, path in files_by_checksum(self._originals, after):
            with suppress(FileNotFoundError):  # it went while we looked
                found = path.lstat()
                yield Kept(sha256, found.st_size, found.st_ctime)

    def remove_original(self, sha256: bytes) -> None:
        self.original(sha256).unlink(missing_ok=True)

    def derivative(self, blob_id: UUID, recipe: str) -> Path:
        # The tail of a UUIDv7 is random; its head is a clock and would put a day's work in one folder.
        name = blob_id.hex
        return self._derivatives / name[-2:] / name[-4:-2] / name / recipe

    async def read_derivative(self, blob_id: UUID, recipe: str) -> bytes | None:
        return await _read_small(self.derivative(blob_id, recipe))

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

    def read_mark(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text().strip() if path.exists() else None

    def write_mark(self, name: str, text: str, *, replace: bool = False) -> None:
        with (self.root / name).open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fsync_folder(self.root)


class OpenedFile:
    """A plain file that is being sent: no link is followed, since none of ours is one."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self.size = descriptor, size

    @classmethod
    def open(cls, path: Path) -> "OpenedFile | None":
        descriptor = _open_plain(path)
        return None if descriptor is None else cls(descriptor, os.fstat(descriptor).st_size)

    async def chunks(self, start: int, stop: int) -> AsyncIterator[bytes]:
        while start < stop:
            data = await asyncio.to_thread(os.pread, self._descriptor, min(_SENT_AT_ONCE, stop - start), start)
            if not data:
                raise OSError("the file became shorter while it was read")
            start += len(data)
            yield data

    def close(self) -> None:
        os.close(self._descriptor)


def _open_plain(path: Path) -> int | None:
    """A descriptor of a plain file; None where there is nothing, or something that nobody of ours has made."""
    try:
        return _open(path)
    except OSError as error:
        if error.errno in {errno.ENOENT, *NO_FILE_OF_OURS}:
            return None
        raise


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a plain file")
    return descriptor


async def _read_small(path: Path) -> bytes | None:
    """A small file. What the kernel has in memory is read at once; only a disk is waited for in a thread."""
    descriptor = _open_plain(path)
    if descriptor is None:
        return None
    try:
        buffer = bytearray(os.fstat(descriptor).st_size)
        try:
            count = os.preadv(descriptor, [buffer], 0, os.RWF_NOWAIT)
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.EOPNOTSUPP}:
                raise
            count = 0
        if count < len(buffer):
            count = await asyncio.to_thread(os.preadv, descriptor, [buffer], 0)
        return bytes(buffer[:count])
    finally:
        os.close(descriptor)


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
    return os.fdopen(_open(path), "rb", buffering=0)


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


def checksum_in(name: str) -> bytes | None:
    """The checksum whose name that is; None for another name."""
    return bytes.fromhex(name) if _is_hex(name, 64) else None


def _is_hex(name: str, length: int) -> bool:
    return len(name) == length and _HEX.issuperset(name)


def _hex_names(folder: Path, length: int, least: str) -> list[str]:
    """The names in a folder that are so many hexadecimal digits and not before `least`, sorted."""
    try:
        names = [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in names if name >= least and _is_hex(name, length))


def _same_size(one: Path, other: Path) -> bool:
    mine, theirs = one.lstat(), other.lstat()
    return stat.S_ISREG(theirs.st_mode) and mine.st_size == theirs.st_size


def _replace(spooled: Path, target: Path) -> None:
    """What stands there is not what its name says: a cut file or a planted link."""
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    os.link(spooled, temporary)
    temporary.rename(target)
