"""What goes by the clock, and what must never go."""

import asyncio
import os
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from gallery.assets import upkeep
from tests.factories import PASSWORD, Person, World, tiny_jpeg

TRASH_AGE = timedelta(days=30)
GRACE = timedelta(days=30)


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna")


def sha256_of(world: World, asset_id: UUID) -> bytes:
    row = world.rows("SELECT b.sha256 FROM assets a JOIN blobs b ON b.id = a.blob_id WHERE a.id = %s", asset_id)
    return bytes(row[0][0])


async def sign_in_again(anna: Person) -> None:
    """After weeks on the clock."""
    answer = await anna.http.post("/api/auth/password", json={"login": anna.login, "password": PASSWORD})
    anna.http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"


async def empty_trash(world: World) -> None:
    await upkeep.empty_trash(world.gallery.database, now=world.clock(), older_than=TRASH_AGE)


async def drop_unused(world: World) -> None:
    gallery = world.gallery
    await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=world.clock(), grace=GRACE)


async def drop_uploads(world: World) -> None:
    await upkeep.drop_expired_uploads(world.gallery.database, world.gallery.spools, now=world.clock())


# --- The trash


async def test_the_trash_empties_by_age(world: World, anna: Person) -> None:
    old = await world.asset(anna.personal_space, by=anna, data=tiny_jpeg("old"))
    kept = await world.asset(anna.personal_space, by=anna)
    sha256 = sha256_of(world, old)
    (await anna.http.post("/api/assets/trash", json={"ids": [str(old)]})).raise_for_status()
    world.clock.advance(days=29)
    lately = await world.asset(anna.personal_space, by=anna, trashed=True)
    await empty_trash(world)
    assert {row[0] for row in world.rows("SELECT id FROM assets")} == {old, kept, lately}

    world.clock.advance(days=1, seconds=1)
    await empty_trash(world)
    assert {row[0] for row in world.rows("SELECT id FROM assets")} == {kept, lately}
    assert world.rows("SELECT space_id, sha256 FROM tombstones") == [(anna.personal_space, sha256)]
    assert world.gallery.storage.original(sha256).is_file(), "its bytes wait for their grace"

    await sign_in_again(anna)
    refused = await world.upload(anna, anna.personal_space, tiny_jpeg("old"))
    assert (refused.status_code, refused.json()["code"]) == (409, "deleted-before")
    revived = await world.upload(anna, anna.personal_space, tiny_jpeg("old"), revive=True)
    assert revived.status_code == 201


async def test_a_live_photo_leaves_as_a_whole(world: World, anna: Person) -> None:
    still = await world.asset(anna.personal_space, by=anna)
    await world.asset(anna.personal_space, by=anna, kind="video", live_of=still)
    (await anna.http.post("/api/assets/trash", json={"ids": [str(still)]})).raise_for_status()
    world.clock.advance(days=31)
    await empty_trash(world)
    assert world.rows("SELECT count(*) FROM assets") == [(0,)]
    assert world.rows("SELECT count(*) FROM tombstones") == [(2,)]


# --- Unused bytes


async def test_unused_bytes_go_after_their_grace(world: World, anna: Person) -> None:
    asset_id = await world.asset(anna.personal_space, by=anna, trashed=True)
    sha256, blob_id = sha256_of(world, asset_id), world.blob_of(asset_id)
    original, thumb = world.gallery.storage.original(sha256), world.gallery.storage.derivative(blob_id, "thumb-1")
    world.clock.advance(days=31)
    await empty_trash(world)
    world.clock.advance(days=29)
    await drop_unused(world)
    assert original.is_file(), "the grace begins when the last asset goes"
    world.clock.advance(days=1, seconds=1)
    await drop_unused(world)
    assert not original.exists()
    assert not thumb.exists()
    assert world.rows("SELECT count(*) FROM blobs") == [(0,)]


async def test_bytes_in_use_never_go(world: World, anna: Person) -> None:
    """Gone from one space, the photo still lies in another, in a trash, and in an archive."""
    data = tiny_jpeg("shared")
    other = await world.space(owner=anna)
    gone = await world.asset(anna.personal_space, by=anna, data=data, trashed=True)
    await world.asset(other, by=anna, data=data)
    archived = await world.asset(anna.personal_space, by=anna, archived=True)
    sha256 = sha256_of(world, gone)
    world.clock.advance(days=40)
    await empty_trash(world)
    trashed = await world.asset(other, by=anna, trashed=True)
    world.clock.advance(days=25)
    await drop_unused(world)
    assert world.gallery.storage.original(sha256).read_bytes() == data
    for asset_id in (archived, trashed):
        assert world.gallery.storage.original(sha256_of(world, asset_id)).is_file()
    assert world.rows("SELECT count(*) FROM blobs") == [(3,)]


async def test_an_upload_on_the_last_day_keeps_the_bytes(world: World, anna: Person) -> None:
    data = tiny_jpeg("returned")
    asset_id = await world.asset(anna.personal_space, by=anna, data=data, trashed=True)
    sha256 = sha256_of(world, asset_id)
    world.clock.advance(days=31)
    await empty_trash(world)
    world.clock.advance(days=31)
    boris = await world.person("boris")
    assert (await world.upload(boris, boris.personal_space, data)).status_code == 201
    await drop_unused(world)
    assert world.gallery.storage.original(sha256).read_bytes() == data


async def test_bytes_that_are_just_being_shown_again_stay(world: World, anna: Person) -> None:
    """A copy holds the row of the bytes, and nobody sees the copy before it is committed."""
    first = await world.asset(anna.personal_space, by=anna)
    sha256, blob_id = sha256_of(world, first), world.blob_of(first)
    world.execute("DELETE FROM assets")
    world.clock.advance(days=31)
    with world.connect() as copying, copying.transaction():
        copying.execute("SELECT 1 FROM blobs WHERE id = %s FOR SHARE", (blob_id,))
        copying.execute(
            "INSERT INTO assets (id, space_id, blob_id, kind, file_name, taken_at, taken_source)"
            " VALUES (%s, %s, %s, 'image', 'a.jpg', '2024-05-01', 'exif')",
            (uuid4(), anna.personal_space, blob_id),
        )
        removing = asyncio.create_task(drop_unused(world))
        async with asyncio.timeout(20):
            while not world.rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
    await removing
    assert world.gallery.storage.original(sha256).is_file()


async def test_bytes_that_went_can_come_again(world: World, anna: Person) -> None:
    data = tiny_jpeg("again")
    asset_id = await world.asset(anna.personal_space, by=anna, data=data, trashed=True)
    sha256 = sha256_of(world, asset_id)
    world.clock.advance(days=31)
    await empty_trash(world)
    world.clock.advance(days=31)
    await drop_unused(world)
    assert not world.gallery.storage.original(sha256).exists()
    await sign_in_again(anna)
    assert (await world.upload(anna, anna.personal_space, data, revive=True)).status_code == 201
    assert world.gallery.storage.original(sha256).read_bytes() == data


# --- Uploads


def begin_upload(world: World, anna: Person, **expires: float) -> UUID:
    upload_id = uuid4()
    world.execute(
        "INSERT INTO uploads (id, space_id, user_id, length, file_name, revive, created_at, expires_at)"
        " VALUES (%s, %s, %s, 100, 'photo.jpg', false, %s, %s)",
        upload_id, anna.personal_space, anna.id, world.clock(), world.clock() + timedelta(**expires),
    )  # fmt: skip
    world.gallery.storage.spool_path(upload_id).write_bytes(b"half")
    return upload_id


async def test_expired_uploads_are_forgotten(world: World, anna: Person) -> None:
    old, young = begin_upload(world, anna, days=7), begin_upload(world, anna, days=8)
    world.clock.advance(days=7, seconds=1)
    await drop_uploads(world)
    assert world.rows("SELECT id FROM uploads") == [(young,)]
    assert not world.gallery.storage.spool_path(old).exists()
    assert world.gallery.storage.spool_path(young).read_bytes() == b"half"


async def test_strays_of_the_spool_go_when_they_are_old(world: World, anna: Person) -> None:
    storage = world.gallery.storage
    known = begin_upload(world, anna, days=7)
    stray, fresh = uuid4(), uuid4()
    for upload_id in (stray, fresh):
        storage.spool_path(upload_id).write_bytes(b"left behind")
    yesterday = time.time() - 25 * 3600
    for upload_id in (known, stray):
        os.utime(storage.spool_path(upload_id), (yesterday, yesterday))
    await drop_uploads(world)
    assert not storage.spool_path(stray).exists()
    assert storage.spool_path(fresh).is_file(), "somebody may be writing it"
    assert storage.spool_path(known).is_file(), "it can be resumed for days"
