"""A gallery whose originals lie in a bucket is backed up, read again, healed and restored as one with a folder."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from gallery.assets.volume import claim_volume
from gallery.infra.errors import Unavailable
from gallery.infra.storage import Storage
from gallery.keeping.reading import Pace
from gallery.keeping.restore import heal, restore
from tests.factories import World, tiny_jpeg
from tests.keeping.stock import integrity

from .objects import ObjectStore
from .test_storage import Meddler

QUICK = Pace(None)


def contents(storage: Storage) -> dict[bytes, bytes]:
    found = {}
    for original in storage.originals():
        with storage.open_original(original.sha256) as file:
            found[original.sha256] = file.read()
    return found


def put(storage: Storage, sha256: bytes, data: bytes) -> None:
    """Bytes under a name, whether or not it is theirs."""
    spooled = storage.spool_path(uuid4())
    spooled.write_bytes(data)
    storage.replace_original(spooled, sha256)
    spooled.unlink()


async def test_a_bucket_is_backed_up_scrubbed_healed_and_restored(
    new_world: Callable[..., World], store: ObjectStore, tmp_path: Path
) -> None:
    def on_bucket(address: str = store.url) -> World:
        bucket = store.environment(store.bucket().name) | {"S3_ENDPOINT": address}
        world = new_world(**{name.lower(): value for name, value in bucket.items()})
        world.gallery.storage.prepare()
        return world

    with Meddler(int(store.url.rpartition(":")[2])) as line:
        world = on_bucket(line.url)
        database, storage, scrubber = world.gallery.database, world.gallery.storage, world.gallery.scrubber
        await claim_volume(database, storage)
        anna = await world.person("anna")
        for _ in range(6):
            assert (await world.upload(anna, anna.personal_space, tiny_jpeg())).status_code == 201
        whole = contents(storage)
        assert list(whole) == sorted(whole), "in the order of checksums"
        assert [one.sha256 for one in storage.originals(list(whole)[2])] == list(whole)[3:]
        done = await world.gallery.backups.take(tmp_path / "backup")
        assert (done.files, done.copied_files, done.unavailable) == (6, 6, [])

        rotten, short, gone = list(whole)[1], list(whole)[2], list(whole)[4]
        put(storage, rotten, bytes(len(whole[rotten])))
        put(storage, short, whole[short][:100])
        storage.remove_original(gone)
        stranger = os.urandom(500)
        put(storage, hashlib.sha256(stranger).digest(), stranger)
        found = await scrubber.verify(pace=QUICK)
        assert set(found.damaged) == {rotten.hex(), short.hex()}
        assert (found.files, found.missing, found.unknown, found.stopped) == (6, [gone.hex()], [], False)
        assert len(contents(storage)) == 6, "neither deleted nor overwritten"

        line.cut()
        with pytest.raises(Unavailable):
            await scrubber.verify(pace=QUICK)
        assert sorted(integrity(world).values()) == ["damaged", "damaged", "missing", "sound", "sound", "sound"], (
            "a store that is away has lost nothing"
        )
        line.mend()

        healed = await heal(database, storage, tmp_path / "backup")
        assert (set(healed.healed), healed.left) == ({rotten.hex(), short.hex(), gone.hex()}, [])
        storage.remove_original(hashlib.sha256(stranger).digest())
        assert contents(storage) == whole
        assert set(integrity(world).values()) == {"sound"}

    there = on_bucket()
    await there.gallery.database.aclose()
    there.gallery.storage.write_mark("gallery.volume-id", str(uuid4()))  # it was started once, and is empty
    done_there = await restore(there.gallery.database, there.gallery.storage, tmp_path / "backup", None)
    assert (done_there.files, done_there.unavailable, done_there.unknown) == (6, [], 0)
    assert contents(there.gallery.storage) == whole
    await claim_volume(there.gallery.database, there.gallery.storage)
    read = await there.gallery.scrubber.verify(pace=QUICK)
    assert (read.files, read.missing, read.damaged) == (6, [], [])
