"""Originals, derivatives and spools in an object store that speaks S3; only what passes through lies on a disk here.

    <prefix>originals/ab/cd/<sha256>                  written once: PUT with If-None-Match, its SHA-256 sent along
    <prefix>derivatives/ab/cd/<blob id>/<recipe>      can be made again
    <prefix>spool/<upload id>/<offset>                what came of an upload from that offset on
    <scratch>/…                                       files on their way through this process

Every request carries a checksum of its body, which the store compares before it keeps anything.
"""

import errno
import io
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from gallery.infra.errors import Unavailable
from gallery.infra.storage import Kept, checksum_in, full_disk_is_said

_PIECE: Final = 4 << 20
"""Bytes asked for at once: no request lasts as long as a slow phone takes for a film."""
_SINGLE: Final = 16 << 20
"""Files up to here are sent in one request, larger ones in parts of this size."""
SPOOL_PART: Final = 8 << 20
"""How much of an upload is kept at once; what a sender may have to send again after a crash."""
_ADDRESS: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/-]*))?")
_PROBE: Final = "gallery.probe"
_DAY: Final = 86400
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the store is and how one gets in; without keys, what the machine itself is allowed."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str, **access: str | None) -> "Bucket":
        """Of `s3://bucket/prefix`. Raises ValueError."""
        match = _ADDRESS.fullmatch(url)
        if match is None:
            raise ValueError(url)
        prefix = (match[2] or "").strip("/")
        given = {name: value for name, value in access.items() if value}
        return cls(match[1], f"{prefix}/" if prefix else "", **given)

    def connect(self) -> S3Store:
        endpoint = self.endpoint.rstrip("/") if self.endpoint else None
        options: dict[str, str] = {"region": self.region, "checksum_algorithm": "sha256", "conditional_put": "etag"}
        access = {
            "endpoint": endpoint,
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
        }
        options |= {name: value for name, value in access.items() if value}
        return S3Store(
            self.name,
            config=options,  # type: ignore[arg-type]  # a TypedDict of just these names
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "connect_timeout": "5s",
                "timeout": "120s",
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )


@contextmanager
def _store_is_said() -> Iterator[None]:
    """The store's errors in the gallery's words; what is not there stays FileNotFoundError."""
    try:
        yield
    except BaseError as error:
        raise Unavailable from error


class S3Storage:
    """A bucket, and a folder for what passes through."""

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        self.place = f"bucket s3://{bucket.name}/{bucket.prefix}"
        self.scratch = scratch
        self._store, self._prefix = bucket.connect(), bucket.prefix
        self._creates = True
        scratch.mkdir(parents=True, exist_ok=True)
        self._sweep_scratch()

    def prepare(self) -> None:
        """Finds out whether the store can refuse to overwrite; where it cannot, we look before we write."""
        self._put(_PROBE, b"1")
        try:
            obstore.put(self._store, self._key(_PROBE), b"2", mode="create", use_multipart=False)
        except AlreadyExistsError:
            self._creates = True
        except BaseError:
            # Stores say in many ways that they do not know the condition; if this one is away, this says so.
            self._put(_PROBE, b"3")
            self._creates = False
        else:
            self._creates = False
        _log.info("storage.ready", place=self.place, conditional_writes=self._creates)

    # --- What passes through

    def spool_path(self, upload_id: UUID) -> Path:
        return self.scratch / upload_id.hex

    def scratch_path(self) -> Path:
        return self.scratch / f"{secrets.token_hex(16)}.tmp"

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.scratch).free

    def _sweep_scratch(self) -> None:
        """What a process that died has left; others may share the folder, so only what is old."""
        for path in self.scratch.iterdir():
            with suppress(OSError):  # somebody else was quicker, or may write here and we may not
                if path.is_file() and path.stat().st_mtime < time.time() - _DAY:
                    path.unlink(missing_ok=True)

    # --- Originals

    def stage(self, spooled: Path, sha256: bytes) -> bool:
        return self._make_original(spooled, sha256)

    def adopt(self, spooled: Path, sha256: bytes) -> None:
        """Sees to it that the original is there: since it was staged, somebody may have removed it."""
        self._make_original(spooled, sha256)

    def _make_original(self, spooled: Path, sha256: bytes) -> bool:
        """Whether it was not there. One of another size is not what its name says, and is written anew."""
        name, size = _original(sha256), spooled.stat().st_size
        found = self._size(name)
        if found == size:
            return False
        if found is None and size <= _SINGLE:
            made = self._create(name, spooled.read_bytes())
            if not made and self._size(name) != size:
                self._put(name, spooled.read_bytes())
        else:
            made = found is None
            self._send(name, spooled)
        if self._size(name) != size:
            raise Unavailable
        return made

    def replace_original(self, spooled: Path, sha256: bytes) -> None:
        name = _original(sha256)
        self._send(name, spooled)
        if self._size(name) != spooled.stat().st_size:
            raise Unavailable

    async def find_original(self, sha256: bytes) -> "OpenedObject | None":
        key = self._key(_original(sha256))
        with _store_is_said():
            try:
                meta = await obstore.head_async(self._store, key)
            except FileNotFoundError:
                return None
        return OpenedObject(self._store, key, meta["size"])

    def open_original(self, sha256: bytes) -> BinaryIO:
        name = _original(sha256)
        size = self._size(name)
        if size is None:
            raise FileNotFoundError(name)
        return io.BufferedReader(_ObjectFile(self._store, self._key(name), size), _PIECE)

    @contextmanager
    def borrow_original(self, sha256: bytes) -> Iterator[Path]:
        path = self.scratch_path()
        try:
            with full_disk_is_said(), self.open_original(sha256) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, _PIECE)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def originals(self, after: bytes = b"") -> Iterator[Kept]:
        # A store lists by name, and the names begin as the checksums do.
        for name, size, at in self._names("originals/", after=_original(after) if after else None):
            if sha256 := checksum_in(name.rpartition("/")[2]):
                yield Kept(sha256, size, at.timestamp())

    def remove_original(self, sha256: bytes) -> None:
        self._remove([_original(sha256)])

    # --- Derivatives

    async def read_derivative(self, blob_id: UUID, recipe: str) -> bytes | None:
        with _store_is_said():
            try:
                found = await obstore.get_async(self._store, self._key(_derivative(blob_id, recipe)))
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                return None

    def write_derivative(self, blob_id: UUID, recipe: str, data: bytes) -> None:
        self._put(_derivative(blob_id, recipe), data)

    def remove_derivatives(self, blob_id: UUID) -> None:
        self._remove([name for name, _, _ in self._names(_derivative(blob_id, ""))])

    # --- The mark

    def read_mark(self, name: str) -> str | None:
        with _store_is_said():
            try:
                return bytes(obstore.get(self._store, self._key(name)).bytes()).decode().strip()
            except FileNotFoundError:
                return None

    def write_mark(self, name: str, text: str, *, replace: bool = False) -> None:
        if replace:
            self._put(name, text.encode())
        elif not self._create(name, text.encode()):
            raise Unavailable

    # --- Parts of uploads

    def parts(self, upload_id: UUID) -> list[tuple[int, int]]:
        """What came of an upload, as offsets and sizes without a gap."""
        found = {int(name.rpartition("/")[2]): size for name, size, _ in self._names(_part(upload_id))}
        whole: list[tuple[int, int]] = []
        offset = 0
        while offset in found and found[offset] > 0:
            whole.append((offset, found[offset]))
            offset += found[offset]
        return whole

    def add_part(self, upload_id: UUID, offset: int, data: bytes) -> bool:
        """Keeps bytes of an upload; False if somebody else already kept some from that offset on."""
        return self._create(_part(upload_id, offset), data)

    def read_part(self, upload_id: UUID, offset: int) -> bytes:
        with _store_is_said():
            try:
                return bytes(obstore.get(self._store, self._key(_part(upload_id, offset))).bytes())
            except FileNotFoundError as error:
                raise Unavailable from error

    def remove_parts(self, upload_id: UUID) -> None:
        self._remove([name for name, _, _ in self._names(_part(upload_id))])

    def abandoned_parts(self, seconds: float) -> list[UUID]:
        newest: dict[str, datetime] = {}
        for name, _, at in self._names("spool/"):
            upload = name.split("/")[1]
            newest[upload] = max(at, newest.get(upload, at))
        old = datetime.now(UTC) - timedelta(seconds=seconds)
        return [UUID(hex=upload) for upload, at in newest.items() if at < old and len(upload) == 32]

    # --- The store

    def _key(self, name: str) -> str:
        return self._prefix + name

    def _size(self, name: str) -> int | None:
        with _store_is_said():
            try:
                return obstore.head(self._store, self._key(name))["size"]
            except FileNotFoundError:
                return None

    def _put(self, name: str, data: bytes) -> None:
        with _store_is_said():
            try:
                obstore.put(self._store, self._key(name), data, use_multipart=False)
            except FileNotFoundError as error:  # no such bucket
                raise Unavailable from error

    def _create(self, name: str, data: bytes) -> bool:
        """Writes what is not there; False where something is, which stays as it is."""
        if not self._creates:
            if self._size(name) is not None:
                return False
            self._put(name, data)
            return True
        with _store_is_said():
            try:
                obstore.put(self._store, self._key(name), data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            except FileNotFoundError as error:
                raise Unavailable from error
        return True

    def _send(self, name: str, path: Path) -> None:
        """Writes a file, in parts if it is large, over whatever stands there."""
        with _store_is_said():
            obstore.put(self._store, self._key(name), path, chunk_size=_SINGLE, max_concurrency=2)

    def _names(self, folder: str, *, after: str | None = None) -> Iterator[tuple[str, int, datetime]]:
        with _store_is_said():
            for page in obstore.list(self._store, self._key(folder), offset=after and self._key(after)):
                for item in page:
                    yield item["path"].removeprefix(self._prefix), item["size"], item["last_modified"]

    def _remove(self, names: list[str]) -> None:
        # One by one: the request that removes many at once is what stores agree on least.
        with _store_is_said():
            for name in names:
                try:
                    obstore.delete(self._store, self._key(name))
                except FileNotFoundError:
                    continue


def _original(sha256: bytes) -> str:
    name = sha256.hex()
    return f"originals/{name[:2]}/{name[2:4]}/{name}"


def _derivative(blob_id: UUID, recipe: str) -> str:
    name = blob_id.hex
    return f"derivatives/{name[-2:]}/{name[-4:-2]}/{name}/{recipe}"


def _part(upload_id: UUID, offset: int | None = None) -> str:
    return f"spool/{upload_id.hex}/{'' if offset is None else f'{offset:016d}'}"


class OpenedObject:
    """An original that is being sent, piece by piece."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self.size = store, key, size

    async def chunks(self, start: int, stop: int) -> AsyncIterator[bytes]:
        while start < stop:
            end = min(start + _PIECE, stop)
            with _store_is_said():
                data = bytes(await obstore.get_range_async(self._store, self._key, start=start, end=end))
            if len(data) != end - start:
                raise Unavailable
            start = end
            yield data

    def close(self) -> None:
        pass


class _ObjectFile(io.RawIOBase):
    """An object as a file that can be read and sought in."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size, self._at = store, key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than "any buffer"
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        try:
            data = bytes(obstore.get_range(self._store, self._key, start=self._at, end=end))
        except BaseError as error:
            with _store_is_said():
                obstore.head(self._store, self._key)
            # The store answers, and it is this object's bytes that it does not have.
            raise OSError(errno.EIO, "the store cannot read it") from error
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
