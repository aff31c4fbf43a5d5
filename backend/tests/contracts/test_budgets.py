"""How many statements the hot paths may send: an N+1 cannot come back quietly."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from gallery.infra.ids import uuid7
from gallery.models import Role
from tests.factories import World, tiny_jpeg


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements that the gallery's own engine sends meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = world.gallery.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


# One for the session's row, one for the spaces, one for the answer.
BUDGETS = {
    "/api/me": 3,
    "/api/spaces": 2,
    "/api/timeline?space_id={space}": 3,
    "/api/timeline/window?space_id={space}&day=2024-05-01": 3,
    "/api/assets/{asset}": 2,
}


# A new file: session, role (before its bytes are read, and again when they are kept), lock, what is known of the checksum,
# room, new blob, new asset, news; its job goes by way of the queue. A known file is done when it is known.
UPLOAD, DUPLICATE = 9, 5


@pytest.mark.parametrize(("path", "budget"), BUDGETS.items())
async def test_reading(world: World, path: str, budget: int) -> None:
    anna = await world.person("anna")
    assets = [await world.asset(anna.personal_space, by=anna, data=tiny_jpeg(mark)) for mark in range(12)]
    address = path.format(space=anna.personal_space, asset=assets[0])
    with statements(world) as sent:
        answer = await anna.http.get(address)
    assert answer.status_code == 200, answer.text
    assert len(sent) == budget, "\n".join(sent)


async def test_an_upload(world: World) -> None:
    anna = await world.person("anna")
    await world.upload(anna, anna.personal_space, tiny_jpeg("first"))
    with statements(world) as sent:
        await world.upload(anna, anna.personal_space, tiny_jpeg("second"))
    assert len(sent) == UPLOAD, "\n".join(sent)


async def test_an_upload_of_what_is_there(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    await world.upload(anna, anna.personal_space, data)
    with statements(world) as sent:
        await world.upload(anna, anna.personal_space, data)
    assert len(sent) == DUPLICATE, "\n".join(sent)


# Session, assets, what is set, a note of it, news.
EDIT = 5
# Session, assets, role, what belongs to them, spaces, bytes, what is there, tombstones, who belongs to the space. To copy
# is one statement, a note and a piece of news; to move is two, with a note and news in either space.
MOVE, COPY = 15, 12
# Session, assets, files, the space's name, a note of it.
DOWNLOAD = 5


@pytest.mark.parametrize(
    ("verb", "more", "budget"),
    [
        ("archive", {"archived": True}, EDIT),
        ("date", {"shift_seconds": 60}, EDIT),
        ("place", {"latitude": 1, "longitude": 1}, EDIT),
        ("move", {"space_id": "there"}, MOVE),
        ("copy", {"space_id": "there"}, COPY),
        ("download", {}, DOWNLOAD),
    ],
)
async def test_many_at_once_cost_what_one_costs(world: World, verb: str, more: dict[str, object], budget: int) -> None:
    anna = await world.person("anna")
    there = await world.space(owner=anna)
    if "space_id" in more:
        more = {"space_id": str(there)}
    for count in (1, 12):
        ids = [str(await world.asset(anna.personal_space, by=anna)) for _ in range(count)]
        with statements(world) as sent:
            answer = await anna.http.post(f"/api/assets/{verb}", json={"ids": ids, **more})
        assert answer.status_code == 200, answer.text
        assert len(sent) == budget, "\n".join(sent)


async def test_who_is_not_signed_in_costs_no_statement(world: World) -> None:
    with statements(world) as sent:
        assert (await world.client().get("/api/me")).status_code == 401
        assert (await world.client(token="no.such.token").get("/api/me")).status_code == 401
    assert sent == []


async def test_thumbs_ask_no_database(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    media = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]
    with statements(world) as sent:
        assert (await world.client().get(media["thumb"])).status_code == 200
    assert sent == []
    with statements(world) as sent:
        assert (await world.client().get(media["original"])).status_code == 200
    assert len(sent) == 1


async def test_lists_cost_the_same_however_long_they_are(world: World) -> None:
    anna = await world.person("anna")
    paths = (f"/api/timeline/window?space_id={anna.personal_space}&day=2100-01-01", "/api/spaces", "/api/auth/sessions")

    async def cost() -> list[int]:
        counts = []
        for path in paths:
            with statements(world) as sent:
                assert (await anna.http.get(path)).status_code == 200
            counts.append(len(sent))
        return counts

    few = await cost()
    for _ in range(20):
        await world.asset(anna.personal_space, by=anna)
        await world.space(owner=anna)
    assert await cost() == few


async def test_what_is_foreign_costs_what_is_missing_costs(world: World) -> None:
    """Z03: nobody learns from the time that an answer takes whether there is something to be had."""
    anna, boris = await world.person("anna"), await world.person("boris")
    asset = await world.asset(boris.personal_space, by=boris)
    for foreign, missing in (
        (f"/api/assets/{asset}", f"/api/assets/{uuid7()}"),
        (f"/api/spaces/{boris.personal_space}", f"/api/spaces/{uuid7()}"),
        (f"/api/timeline?space_id={boris.personal_space}", f"/api/timeline?space_id={uuid7()}"),
    ):
        costs = []
        for path in (foreign, missing):
            with statements(world) as sent:
                assert (await anna.http.get(path)).status_code == 404
            costs.append(sent)
        assert costs[0] == costs[1]


def test_roles_include_those_below() -> None:
    assert Role.VIEWER.and_above == set(Role)
    assert Role.OWNER.and_above == {Role.OWNER}
