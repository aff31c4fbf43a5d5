"""How many statements the hot paths may send: an N+1 cannot come back quietly."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

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
    assert len(sent) <= 12, "\n".join(sent)


def test_roles_include_those_below() -> None:
    assert Role.VIEWER.and_above == set(Role)
    assert Role.OWNER.and_above == {Role.OWNER}
