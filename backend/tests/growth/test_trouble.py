"""When the object store is away, or does not get what it was promised: people hear the truth, and nothing is left over."""

from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest

from tests.factories import World, tiny_jpeg

from .objects import ACCESS, SECRET, ObjectStore
from .test_storage import Meddler

Worlds = Callable[..., World]


@pytest.fixture
def line(store: ObjectStore) -> Iterator[Meddler]:
    """The network between the gallery and its store."""
    with Meddler(int(store.url.rpartition(":")[2])) as between:
        yield between


@pytest.fixture
def world(new_world: Worlds, store: ObjectStore, line: Meddler) -> World:
    made = new_world(
        storage_url=f"s3://{store.bucket().name}/photos",
        s3_endpoint=line.url,
        s3_access_key_id=ACCESS,
        s3_secret_access_key=SECRET,
    )
    made.gallery.storage.prepare()
    return made


async def test_no_store_no_promise(world: World, line: Meddler) -> None:
    anna = await world.person("anna")
    kept, late = tiny_jpeg(), tiny_jpeg()
    stored = await world.upload(anna, anna.personal_space, kept)
    assert stored.status_code == 201
    media = (await anna.http.get(f"/api/assets/{stored.json()['id']}")).json()["media"]
    assert (await anna.http.get(media["original"])).content == kept

    line.cut()
    refused = await world.upload(anna, anna.personal_space, late)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    unseen = await anna.http.get(media["original"])
    assert (unseen.status_code, unseen.headers["retry-after"]) == (503, "2")
    assert world.rows("SELECT count(*) FROM assets") == [(1,)]

    line.mend()
    assert (await world.upload(anna, anna.personal_space, late)).status_code == 201
    assert (await anna.http.get(media["original"])).content == kept


async def test_what_is_refused_leaves_no_bytes(world: World) -> None:
    anna = await world.person("anna")
    data, big = tiny_jpeg(), tiny_jpeg() + bytes(5000)
    space = await world.space(owner=anna, quota=len(data) + 100)
    asset = (await world.upload(anna, space, data)).json()["id"]
    full = await world.upload(anna, space, big)
    assert (full.status_code, full.json()["code"]) == (413, "quota-exceeded")
    assert [found.size for found in world.gallery.storage.originals()] == [len(data)]

    for verb in ("trash", "purge"):
        (await anna.http.post(f"/api/assets/{verb}", json={"ids": [asset]})).raise_for_status()
    buried = await world.upload(anna, space, data)
    assert (buried.status_code, buried.json()["code"]) == (409, "deleted-before")
    assert len(list(world.gallery.storage.originals())) == 1, "the blob's row still names it: it was there before"
    world.execute("DELETE FROM blobs")
    world.gallery.storage.remove_original(next(iter(world.gallery.storage.originals())).sha256)
    assert (await world.upload(anna, space, data)).json()["code"] == "deleted-before"
    assert list(world.gallery.storage.originals()) == [], "made by an intake that was refused, and taken back"


async def test_ranges_and_what_is_not_there(world: World) -> None:
    anna = await world.person("anna")
    data = tiny_jpeg()
    asset = (await world.upload(anna, anna.personal_space, data)).json()["id"]
    address = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["original"]

    async def ask(**headers: str) -> httpx.Response:
        return await anna.http.get(address, headers=headers)

    part = await ask(Range="bytes=2-5")
    assert (part.status_code, part.content) == (206, data[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(data)}"
    assert (await ask(Range=f"bytes={len(data)}-")).status_code == 416
    known = await ask(**{"If-None-Match": part.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = await anna.http.head(address)
    assert (head.headers["content-length"], head.content) == (str(len(data)), b"")

    sha256 = world.rows("SELECT sha256 FROM blobs WHERE id = %s", world.blob_of(UUID(asset)))[0][0]
    world.gallery.storage.remove_original(bytes(sha256))
    assert (await ask()).status_code == 404
