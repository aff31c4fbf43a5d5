"""Ids in the wrong place, fields that nobody may send, roles that change on the way (Z04-Z07, Z13)."""

import hashlib
from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest

from gallery.infra.ids import uuid7
from tests.access.operations import Operation, sample
from tests.factories import PASSWORD, Person, World, tiny_jpeg

TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = {"Content-Type": "application/offset+octet-stream"}
BULK = {
    "trash": ("/api/assets/trash", {}),
    "restore": ("/api/assets/restore", {}),
    "purge": ("/api/assets/purge", {}),
    "favourite": ("/api/assets/favourite", {"favourite": True}),
    "archive": ("/api/assets/archive", {"archived": True}),
    "date": ("/api/assets/date", {"shift_seconds": 60}),
    "place": ("/api/assets/place", {"latitude": 1, "longitude": 1}),
    "move": ("/api/assets/move", {"space_id": "mine"}),
    "copy": ("/api/assets/copy", {"space_id": "mine"}),
    "download": ("/api/assets/download", {}),
}
FOR_WHO_SEES = {"favourite", "copy", "download"}


def state(world: World) -> list[tuple[Any, ...]]:
    """What people could lose or gain."""
    return world.rows(
        "SELECT 'asset', id::text, concat_ws(' ', space_id, trashed_at, archived_at, taken_at, latitude) FROM assets UNION ALL"
        " SELECT 'done', id::text, verb FROM activity UNION ALL SELECT 'favourite', asset_id::text, user_id::text"
        " FROM favourites UNION ALL SELECT 'stone', space_id::text, sha256::text FROM tombstones UNION ALL"
        " SELECT 'member', user_id::text, role FROM memberships UNION ALL SELECT 'invitation', id::text, revoked_at::text"
        " FROM invitations ORDER BY 1, 2, 3"
    )


# --- Z04


async def test_an_invitation_of_another_space_cannot_be_withdrawn(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine, theirs = await world.space(owner=anna), await world.space(owner=boris)
    made = (await boris.http.post(f"/api/spaces/{theirs}/invitations", json={"role": "viewer"})).json()
    before = state(world)
    for invitation in (made["id"], uuid7()):
        assert (await anna.http.delete(f"/api/spaces/{mine}/invitations/{invitation}")).status_code == 404
    assert state(world) == before


async def test_a_member_of_another_space_cannot_be_touched(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    mine, theirs = await world.space(owner=anna), await world.space(owner=boris)
    before = state(world)
    for user in (boris.id, uuid7()):
        assert (await anna.http.patch(f"/api/spaces/{mine}/members/{user}", json={"role": "viewer"})).status_code == 404
        assert (await anna.http.delete(f"/api/spaces/{mine}/members/{user}")).status_code == 404
    assert (await anna.http.delete(f"/api/spaces/{theirs}/members/{anna.id}")).status_code == 404
    assert state(world) == before


@pytest.mark.parametrize("where", ["metadata", "query", "both"])
async def test_an_upload_goes_to_no_foreign_space(world: World, where: str) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    foreign = b64encode(str(boris.personal_space).encode()).decode()
    own = b64encode(str(anna.personal_space).encode()).decode()
    headers, query = {**TUS, "Upload-Length": "10"}, ""
    if where in {"metadata", "both"}:
        headers["Upload-Metadata"] = f"space_id {foreign}"
    if where in {"query", "both"}:
        query = f"?space_id={boris.personal_space if where == 'query' else anna.personal_space}"
    answer = await anna.http.post(f"/api/uploads{query}", headers=headers)
    assert answer.status_code == 404
    headers["Upload-Metadata"] = f"space_id {own},space_id {foreign}"
    assert (await anna.http.post("/api/uploads", headers=headers)).status_code == 422
    assert world.rows("SELECT count(*) FROM uploads") == [(0,)]
    assert list(world.gallery.storage.spooled()) == []


async def test_one_foreign_space_in_a_timeline_hides_all(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    await world.asset(boris.personal_space, by=boris)
    for path in ("/api/timeline", "/api/timeline/window"):
        base = f"{path}?day=2024-05-01&space_id={anna.personal_space}"
        assert (await anna.http.get(base)).status_code == 200
        mixed = await anna.http.get(f"{base}&space_id={boris.personal_space}")
        missing = await anna.http.get(f"{base}&space_id={uuid7()}")
        assert mixed.status_code == missing.status_code == 404


async def test_purging_ones_own_does_not_touch_the_same_bytes_elsewhere(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    data = tiny_jpeg()
    mine = await world.asset(anna.personal_space, by=anna, data=data, trashed=True)
    theirs = await world.asset(boris.personal_space, by=boris, data=data)
    assert (await anna.http.post("/api/assets/purge", json={"ids": [str(mine)]})).json() == {"changed": 1}
    asset = (await boris.http.get(f"/api/assets/{theirs}")).json()
    assert (await boris.http.get(asset["media"]["original"])).content == data
    assert world.rows("SELECT space_id FROM tombstones") == [(anna.personal_space,)]


# --- Z05


@pytest.mark.parametrize("verb", BULK)
@pytest.mark.parametrize("stray", ["foreign", "missing", "other's", "other's in the trash"])
async def test_bulk_is_all_or_nothing(world: World, verb: str, stray: str) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(contributor=anna, owner=boris)
    trashed = verb in {"restore", "purge"}
    mine = [await world.asset(space, by=anna, trashed=trashed) for _ in range(3)]
    strays = {
        "foreign": lambda: world.asset(boris.personal_space, by=boris, trashed=trashed),
        "other's": lambda: world.asset(space, by=boris, trashed=False),
        "other's in the trash": lambda: world.asset(space, by=boris, trashed=True),
    }
    other = uuid7() if stray == "missing" else await strays[stray]()
    path, more = BULK[verb]
    if "space_id" in more:
        more = {"space_id": str(anna.personal_space)}
    before = state(world)
    answer = await anna.http.post(path, json={"ids": [str(mine[0]), str(other), str(mine[1])], **more})
    promise = 403 if stray == "other's" else 404
    if verb in FOR_WHO_SEES and stray == "other's":
        promise = 200
    assert answer.status_code == promise
    assert (state(world) == before) is (promise != 200)
    alone = await anna.http.post(path, json={"ids": [str(one) for one in mine], **more})
    assert alone.status_code == 200


async def test_purge_takes_only_what_lies_in_the_trash(world: World) -> None:
    anna = await world.person("anna")
    kept = await world.asset(anna.personal_space, by=anna)
    gone = await world.asset(anna.personal_space, by=anna, trashed=True)
    before = state(world)
    answer = await anna.http.post("/api/assets/purge", json={"ids": [str(gone), str(kept)]})
    assert answer.status_code == 409
    assert state(world) == before


async def test_an_id_that_occurs_twice_counts_once(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    for verb in ("trash", "restore", "favourite"):
        path, more = BULK[verb]
        answer = await anna.http.post(path, json={"ids": [str(asset), str(asset).upper()], **more})
        assert (answer.status_code, answer.json()) == (200, {"changed": 1})


async def test_a_leaving_member_takes_nothing_along(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, contributor=boris)
    asset = await world.asset(space, by=boris)
    assert (await boris.http.delete(f"/api/spaces/{space}/members/{boris.id}")).status_code == 204
    assert (await anna.http.get(f"/api/assets/{asset}")).json()["contributor"]["id"] == str(boris.id)
    assert (await boris.http.get(f"/api/assets/{asset}")).status_code == 404
    assert (await boris.http.post("/api/assets/trash", json={"ids": [str(asset)]})).status_code == 404


# --- Z06

EXTRAS = (
    "owner_id", "user_id", "role", "is_admin", "is_operator", "scopes", "storage_key", "sha256", "created_at", "id", "kind",
    "quota_bytes", "used_bytes", "contributor_id", "blob_id", "state", "password_hash", "disabled_at", "space_id", "__proto__",
    "listed", "trashed_at", "uses", "digest",
)  # fmt: skip


async def test_every_body_refuses_what_it_does_not_know(world: World, api_operations: list[Operation]) -> None:
    """A walk over every input schema: nobody raises themselves by a field that happens to be a column."""
    anna = await world.person("anna", operator=True)
    asset = await world.asset(anna.personal_space, by=anna)
    known = {"space_id": str(anna.personal_space), "asset_id": str(asset), "ids": [str(asset)], "user_id": str(anna.id),
             "invitation_id": str(uuid7()), "blob_id": str(uuid7()), "checksums": ["0" * 64], "password": PASSWORD}  # fmt: skip
    with_body = [one for one in api_operations if one.body is not None]
    assert len(with_body) >= 20
    for operation in with_body:
        assert operation.body is not None
        assert operation.body.get("additionalProperties") is False, operation.name
        good, path = sample(operation.body, known), operation.path.format_map(known)
        extras = [extra for extra in EXTRAS if extra not in operation.body["properties"]]
        for some in (extras[::2], extras[1::2]):
            world.execute("DELETE FROM attempts")
            answer = await anna.http.request(operation.method, path, json={**good, **dict.fromkeys(some, True)})
            assert answer.status_code == 422, operation.name
            assert set(some) <= {error["field"] for error in answer.json()["errors"]}, operation.name
    assert world.rows("SELECT count(*) FROM users WHERE is_operator") == [(1,)]


async def test_query_parameters_change_no_rights(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    asset = await world.asset(boris.personal_space, by=boris)
    for query in (
        "role=owner",
        f"user_id={boris.id}",
        f"space_id={boris.personal_space}",
        "is_operator=true",
        "admin=1",
    ):
        assert (await anna.http.get(f"/api/assets/{asset}?{query}")).status_code == 404
        assert (await anna.http.get(f"/api/operator/status?{query}")).status_code == 403


# --- Z07


async def test_a_lowered_role_holds_from_the_next_request_on(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, manager=boris)
    asset = await world.asset(space, by=anna)
    patch = {"title": "x"}
    assert (await boris.http.patch(f"/api/assets/{asset}", json=patch)).status_code == 200
    base = f"/api/spaces/{space}/members/{boris.id}"
    assert (await anna.http.patch(base, json={"role": "viewer"})).status_code == 200
    assert (await boris.http.patch(f"/api/assets/{asset}", json=patch)).status_code == 403
    assert (await boris.http.get(f"/api/assets/{asset}")).json()["can_edit"] is False
    assert (await world.upload(boris, space, tiny_jpeg())).status_code == 403
    assert (await anna.http.delete(base)).status_code == 204
    assert (await boris.http.get(f"/api/assets/{asset}")).status_code == 404


@pytest.mark.parametrize(("becomes", "status"), [("viewer", 403), ("nobody", 404)])
async def test_an_upload_in_progress_ends_with_the_role(world: World, becomes: str, status: int) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space, data = await world.space(owner=anna, contributor=boris), tiny_jpeg()
    made = await boris.http.post(f"/api/uploads?space_id={space}", headers={**TUS, "Upload-Length": str(len(data))})
    half = len(data) // 2
    first = await boris.http.patch(
        made.headers["location"], content=data[:half], headers={**TUS, **OCTETS, "Upload-Offset": "0"}
    )
    assert first.status_code == 204
    if becomes == "viewer":
        await world.join(space, boris, "viewer")
    else:
        world.execute("DELETE FROM memberships WHERE user_id = %s AND space_id = %s", boris.id, space)
    last = await boris.http.patch(
        made.headers["location"], content=data[half:], headers={**TUS, **OCTETS, "Upload-Offset": str(half)}
    )
    assert last.status_code == status
    assert world.rows("SELECT count(*) FROM assets") == [(0,)]
    assert "asset-id" not in last.headers


# --- Z13


async def test_bytes_that_others_have_are_as_new(world: World) -> None:
    """Who does not have the bytes learns nothing; who has them gets an asset of their own and no other's."""
    anna, boris = await world.person("anna"), await world.person("boris")
    data = tiny_jpeg()
    checksum = hashlib.sha256(data).hexdigest()
    theirs = await world.upload(boris, boris.personal_space, data, "boris-secret-name.jpg")
    assert theirs.status_code == 201

    async def check(person: Person, space: UUID) -> dict[str, Any]:
        answer = await person.http.post("/api/assets/check", json={"space_id": str(space), "checksums": [checksum]})
        found: dict[str, Any] = answer.json()["items"][0]
        return found

    assert await check(anna, anna.personal_space) == {"checksum": checksum, "state": "new", "id": None}
    assert await check(boris, boris.personal_space) == {
        "checksum": checksum,
        "state": "present",
        "id": theirs.json()["id"],
    }
    mine = await world.upload(anna, anna.personal_space, data, "mine.jpg")
    assert (mine.status_code, mine.json()["duplicate"]) == (201, False)
    assert mine.json()["id"] != theirs.json()["id"]
    assert {**mine.json(), "id": None} == {**theirs.json(), "id": None}
    asset = (await anna.http.get(f"/api/assets/{mine.json()['id']}")).text
    assert "boris" not in asset
    assert (await anna.http.get(f"/api/assets/{theirs.json()['id']}")).status_code == 404
    assert world.rows("SELECT count(*) FROM blobs") == [(1,)]


async def test_a_checksum_without_bytes_gives_nothing(world: World) -> None:
    """Declaring the hash of somebody's photo does not make it one's own: the bytes have to come."""
    anna, boris = await world.person("anna"), await world.person("boris")
    data = tiny_jpeg()
    await world.upload(boris, boris.personal_space, data)
    sha256 = b64encode(hashlib.sha256(data).hexdigest().encode()).decode()
    fake = b"x" * len(data)
    made = await anna.http.post(
        f"/api/uploads?space_id={anna.personal_space}",
        headers={**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": f"sha256 {sha256}"},
    )
    assert "asset-id" not in made.headers
    ended = await anna.http.patch(
        made.headers["location"], content=fake, headers={**TUS, **OCTETS, "Upload-Offset": "0"}
    )
    assert ended.status_code in {415, 460}
    other_photo = tiny_jpeg()
    made = await anna.http.post(
        f"/api/uploads?space_id={anna.personal_space}",
        headers={**TUS, "Upload-Length": str(len(other_photo)), "Upload-Metadata": f"sha256 {sha256}"},
    )
    ended = await anna.http.patch(
        made.headers["location"], content=other_photo, headers={**TUS, **OCTETS, "Upload-Offset": "0"}
    )
    assert ended.status_code == 460
    assert world.rows("SELECT count(*) FROM assets WHERE space_id = %s", anna.personal_space) == [(0,)]


async def test_check_tells_no_more_than_the_role_sees(world: World) -> None:
    """A contributor may know that the space has the bytes, but not the id of another's asset in the trash."""
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, contributor=boris)
    data = tiny_jpeg()
    await world.asset(space, by=anna, data=data, trashed=True)
    body = {"space_id": str(space), "checksums": [hashlib.sha256(data).hexdigest()]}
    assert (await boris.http.post("/api/assets/check", json=body)).json()["items"][0]["id"] is None
    assert (await anna.http.post("/api/assets/check", json=body)).json()["items"][0]["id"] is not None


async def test_a_favourite_is_ones_own(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna, viewer=boris)
    asset = await world.asset(space, by=anna)
    await boris.http.post("/api/assets/favourite", json={"ids": [str(asset)], "favourite": True})
    assert (await boris.http.get(f"/api/assets/{asset}")).json()["favourite"] is True
    assert (await anna.http.get(f"/api/assets/{asset}")).json()["favourite"] is False
    favourites = f"/api/timeline?space_id={space}&view=favourites"
    assert (await boris.http.get(favourites)).json()["total"] == 1
    assert (await anna.http.get(favourites)).json()["total"] == 0


@pytest.mark.parametrize(
    ("role", "may"), [("owner", True), ("manager", True), ("contributor", False), ("viewer", False)]
)
async def test_a_photo_that_nobody_added_belongs_to_the_managers(world: World, role: str, may: bool) -> None:
    """Its contributor's account is gone, or the machine's operator added it."""
    anna = await world.person("anna")
    space = await world.space()
    await world.join(space, anna, role)
    asset = await world.asset(space, by=None)
    answer = await anna.http.get(f"/api/assets/{asset}")
    assert (answer.status_code, answer.json()["can_edit"], answer.json()["contributor"]) == (200, may, None)
    assert (await anna.http.patch(f"/api/assets/{asset}", json={"title": "x"})).status_code == (200 if may else 403)
