"""Both places for bytes keep the same promises, and an object store adds its own."""

import hashlib
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gallery.infra.claims import Claims
from gallery.infra.errors import Locked, TooLarge, Unavailable
from gallery.infra.parted import PartedSpools
from gallery.infra.s3 import _SINGLE, SPOOL_PART, Bucket, S3Storage
from gallery.infra.spool import LocalSpools, Spools
from gallery.infra.storage import LocalStorage, Storage
from tests.uploads.serving import photo

from .objects import ObjectStore

KINDS = ("folder", "bucket", "plain bucket")


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, store: ObjectStore, tmp_path: Path) -> Storage:
    """A folder, a bucket, and a bucket of a store that knows no conditional writes."""
    if request.param == "folder":
        return LocalStorage(tmp_path / "local")
    made = S3Storage(store.bucket(prefix="photos/"), tmp_path / "scratch")
    made.prepare()
    assert made._creates, "this store can refuse to overwrite"
    made._creates = request.param == "bucket"
    return made


def spooled(storage: Storage, data: bytes) -> tuple[Path, bytes]:
    path = storage.spool_path(uuid4())
    path.write_bytes(data)
    return path, hashlib.sha256(data).digest()


def keep(storage: Storage, data: bytes) -> bytes:
    path, sha256 = spooled(storage, data)
    storage.stage(path, sha256)
    storage.adopt(path, sha256)
    assert path.exists(), "who made the name removes it"
    path.unlink()
    return sha256


def kept(storage: Storage, sha256: bytes) -> bytes:
    with storage.open_original(sha256) as file:
        return file.read()


async def sent(storage: Storage, sha256: bytes, start: int, stop: int) -> bytes:
    opened = await storage.find_original(sha256)
    assert opened is not None
    try:
        return b"".join([chunk async for chunk in opened.chunks(start, stop)])
    finally:
        opened.close()


async def test_an_original_is_kept_found_read_lent_and_removed(storage: Storage) -> None:
    data = photo(5_000_000)
    sha256 = keep(storage, data)
    assert keep(storage, data) == sha256, "harmless to repeat"
    assert kept(storage, sha256) == data
    assert await sent(storage, sha256, 0, len(data)) == data
    assert await sent(storage, sha256, 4_194_000, 4_195_000) == data[4_194_000:4_195_000], "over the edge of a piece"
    with storage.borrow_original(sha256) as path:
        assert path.read_bytes() == data
    with storage.open_original(sha256) as file:
        file.seek(-10, 2)
        assert file.read() == data[-10:]
    assert [found[:2] for found in storage.originals()] == [(sha256, len(data))]

    storage.remove_original(sha256)
    storage.remove_original(sha256)
    assert await storage.find_original(sha256) is None
    assert list(storage.originals()) == []
    with pytest.raises(FileNotFoundError):
        kept(storage, sha256)
    with pytest.raises(FileNotFoundError), storage.borrow_original(sha256) as path:
        path.read_bytes()


def test_what_was_removed_after_staging_is_there_after_adopting(storage: Storage) -> None:
    path, sha256 = spooled(storage, photo())
    storage.stage(path, sha256)
    storage.remove_original(sha256)
    storage.adopt(path, sha256)
    assert kept(storage, sha256) == path.read_bytes()


def test_a_damaged_original_is_healed_and_a_whole_one_is_never_written_over(storage: Storage) -> None:
    good, other = photo(200_000), photo(200_000)
    sha256 = keep(storage, good)
    # Bytes of another file under this name would be an error of ours: it must not cost the original.
    path, _ = spooled(storage, other)
    storage.adopt(path, sha256)
    assert kept(storage, sha256) == good
    storage.remove_original(sha256)
    path.write_bytes(good[:1000])
    storage.adopt(path, sha256)
    assert len(kept(storage, sha256)) == 1000, "cut short, as after an accident"
    assert keep(storage, good) == sha256
    assert kept(storage, sha256) == good


async def test_derivatives_and_marks(storage: Storage) -> None:
    blob = uuid4()
    assert await storage.read_derivative(blob, "thumb-1") is None
    storage.write_derivative(blob, "thumb-1", b"first")
    storage.write_derivative(blob, "thumb-1", b"second")
    storage.write_derivative(blob, "preview-1", b"large")
    assert await storage.read_derivative(blob, "thumb-1") == b"second"
    storage.remove_derivatives(blob)
    assert await storage.read_derivative(blob, "preview-1") is None
    assert storage.read_mark("mark") is None
    storage.write_mark("mark", "text")
    assert storage.read_mark("mark") == "text"


@pytest.fixture
async def spools(storage: Storage, database_url: str) -> Any:
    made: Spools
    if isinstance(storage, LocalStorage):
        made = LocalSpools(storage)
    else:
        assert isinstance(storage, S3Storage)
        made = PartedSpools(storage, Claims(database_url))
    yield made
    await made.aclose()


async def test_an_upload_goes_on_where_it_was(spools: Spools) -> None:
    upload, data = uuid4(), photo(SPOOL_PART * 2 + 1000)
    assert await spools.size(upload) == 0
    await spools.make(upload)
    for start, stop in ((0, 10), (10, SPOOL_PART + 500), (SPOOL_PART + 500, len(data))):
        async with spools.open(upload) as spool:
            assert spool.size == start
            with pytest.raises(Locked):
                async with spools.open(upload):
                    pytest.fail("two writers")
            await spool.write(data[start:stop], limit=len(data))
        assert await spools.size(upload) == stop
    async with spools.open(upload) as spool:
        with pytest.raises(TooLarge):
            await spool.write(b"more", limit=len(data))
        assert (await spool.whole()).read_bytes() == data
        await spool.discard()
    assert await spools.size(upload) == 0


async def test_tentative_bytes_stay_only_if_all_goes_well(spools: Spools) -> None:
    upload = uuid4()
    async with spools.open(upload) as spool:
        await spool.write(b"kept", limit=1 << 30)
        with suppress(ZeroDivisionError):
            async with spool.tentative():
                await spool.write(bytes(SPOOL_PART * 2), limit=1 << 30)
                raise ZeroDivisionError
        assert spool.size == 4
        async with spool.tentative():
            await spool.write(b", too", limit=1 << 30)
        assert (await spool.whole()).read_bytes() == b"kept, too"
    assert await spools.size(upload) == 9


async def test_what_nobody_finished_is_found_and_removed(spools: Spools) -> None:
    upload = uuid4()
    async with spools.open(upload) as spool:
        await spool.write(b"half", limit=100)
    assert await spools.abandoned(3600) == []
    assert await spools.abandoned(-3600) == [upload]
    await spools.remove(upload)
    assert await spools.abandoned(-3600) == []


# --- What only an object store has


@pytest.fixture
def remote(store: ObjectStore, tmp_path: Path) -> S3Storage:
    made = S3Storage(store.bucket(), tmp_path / "scratch")
    made.prepare()
    return made


async def test_two_processes_share_an_upload(remote: S3Storage, database_url: str) -> None:
    """Each has its own claims, as each process has; bytes that one got are bytes that the other has."""
    upload, data = uuid4(), photo(3_000_000)
    one, other = PartedSpools(remote, Claims(database_url)), PartedSpools(remote, Claims(database_url))
    async with one.open(upload) as spool:
        with pytest.raises(Locked):
            async with other.open(upload):
                pytest.fail("two writers")
        await spool.write(data[:1_000_000], limit=len(data))
    async with other.open(upload) as spool:
        await spool.write(data[1_000_000:], limit=len(data))
        assert (await spool.whole()).read_bytes() == data
    await one.aclose()
    await other.aclose()


async def test_a_writer_that_lost_its_claim_writes_over_nobody(remote: S3Storage, database_url: str) -> None:
    upload = uuid4()
    one, other = PartedSpools(remote, Claims(database_url)), PartedSpools(remote, Claims(database_url))
    with pytest.raises(Unavailable):
        async with one.open(upload) as spool:
            await one._claims._connection.close()  # type: ignore[union-attr]  # as a failover would
            async with other.open(upload) as heir:
                await heir.write(b"the heir's bytes", limit=100)
            await spool.write(b"too late", limit=100)
            await spool.flush()
    assert not remote.add_part(upload, 0, b"nor by the back door")
    assert remote.read_part(upload, 0) == b"the heir's bytes"
    await one.aclose()
    await other.aclose()


def test_a_file_too_large_for_one_request(remote: S3Storage) -> None:
    data = photo(_SINGLE * 2 + 12_345, seed=1)
    assert hashlib.sha256(kept(remote, keep(remote, data))).digest() == hashlib.sha256(data).digest()


def test_bytes_that_change_on_the_way_are_refused(store: ObjectStore, tmp_path: Path) -> None:
    """One bit falls over between here and the store: nothing is kept, and nobody is told that it was."""
    with Meddler(int(store.url.rpartition(":")[2]), find=b"PLEASE KEEP", put=b"PLEASE KEEQ") as meddler:
        bucket = store.bucket()
        through = S3Storage(
            Bucket(
                bucket.name,
                "",
                meddler.url,
                access_key_id=bucket.access_key_id,
                secret_access_key=bucket.secret_access_key,
            ),
            tmp_path / "scratch",
        )
        through.prepare()
        path, sha256 = spooled(through, photo(50_000) + b"PLEASE KEEP")
        with pytest.raises(Unavailable):
            through.stage(path, sha256)
        assert meddler.meddled
        assert list(through.originals()) == []


def test_a_store_that_is_away_is_said(tmp_path: Path) -> None:
    away = S3Storage(Bucket("gone", "", "http://127.0.0.1:1", access_key_id="a", secret_access_key="b"), tmp_path)
    with pytest.raises(Unavailable):
        away.prepare()


def test_strangers_see_nothing(store: ObjectStore, remote: S3Storage) -> None:
    sha256 = keep(remote, photo())
    name = remote.place.removeprefix("bucket s3://")
    key = f"originals/{sha256.hex()[:2]}/{sha256.hex()[2:4]}/{sha256.hex()}"
    assert httpx.get(f"{store.url}/{name}{key}").status_code == 403


class Meddler:
    """A line to the store that replaces some bytes by others of the same length, and that can be cut."""

    def __init__(self, port: int, *, find: bytes = b"\0" * 1_000_000, put: bytes = b"") -> None:
        self._target, self._find, self._put = port, find, put
        self.meddled = self._is_cut = False
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> "Meddler":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def cut(self) -> None:
        self._is_cut = True
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._is_cut = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {near, far}
                for source, target, change in ((near, far, self._change), (far, near, bytes)):
                    threading.Thread(target=_pump, args=(source, target, change), daemon=True).start()

    def _change(self, data: bytes) -> bytes:
        self.meddled |= self._find in data
        return data.replace(self._find, self._put)


def _pump(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
    with suppress(OSError), source, target:
        while data := source.recv(1 << 20):
            target.sendall(change(data))
        target.shutdown(socket.SHUT_WR)


def test_scratch_is_swept_when_it_is_old(store: ObjectStore, tmp_path: Path) -> None:
    for name, age in (("old", 100_000), ("young", 10)):
        (tmp_path / name).write_bytes(b"left behind")
        at = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (at, at))
    S3Storage(store.bucket(), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"young"}


async def test_a_folder_that_was_copied_into_a_bucket_is_the_same_gallery(store: ObjectStore, tmp_path: Path) -> None:
    local, blob = LocalStorage(tmp_path / "local"), uuid4()
    sha256 = keep(local, photo())
    local.write_derivative(blob, "thumb-1", b"thumb")
    local.write_mark("gallery.volume-id", "name")
    remote = S3Storage(store.bucket(prefix="photos/"), tmp_path / "scratch")
    for path in local.root.rglob("*"):
        if path.is_file():
            remote._put(str(path.relative_to(local.root)), path.read_bytes())
    assert [found[:2] for found in remote.originals()] == [found[:2] for found in local.originals()]
    assert kept(remote, sha256) == kept(local, sha256)
    assert await remote.read_derivative(blob, "thumb-1") == b"thumb"
    assert remote.read_mark("gallery.volume-id") == "name"
