"""A backup's target: one store of originals by checksum, and snapshots that name what they need of it.

    <target>/gallery-backup.json              the format, and whose backup this is
    <target>/originals/ab/cd/<sha256>         shared by all snapshots, written once
    <target>/snapshots/20260501T120000Z/
        database.dump                         pg_dump's custom format
        originals.txt                         "<sha256> <bytes>", one a line, sorted
        manifest.json                         written last: without it a snapshot is incomplete and counts for nothing

Originals are copied and never hard-linked: a link is the same bytes on the same disk, and what damages one damages
"both". Everything is on the disk before the manifest is.
"""

import errno
import fcntl
import hashlib
import heapq
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Self
from uuid import UUID

from gallery.infra.storage import (
    HASH_CHUNK,
    files_by_checksum,
    fsync_file,
    fsync_folder,
    full_disk_is_said,
    open_plain_file,
    path_by_checksum,
    sha256_of,
)

FORMAT: Final = 1
DUMP: Final = "database.dump"
LIST: Final = "originals.txt"
MANIFEST: Final = "manifest.json"
_LABEL: Final = "gallery-backup.json"
_NAME: Final = "%Y%m%dT%H%M%SZ"
_LINE: Final = re.compile(r"([0-9a-f]{64}) ([0-9]{1,15})\n")


class KeepingError(Exception):
    """A backup, a restore or a check cannot go on; the message is for the operator."""


class DamagedBytes(Exception):
    """The bytes that were read are not those that the checksum names."""


class Original(NamedTuple):
    """What a snapshot knows of an original."""

    sha256: bytes
    size: int


class Manifest(NamedTuple):
    """What a complete snapshot says of itself."""

    volume_id: UUID
    taken_at: datetime
    gallery: str
    migration: str
    dump_sha256: str
    dump_bytes: int
    list_sha256: str
    files: int
    size: int
    unavailable: list[dict[str, Any]]
    """Originals that the database names and that could not be copied, with the reason."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the gallery; complete when its manifest is there."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def taken_at(self) -> datetime:
        return datetime.strptime(self.name[:16], _NAME).replace(tzinfo=UTC)

    @property
    def dump(self) -> Path:
        return self.folder / DUMP

    @property
    def list_file(self) -> Path:
        return self.folder / LIST

    @property
    def is_complete(self) -> bool:
        return (self.folder / MANIFEST).is_file()

    def manifest(self) -> Manifest:
        """Raises KeepingError when there is none, or one that cannot be read."""
        try:
            said = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            if said["format"] != FORMAT:
                raise KeepingError(f"{self.name} has format {said['format']}; this version reads format {FORMAT}.")
            return Manifest(
                UUID(said["volume_id"]),
                datetime.fromisoformat(said["taken_at"]),
                said["gallery"],
                said["migration"],
                said["database"]["sha256"],
                said["database"]["bytes"],
                said["originals"]["sha256"],
                said["originals"]["count"],
                said["originals"]["bytes"],
                said["unavailable"],
            )
        except FileNotFoundError:
            raise KeepingError(f"{self.name} is incomplete: the backup that made it did not come to its end.") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise KeepingError(f"{self.name}: its {MANIFEST} cannot be read.") from None

    def check_papers(self) -> Manifest:
        """Reads the dump and the list again. Raises KeepingError when either is not what the manifest says."""
        manifest = self.manifest()
        for path, sha256 in ((self.dump, manifest.dump_sha256), (self.list_file, manifest.list_sha256)):
            try:
                found = sha256_of(path).hex()
            except OSError as error:
                raise KeepingError(f"{self.name}: {path.name} cannot be read ({error.strerror}).") from None
            if found != sha256:
                raise KeepingError(f"{self.name}: {path.name} is damaged.")
        return manifest

    def originals(self) -> Iterator[Original]:
        """What the snapshot needs of the store, in the order of checksums."""
        return read_list(self.list_file)


class BackupTarget:
    """A folder that holds backups of one gallery."""

    def __init__(self, root: Path, volume_id: UUID) -> None:
        self.root, self.volume_id = root, volume_id
        self._originals, self._snapshots = root / "originals", root / "snapshots"
        self._unflushed: set[Path] = set()

    @classmethod
    def claim(cls, root: Path, volume_id: UUID, *, anew: bool = True) -> Self:
        """For writing: makes an empty folder a target of this gallery, if it may begin `anew`.

        Raises KeepingError, also for a folder of others.
        """
        label = root / _LABEL
        if not label.exists():
            if not anew:
                raise KeepingError(
                    f"{root} held backups of this gallery and holds none now. Is the backup's disk mounted?"
                    " If they are gone for good, --begin-anew begins anew."
                )
            try:
                root.mkdir(parents=True, exist_ok=True)
                if any(path.name not in {"lost+found", f"{_LABEL}.tmp"} for path in root.iterdir()):
                    raise KeepingError(f"{root} is not empty and holds no backup: choose a folder of its own.")
                _write_durably(label, json.dumps({"format": FORMAT, "volume_id": str(volume_id)}) + "\n")
            except OSError as error:
                raise KeepingError(f"{root} cannot be written: {error.strerror}.") from None
        target = cls.open(root)
        if target.volume_id != volume_id:
            raise KeepingError(f"{root} holds the backups of another gallery: choose a folder of its own.")
        return target

    @classmethod
    def open(cls, root: Path) -> Self:
        """For reading. Raises KeepingError where there is no backup."""
        try:
            said = json.loads((root / _LABEL).read_text(encoding="utf-8"))
            if said["format"] != FORMAT:
                raise KeepingError(f"{root} has format {said['format']}; this version reads format {FORMAT}.")
            return cls(root, UUID(said["volume_id"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise KeepingError(f"{root} holds no backup of a gallery.") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else works on the target meanwhile; the lock dies with the process. Raises KeepingError.

        Where nothing can be written nobody but readers can be.
        """
        label, kind = self.root / _LABEL, fcntl.LOCK_EX
        try:
            # For writing, since NFS gives the lock to nobody else.
            descriptor = os.open(label, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            if error.errno not in {errno.EROFS, errno.EACCES}:
                raise
            descriptor, kind = os.open(label, os.O_RDONLY | os.O_CLOEXEC), fcntl.LOCK_SH
        try:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeepingError(f"Somebody else works on {self.root}: wait until they are done.") from None
            yield
        finally:
            os.close(descriptor)

    # --- Snapshots

    def snapshots(self) -> list[Snapshot]:
        """The complete ones, oldest first."""
        return [one for one in self._all_snapshots() if one.is_complete]

    def snapshot(self, name: str | None) -> Snapshot:
        """The one of that name, or the newest complete one. Raises KeepingError."""
        if name is None:
            complete = self.snapshots()
            if not complete:
                raise KeepingError(f"{self.root} holds no complete snapshot.")
            return complete[-1]
        for one in self._all_snapshots():
            if one.name == name:
                one.manifest()
                return one
        raise KeepingError(f"{self.root} holds no snapshot {name}.")

    def _all_snapshots(self) -> list[Snapshot]:
        try:
            folders = sorted(self._snapshots.iterdir())
        except FileNotFoundError:
            return []
        return [Snapshot(folder) for folder in folders if re.fullmatch(r"\d{8}T\d{6}Z(-\d+)?", folder.name)]

    def begin_snapshot(self, now: datetime) -> Snapshot:
        """A folder for a new one, incomplete as yet."""
        base = now.astimezone(UTC).strftime(_NAME)
        for number in range(1, 1000):
            folder = self._snapshots / (base if number == 1 else f"{base}-{number}")
            with suppress(FileExistsError):
                folder.mkdir(parents=True)
                return Snapshot(folder)
        raise KeepingError("No name is left for a snapshot.")

    def complete(self, snapshot: Snapshot, manifest: dict[str, Any]) -> None:
        """Flushes all that the snapshot stands on, then writes its manifest: from now on it counts."""
        with full_disk_is_said():
            for path in (snapshot.dump, snapshot.list_file):
                fsync_file(path)
            for folder in (*self._unflushed, snapshot.folder, self._snapshots, self.root):
                fsync_folder(folder)
            self._unflushed.clear()
            _write_durably(snapshot.folder / MANIFEST, json.dumps({"format": FORMAT, **manifest}, indent=1) + "\n")

    def drop_snapshots(self, snapshots: Iterable[Snapshot]) -> None:
        """Each becomes incomplete first, so that dying midway leaves nothing that looks whole."""
        for one in snapshots:
            (one.folder / MANIFEST).unlink(missing_ok=True)
            fsync_folder(one.folder)
            shutil.rmtree(one.folder)

    def drop_incomplete(self) -> None:
        """Removes what backups left that did not come to their end. They hold the lock: none is under way."""
        for one in self._all_snapshots():
            if not one.is_complete:
                shutil.rmtree(one.folder)

    # --- The store

    def path(self, sha256: bytes) -> Path:
        return path_by_checksum(self._originals, sha256)

    def has(self, original: Original) -> bool:
        """Whether the store holds the original; its bytes are read again by a check, not here."""
        try:
            return self.path(original.sha256).lstat().st_size == original.size
        except FileNotFoundError:
            return False

    def open_original(self, sha256: bytes) -> BinaryIO:
        """Raises OSError."""
        return open_plain_file(self.path(sha256))

    def add(self, original: Original, source: BinaryIO) -> None:
        """Copies an original into the store, whole or not at all.

        Raises DamagedBytes when it is not what its checksum says; then what the store had stays.
        """
        path = self.path(original.sha256)
        temporary = path.with_name(f"{path.name}.tmp")
        with full_disk_is_said():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("wb") as into:
                    copy_checked(original.sha256, source, into)
                temporary.rename(path)
                _aside(path).unlink(missing_ok=True)  # whole once more, the damaged bytes are of no use
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        self._unflushed.update((path.parent, path.parent.parent, self._originals))

    def set_aside(self, sha256: bytes) -> None:
        """Keeps damaged bytes under another name, so that the next backup copies the original again."""
        path = self.path(sha256)
        with suppress(OSError):  # the target may let nobody change what it holds
            path.rename(_aside(path))

    def drop_unnamed(self) -> tuple[int, int]:
        """Removes originals that no snapshot names; how many, and their bytes.

        Raises KeepingError, and removes nothing, when the list of any snapshot cannot be believed.
        """
        for one in self.snapshots():
            if sha256_of(one.list_file).hex() != one.manifest().list_sha256:
                raise KeepingError(f"{one.name}: {LIST} is damaged, so nothing is removed from the store.")
        named = self.named_originals(self.snapshots())
        count = size = 0
        wanted = next(named, None)
        for sha256, path in files_by_checksum(self._originals):
            while wanted is not None and wanted.sha256 < sha256:
                wanted = next(named, None)
            if wanted is None or wanted.sha256 != sha256:
                size += path.lstat().st_size
                count += 1
                path.unlink()
        return count, size

    def named_originals(self, snapshots: Iterable[Snapshot]) -> Iterator[Original]:
        """What any of the snapshots needs, each once, in the order of checksums; however many, in little memory."""
        last = None
        for original in heapq.merge(*(one.originals() for one in snapshots)):
            if original.sha256 != last:
                yield original
            last = original.sha256


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def line_of(original: Original) -> str:
    """An original as a list has it."""
    return f"{original.sha256.hex()} {original.size}\n"


def read_list(path: Path) -> Iterator[Original]:
    """The originals of a list, in its order. Raises KeepingError for what is no list."""
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            match = _LINE.fullmatch(line)
            if match is None:
                raise KeepingError(f"{path} cannot be read.")
            yield Original(bytes.fromhex(match[1]), int(match[2]))


def copy_checked(sha256: bytes, source: BinaryIO, into: BinaryIO) -> int:
    """Copies and flushes; how many bytes. Raises DamagedBytes when they cannot be read or are not the checksum's.

    An OSError is one of the side that is written to.
    """
    digest, size = hashlib.sha256(), 0
    while chunk := _read(source):
        digest.update(chunk)
        size += into.write(chunk)
    if digest.digest() != sha256:
        raise DamagedBytes
    into.flush()
    os.fsync(into.fileno())
    return size


def _read(source: BinaryIO) -> bytes:
    try:
        return source.read(HASH_CHUNK)
    except OSError as error:
        raise DamagedBytes from error


def _write_durably(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    fsync_folder(path.parent)
