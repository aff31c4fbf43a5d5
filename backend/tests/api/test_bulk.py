"""Many photos at once: aside, another date, another place, another space; and back again."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gallery.assets.ingest import Ingest
from gallery.infra.ids import uuid7
from gallery.media.facts import Facts
from tests.factories import Person, World, tiny_jpeg
from tests.fakes.toolbox import KnownToolbox

CAMERA: Mapping[str, Any] = {
    "taken_at": datetime(2024, 5, 1, 14, 20),
    "latitude": 55.75,
    "longitude": 37.6,
    "altitude": 150.0,
}


async def do(person: Person, verb: str, *assets: UUID | str, status: int = 200, **more: Any) -> dict[str, Any]:
    body = {"ids": [str(asset) for asset in assets], **more}
    answer = await person.http.post(f"/api/assets/{verb}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def undo(person: Person, *activities: str, status: int = 200) -> int | None:
    answer = await person.http.post("/api/assets/undo", json={"activity_ids": list(activities)})
    assert answer.status_code == status, answer.text
    return answer.json().get("changed")


async def facts(person: Person, asset: UUID | str, *names: str) -> list[Any]:
    answer = await person.http.get(f"/api/assets/{asset}")
    assert answer.status_code == 200, answer.text
    return [answer.json()[name] for name in names]


async def shown(person: Person, space: UUID, view: str = "all") -> set[str]:
    answer = await person.http.get(f"/api/timeline/window?space_id={space}&day=9000-01-01&view={view}")
    return set(answer.json()["ids"])


async def examine(world: World, asset: str, data: bytes) -> None:
    """What the file's bytes say of its time and place becomes known."""
    gallery, toolbox = world.gallery, KnownToolbox()
    toolbox.tell(hashlib.sha256(data).hexdigest(), Facts(**CAMERA, taken_source="exif"))
    ingest = Ingest(gallery.database, gallery.storage, gallery.jobs, toolbox, world.clock)
    await ingest.run(world.blob_of(UUID(asset)))


def assert_counters(world: World) -> None:
    """What triggers keep is what one would count."""
    counted = """
        SELECT s.id, s.used_bytes - coalesce(sum(b.bytes), 0), s.asset_count - count(a.id) FROM spaces s
        LEFT JOIN assets a ON a.space_id = s.id LEFT JOIN blobs b ON b.id = a.blob_id GROUP BY s.id"""
    assert [row for row in world.rows(counted) if row[1:] != (0, 0)] == []
    days = """
        SELECT space_id, day, images + videos FROM day_counts WHERE images + videos <> 0 EXCEPT
        SELECT space_id, taken_at::date, count(*) FROM assets WHERE listed GROUP BY 1, 2"""
    assert world.rows(days) == []


# --- Aside


async def test_archive(world: World) -> None:
    anna = await world.person("anna")
    space = anna.personal_space
    ids = [await world.asset(space, by=anna) for _ in range(3)]
    assert await do(anna, "archive", *ids[:2], archived=True) == {"changed": 2}
    assert await do(anna, "archive", *ids, archived=True) == {"changed": 1}
    assert (await shown(anna, space), len(await shown(anna, space, "archive"))) == (set(), 3)
    assert await do(anna, "archive", ids[0], archived=False) == {"changed": 1}
    assert await shown(anna, space) == {str(ids[0])}


# --- Dates


async def test_dates_are_shifted_and_shift_back(world: World) -> None:
    anna = await world.person("anna")
    times = [datetime(2024, 5, 1, 23, 30), datetime(2024, 12, 31, 23, 59, 59)]
    ids = [await world.asset(anna.personal_space, by=anna, taken_at=moment, utc_offset=180) for moment in times]
    done = await do(anna, "date", *ids, shift_seconds=3600)
    assert done["changed"] == 2
    for asset, moment in zip(ids, times, strict=True):
        told = await facts(anna, asset, "taken_at", "taken_at_source", "utc_offset")
        assert told == [(moment + timedelta(hours=1)).isoformat(), "edited", 180]
    assert_counters(world)
    assert await undo(anna, *done["undo"]) == 2
    assert [await facts(anna, asset, "taken_at", "taken_at_source") for asset in ids] == [
        [moment.isoformat(), "exif"] for moment in times
    ]
    assert_counters(world)
    assert await undo(anna, *done["undo"]) == 0, "twice is once"


async def test_one_date_for_all_with_its_offset(world: World) -> None:
    anna = await world.person("anna")
    ids = [await world.asset(anna.personal_space, by=anna) for _ in range(2)]
    await do(anna, "date", *ids, taken_at="1987-06-05T10:00:00", utc_offset=240)
    for asset in ids:
        assert await facts(anna, asset, "taken_at", "utc_offset") == ["1987-06-05T10:00:00", 240]
    await do(anna, "date", *ids, utc_offset=None)
    assert await facts(anna, ids[0], "taken_at", "utc_offset") == ["1987-06-05T10:00:00", None]


async def test_the_cameras_word_comes_back(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(
        anna.personal_space, by=anna, taken_at=CAMERA["taken_at"], blob={**CAMERA, "utc_offset": 180}
    )
    guessed = await world.asset(
        anna.personal_space, by=anna, file_name="IMG_20200102_030405.jpg", blob={"taken_at": None}
    )
    await do(anna, "date", asset, guessed, taken_at="2001-01-01T00:00:00")
    await do(anna, "date", asset, guessed, restore=True)
    assert await facts(anna, asset, "taken_at", "taken_at_source", "utc_offset") == ["2024-05-01T14:20:00", "exif", 180]
    assert await facts(anna, guessed, "taken_at", "taken_at_source") == ["2020-01-02T03:04:05", "file_name"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"shift_seconds": 1, "restore": True}, {"taken_at": "2024-01-01T00:00:00+03:00"}, {"restore": False},
        {"taken_at": "1700-01-01T00:00:00"}, {"shift_seconds": 10**12}, {"restore": True, "utc_offset": 0},
        {"shift_seconds": True}, {"shift_seconds": 1, "surprise": 1},
    ],
)  # fmt: skip
async def test_dates_that_make_no_sense(world: World, body: dict[str, Any]) -> None:
    anna = await world.person("anna")
    await do(anna, "date", await world.asset(anna.personal_space, by=anna), status=422, **body)


async def test_no_shift_leads_out_of_the_calendar(world: World) -> None:
    anna = await world.person("anna")
    ids = [await world.asset(anna.personal_space, by=anna, taken_at=datetime(year, 1, 1)) for year in (1850, 2024)]
    refused = await do(anna, "date", *ids, shift_seconds=-100 * 366 * 86_400, status=422)
    assert refused["errors"][0]["field"] == "shift_seconds"
    refused = await do(anna, "date", *ids, taken_at="9999-05-01T00:00:00", status=422)
    assert refused["errors"][0]["field"] == "taken_at"
    assert await facts(anna, ids[1], "taken_at") == ["2024-01-01T00:00:00"], "all or nothing"


async def test_an_undo_leaves_what_was_corrected_since(world: World) -> None:
    anna = await world.person("anna")
    ids = [await world.asset(anna.personal_space, by=anna) for _ in range(3)]
    before = await facts(anna, ids[0], "taken_at")
    done = await do(anna, "date", *ids, shift_seconds=86_400)
    await anna.http.patch(f"/api/assets/{ids[1]}", json={"taken_at": "1999-09-09T09:09:09"})
    await do(anna, "trash", ids[2])
    await do(anna, "purge", ids[2])
    assert await undo(anna, *done["undo"]) == 1
    assert await facts(anna, ids[0], "taken_at") == before
    assert await facts(anna, ids[1], "taken_at") == ["1999-09-09T09:09:09"]


# --- Places


async def test_places(world: World) -> None:
    anna = await world.person("anna")
    names = ("latitude", "longitude", "altitude")
    mine = {name: CAMERA[name] for name in names}
    asset = await world.asset(anna.personal_space, by=anna, blob=mine, **mine)
    done = await do(anna, "place", asset, latitude=-33.9, longitude=18.4)
    assert await facts(anna, asset, *names) == [-33.9, 18.4, None]
    await do(anna, "place", asset)
    assert await facts(anna, asset, *names) == [None, None, None]
    assert await undo(anna, *done["undo"]) == 0, "somebody took the place away since"
    await do(anna, "place", asset, restore=True)
    assert await facts(anna, asset, *names) == [55.75, 37.6, 150.0]
    gone = await do(anna, "place", asset)
    assert await undo(anna, *gone["undo"]) == 1
    assert await facts(anna, asset, *names) == [55.75, 37.6, 150.0]
    for wrong in ({"latitude": 1}, {"latitude": 91, "longitude": 0}, {"latitude": 1, "longitude": 1, "restore": True}):
        await do(anna, "place", asset, status=422, **wrong)


async def test_an_examination_does_not_bring_a_removed_place_back(world: World) -> None:
    anna = await world.person("anna")
    data = tiny_jpeg()
    asset = (await world.upload(anna, anna.personal_space, data)).json()["id"]
    await do(anna, "place", asset)
    await examine(world, asset, data)
    assert await facts(anna, asset, "status", "latitude") == ["ready", None]


# --- Moving and copying


async def two_spaces(world: World) -> tuple[Person, Person, UUID, UUID]:
    """Anna manages both, Boris contributes to the first."""
    anna, boris = await world.person("anna"), await world.person("boris")
    return anna, boris, await world.space(owner=anna, contributor=boris), await world.space(owner=anna)


async def test_moving_there_and_back(world: World) -> None:
    anna, boris, here, there = await two_spaces(world)
    data = tiny_jpeg()
    still = await world.asset(here, by=boris, data=data, title="Лето")
    clip = await world.asset(here, by=boris, kind="video", live_of=still)
    sidecar = await world.asset(here, by=boris, kind="sidecar", sidecar_of=still)
    other = await world.asset(here, by=anna)
    await do(anna, "favourite", still, favourite=True)
    done = await do(anna, "move", still, other, space_id=str(there))
    assert {**done, "undo": 1} == {"changed": 2, "present": 0, "deleted": [], "undo": 1}
    assert (await shown(anna, here), await shown(anna, there)) == (set(), {str(still), str(other)})
    assert world.rows("SELECT DISTINCT space_id FROM assets") == [(there,)]
    assert world.rows(
        "SELECT id, live_of, sidecar_of FROM assets WHERE id IN (%s, %s) ORDER BY kind", clip, sidecar
    ) == [
        (sidecar, None, still),
        (clip, still, None),
    ]
    title, favourite, contributor = await facts(anna, still, "title", "favourite", "contributor")
    assert (title, favourite, contributor["name"]) == ("Лето", True, anna.name), "Boris is not known there"
    assert (await boris.http.get(f"/api/assets/{still}")).status_code == 404
    assert_counters(world)
    assert await undo(anna, *done["undo"]) == 4
    assert await shown(anna, here) == {str(still), str(other)}
    assert (await facts(boris, still, "contributor"))[0]["name"] == boris.name
    assert_counters(world)
    assert await undo(anna, *done["undo"]) == 0


async def test_an_undone_move_leaves_no_part_hanging_on_what_stayed_behind(world: World) -> None:
    """The phone sent the still once more, so it stays where it was moved to; its clip goes back alone."""
    anna, boris, here, there = await two_spaces(world)
    await world.join(there, boris, "manager")
    data = tiny_jpeg()
    still = await world.asset(here, by=anna, data=data)
    clip = await world.asset(here, by=anna, kind="video", live_of=still)
    done = await do(anna, "move", still, space_id=str(there))
    again = await world.asset(here, by=anna, data=data)
    assert await undo(anna, *done["undo"]) == 1
    assert await shown(anna, here) == {str(again), str(clip)}
    world.execute("UPDATE assets SET live_of = %s WHERE id = %s", still, clip)  # as was done before
    assert await do(boris, "trash", still) == {"changed": 1}, "not even then is it Boris's to throw away"
    assert await do(boris, "purge", still) == {"changed": 1}
    assert {row[0] for row in world.rows("SELECT id FROM assets WHERE trashed_at IS NULL")} == {again, clip}


async def test_a_move_is_undone_when_what_a_part_belonged_to_is_gone(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    still = await world.asset(here, by=anna)
    sidecar = await world.asset(here, by=anna, kind="sidecar", sidecar_of=still)
    done = await do(anna, "move", still, space_id=str(there))
    for verb in ("trash", "purge"):
        await do(anna, verb, still)
    assert await undo(anna, *done["undo"]) == 1
    assert world.rows("SELECT space_id, sidecar_of FROM assets WHERE id = %s", sidecar) == [(here, None)]


async def test_copies_are_assets_of_their_own_and_can_be_taken_away(world: World) -> None:
    anna, boris, here, there = await two_spaces(world)
    await world.join(there, boris, "viewer")
    still = await world.asset(here, by=boris, title="Лето", archived=True, utc_offset=180)
    await world.asset(here, by=boris, kind="video", live_of=still)
    done = await do(anna, "copy", still, space_id=str(there))
    assert (done["changed"], done["present"]) == (1, 0)
    (made,) = await shown(anna, there)
    told = await facts(anna, made, "title", "archived", "utc_offset", "contributor")
    assert (told[:3], told[3]["name"]) == (["Лето", False, 180], boris.name)
    assert (await facts(anna, made, "live_video"))[0] is not None
    assert world.rows("SELECT count(*), count(DISTINCT blob_id) FROM assets") == [(4, 2)]
    assert_counters(world)
    assert await undo(anna, *done["undo"]) == 2
    assert (await shown(anna, there), await shown(anna, here, "archive")) == (set(), {str(still)})
    assert world.rows("SELECT count(*) FROM tombstones") == [(0,)]
    assert_counters(world)


async def test_a_copy_that_became_the_last_goes_to_the_trash_as_a_whole(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    still, other = await world.asset(here, by=anna), await world.asset(here, by=anna)
    clip = await world.asset(here, by=anna, kind="video", live_of=still)
    done = await do(anna, "copy", still, other, space_id=str(there))
    for verb in ("trash", "purge"):
        await do(anna, verb, clip)
    assert await undo(anna, *done["undo"]) == 3
    assert world.rows("SELECT kind, trashed_at FROM assets WHERE space_id = %s ORDER BY kind", there) == [
        ("image", world.clock()),
        ("video", world.clock()),
    ]
    assert await shown(anna, here) == {str(still), str(other)}
    assert_counters(world)


@pytest.mark.parametrize("verb", ["move", "copy"])
async def test_what_is_there_already_stays_where_it_is(world: World, verb: str) -> None:
    anna, _, here, there = await two_spaces(world)
    data = tiny_jpeg()
    twin, lone = await world.asset(here, by=anna, data=data), await world.asset(here, by=anna)
    await world.asset(there, by=anna, data=data)
    done = await do(anna, verb, twin, lone, space_id=str(there))
    assert (done["changed"], done["present"]) == (1, 1)
    assert str(twin) in await shown(anna, here)
    again = await do(anna, verb, twin, space_id=str(there))
    assert (again["changed"], again["present"], again["undo"]) == (0, 1, [])
    assert (await do(anna, verb, twin, space_id=str(here)))["present"] == 1


@pytest.mark.parametrize("verb", ["move", "copy"])
async def test_what_was_deleted_there_on_purpose_is_asked_for_twice(world: World, verb: str) -> None:
    anna, _, here, there = await two_spaces(world)
    data = tiny_jpeg()
    gone = await world.asset(there, by=anna, data=data, trashed=True)
    await do(anna, "purge", gone)
    asset = await world.asset(here, by=anna, data=data)
    refused = await do(anna, verb, asset, space_id=str(there))
    assert (refused["changed"], refused["deleted"]) == (0, [str(asset)])
    assert (await do(anna, verb, asset, space_id=str(there), revive=True))["changed"] == 1
    assert world.rows("SELECT count(*) FROM tombstones") == [(0,)]


@pytest.mark.parametrize("verb", ["move", "copy"])
async def test_a_full_space_takes_nothing(world: World, verb: str) -> None:
    anna, _, here, there = await two_spaces(world)
    ids = [await world.asset(here, by=anna) for _ in range(2)]
    world.execute("UPDATE spaces SET quota_bytes = %s WHERE id = %s", 700, there)
    before = world.rows("SELECT id, space_id FROM assets ORDER BY id")
    refused = await do(anna, verb, *ids, space_id=str(there), status=413)
    assert refused["code"] == "quota-exceeded"
    assert world.rows("SELECT id, space_id FROM assets ORDER BY id") == before


@pytest.mark.parametrize("verb", ["move", "copy"])
@pytest.mark.parametrize(("role", "status"), [("contributor", 200), ("viewer", 403), (None, 404)])
async def test_who_may_bring_photos_to_a_space(world: World, verb: str, role: str | None, status: int) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    theirs = await world.space(owner=boris)
    if role is not None:
        await world.join(theirs, anna, role)
    asset = await world.asset(anna.personal_space, by=anna)
    before = world.rows("SELECT id, space_id FROM assets")
    await do(anna, verb, asset, space_id=str(theirs), status=status)
    assert (world.rows("SELECT id, space_id FROM assets") == before) is (status != 200)


async def test_what_lies_in_the_trash_is_not_carried_around(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    asset = await world.asset(here, by=anna, trashed=True)
    for verb in ("move", "copy"):
        assert (await do(anna, verb, asset, space_id=str(there), status=409))["code"] == "in-trash"


async def test_a_clip_alone_does_not_hang_on_a_still_of_another_space(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    still = await world.asset(here, by=anna)
    clip = await world.asset(here, by=anna, kind="video", live_of=still)
    await do(anna, "move", clip, space_id=str(there))
    assert (await shown(anna, here), await shown(anna, there)) == ({str(still)}, {str(clip)})
    data = tiny_jpeg()
    second, there_already = await world.asset(here, by=anna), await world.asset(there, by=anna, kind="video", data=data)
    left = await world.asset(here, by=anna, kind="video", data=data, live_of=second)
    await do(anna, "move", second, space_id=str(there))
    assert await shown(anna, here) == {str(still), str(left)}
    assert await shown(anna, there) == {str(clip), str(second), str(there_already)}


async def test_opposite_moves_at_once_both_arrive(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    east = [await world.asset(here, by=anna) for _ in range(5)]
    west = [await world.asset(there, by=anna) for _ in range(5)]
    await asyncio.gather(do(anna, "move", *east, space_id=str(there)), do(anna, "move", *west, space_id=str(here)))
    assert await shown(anna, here) == {str(one) for one in west}
    assert_counters(world)


async def test_a_copy_made_during_an_examination_gets_its_facts(world: World) -> None:
    anna, _, here, there = await two_spaces(world)
    data = tiny_jpeg()
    asset = (await world.upload(anna, here, data)).json()["id"]
    await asyncio.gather(examine(world, asset, data), do(anna, "copy", asset, space_id=str(there)))
    (made,) = await shown(anna, there)
    assert await facts(anna, made, "status", "taken_at") == ["ready", "2024-05-01T14:20:00"]


# --- Undo is one's own


async def test_nobody_undoes_what_others_did(world: World) -> None:
    anna, boris, here, _ = await two_spaces(world)
    asset = await world.asset(here, by=boris)
    done = await do(boris, "date", asset, shift_seconds=60)
    told = [
        (await anna.http.post("/api/assets/undo", json={"activity_ids": [one]})).json() | {"request_id": ""}
        for one in (done["undo"][0], str(uuid7()))
    ]
    assert told[0] == told[1]
    assert told[0]["code"] == "not-found"
    mixed = [*done["undo"], str(uuid7())]
    await undo(boris, *mixed, status=404)
    assert await undo(boris, *done["undo"]) == 1


async def test_a_trash_is_not_undone_by_its_activity(world: World) -> None:
    anna = await world.person("anna")
    await do(anna, "trash", await world.asset(anna.personal_space, by=anna))
    activity = str(world.rows("SELECT id FROM activity")[0][0])
    await undo(anna, activity, status=409)


async def test_undo_asks_for_todays_rights(world: World) -> None:
    _, boris, here, there = await two_spaces(world)
    await world.join(there, boris, "contributor")
    asset = await world.asset(here, by=boris)
    dated = await do(boris, "date", asset, shift_seconds=60)
    moved = await do(boris, "move", asset, space_id=str(there))
    await world.join(here, boris, "viewer")
    await undo(boris, *moved["undo"], status=403)
    await world.join(here, boris, "contributor")
    await world.join(there, boris, "viewer")
    await undo(boris, *moved["undo"], status=403)
    assert await undo(boris, *dated["undo"]) == 0
    world.execute("DELETE FROM memberships WHERE user_id = %s AND space_id <> %s", boris.id, boris.personal_space)
    await undo(boris, *moved["undo"], status=404)


async def test_what_is_somebody_elses_there_is_not_taken_back(world: World) -> None:
    """Anna manages here and contributes there; Boris, whose photo it is, belongs to both."""
    anna, boris, clara = [await world.person(name) for name in ("anna", "boris", "clara")]
    here = await world.space(manager=anna, contributor=boris)
    there = await world.space(owner=clara, contributor=boris)
    await world.join(there, anna, "manager")
    theirs, mine = await world.asset(here, by=boris), await world.asset(here, by=anna)
    moved = await do(anna, "move", theirs, mine, space_id=str(there))
    await world.join(there, anna, "contributor")
    assert await undo(anna, *moved["undo"]) == 1
    assert (await shown(anna, here), await shown(anna, there)) == ({str(mine)}, {str(theirs)})
    for verb in ("copy", "move"):
        done = await do(anna, verb, await world.asset(here, by=boris), space_id=str(there))
        assert (done["changed"], done["undo"]) == (1, []), "what one could not take back is not offered"
