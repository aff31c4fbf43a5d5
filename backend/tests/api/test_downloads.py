"""Many originals as one ZIP: whole, with names that every system takes, for those who may and while they may (N13, U17)."""

import asyncio
import dataclasses
import hashlib
import io
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

import pytest

from gallery.assets.downloads import Downloads
from gallery.infra.errors import Unavailable
from gallery.infra.storage import LocalStorage, OpenedFile
from gallery.infra.zipping import Labels, Member, zip_chunks, zip_length
from gallery.main import wire
from tests.factories import Person, World, tiny_jpeg
from tests.fakes.storage import FailingStorage


async def prepared(person: Person, *assets: UUID, status: int = 200) -> dict[str, Any]:
    answer = await person.http.post("/api/assets/download", json={"ids": [str(asset) for asset in assets]})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def unpacked(world: World, download: dict[str, Any]) -> dict[str, bytes]:
    answer = await world.client().get(download["url"])
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content) == download["bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_originals_to_the_byte_under_their_names(world: World, tmp_path: Path) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    photos = {"Дача.jpg": tiny_jpeg("one"), "b.jpg": tiny_jpeg("two") * 30_000, "日本.png": tiny_jpeg("three")}
    ids = [await world.asset(space, by=anna, data=data, file_name=name) for name, data in photos.items()]
    download = await prepared(anna, *ids)
    assert (download["files"], download["missing"]) == (3, 0)
    assert download["name"].endswith("2024-05-01.zip")
    assert await unpacked(world, download) == photos
    answer = await world.client().get(download["url"])
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert f"filename*=UTF-8''{quote(download['name'], safe='')}" in answer.headers["content-disposition"]
    head = await world.client().head(download["url"])
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(download["bytes"]))
    unzip = shutil.which("unzip")
    if unzip is not None:
        (tmp_path / "all.zip").write_bytes(answer.content)
        done = subprocess.run([unzip, "-q", "all.zip"], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "b.jpg").read_bytes() == photos["b.jpg"]


async def test_what_belongs_to_a_photo_comes_along_under_its_name(world: World) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    for _ in range(2):
        still = await world.asset(space, by=anna, file_name="IMG_1.HEIC")
        await world.asset(space, by=anna, kind="video", file_name="IMG_1.MOV", live_of=still)
        await world.asset(space, by=anna, kind="sidecar", file_name="IMG_1.HEIC.xmp", sidecar_of=still)
        await world.asset(space, by=anna, kind="sidecar", file_name="IMG_1.xmp", sidecar_of=still)
    stills = [row[0] for row in world.rows("SELECT id FROM assets WHERE kind = 'image' ORDER BY id")]
    names = set(await unpacked(world, await prepared(anna, *stills)))
    first = {"IMG_1.HEIC", "IMG_1.MOV", "IMG_1.HEIC.xmp", "IMG_1.xmp"}
    assert names == first | {"IMG_1 (2).HEIC", "IMG_1 (2).MOV", "IMG_1 (2).HEIC.xmp", "IMG_1 (2).xmp"}


def test_labels() -> None:
    """U17, U18: nothing leads out of the folder, hides its end, or meets a twin."""
    labels = Labels()
    given = {
        "../../etc/passwd": "etcpasswd",
        "..": "photo",
        "C:\\a\\b.jpg": "Cab.jpg",
        "a.JPG": "a.JPG",
        "A.jpg": "A (2).jpg",
        "con.txt": "_con.txt",
        "x\u202egpj.exe": "xgpj.exe",
        "e\u0301.jpg": "é.jpg",
        "é.jpg": "é (2).jpg",
        "trailing. ": "trailing",
    }
    assert {name: labels.add(name) for name in given} == given
    long = labels.add("й" * 300 + ".jpeg")
    assert long.endswith("й.jpeg")
    assert len(long.encode()) <= 200
    assert [labels.add(name) for name in ("B (2).jpg", "b.jpg", "b.jpg", "B.jpg")] == [
        "B (2).jpg", "b.jpg", "b (3).jpg", "B (4).jpg",
    ]  # fmt: skip


def test_the_thousandth_twin_is_no_more_work_than_the_third() -> None:
    labels = Labels()

    def steps_of_one_more() -> int:
        """How many functions it takes."""
        steps: list[str] = []
        sys.setprofile(lambda frame, event, argument: steps.append(event))
        try:
            labels.add("image.jpg")
        finally:
            sys.setprofile(None)
        return len(steps)

    few = [steps_of_one_more() for _ in range(10)]
    for _ in range(1000):
        labels.add("IMAGE.jpg")
    assert steps_of_one_more() == few[-1]


def test_the_length_is_known_before_the_bytes(tmp_path: Path) -> None:
    """Also beyond what the format's first fields can say: such a file is sparse, and only its head is made here."""
    (tmp_path / "small").write_bytes(b"x" * 1000)
    small = [
        Member(name, partial((tmp_path / "small").open, "rb"), 1000, datetime(1899, 2, 28)) for name in ("a", "Ж" * 60)
    ]
    for members in ([], small):
        assert sum(map(len, zip_chunks(members))) == zip_length(members)
    large = Member("film.mov", partial((tmp_path / "small").open, "rb"), 3 << 30, datetime(2024, 5, 1))
    plain = zip_length([*small])
    header, descriptor, directory, end = 30 + 20, 24, 46 + 20, 76
    assert zip_length([*small, large]) == plain + header + 8 + (3 << 30) + descriptor + directory + 8 + end


def test_a_file_that_became_shorter_ends_the_zip(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"x")
    with pytest.raises(OSError):
        list(zip_chunks([Member("a", partial((tmp_path / "short").open, "rb"), 2, datetime(2024, 5, 1))]))


async def test_a_missing_original_is_said_and_left_out(world: World) -> None:
    anna = await world.person("anna")
    data, lost = tiny_jpeg(), tiny_jpeg()
    ids = [await world.asset(anna.personal_space, by=anna, data=one) for one in (data, lost)]
    sha256 = world.rows("SELECT sha256 FROM blobs WHERE id = %s", world.blob_of(ids[1]))[0][0]
    world.gallery.storage.original(sha256).unlink()
    download = await prepared(anna, *ids)
    assert (download["files"], download["missing"]) == (1, 1)
    assert list((await unpacked(world, download)).values()) == [data]


def with_storage(world: World, storage: LocalStorage) -> World:
    """The same gallery over another storage."""
    downloads = Downloads(world.gallery.database, storage)
    gallery = dataclasses.replace(world.gallery, storage=storage, downloads=downloads)
    return World(gallery, wire(gallery), world.clock)


async def test_an_original_that_the_disk_does_not_give_costs_only_itself(world: World, tmp_path: Path) -> None:
    storage = FailingStorage(tmp_path)
    failing = with_storage(world, storage)
    anna, data, bad = await failing.person("anna"), tiny_jpeg(), tiny_jpeg()
    ids = [await failing.asset(anna.personal_space, by=anna, data=one) for one in (data, bad)]
    storage.unreadable = {hashlib.sha256(bad).digest()}
    download = await prepared(anna, *ids)
    assert (download["files"], download["missing"]) == (1, 1)
    assert list((await unpacked(failing, download)).values()) == [data]
    media = (await anna.http.get(f"/api/assets/{ids[1]}")).json()["media"]
    alone = await failing.client().get(media["original"])
    assert (alone.status_code, "retry-after" in alone.headers) == (503, True)
    await failing.aclose()


async def test_originals_are_looked_for_on_no_connection_and_by_two_at_once(world: World, tmp_path: Path) -> None:
    """An object store takes its time for each of thousands."""
    in_use: list[int] = []
    answers = asyncio.Event()

    class Slow(LocalStorage):
        async def find_original(self, sha256: bytes) -> OpenedFile | None:
            in_use.append(world.gallery.database.pool.in_use)
            await answers.wait()
            return await super().find_original(sha256)

    slow = with_storage(world, Slow(tmp_path))
    anna = await slow.person("anna")
    asset = await slow.asset(anna.personal_space, by=anna)
    answers.set()
    url = (await prepared(anna, asset))["url"]
    answers.clear()
    two = [asyncio.create_task(slow.client().get(url)) for _ in range(2)]
    async with asyncio.timeout(20):
        while len(in_use) < 3:
            await asyncio.sleep(0.01)
    assert (in_use[0], world.gallery.database.pool.in_use) == (0, 0)
    assert (await slow.client().get(url)).status_code == 429
    assert len(in_use) == 3, "the third was refused before it looked for anything"
    answers.set()
    assert [answer.status_code for answer in await asyncio.gather(*two)] == [200, 200]
    await slow.aclose()


async def test_what_fails_midway_is_answered_once(world: World, tmp_path: Path) -> None:
    """A store that goes away while a ZIP is sent: the answer ends too early, and no second one follows."""

    class Leaving(LocalStorage):
        def open_original(self, sha256: bytes) -> BinaryIO:
            raise Unavailable

    leaving = with_storage(world, Leaving(tmp_path))
    anna = await leaving.person("anna")
    reader = Reader(leaving, (await prepared(anna, await leaving.asset(anna.personal_space, by=anna)))["url"])
    reader.read(10)
    with pytest.raises(Unavailable):
        await reader.run()
    assert (reader.statuses, reader.received) == ([200], 0)
    await leaving.aclose()


# --- For whom, and how long


async def test_the_address_is_the_permission_for_some_minutes(world: World) -> None:
    anna = await world.person("anna")
    url = (await prepared(anna, await world.asset(anna.personal_space, by=anna)))["url"]
    path, _, query = url.partition("?")
    for bent in (url[:-1], url.replace("e=1", "e=2"), path, f"{path}?{query}&s=x", url.replace("/zip?", "/original?")):
        assert (await world.client().get(bent)).status_code == 404
    assert (await world.client().get(url)).status_code == 200
    world.clock.advance(minutes=11)
    assert (await world.client().get(url)).status_code == 410


async def test_it_ends_with_the_session_and_with_the_membership(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, viewer=boris)
    asset = await world.asset(space, by=anna)
    for ending in (
        "UPDATE sessions SET revoked_at = now() WHERE user_id = %s",
        "DELETE FROM memberships WHERE user_id = %s",
    ):
        url = (await prepared(boris, asset))["url"]
        assert (await world.client().get(url)).status_code == 200
        world.execute(ending, boris.id)
        assert (await world.client().get(url)).status_code == 404
        world.execute("UPDATE sessions SET revoked_at = NULL WHERE user_id = %s", boris.id)


async def test_what_was_purged_meanwhile_is_not_in_it(world: World) -> None:
    anna = await world.person("anna")
    ids = [await world.asset(anna.personal_space, by=anna, file_name=f"{name}.jpg") for name in "ab"]
    download = await prepared(anna, *ids)
    for verb in ("trash", "purge"):
        await anna.http.post(f"/api/assets/{verb}", json={"ids": [str(ids[0])]})
    answer = await world.client().get(download["url"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["b.jpg"]


async def test_photos_of_two_spaces_are_two_downloads(world: World) -> None:
    anna = await world.person("anna")
    spaces = (anna.personal_space, await world.space(owner=anna))
    refused = await prepared(anna, *[await world.asset(space, by=anna) for space in spaces], status=422)
    assert refused["errors"][0]["field"] == "ids"


class Reader:
    """A browser that reads as fast as it likes, and goes when it likes."""

    def __init__(self, world: World, url: str) -> None:
        self._world, self._url = world, url
        self.statuses: list[int] = []
        self.received = 0
        self.ended = False
        self._more, self._gone = asyncio.Semaphore(0), asyncio.Event()

    async def run(self) -> None:
        path, _, query = self._url.partition("?")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        await self._world.application(scope, self._receive, self._send)
        self.ended = True

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])
            return
        await self._more.acquire()
        self.received += len(message["body"])

    @property
    def has_begun(self) -> bool:
        return self.statuses == [200]

    def read(self, pieces: int = 1) -> None:
        for _ in range(pieces):
            self._more.release()

    def leave(self) -> None:
        self._gone.set()
        self.read(1)

    async def until(self, done: Any) -> None:
        async with asyncio.timeout(8):
            while not done():
                await asyncio.sleep(0.01)


async def test_two_at_once_and_no_more(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    asset = await world.asset(anna.personal_space, by=anna, data=tiny_jpeg() * 20_000)
    url = (await prepared(anna, asset))["url"]
    others = (await prepared(boris, await world.asset(boris.personal_space, by=boris)))["url"]
    readers = [Reader(world, url) for _ in range(2)]
    tasks = [asyncio.create_task(reader.run()) for reader in readers]
    for reader in readers:
        await reader.until(lambda reader=reader: reader.has_begun)
    third = await world.client().get(url)
    assert (third.status_code, third.headers["retry-after"]) == (429, "30")
    refused = await anna.http.post("/api/assets/download", json={"ids": [str(asset)]})
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-downloads")
    assert (await world.client().get(others)).status_code == 200
    readers[0].leave()
    await readers[0].until(lambda: readers[0].ended)
    assert readers[0].received < asset_size(world, asset), "who has gone is sent no more"
    assert (await world.client().get(url)).status_code == 200
    readers[1].read(1000)
    await asyncio.gather(*tasks)
    assert readers[1].received > asset_size(world, asset)


def asset_size(world: World, asset: UUID) -> int:
    return int(world.rows("SELECT bytes FROM blobs WHERE id = %s", world.blob_of(asset))[0][0])


async def test_bytes_stream_on_no_connection_and_with_one_file_open(world: World) -> None:
    anna = await world.person("anna")
    ids = [await world.asset(anna.personal_space, by=anna, data=tiny_jpeg() * 5_000) for _ in range(6)]
    reader = Reader(world, (await prepared(anna, *ids))["url"])
    task = asyncio.create_task(reader.run())
    await reader.until(lambda: reader.has_begun)
    reader.read(3)
    await reader.until(lambda: reader.received > 0)
    assert world.gallery.database.engine.sync_engine.pool.checkedout() == 0
    links = [path.resolve() for path in Path("/proc/self/fd").iterdir() if path.exists()]
    originals = world.gallery.storage.root / "originals"
    assert sum(originals.resolve() in path.parents for path in links) <= 1
    reader.read(1000)
    await task
