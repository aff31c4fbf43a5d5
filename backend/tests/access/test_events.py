"""Live news reach those whom they concern, and end with the session (Z07, Z15)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gallery.infra.asgi import Application
from tests.factories import Person, World, tiny_jpeg


class Stream:
    """An open page that reads server-sent events."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.ended = asyncio.Event()
        self._text = ""
        self._more = asyncio.Event()
        self._gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self._text += message.get("body", b"").decode()
        self._more.set()
        if not message.get("more_body"):
            self.ended.set()

    def close(self) -> None:
        self._gone.set()

    @property
    def events(self) -> list[tuple[str, Any]]:
        """What has arrived: (name, data)."""
        found = []
        for block in self._text.split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if fields:
                found.append((fields["event"], json.loads(fields["data"])))
        return found

    @property
    def pings(self) -> int:
        return self._text.count(": ping\n\n")

    async def wait_for(self, name: str, *, seconds: float = 8, **data: Any) -> dict[str, Any]:
        """The first event of this name whose data holds this."""
        async with asyncio.timeout(seconds):
            while True:
                self._more.clear()
                for event, found in self.events:
                    if event == name and data.items() <= found.items():
                        return dict(found)
                await self._more.wait()


@asynccontextmanager
async def listening(application: Application, token: str) -> AsyncIterator[Stream]:
    """A page of whom the token says, from its first event on."""
    stream = Stream()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
        "path": "/api/events", "raw_path": b"/api/events", "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("gallery.test", 80), "headers": [(b"host", b"gallery.test"), (b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip
    task = asyncio.ensure_future(application(scope, stream.receive, stream.send))
    try:
        await stream.wait_for("hello")
        yield stream
    finally:
        stream.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def live(new_world: Callable[..., World]) -> AsyncIterator[World]:
    """A world whose events are heard."""
    world = new_world()
    async with world.running():
        yield world


async def flush(world: World, person: Person, stream: Stream) -> None:
    """Makes something happen for the person and waits for it: whatever was announced before has arrived, too."""
    asset = await world.upload(person, person.personal_space, tiny_jpeg())
    await stream.wait_for("assets", change="added", ids=[asset.json()["id"]])


async def test_news_reach_members_and_nobody_else(live: World) -> None:
    anna, boris, vera = await live.person("anna"), await live.person("boris"), await live.person("vera", operator=True)
    space = await live.space(owner=anna, viewer=boris)
    async with (
        listening(live.application, anna.access_token) as of_anna,
        listening(live.application, boris.access_token) as of_boris,
        listening(live.application, vera.access_token) as of_vera,
    ):
        assert of_anna.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert of_anna.headers["cache-control"] == "no-store"
        shared = (await live.upload(anna, space, tiny_jpeg())).json()["id"]
        private = (await live.upload(anna, anna.personal_space, tiny_jpeg())).json()["id"]
        assert await of_anna.wait_for("assets", ids=[private])
        news = await of_boris.wait_for("assets", ids=[shared])
        assert news == {"space_id": str(space), "change": "added", "ids": [shared]}
        await live.upload(boris, boris.personal_space, tiny_jpeg())
        await anna.http.post("/api/assets/trash", json={"ids": [shared]})
        await of_boris.wait_for("assets", change="trashed", ids=[shared])
        await flush(live, vera, of_vera)
        assert private not in str(of_boris.events)
        assert [data["space_id"] for name, data in of_vera.events if name == "assets"] == [str(vera.personal_space)]


async def test_an_undone_date_is_told_where_the_photo_is_now(live: World) -> None:
    anna, boris = await live.person("anna"), await live.person("boris")
    asset = await live.asset(anna.personal_space, by=anna)
    there = await live.space(owner=anna, viewer=boris)
    dated = await anna.http.post("/api/assets/date", json={"ids": [str(asset)], "shift_seconds": 60})
    await anna.http.post("/api/assets/move", json={"ids": [str(asset)], "space_id": str(there)})
    async with listening(live.application, boris.access_token) as of_boris:
        undone = await anna.http.post("/api/assets/undo", json={"activity_ids": dated.json()["undo"]})
        assert undone.json() == {"changed": 1}
        assert await of_boris.wait_for("assets", change="changed", ids=[str(asset)], space_id=str(there))


async def test_coming_and_going_changes_what_is_heard(live: World) -> None:
    anna, boris = await live.person("anna"), await live.person("boris")
    space = await live.space(owner=anna)
    base = f"/api/spaces/{space}/members"
    async with listening(live.application, boris.access_token) as of_boris:
        before = (await live.upload(anna, space, tiny_jpeg())).json()["id"]
        assert (await anna.http.post(base, json={"login": "boris", "role": "viewer"})).status_code == 201
        await of_boris.wait_for("spaces")
        during = (await live.upload(anna, space, tiny_jpeg())).json()["id"]
        await of_boris.wait_for("assets", ids=[during])
        assert (await anna.http.delete(f"{base}/{boris.id}")).status_code == 204
        after = (await live.upload(anna, space, tiny_jpeg())).json()["id"]
        await flush(live, boris, of_boris)
        heard = str(of_boris.events)
        assert before not in heard
        assert after not in heard
        assert [name for name, _ in of_boris.events].count("spaces") == 2


async def test_nothing_is_announced_that_did_not_happen(live: World) -> None:
    """News leave with the commit: what was refused or rolled back is never heard of."""
    anna, boris = await live.person("anna"), await live.person("boris")
    space = await live.space(owner=anna, contributor=boris)
    asset = await live.asset(space, by=anna)
    async with listening(live.application, anna.access_token) as of_anna:
        mine = (await live.upload(boris, space, tiny_jpeg())).json()["id"]
        refused = await boris.http.post("/api/assets/trash", json={"ids": [mine, str(asset)]})
        assert refused.status_code == 403
        await flush(live, anna, of_anna)
        assert "trashed" not in str(of_anna.events)


async def test_a_page_hears_nothing_without_identity(live: World) -> None:
    assert (await live.client().get("/api/events")).status_code == 401
    assert (await live.client().get("/api/events?access_token=x")).status_code == 401


async def test_a_stream_ends_with_its_session(live: World) -> None:
    """Sign-out, a disabled account, an ended token: the page is told to come back, and cannot."""
    out, disabled, stays = await live.person("out"), await live.person("disabled"), await live.person("stays")
    async with (
        listening(live.application, out.access_token) as of_out,
        listening(live.application, disabled.access_token) as of_disabled,
        listening(live.application, stays.access_token) as of_stays,
    ):
        await live.client().post("/api/auth/logout", json={"refresh_token": out.refresh_token})
        live.execute("UPDATE users SET disabled_at = now() WHERE id = %s", disabled.id)
        await asyncio.wait_for(asyncio.gather(of_out.ended.wait(), of_disabled.ended.wait()), 9)
        async with asyncio.timeout(9):
            while not of_stays.pings:
                await asyncio.sleep(0.01)
        assert not of_stays.ended.is_set()
        live.clock.advance(minutes=11)
        await asyncio.wait_for(of_stays.ended.wait(), 9)
