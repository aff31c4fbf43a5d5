"""What becomes of a blob when its decoder dies, its job is lost, its recipe is old or its original is gone."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from gallery.assets.ingest import MAX_ATTEMPTS, RECIPE, Ingest
from gallery.media.facts import Facts
from gallery.media.sniff import MediaKind, Sniffed
from gallery.media.toolbox import DecoderCrashed, DecodeTimeout, Examination, Toolbox, ToolPaths
from tests.factories import Person, World, tiny_jpeg


class FakeToolbox(Toolbox):
    """Answers what it is told to: an examination, or an error that it raises."""

    def __init__(self, *answers: Examination | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[Path] = []

    async def examine(self, path: Path, sniffed: Sniffed) -> Examination:
        self.asked.append(path)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


FACTS = Facts(taken_at=datetime(2021, 6, 7, 8, 9, 10), taken_source="exif", camera="Zenit E")
GOOD = Examination(
    "jpeg", "image/jpeg", MediaKind.IMAGE, FACTS, 16, 12, thumb=b"RIFF thumb", preview=b"preview", thumbhash=b"\x01"
)


def crash(kind: type[DecoderCrashed] = DecoderCrashed) -> DecoderCrashed:
    """As the toolbox raises it: with what ExifTool had found before."""
    error, failure = kind("the child died"), "timeout" if kind is DecodeTimeout else "decoder-crashed"
    error.examination = Examination("jpeg", "image/jpeg", MediaKind.IMAGE, FACTS, 16, 12, damaged=True, failure=failure)
    return error


def ingest_with(world: World, *answers: Examination | Exception) -> tuple[Ingest, FakeToolbox]:
    toolbox, gallery = FakeToolbox(*answers), world.gallery
    return Ingest(gallery.database, gallery.storage, gallery.jobs, toolbox, gallery.clock), toolbox


def jobs(world: World, blob_id: UUID) -> list[tuple[str, bool]]:
    """The blob's waiting jobs: state, and whether they wait for a later moment."""
    return world.rows(
        "SELECT status::text, scheduled_at > now() FROM procrastinate_jobs"
        " WHERE task_name = 'assets.ingest' AND args ->> 'blob_id' = %s ORDER BY id",
        str(blob_id),
    )


def state(world: World, blob_id: UUID) -> tuple[str, str | None, int, str | None]:
    return world.rows("SELECT state, failure, attempts, recipe FROM blobs WHERE id = %s", blob_id)[0]  # type: ignore[return-value]  # four columns


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna", operator=True)


@pytest.fixture
async def photo(world: World, anna: Person) -> tuple[UUID, UUID]:
    """A photo that nobody has examined and that no job looks after: asset, blob."""
    asset_id = await world.asset(anna.personal_space, by=anna, data=tiny_jpeg("untouched"), state="processing")
    return asset_id, world.blob_of(asset_id)


# --- A decoder that dies


@pytest.mark.parametrize(("kind", "code"), [(DecoderCrashed, "decoder-crashed"), (DecodeTimeout, "timeout")])
async def test_three_crashes_are_a_dead_letter_that_can_be_tried_again(
    world: World, anna: Person, photo: tuple[UUID, UUID], kind: type[DecoderCrashed], code: str
) -> None:
    asset_id, blob_id = photo
    ingest, toolbox = ingest_with(world, *(crash(kind) for _ in range(MAX_ATTEMPTS)))
    for attempt in range(1, MAX_ATTEMPTS):
        await ingest.run(blob_id)
        assert state(world, blob_id) == ("processing", None, attempt, None)
        assert jobs(world, blob_id) == [("todo", True)] * attempt, "a later moment, each time"
    assert (await anna.http.get("/api/operator/dead-letters")).json() == {"items": []}
    await ingest.run(blob_id)
    assert state(world, blob_id) == ("failed", code, MAX_ATTEMPTS, RECIPE)
    await ingest.run(blob_id)
    assert len(toolbox.asked) == MAX_ATTEMPTS, "given up is given up"

    [letter] = (await anna.http.get("/api/operator/dead-letters")).raise_for_status().json()["items"]
    assert (letter["blob_id"], letter["code"], letter["attempts"]) == (str(blob_id), code, MAX_ATTEMPTS)
    assert letter["file_names"] == ["photo.jpg"]
    assert letter["message"]
    assert (await anna.http.get("/api/operator/status")).json()["dead_letters"] == 1
    asset = (await anna.http.get(f"/api/assets/{asset_id}")).json()
    assert (asset["status"], asset["failure"]["code"]) == ("failed", code)

    world.execute("DELETE FROM procrastinate_jobs")
    retried = await anna.http.post(f"/api/operator/dead-letters/{blob_id}/retry")
    assert retried.status_code == 204
    assert jobs(world, blob_id) == [("todo", None)]
    ingest, _ = ingest_with(world, GOOD)
    await ingest.run(blob_id)
    assert state(world, blob_id) == ("ready", None, 0, RECIPE)
    assert (await anna.http.get("/api/operator/dead-letters")).json() == {"items": []}
    asset = (await anna.http.get(f"/api/assets/{asset_id}")).json()
    assert (asset["status"], asset["camera"], asset["taken_at"]) == ("ready", "Zenit E", "2021-06-07T08:09:10")
    assert (await anna.http.get(asset["media"]["thumb"])).content == b"RIFF thumb"


async def test_what_the_tags_said_survives_the_decoder(world: World, anna: Person, photo: tuple[UUID, UUID]) -> None:
    """A photo without a picture still stands in its place in the timeline."""
    asset_id, blob_id = photo
    ingest, _ = ingest_with(world, *(crash() for _ in range(MAX_ATTEMPTS)))
    for _ in range(MAX_ATTEMPTS):
        await ingest.run(blob_id)
    asset = (await anna.http.get(f"/api/assets/{asset_id}")).json()
    assert (asset["status"], asset["camera"]) == ("failed", "Zenit E")
    assert (asset["taken_at"], asset["taken_at_source"]) == ("2021-06-07T08:09:10", "exif")


async def test_a_crash_and_then_a_picture(world: World, photo: tuple[UUID, UUID]) -> None:
    _, blob_id = photo
    ingest, _ = ingest_with(world, crash(), GOOD)
    await ingest.run(blob_id)
    await ingest.run(blob_id)
    assert state(world, blob_id) == ("ready", None, 0, RECIPE)


async def test_only_the_operator_sees_dead_letters(world: World, photo: tuple[UUID, UUID]) -> None:
    boris = await world.person("boris")
    _, blob_id = photo
    assert (await boris.http.get("/api/operator/dead-letters")).status_code == 403
    assert (await boris.http.post(f"/api/operator/dead-letters/{blob_id}/retry")).status_code == 403


# --- The sweep


async def test_the_sweep_finds_what_lacks_something(world: World, anna: Person) -> None:
    lost = await world.asset(anna.personal_space, by=anna, state="processing")
    old = await world.asset(anna.personal_space, by=anna, blob={"recipe": "thumb-0+preview-0"})
    asked_for = await world.asset(anna.personal_space, by=anna, blob={"recipe": None})
    fine = await world.asset(anna.personal_space, by=anna)
    failed = await world.asset(anna.personal_space, by=anna, state="failed")
    world.clock.advance(minutes=2)
    late = await world.asset(anna.personal_space, by=anna, state="processing")
    ingest, _ = ingest_with(world)
    await ingest.sweep()
    await ingest.sweep()
    for asset_id in (lost, old, asked_for):
        assert jobs(world, world.blob_of(asset_id)) == [("todo", None)], "once, however often it sweeps"
    for asset_id in (fine, failed, late):
        assert jobs(world, world.blob_of(asset_id)) == []


async def test_an_old_recipe_is_made_anew(world: World, anna: Person) -> None:
    asset_id = await world.asset(anna.personal_space, by=anna, blob={"recipe": "thumb-0+preview-0"})
    blob_id = world.blob_of(asset_id)
    ingest, _ = ingest_with(world, GOOD)
    await ingest.run(blob_id)
    assert state(world, blob_id) == ("ready", None, 0, RECIPE)
    assert world.gallery.storage.derivative(blob_id, "thumb-1").read_bytes() == b"RIFF thumb"
    world.execute("DELETE FROM procrastinate_jobs")
    world.clock.advance(minutes=2)
    await ingest.sweep()
    assert jobs(world, blob_id) == []


async def test_a_new_recipe_keeps_what_people_edited(world: World, anna: Person) -> None:
    asset_id = await world.asset(anna.personal_space, by=anna, blob={"recipe": "thumb-0+preview-0"})
    edit = {"taken_at": "1999-01-02T03:04:05", "title": "Дача", "latitude": 55.75, "longitude": 37.62}
    (await anna.http.patch(f"/api/assets/{asset_id}", json=edit)).raise_for_status()
    ingest, _ = ingest_with(world, GOOD)
    await ingest.run(world.blob_of(asset_id))
    asset = (await anna.http.get(f"/api/assets/{asset_id}")).json()
    assert {name: asset[name] for name in edit} == edit
    assert asset["camera"] == "Zenit E"


# --- An original that is gone


async def test_a_missing_original_fails_once(world: World, anna: Person, photo: tuple[UUID, UUID]) -> None:
    """With real tools: they are what notices."""
    asset_id, blob_id = photo
    sha256 = world.rows("SELECT sha256 FROM blobs WHERE id = %s", blob_id)[0][0]
    world.gallery.storage.original(sha256).unlink()
    gallery = world.gallery
    async with Toolbox.open(ToolPaths.find(), workers=1) as toolbox:
        ingest = Ingest(gallery.database, gallery.storage, gallery.jobs, toolbox, gallery.clock)
        await ingest.run(blob_id)
    assert state(world, blob_id)[0] == "failed"
    assert (await anna.http.get(f"/api/assets/{asset_id}")).json()["failure"]["code"] == "corrupt"
    world.clock.advance(minutes=2)
    await ingest.sweep()
    assert jobs(world, blob_id) == [], "no loop"


async def test_a_missing_original_heals_with_the_same_bytes(
    world: World, anna: Person, photo: tuple[UUID, UUID]
) -> None:
    asset_id, blob_id = photo
    ingest, _ = ingest_with(world, FileNotFoundError(), GOOD)
    await ingest.run(blob_id)
    again = await world.upload(anna, anna.personal_space, tiny_jpeg("untouched"))
    assert (again.status_code, again.json()["id"]) == (200, str(asset_id))
    (await anna.http.post(f"/api/assets/{asset_id}/retry")).raise_for_status()
    await ingest.run(blob_id)
    assert state(world, blob_id) == ("ready", None, 0, RECIPE)


async def test_a_blob_that_is_gone_is_no_error(world: World, anna: Person) -> None:
    ingest, toolbox = ingest_with(world)
    await ingest.run(UUID(int=0))
    assert toolbox.asked == []
