"""What people do with photos: trash and back, edits and the camera's word, quotas, pairs, counters."""

import asyncio
import hashlib
import json
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gallery.assets.ingest import Ingest
from gallery.assets.upkeep import empty_trash
from gallery.infra.ids import uuid7
from gallery.media.facts import Facts
from tests.factories import Person, World, tiny_jpeg
from tests.fakes.toolbox import KnownToolbox


async def get(person: Person, asset: UUID | str) -> dict[str, Any]:
    answer = await person.http.get(f"/api/assets/{asset}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def do(person: Person, verb: str, *assets: UUID | str, **more: Any) -> int:
    """A bulk verb; how many it changed."""
    answer = await person.http.post(f"/api/assets/{verb}", json={"ids": [str(asset) for asset in assets], **more})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["changed"])


async def shown(person: Person, space: UUID, view: str = "all") -> list[str]:
    answer = await person.http.get(f"/api/timeline/window?space_id={space}&day=2100-01-01&view={view}")
    found: list[str] = answer.json()["ids"]
    return found


async def checked(person: Person, space: UUID, data: bytes) -> str:
    body = {"space_id": str(space), "checksums": [hashlib.sha256(data).hexdigest()]}
    return str((await person.http.post("/api/assets/check", json=body)).json()["items"][0]["state"])


# --- Trash, restore, purge, tombstones


async def test_there_and_back_again(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    space = anna.personal_space
    asset = (await world.upload(anna, space, data)).json()["id"]
    assert await checked(anna, space, data) == "present"
    assert await do(anna, "trash", asset) == 1
    assert await do(anna, "trash", asset) == 0, "it lies there already"
    assert (await get(anna, asset))["trashed_at"] is not None
    assert (await shown(anna, space), await shown(anna, space, "trash")) == ([], [asset])
    assert await checked(anna, space, data) == "trashed"
    duplicate = await world.upload(anna, space, data)
    assert (duplicate.status_code, duplicate.json()["trashed"], duplicate.json()["id"]) == (200, True, asset)
    assert await do(anna, "restore", asset) == 1
    assert await do(anna, "restore", asset) == 0
    assert (await shown(anna, space), await shown(anna, space, "trash")) == ([asset], [])
    assert (await get(anna, asset))["trashed_at"] is None


async def test_what_was_deleted_on_purpose_does_not_come_back_by_itself(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    space = anna.personal_space
    asset = (await world.upload(anna, space, data)).json()["id"]
    await do(anna, "trash", asset)
    assert await do(anna, "purge", asset) == 1
    assert (await anna.http.get(f"/api/assets/{asset}")).status_code == 404
    assert await checked(anna, space, data) == "deleted"
    refused = await world.upload(anna, space, data)
    assert (refused.status_code, refused.json()["code"]) == (409, "deleted-before")
    assert list(world.gallery.storage.spooled()) == []
    elsewhere = await world.space(owner=anna)
    assert (await world.upload(anna, elsewhere, data)).status_code == 201, "a tombstone is of one space"
    revived = await world.upload(anna, space, data, revive=True)
    assert (revived.status_code, revived.json()["duplicate"]) == (201, False)
    assert await checked(anna, space, data) == "present"
    assert (await world.upload(anna, space, data)).status_code == 200
    assert world.rows("SELECT count(*) FROM tombstones") == [(0,)]


async def test_the_trash_empties_itself_and_remembers(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    space = anna.personal_space
    old = (await world.upload(anna, space, data)).json()["id"]
    await do(anna, "trash", old)
    world.clock.advance(days=31)
    young = await world.asset(space, by=anna, trashed=True)
    await empty_trash(world.gallery.database, now=world.clock(), older_than=timedelta(days=30))
    assert world.rows("SELECT id FROM assets") == [(young,)]
    assert world.rows("SELECT sha256 FROM tombstones") == [(hashlib.sha256(data).digest(),)]
    assert world.gallery.storage.original(hashlib.sha256(data).digest()).is_file(), "bytes stay for the backups' sake"


async def test_everything_done_is_written_down(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    await anna.http.patch(f"/api/assets/{asset}", json={"title": "new"})
    for verb in ("trash", "restore", "trash", "purge"):
        await do(anna, verb, asset)
    rows = world.rows("SELECT verb, user_id, asset_ids, details FROM activity ORDER BY id")
    assert [row[0] for row in rows] == ["edit", "trash", "restore", "trash", "purge"]
    assert all((row[1], row[2]) == (anna.id, [asset]) for row in rows)
    assert rows[0][3] == {"before": {"title": ""}}


# --- Favourites, archive


async def test_favourites(world: World) -> None:
    anna = await world.person("anna")
    one, two = [await world.asset(anna.personal_space, by=anna) for _ in range(2)]
    assert await do(anna, "favourite", one, two, favourite=True) == 2
    assert await do(anna, "favourite", one, two, favourite=True) == 0
    assert await do(anna, "favourite", two, favourite=False) == 1
    assert await shown(anna, anna.personal_space, "favourites") == [str(one)]
    await do(anna, "trash", one)
    assert await shown(anna, anna.personal_space, "favourites") == []
    await do(anna, "restore", one)
    assert await shown(anna, anna.personal_space, "favourites") == [str(one)], "the mark came back with it"


async def test_the_archive_puts_aside(world: World) -> None:
    anna = await world.person("anna")
    space, asset = anna.personal_space, await world.asset(anna.personal_space, by=anna)
    for archived, views in ((True, ([], [str(asset)])), (False, ([str(asset)], []))):
        answer = await anna.http.patch(f"/api/assets/{asset}", json={"archived": archived})
        assert answer.json()["archived"] is archived
        assert (await shown(anna, space), await shown(anna, space, "archive")) == views


# --- Edits, and the camera's word

CAMERA: dict[str, Any] = {
    "taken_at": datetime(2024, 5, 1, 14, 20),
    "utc_offset": 180,
    "latitude": 55.75,
    "longitude": 37.6,
    "altitude": 150.0,
}
TOLD = {
    "taken_at": "2024-05-01T14:20:00",
    "taken_at_source": "exif",
    "utc_offset": 180,
    "latitude": 55.75,
    "longitude": 37.6,
    "altitude": 150.0,
}


@pytest.fixture
async def photo(world: World) -> tuple[Person, UUID]:
    """A photo whose camera knew when and where."""
    anna = await world.person("anna")
    facts = {name: value for name, value in CAMERA.items() if name != "taken_at"}
    return anna, await world.asset(anna.personal_space, by=anna, blob=CAMERA, **facts)


async def patch(person: Person, asset: UUID, **changes: Any) -> dict[str, Any]:
    answer = await person.http.patch(f"/api/assets/{asset}", json=changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in TOLD}


async def test_edits_change_what_they_name_and_nothing_else(photo: tuple[Person, UUID]) -> None:
    anna, asset = photo
    before = await get(anna, asset)
    assert of(before) == TOLD
    for changes in ({"title": "Дача"}, {"description": "a\nb"}, {"rating": 5}, {"rating": None}, {"title": None}, {}):
        expected = {
            **await get(anna, asset),
            **{name: "" if value is None and name != "rating" else value for name, value in changes.items()},
        }
        assert await patch(anna, asset, **changes) == expected
    assert of(await get(anna, asset)) == TOLD


async def test_time_is_edited_and_restored(photo: tuple[Person, UUID]) -> None:
    anna, asset = photo
    edited = await patch(anna, asset, taken_at="1999-12-31T23:59:59", utc_offset=-300)
    assert (edited["taken_at"], edited["taken_at_source"], edited["utc_offset"]) == (
        "1999-12-31T23:59:59",
        "edited",
        -300,
    )
    shifted = await patch(anna, asset, utc_offset=None)
    assert (shifted["taken_at"], shifted["utc_offset"]) == ("1999-12-31T23:59:59", None)
    assert of(await patch(anna, asset, taken_at=None)) == TOLD


async def test_place_is_edited_and_restored(photo: tuple[Person, UUID]) -> None:
    anna, asset = photo
    edited = await patch(anna, asset, latitude=-90, longitude=180)
    assert (edited["latitude"], edited["longitude"], edited["altitude"]) == (-90, 180, None)
    assert edited["taken_at_source"] == "exif"
    assert edited["place_edited"] is True
    assert of(await patch(anna, asset, latitude=None, longitude=None)) == TOLD
    assert (await get(anna, asset))["place_edited"] is False


async def test_a_place_can_be_taken_away_and_stays_away(photo: tuple[Person, UUID], world: World) -> None:
    anna, asset = photo
    nowhere = await patch(anna, asset, placeless=True)
    assert (nowhere["latitude"], nowhere["longitude"], nowhere["altitude"]) == (None, None, None)
    assert nowhere["place_edited"] is True
    assert world.rows("SELECT details FROM activity") == [({"before": {"latitude": 55.75, "longitude": 37.6}},)]
    assert of(await patch(anna, asset, latitude=None, longitude=None)) == TOLD


async def test_turning_changes_what_is_shown_and_never_the_original(world: World) -> None:
    anna = await world.person("anna")
    space, data = anna.personal_space, tiny_jpeg()
    upright = await world.asset(space, by=anna)
    asset = await world.asset(space, by=anna, data=data)
    await world.asset(space, by=anna, taken_at=datetime(2020, 1, 1))
    sizes = {0: (16, 12), 90: (12, 16), 180: (16, 12), 270: (12, 16)}
    for rotation in (90, 180, 270, 0):
        found = await patch(anna, asset, rotation=rotation)
        assert (found["rotation"], (found["width"], found["height"])) == (rotation, sizes[rotation])
        answer = await anna.http.get(f"/api/timeline/window?space_id={space}&day=2100-01-01")
        window = answer.json()
        at = window["ids"].index(str(asset))
        assert window["rotations"] == ({str(at): rotation} if rotation else {})
        assert window["ratios"][at] == round(sizes[rotation][0] / sizes[rotation][1], 3)
        assert (await anna.http.get(found["media"]["original"])).content == data
    assert (await get(anna, upright))["rotation"] == 0
    before = [row[0]["before"] for row in world.rows("SELECT details FROM activity ORDER BY id")]
    assert before == [{"rotation": rotation} for rotation in (0, 90, 180, 270)]


async def test_a_window_without_a_day_is_the_newest_one(world: World) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    address = f"/api/timeline/window?space_id={space}"
    empty = (await anna.http.get(address)).json()
    assert (empty["day"], empty["offset"], empty["ids"]) == (None, 0, [])
    for day in (1, 2, 3):
        await world.asset(space, by=anna, taken_at=datetime(2020, 1, day))
    assert (await anna.http.get(f"{address}&limit=2")).json() == (
        await anna.http.get(f"{address}&limit=2&day=2020-01-03")
    ).json()
    answer = await anna.http.get(f"{address}&offset=1")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "day")


async def test_a_window_says_which_photos_are_the_readers_own(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, contributor=boris)
    hers, his = await world.asset(space, by=anna), await world.asset(space, by=boris)
    nobodys = await world.asset(space, by=boris)
    world.execute("UPDATE assets SET contributor_id = NULL WHERE id = %s", nobodys)
    for person, own in ((anna, hers), (boris, his)):
        window = (await person.http.get(f"/api/timeline/window?space_id={space}")).json()
        marked = {asset for asset, flags in zip(window["ids"], window["flags"], strict=True) if flags & 64}
        assert marked == {str(own)}


async def test_a_window_calls_photos_by_their_titles_and_cuts_long_ones(world: World) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    titles = {"Дача": "Дача", "я" * 100: "я" * 100, "Мы " * 50: f"{'Мы ' * 32}Мы…", "": None}
    wanted: dict[str, str | None] = {}
    for title, short in titles.items():
        asset = await world.asset(space, by=anna)
        await patch(anna, asset, title=title)
        wanted[str(asset)] = short
    window = (await anna.http.get(f"/api/timeline/window?space_id={space}&day=2100-01-01")).json()
    assert {asset: window["titles"].get(str(at)) for at, asset in enumerate(window["ids"])} == wanted


async def test_a_window_tells_sizes_to_three_figures(world: World) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    wanted: dict[str, int] = {}
    for size, kilobytes in ((1, 1), (1000, 1), (1001, 2), (999_000, 999), (12_344_999, 12_300), (12_350_001, 12_400)):
        asset = await world.asset(space, by=anna)
        world.execute("UPDATE blobs SET bytes = %s WHERE id = %s", size, world.blob_of(asset))
        wanted[str(asset)] = kilobytes
    window = (await anna.http.get(f"/api/timeline/window?space_id={space}")).json()
    assert dict(zip(window["ids"], window["sizes"], strict=True)) == wanted


@pytest.mark.parametrize(
    "body",
    ['{"latitude": 1}', '{"longitude": 1}', '{"latitude": 1, "longitude": null}', '{"latitude": 91, "longitude": 0}',
     '{"latitude": 0, "longitude": -181}', '{"latitude": NaN, "longitude": 0}', '{"latitude": true, "longitude": false}',
     '{"latitude": "x", "longitude": 0}', '{"rating": 6}', '{"rating": -1}', '{"rating": 2.5}', '{"rating": true}', '{"rating": "five"}',
     '{"taken_at": "2024-05-01T10:00:00Z"}', '{"taken_at": "2024-05-01T10:00:00+03:00"}', '{"taken_at": "yesterday"}',
     '{"taken_at": "1799-12-31T23:59:59"}', '{"taken_at": "2024-02-30T00:00:00"}', '{"taken_at": 1714556400}', '{"utc_offset": 841}',
     '{"utc_offset": -841}', '{"utc_offset": 1.5}', '{"archived": null}', '{"archived": "maybe"}', '{"title": 5}',
     '{"placeless": false}', '{"placeless": null}', '{"placeless": true, "latitude": 1, "longitude": 1}', '{"rotation": 45}',
     '{"rotation": -90}', '{"rotation": 360}', '{"rotation": null}', '{"rotation": "90"}', '{"rotation": false}', '{"rotation": 90.5}',
     '{"title": "' + "x" * 301 + '"}', '{"description": "' + "x" * 10001 + '"}', '{"favourite": true}', '{"kind": "video"}'],
)  # fmt: skip
async def test_odd_edits_are_refused_and_change_nothing(photo: tuple[Person, UUID], body: str) -> None:
    anna, asset = photo
    before = await get(anna, asset)
    answer = await anna.http.patch(f"/api/assets/{asset}", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert await get(anna, asset) == before


# --- Ingest meets edits; live photos and sidecars


class Workshop:
    """A world whose ingest runs when a test says so, and finds what a test told it."""

    def __init__(self, world: World) -> None:
        self.world, self.toolbox = world, KnownToolbox()
        gallery = world.gallery
        self._ingest = Ingest(gallery.database, gallery.storage, gallery.jobs, self.toolbox, world.clock)

    async def add(self, person: Person, space: UUID, data: bytes, name: str, facts: Facts | None = None) -> str:
        if facts is not None:
            self.toolbox.tell(hashlib.sha256(data).hexdigest(), facts)
        answer = await self.world.upload(person, space, data, name)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def ingest(self) -> None:
        """Everything that waits, oldest first."""
        for (blob,) in self.world.rows("SELECT id FROM blobs WHERE state = 'processing' ORDER BY id"):
            await self._ingest.run(blob)


@pytest.fixture
async def workshop(world: World) -> Workshop:
    return Workshop(world)


async def test_what_a_person_set_stays_when_ingest_comes_later(workshop: Workshop) -> None:
    world = workshop.world
    anna = await world.person("anna")
    camera = Facts(
        **{**CAMERA, "taken_source": "exif", "title": "of the camera", "description": "of the camera", "rating": 2}
    )
    asset = UUID(await workshop.add(anna, anna.personal_space, tiny_jpeg(), "IMG.JPG", camera))
    await patch(anna, asset, title="mine", rating=4, taken_at="2001-01-01T00:00:00", latitude=1, longitude=2)
    await workshop.ingest()
    found = await get(anna, asset)
    assert (found["title"], found["description"], found["rating"]) == ("mine", "of the camera", 4)
    assert (found["taken_at"], found["taken_at_source"], found["latitude"], found["longitude"]) == (
        "2001-01-01T00:00:00",
        "edited",
        1,
        2,
    )
    assert of(await patch(anna, asset, taken_at=None, latitude=None, longitude=None)) == TOLD


async def test_without_a_camera_the_best_guess_comes_back(workshop: Workshop) -> None:
    world = workshop.world
    anna = await world.person("anna")
    asset = UUID(await workshop.add(anna, anna.personal_space, tiny_jpeg(), "IMG_20230704_101112.jpg"))
    await workshop.ingest()
    assert (await get(anna, asset))["taken_at_source"] == "file_name"
    await patch(anna, asset, taken_at="2001-01-01T00:00:00", latitude=1, longitude=2)
    restored = await patch(anna, asset, taken_at=None, latitude=None, longitude=None)
    assert (restored["taken_at"], restored["taken_at_source"], restored["latitude"]) == (
        "2023-07-04T10:11:12",
        "file_name",
        None,
    )


MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08free" * 4
XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'
LIVE = Facts(content_id="8A7F0B1C-live")


def clip() -> bytes:
    return MP4 + str(uuid7()).encode()


@pytest.mark.parametrize("order", ["still first", "clip first"])
async def test_a_live_photo_is_one_thing(workshop: Workshop, order: str) -> None:
    world = workshop.world
    anna = await world.person("anna")
    space = anna.personal_space
    if order == "still first":
        still = await workshop.add(anna, space, tiny_jpeg(), "IMG.HEIC", LIVE)
        moving = await workshop.add(anna, space, clip(), "IMG.MOV", LIVE)
    else:
        moving = await workshop.add(anna, space, clip(), "IMG.MOV", LIVE)
        still = await workshop.add(anna, space, tiny_jpeg(), "IMG.HEIC", LIVE)
    assert len(await shown(anna, space)) == 2
    await workshop.ingest()
    assert await shown(anna, space) == [still]
    found = await get(anna, still)
    assert found["live_video"].startswith("/media/")
    assert (await anna.http.get(found["live_video"])).headers["content-type"] == "video/mp4"
    window = (await anna.http.get(f"/api/timeline/window?space_id={space}&day=2100-01-01")).json()
    assert window["flags"][0] & 32
    assert await do(anna, "trash", still) == 2, "its moving half goes along"
    assert await shown(anna, space, "trash") == [still]
    assert await do(anna, "restore", still) == 2
    await do(anna, "trash", still)
    assert await do(anna, "purge", still) == 2
    assert world.rows("SELECT count(*) FROM assets") == [(0,)]
    assert (await get_status(anna, moving)) == 404


async def get_status(person: Person, asset: str) -> int:
    return (await person.http.get(f"/api/assets/{asset}")).status_code


async def test_a_live_photo_is_one_thing_in_every_space(workshop: Workshop) -> None:
    """Also where its bytes were known before it came."""
    world = workshop.world
    anna, boris = await world.person("anna"), await world.person("boris")
    still, moving = tiny_jpeg(), clip()
    for person in (anna, boris):
        first = await workshop.add(person, person.personal_space, still, "IMG.HEIC", LIVE)
        await workshop.add(person, person.personal_space, moving, "IMG.MOV", LIVE)
        await workshop.ingest()
        assert await shown(person, person.personal_space) == [first]


async def test_a_clip_does_not_follow_a_still_into_the_trash_unasked(workshop: Workshop) -> None:
    """The still was thrown away before the clip came: the clip is seen."""
    world = workshop.world
    anna = await world.person("anna")
    still = await workshop.add(anna, anna.personal_space, tiny_jpeg(), "IMG.HEIC", LIVE)
    await workshop.ingest()
    await do(anna, "trash", still)
    moving = await workshop.add(anna, anna.personal_space, clip(), "IMG.MOV", LIVE)
    await workshop.ingest()
    assert await shown(anna, anna.personal_space) == [moving]


async def test_halves_in_different_spaces_stay_apart(workshop: Workshop) -> None:
    world = workshop.world
    anna = await world.person("anna")
    other = await world.space(owner=anna)
    await workshop.add(anna, anna.personal_space, tiny_jpeg(), "IMG.HEIC", LIVE)
    await workshop.add(anna, other, clip(), "IMG.MOV", LIVE)
    await workshop.ingest()
    assert len(await shown(anna, anna.personal_space)) == len(await shown(anna, other)) == 1


@pytest.mark.parametrize("name", ["IMG_1.JPG.xmp", "IMG_1.xmp", "img_1.XMP"])
@pytest.mark.parametrize("first", ["photo", "sidecar"])
async def test_a_sidecar_belongs_to_its_photo_and_is_no_photo(workshop: Workshop, name: str, first: str) -> None:
    world = workshop.world
    anna = await world.person("anna")
    space = anna.personal_space
    if first == "photo":
        photo = await workshop.add(anna, space, tiny_jpeg(), "IMG_1.JPG")
        await workshop.ingest()
        sidecar = await workshop.add(anna, space, XMP + name.encode(), name)
    else:
        sidecar = await workshop.add(anna, space, XMP + name.encode(), name)
        await workshop.ingest()
        photo = await workshop.add(anna, space, tiny_jpeg(), "IMG_1.JPG")
    await workshop.ingest()
    assert world.rows("SELECT sidecar_of FROM assets WHERE kind = 'sidecar'") == [(UUID(photo),)]
    assert await shown(anna, space) == [photo]
    assert (await get(anna, sidecar))["kind"] == "sidecar"
    assert (await anna.http.get(f"/api/timeline?space_id={space}")).json()["total"] == 1


# --- Quotas


async def test_a_quota_holds_exactly_however_many_come_at_once(world: World) -> None:
    anna = await world.person("anna")
    photos = [tiny_jpeg(f"{number:04}") for number in range(20)]
    size = len(photos[0])
    assert {len(photo) for photo in photos} == {size}
    space = await world.space(owner=anna, quota=size * 7 + size // 2)
    answers = await asyncio.gather(*(world.upload(anna, space, photo) for photo in photos))
    assert sorted(answer.status_code for answer in answers) == [201] * 7 + [413] * 13
    refused = next(answer for answer in answers if answer.status_code == 413).json()
    assert refused["code"] == "quota-exceeded"
    assert (refused["quota_bytes"], refused["used_bytes"]) == (size * 7 + size // 2, size * 7)
    shown_space = (await anna.http.get(f"/api/spaces/{space}")).json()
    assert (shown_space["used_bytes"], shown_space["assets"]) == (size * 7, 7)
    assert list(world.gallery.storage.spooled()) == []
    originals = [path for path in (world.gallery.storage.root / "originals").rglob("*") if path.is_file()]
    assert len(originals) == 7, "what was refused left nothing"


async def test_a_full_space_still_knows_what_it_has(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    space = await world.space(owner=anna, quota=len(data))
    assert (await world.upload(anna, space, data)).status_code == 201
    assert (await world.upload(anna, space, data)).status_code == 200, "a duplicate takes no room"
    assert (await world.upload(anna, space, tiny_jpeg())).status_code == 413


async def test_what_lies_in_the_trash_takes_room_until_it_is_purged(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    space = await world.space(owner=anna, quota=len(data) + 10)
    asset = (await world.upload(anna, space, data)).json()["id"]
    await do(anna, "trash", asset)
    assert (await world.upload(anna, space, tiny_jpeg())).status_code == 413
    await do(anna, "purge", asset)
    assert (await world.upload(anna, space, tiny_jpeg())).status_code == 201


async def test_twenty_at_once_of_the_same_bytes_are_one(world: World) -> None:
    """U31."""
    anna, data = await world.person("anna"), tiny_jpeg()
    answers = await asyncio.gather(*(world.upload(anna, anna.personal_space, data) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert world.rows("SELECT (SELECT count(*) FROM blobs), (SELECT count(*) FROM assets)") == [(1, 1)]
    assert world.rows("SELECT count(*) FROM procrastinate_jobs") == [(1,)]


async def test_the_same_bytes_come_into_many_spaces_at_once(world: World) -> None:
    people, data = [await world.person() for _ in range(8)], tiny_jpeg()
    answers = await asyncio.gather(*(world.upload(one, one.personal_space, data) for one in people))
    assert {answer.status_code for answer in answers} == {201}
    assert world.rows("SELECT (SELECT count(*) FROM blobs), (SELECT count(*) FROM assets)") == [(1, 8)]


# --- Counters


async def test_counters_tell_the_truth_after_a_random_life(world: World) -> None:
    """Kept by triggers: whatever happens, they equal a count of the rows."""
    seed = random.Random(20261123)
    anna = await world.person("anna")
    spaces = [anna.personal_space, await world.space(owner=anna)]
    assets: list[UUID] = []
    for step in range(60):
        if step < 12 or seed.random() < 0.2:
            data = tiny_jpeg(f"life {seed.randrange(30)}")
            answer = await world.upload(anna, seed.choice(spaces), data, revive=True)
            assert answer.status_code in {200, 201}
            assets = list({*assets, UUID(answer.json()["id"])})
            continue
        some = [str(asset) for asset in seed.sample(assets, min(len(assets), seed.randint(1, 4)))]
        verb = seed.choice(["trash", "restore", "purge", "time", "archive", "video"])
        if verb in {"trash", "restore", "purge"}:
            done = await anna.http.post(f"/api/assets/{verb}", json={"ids": some})
            if verb == "purge" and done.status_code == 200:
                assets = [asset for asset in assets if str(asset) not in some]
        elif verb == "video":
            world.execute("UPDATE assets SET kind = 'video' WHERE id = %s", some[0])
        else:
            day = f"2024-0{seed.randint(1, 3)}-01T00:00:00"
            changes = {"taken_at": day} if verb == "time" else {"archived": seed.random() < 0.5}
            await anna.http.patch(f"/api/assets/{some[0]}", json=changes)
    counted = world.rows(
        "SELECT s.id, count(a.id), coalesce(sum(b.bytes), 0)::bigint FROM spaces s LEFT JOIN assets a ON a.space_id = s.id"
        " LEFT JOIN blobs b ON b.id = a.blob_id GROUP BY s.id ORDER BY s.id"
    )
    assert sum(row[1] for row in counted) > 3
    assert world.rows("SELECT id, asset_count, used_bytes FROM spaces ORDER BY id") == counted
    days = world.rows(
        "SELECT space_id, taken_at::date, count(*) FILTER (WHERE kind = 'image'), count(*) FILTER (WHERE kind = 'video')"
        " FROM assets WHERE listed GROUP BY 1, 2 ORDER BY 1, 2"
    )
    kept = world.rows("SELECT space_id, day, images, videos FROM day_counts WHERE images + videos > 0 ORDER BY 1, 2")
    assert kept == days


async def test_a_space_goes_when_it_is_empty(world: World) -> None:
    anna = await world.person("anna")
    space = await world.space(owner=anna)
    asset = await world.asset(space, by=anna, trashed=True)
    full = await anna.http.delete(f"/api/spaces/{space}")
    assert (full.status_code, full.json()["code"]) == (409, "space-not-empty")
    await do(anna, "purge", asset)
    assert (await anna.http.delete(f"/api/spaces/{space}")).status_code == 204
    assert (await anna.http.get(f"/api/spaces/{space}")).status_code == 404
    assert world.rows("SELECT count(*) FROM memberships WHERE space_id = %s", space) == [(0,)]


async def test_a_failed_photo_is_tried_again(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna, state="failed")
    found = await get(anna, asset)
    assert (found["status"], found["failure"]["code"]) == ("failed", "corrupt")
    russian = await anna.http.get(f"/api/assets/{asset}", headers={"Accept-Language": "ru"})
    assert "повреждён" in russian.json()["failure"]["message"]
    assert found["media"]["thumb"] is None
    assert (await anna.http.get(found["media"]["original"])).status_code == 200, "the original is there all the same"
    retried = await anna.http.post(f"/api/assets/{asset}/retry")
    assert (retried.status_code, retried.json()["status"], retried.json()["failure"]) == (200, "processing", None)
    assert world.rows("SELECT args ->> 'blob_id' FROM procrastinate_jobs") == [(str(world.blob_of(asset)),)]
    again = await anna.http.post(f"/api/assets/{asset}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "not-failed")


async def test_ids_are_counted(world: World) -> None:
    anna = await world.person("anna")
    for ids, status in (([], 422), ([str(uuid7())] * 1001, 422), ([str(uuid7()) for _ in range(1000)], 404)):
        assert (await anna.http.post("/api/assets/trash", json={"ids": ids})).status_code == status
    body = {"space_id": str(anna.personal_space), "checksums": ["0" * 64] * 1000}
    assert len((await anna.http.post("/api/assets/check", json=body)).json()["items"]) == 1000
    for checksums in ([], ["0" * 64] * 1001, ["0" * 63], ["g" * 64], ["0" * 65]):
        assert (await anna.http.post("/api/assets/check", json={**body, "checksums": checksums})).status_code == 422


async def test_a_thousand_at_once(world: World) -> None:
    """The largest bulk that is allowed works."""
    anna = await world.person("anna")
    world.execute(
        "WITH made AS (INSERT INTO blobs (id, sha256, bytes, kind, format, mime, state) SELECT gen_random_uuid(),"
        " sha256(n::text::bytea), 10, 'image', 'jpeg', 'image/jpeg', 'ready' FROM generate_series(1, 1000) n RETURNING id)"
        " INSERT INTO assets (id, space_id, blob_id, contributor_id, kind, file_name, taken_at, taken_source)"
        " SELECT id, %s, id, %s, 'image', 'x', '2024-05-01', 'exif' FROM made", anna.personal_space, anna.id,
    )  # fmt: skip
    ids = [str(row[0]) for row in world.rows("SELECT id FROM assets")]
    for verb in ("favourite", "trash", "restore", "trash", "purge"):
        more = {"favourite": True} if verb == "favourite" else {}
        assert await do(anna, verb, *ids, **more) == 1000
    assert world.rows("SELECT count(*) FROM tombstones") == [(1000,)]
    assert len(json.dumps(ids)) < 256 << 10
