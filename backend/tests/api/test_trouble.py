"""When the ground shakes: the database goes away, the disk is full. Nothing is stored half-way, and it passes by itself."""

import asyncio
import dataclasses
import hashlib
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gallery.assembly import assemble
from gallery.assets.intake import Intake
from gallery.assets.uploads import Uploads
from gallery.infra.spool import LocalSpools
from gallery.infra.storage import LocalStorage
from gallery.main import wire
from tests.factories import PASSWORD, Person, Postgres, TestClock, World, settings_for, tiny_jpeg
from tests.fakes.database_proxy import DatabaseProxy
from tests.fakes.storage import FillingStorage

TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = {"Content-Type": "application/offset+octet-stream"}


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("unavailable", 503)
    assert "psycopg" not in answer.text


def assert_everything_is_whole(world: World) -> None:
    """I1, I2: every row has its bytes, every original is what its name says, and nothing waits in the spool."""
    storage = world.gallery.storage
    for sha256, size in world.rows("SELECT sha256, bytes FROM blobs"):
        data = storage.original(bytes(sha256)).read_bytes()
        assert (len(data), hashlib.sha256(data).digest()) == (size, bytes(sha256))
    for path in (storage.root / "originals").rglob("*"):
        if path.is_file():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


# --- The database


@pytest.fixture
async def proxy(postgres: Postgres) -> AsyncIterator[DatabaseProxy]:
    url = postgres.create()
    async with DatabaseProxy(url) as made:
        yield made
    postgres.drop(url)


@pytest.fixture
async def behind(proxy: DatabaseProxy, tmp_path: Path) -> AsyncIterator[World]:
    """A world whose database is behind a door that can be shut; the test itself goes round it."""
    clock = TestClock()
    gallery = assemble(settings_for(proxy.url, tmp_path), clock=clock)
    world = World(gallery, wire(gallery), clock, database_url=proxy.target_url)
    yield world
    await world.aclose()
    await gallery.database.aclose()


async def everything(world: World, person: Person) -> list[httpx.Response]:
    """One request of each sort."""
    http, space = person.http, person.personal_space
    return [
        await http.get("/api/me"),
        await http.get("/api/spaces"),
        await http.get(f"/api/timeline?space_id={space}"),
        await http.post("/api/spaces", json={"name": "x"}),
        await world.client().post("/api/auth/password", json={"login": person.login, "password": PASSWORD}),
        await world.client().post("/api/auth/refresh", json={"refresh_token": person.refresh_token}),
        await world.upload(person, space, tiny_jpeg()),
        await http.post(f"/api/uploads?space_id={space}", headers={**TUS, "Upload-Length": "10"}),
    ]


async def test_without_a_database_there_is_503_and_then_it_passes(proxy: DatabaseProxy, behind: World) -> None:
    anna = await behind.person("anna")
    asset = await behind.asset(anna.personal_space, by=anna)
    media = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]
    for _ in range(2):
        await proxy.shut()
        for answer in await everything(behind, anna):
            assert_unavailable(answer)
        health = await behind.client().get("/health")
        assert (health.status_code, health.json()["status"], health.json()["database"]) == (200, "degraded", "away")
        assert (await behind.client().get("/metrics")).status_code == 200
        assert (await behind.client().get(media["thumb"])).status_code == 200, "thumbs need no database"
        original = await behind.client().get(media["original"])
        assert (original.status_code, "retry-after" in original.headers) == (503, True)
        assert list(behind.gallery.storage.spooled()) == []
        await proxy.open()
        assert [answer.is_success for answer in await everything(behind, anna)] == [True] * 8
        assert (await behind.client().get("/health")).json()["status"] == "ok"
        for path in behind.gallery.storage.spooled():
            path.unlink()
    assert_everything_is_whole(behind)


async def test_a_database_that_hangs_is_not_waited_for_for_ever(proxy: DatabaseProxy, behind: World) -> None:
    anna = await behind.person("anna")
    assert (await anna.http.get("/api/me")).status_code == 200
    proxy.hang()
    started = time.monotonic()
    answers = await asyncio.gather(anna.http.get("/api/me"), behind.client().get("/health"))
    assert_unavailable(answers[0])
    assert answers[1].json()["database"] == "away"
    assert time.monotonic() - started < 25
    await proxy.open()
    assert (await anna.http.get("/api/me")).status_code == 200


async def test_a_server_that_is_shutting_down_is_503(behind: World) -> None:
    """PostgreSQL ends the connections under the requests: the next ones get new connections."""
    anna = await behind.person("anna")
    for _ in range(3):
        assert (await anna.http.get("/api/me")).status_code == 200
        behind.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        answer = await anna.http.get("/api/me")
        assert answer.status_code in {200, 503}
    assert (await anna.http.get("/api/me")).status_code == 200


async def test_an_upload_whose_commit_fails_is_not_acknowledged(proxy: DatabaseProxy, behind: World) -> None:
    """The connection breaks while uploads run: whoever was told 201 finds the photo, and a retry succeeds."""
    anna = await behind.person("anna")
    photos = [tiny_jpeg() for _ in range(12)]
    acknowledged: list[bytes] = []

    async def send(photo: bytes, delay: float) -> None:
        await asyncio.sleep(delay)
        answer = await behind.upload(anna, anna.personal_space, photo)
        assert answer.status_code in {201, 503}, answer.text
        if answer.status_code == 201:
            acknowledged.append(photo)

    async def shake() -> None:
        for _ in range(4):
            await asyncio.sleep(0.03)
            await proxy.shut()
            await asyncio.sleep(0.02)
            await proxy.open()

    await asyncio.gather(shake(), *(send(photo, number * 0.015) for number, photo in enumerate(photos)))
    assert_everything_is_whole(behind)
    stored = {bytes(row[0]) for row in behind.rows("SELECT b.sha256 FROM assets a JOIN blobs b ON b.id = a.blob_id")}
    assert {hashlib.sha256(photo).digest() for photo in acknowledged} <= stored
    for photo in photos:
        assert (await behind.upload(anna, anna.personal_space, photo)).status_code in {200, 201}
    assert behind.rows("SELECT count(*) FROM assets") == [(12,)]
    assert_everything_is_whole(behind)


async def test_more_requests_than_connections_wait_for_their_turn(world: World) -> None:
    anna = await world.person("anna")
    answers = await asyncio.gather(*(anna.http.get("/api/spaces") for _ in range(60)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_lock_that_is_held_too_long_is_503(world: World) -> None:
    """Somebody's transaction stands in the way: the request gives up, says when to come back, and changes nothing."""
    anna = await world.person("anna")
    space = await world.space(owner=anna)
    with world.connect() as connection, connection.transaction():
        connection.execute("SELECT FROM spaces WHERE id = %s FOR UPDATE", (space,))
        answer = await anna.http.patch(f"/api/spaces/{space}", json={"name": "other"})
    assert_unavailable(answer)
    assert (await anna.http.get(f"/api/spaces/{space}")).json()["name"] == "Family"
    assert (await anna.http.patch(f"/api/spaces/{space}", json={"name": "other"})).status_code == 200


# --- The disk


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes; only root may make one."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> Path:
    """Takes every byte that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return ballast


def assert_full(answer: httpx.Response) -> None:
    assert answer.status_code == 507, answer.text
    assert answer.json()["code"] == "storage-full"


async def test_a_full_disk_is_507_and_then_it_passes(full_disk: Path, new_world: Callable[..., World]) -> None:
    world: World = new_world(folder=full_disk)
    anna = await world.person("anna")
    space, kept, refused = anna.personal_space, tiny_jpeg(), tiny_jpeg() + b"\0" * 200_000
    assert (await world.upload(anna, space, kept)).status_code == 201
    made = await anna.http.post(f"/api/uploads?space_id={space}", headers={**TUS, "Upload-Length": str(len(refused))})
    upload = made.headers["location"]
    ballast = fill(full_disk)
    assert_full(await world.upload(anna, space, refused))
    patch = {**TUS, **OCTETS, "Upload-Offset": "0"}
    assert_full(await anna.http.patch(upload, content=refused, headers=patch))
    health = (await world.client().get("/health")).json()
    assert (health["status"], health["storage"]) == ("degraded", "full")
    assert world.rows("SELECT count(*) FROM assets") == [(1,)]
    assert_everything_is_whole(world)
    assert (await anna.http.get(f"/api/timeline?space_id={space}")).json()["total"] == 1, "looking goes on"

    ballast.unlink()
    offset = int((await anna.http.head(upload, headers=TUS)).headers["upload-offset"])
    ended = await anna.http.patch(upload, content=refused[offset:], headers={**patch, "Upload-Offset": str(offset)})
    assert (ended.status_code, ended.headers["asset-duplicate"]) == (204, "false")
    again = await world.upload(anna, space, refused)
    assert (again.status_code, again.json()["id"]) == (200, ended.headers["asset-id"])
    assert (await world.upload(anna, space, tiny_jpeg())).status_code == 201
    assert (await world.client().get("/health")).json()["storage"] == "ok"
    assert list(world.gallery.storage.spooled()) == []
    assert_everything_is_whole(world)


async def test_room_that_would_run_out_is_refused_at_once(full_disk: Path, new_world: Callable[..., World]) -> None:
    world: World = new_world(folder=full_disk, min_free_bytes=1 << 20)
    anna = await world.person("anna")
    announced = {**TUS, "Upload-Length": str(2 << 20)}
    assert_full(await anna.http.post(f"/api/uploads?space_id={anna.personal_space}", headers=announced))
    assert_full(await world.upload(anna, anna.personal_space, tiny_jpeg() + b"\0" * (1 << 20)))
    assert world.rows("SELECT count(*) FROM uploads") == [(0,)]
    assert (await world.upload(anna, anna.personal_space, tiny_jpeg())).status_code == 201


class Reassembled:
    """A world whose storage is another one; the rest is as it was."""

    def __init__(self, plain: World, storage: LocalStorage) -> None:
        gallery = plain.gallery
        intake = Intake(gallery.database, storage, gallery.jobs)
        uploads = Uploads(gallery.database, storage, LocalSpools(storage), intake, max_bytes=1 << 30, min_free_bytes=0)
        changed: Any = {"storage": storage, "intake": intake, "uploads": uploads}
        self.gallery = dataclasses.replace(gallery, **changed)
        self.world = World(self.gallery, wire(self.gallery), plain.clock)


async def test_a_disk_that_fills_at_the_last_step_keeps_nothing_half(
    new_world: Callable[..., World], tmp_path: Path
) -> None:
    """The bytes came, and there was no room to make them an original: no row, no file, and a retry is no "duplicate" (U30)."""
    storage = FillingStorage(tmp_path / "filling")
    world = Reassembled(new_world(), storage).world
    anna = await world.person("anna")
    space, data = anna.personal_space, tiny_jpeg()
    storage.full_at = "adopt"
    for _ in range(2):
        assert_full(await world.upload(anna, space, data))
        assert world.rows("SELECT (SELECT count(*) FROM blobs), (SELECT count(*) FROM assets)") == [(0, 0)]
        assert list(storage.spooled()) == []
    made = await anna.http.post(f"/api/uploads?space_id={space}", headers={**TUS, "Upload-Length": str(len(data))})
    upload = made.headers["location"]
    assert_full(await anna.http.patch(upload, content=data, headers={**TUS, **OCTETS, "Upload-Offset": "0"}))
    assert_full(await anna.http.get(upload))
    storage.full_at = None
    head = await anna.http.head(upload, headers=TUS)
    assert (head.status_code, head.headers["upload-offset"]) == (200, str(len(data))), "the next question finishes it"
    assert head.headers["asset-duplicate"] == "false"
    again = await world.upload(anna, space, data)
    assert (again.status_code, again.json()["id"]) == (200, head.headers["asset-id"])
    assert_everything_is_whole(world)
    await world.aclose()


async def test_a_row_without_its_bytes_is_healed_by_the_same_bytes(world: World) -> None:
    """Whatever took the file: who sends it again is not told "I have it" while nobody has."""
    anna, data = await world.person("anna"), tiny_jpeg()
    first = await world.upload(anna, anna.personal_space, data)
    original = world.gallery.storage.original(hashlib.sha256(data).digest())
    for damage in (original.unlink, lambda: original.write_bytes(data[:10])):
        damage()
        again = await world.upload(anna, anna.personal_space, data)
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
        assert original.read_bytes() == data
