"""What Prometheus is told, and that it is true."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import httpx
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import ClientDisconnect

from gallery.main import create_watch
from gallery.worker import work_until_stopped
from tests.factories import World, tiny_jpeg

Sample = tuple[str, frozenset[tuple[str, str]]]


def parsed(text: str) -> dict[Sample, float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def told(world: World) -> dict[Sample, float]:
    answer = await world.client().get("/metrics")
    assert answer.status_code == 200, answer.text
    return parsed(answer.text)


def at(name: str, **labels: str) -> Sample:
    return name, frozenset(labels.items())


async def test_uploads_count_their_bytes_and_their_failures_by_reason(world: World) -> None:
    anna = await world.person("anna")
    before = await told(world)
    data = tiny_jpeg()
    assert (await world.upload(anna, anna.personal_space, data)).status_code == 201
    assert (await world.upload(anna, anna.personal_space, b"no picture at all" * 99)).status_code == 415
    assert (await world.upload(anna, anna.personal_space, b"")).status_code == 422
    assert (await anna.http.post("/api/assets?space_id=nobody", content=b"")).status_code == 422
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "0"}
    assert (await anna.http.post("/api/uploads", headers=tus)).status_code == 422
    after = await told(world)

    def grew(name: str, **labels: str) -> float:
        return after.get(at(name, **labels), 0) - before.get(at(name, **labels), 0)

    assert grew("gallery_uploaded_bytes_total") == len(data)
    assert grew("gallery_intakes_total", outcome="new") == 1
    failed = {
        reason: grew("gallery_upload_failures_total", reason=reason) for reason in ("unsupported-type", "empty-file")
    }
    assert failed == {"unsupported-type": 1, "empty-file": 2}
    assert grew("gallery_request_seconds_count", method="POST", route="/api/assets", status="201") == 1


async def test_who_leaves_in_the_middle_is_counted(world: World) -> None:
    anna = await world.person("anna")
    before = await told(world)

    async def leave() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None: ...

    headers = [
        (b"authorization", anna.http.headers["authorization"].encode()),
        (b"content-type", b"multipart/form-data; boundary=b"),
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/api/assets", "raw_path": b"/api/assets", "root_path": "",
        "query_string": f"space_id={anna.personal_space}".encode(), "headers": headers, "http_version": "1.1",
        "scheme": "http", "server": ("gallery.test", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    with suppress(ClientDisconnect):
        await world.application(scope, leave, send)
    gone = at("gallery_upload_failures_total", reason="aborted")
    assert (await told(world)).get(gone, 0) - before.get(gone, 0) == 1


async def test_spaces_are_told_by_id_and_leave_with_their_space(world: World) -> None:
    anna = await world.person("anna")
    space = (await anna.http.post("/api/spaces", json={"name": "canary-name"})).json()["id"]
    data = tiny_jpeg()
    await world.upload(anna, space, data)
    world.execute("UPDATE spaces SET quota_bytes = 5000 WHERE id = %s", space)
    found = await told(world)
    assert found[at("gallery_space_used_bytes", space=space)] == len(data)
    assert found[at("gallery_space_assets", space=space)] == 1
    assert found[at("gallery_space_quota_bytes", space=space)] == 5000
    assert at("gallery_space_quota_bytes", space=str(anna.personal_space)) not in found
    assert "canary-name" not in str(found)
    assert "anna" not in str(found)
    world.execute("DELETE FROM assets WHERE space_id = %s", space)
    world.execute("DELETE FROM spaces WHERE id = %s", space)
    assert at("gallery_space_used_bytes", space=space) not in await told(world)


async def test_the_queue_is_told_by_job_with_its_depth_and_age(world: World) -> None:
    empty = await told(world)
    assert empty[at("gallery_jobs_waiting", task="assets.ingest")] == 0
    async with world.running():
        anna = await world.person("anna")
        await world.upload(anna, anna.personal_space, tiny_jpeg())
        await world.upload(anna, anna.personal_space, tiny_jpeg())
        world.execute("UPDATE procrastinate_events SET at = at - interval '90 seconds'")
        found = await told(world)
    assert found[at("gallery_jobs_waiting", task="assets.ingest")] == 2
    assert found[at("gallery_jobs_running", task="assets.ingest")] == 0
    assert 90 <= found[at("gallery_jobs_oldest_seconds", task="assets.ingest")] < 120
    world.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    assert (await told(world))[at("gallery_jobs_oldest_seconds", task="assets.ingest")] == 0


async def test_connections_readers_and_room_are_told(world: World) -> None:
    async with world.gallery.events.reader():
        async with world.gallery.database.transaction() as session:
            await session.connection()
            found = await told(world)
    assert found[at("gallery_event_readers")] == 1
    assert found[at("gallery_database_connections", state="in-use")] == 1
    assert found[at("gallery_database_connections_limit")] == 15
    assert found[at("gallery_database_up")] == 1
    assert found[at("gallery_storage_free_bytes")] > 0
    assert found[at("gallery_dead_letters")] == 0


async def test_media_have_a_latency_too(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    media = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]
    before = await told(world)
    assert (await world.client().get(media["thumb"])).status_code == 200
    assert (await world.client().get(media["thumb"] + "0")).status_code == 404
    after = await told(world)
    for status in ("200", "404"):
        count = at("gallery_request_seconds_count", method="GET", route="/media", status=status)
        assert after[count] - before.get(count, 0) == 1


async def test_a_worker_answers_for_itself(new_world: Callable[..., World]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world = new_world(worker_port=port, ingest_workers=1)
    anna = await world.person("anna")
    async with world.running():
        await world.upload(anna, anna.personal_space, tiny_jpeg())
    work = asyncio.create_task(work_until_stopped(world.gallery, create_watch(world.gallery)))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        made = at("gallery_derivative_seconds_count", kind="image")
        waiting = at("gallery_jobs_waiting", task="assets.ingest")
        found: dict[Sample, float] = {}
        for _ in range(200):
            await asyncio.sleep(0.1)
            try:
                found = parsed((await http.get("/metrics")).text)
            except httpx.TransportError:
                continue
            # The queue is asked before the counters are read, so one answer may tell a picture made and its job still waiting.
            if found.get(made) and not found[waiting]:
                break
        assert found[made] >= 1
        assert found[waiting] == 0
        assert (await http.get("/health")).json()["status"] == "ok"
        assert (await http.get("/api/me")).status_code == 404
        assert (await http.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"})).status_code == 404
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(work, 20)
