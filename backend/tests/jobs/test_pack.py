"""Every file of the photo pack goes in through HTTP, and what the gallery then says is what MANIFEST.csv says."""

import csv
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from gallery.media.facts import parse_offset
from tests.factories import PACK
from tests.uploads.serving import Installation, Person, set_up

from .watching import send, sign_in_again, wait_until_examined

Row = dict[str, str]
Asset = dict[str, Any]

OUTCOMES = {
    "ok": {"ready"},
    "keep-original": {"ready"},
    "sidecar": {"ready"},
    "partial": {"damaged"},
    "refuse-too-large": {"too-large"},
    "metadata-only": {"no-preview", "corrupt"},
    "reject-corrupt": {"415", "422", "corrupt", "no-picture"},
    "reject-type": {"415"},
}
UNNOTICED = {"corrupt/bitflips_2mp.jpg"}
"""Five flipped bits that leave a valid stream: no decoder notices them."""
WITHOUT_SIZE = {"corrupt/beach_zero_height.jpg"}
"""A height of zero is no height."""
EXAMINED_SOURCES = {"exif", "gps"}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    if not PACK.is_dir():
        pytest.skip("the photo pack is not beside the repository")
    with (PACK / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def gallery(rows: list[Row], install: Callable[..., Installation]) -> Installation:
    return install()


@pytest.fixture(scope="module")
def anna(gallery: Installation) -> Iterator[Person]:
    person = set_up(gallery)
    yield person
    person.http.close()


@pytest.fixture(scope="module")
def answers(rows: list[Row], gallery: Installation, anna: Person) -> dict[str, tuple[int, dict[str, Any]]]:
    """Status and body of each file's upload; all of them are examined afterwards."""
    space = anna.new_space("The pack")

    def upload(row: Row) -> tuple[int, dict[str, Any]]:
        path = PACK / row["file"]
        response = send(anna, space, path.name, path.read_bytes())
        return response.status_code, response.json()

    with ThreadPoolExecutor(4) as pool:
        made = dict(zip([row["file"] for row in rows], pool.map(upload, rows), strict=True))
    wait_until_examined(gallery)
    sign_in_again(anna)
    return made


@pytest.fixture(scope="module")
def assets(answers: dict[str, tuple[int, dict[str, Any]]], anna: Person) -> dict[str, Asset]:
    """What the gallery says of each file that it took."""
    taken = {name: body["id"] for name, (status, body) in answers.items() if status in (200, 201)}
    return {name: anna.http.get(f"/api/assets/{id_}").raise_for_status().json() for name, id_ in taken.items()}


def outcome(answer: tuple[int, dict[str, Any]], asset: Asset | None) -> str:
    if asset is None:
        return str(answer[0])
    if asset["failure"] is not None:
        assert asset["status"] == "failed"
        assert asset["failure"]["message"]
        return str(asset["failure"]["code"])
    return "damaged" if asset["damaged"] else str(asset["status"])


def test_every_file_does_what_is_expected_of_it(
    rows: list[Row], answers: dict[str, tuple[int, dict[str, Any]]], assets: dict[str, Asset]
) -> None:
    found = {name: outcome(answer, assets.get(name)) for name, answer in answers.items()}
    wrong = {
        row["file"]: (row["expect"], found[row["file"]])
        for row in rows
        if row["file"] not in UNNOTICED and found[row["file"]] not in OUTCOMES[row["expect"]]
    }
    assert wrong == {}
    assert {found[name] for name in UNNOTICED} == {"ready"}
    assert len(assets) > 240


def test_refusals_are_problems(answers: dict[str, tuple[int, dict[str, Any]]]) -> None:
    refused = {name: body["code"] for name, (status, body) in answers.items() if status >= 400}
    assert set(refused.values()) <= {"unsupported-type", "empty-file"}
    assert refused["corrupt/empty.jpg"] == "empty-file"


def test_the_same_bytes_are_one_asset(rows: list[Row], answers: dict[str, tuple[int, dict[str, Any]]]) -> None:
    by_checksum: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for row in rows:
        by_checksum.setdefault(row["sha256"], []).append(answers[row["file"]])
    copies = [same for same in by_checksum.values() if len(same) > 1 and same[0][0] < 400]
    assert copies
    for same in copies:
        assert len({body["id"] for _, body in same}) == 1
        assert sorted(status for status, _ in same) == [200] * (len(same) - 1) + [201]


def test_originals_come_back_byte_for_byte(rows: list[Row], assets: dict[str, Asset], anna: Person) -> None:
    sign_in_again(anna)
    checksums = {row["file"]: row["sha256"] for row in rows}
    wrong = {}
    for name, asset in assets.items():
        fresh = anna.http.get(f"/api/assets/{asset['id']}").json()["media"]["download"]
        data = anna.http.get(fresh).raise_for_status().content
        told = hashlib.sha256(data).hexdigest()
        if not told == asset["sha256"] == checksums[name] or len(data) != asset["bytes"]:
            wrong[name] = (checksums[name], asset["sha256"], told)
    assert wrong == {}


def expected_moment(row: Row) -> datetime | None:
    whole, _, fraction = row["taken"].partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6].ljust(6, '0')}" if fraction else whole) if whole else None


def test_moments(rows: list[Row], assets: dict[str, Asset]) -> None:
    wrong = {}
    for row in rows:
        asset = assets.get(row["file"])
        if asset is None:
            continue
        from_camera = asset["taken_at_source"] == "exif"
        told = datetime.fromisoformat(asset["taken_at"]) if from_camera else None
        if told != expected_moment(row):
            wrong[row["file"]] = (row["taken"], asset["taken_at"], asset["taken_at_source"])
    assert wrong == {}
    assert assets["time/gps-datetime.jpg"]["taken_at_source"] == "gps"


def test_a_moment_in_the_name_counts_where_the_camera_says_nothing(assets: dict[str, Asset]) -> None:
    asset = assets["animated/2018-04-12 19_24_49.gif"]
    assert (asset["taken_at"], asset["taken_at_source"]) == ("2018-04-12T19:24:49", "file_name")


def test_offsets(rows: list[Row], assets: dict[str, Asset]) -> None:
    wrong = {}
    for row in rows:
        asset, told = assets.get(row["file"]), parse_offset(row["taken_offset"] or None)
        if asset is not None and told is not None and asset["utc_offset"] != told:
            wrong[row["file"]] = (row["taken_offset"], asset["utc_offset"])
    assert wrong == {}
    assert assets["time/moscow_2012_plus4.jpg"]["utc_offset"] == 240  # from the GPS time alone


def test_places(rows: list[Row], assets: dict[str, Asset]) -> None:
    wrong = {}
    for row in rows:
        if (asset := assets.get(row["file"])) is None:
            continue
        expected = [float(row["lat"]), float(row["lon"])] if row["lat"] else [None, None]
        told = [asset["latitude"], asset["longitude"]]
        if told != (expected if expected[0] is None else pytest.approx(expected, abs=1e-6)):
            wrong[row["file"]] = (expected, told)
    assert wrong == {}


def test_sizes_as_displayed(rows: list[Row], assets: dict[str, Asset]) -> None:
    wrong = {}
    for row in rows:
        asset = assets.get(row["file"])
        if asset is None or asset["kind"] == "sidecar" or row["file"] in WITHOUT_SIZE:
            continue
        expected = [int(row[side]) if row[side] else None for side in ("width", "height")]
        told = [asset["width"], asset["height"]]
        if told != (expected if expected[0] is None else pytest.approx(expected, abs=1)):
            wrong[row["file"]] = (expected, told)
    assert wrong == {}


def test_pictures_are_handed_out(assets: dict[str, Asset], anna: Person) -> None:
    sign_in_again(anna)
    for name, asset in assets.items():
        has_picture = asset["status"] == "ready" and asset["kind"] != "sidecar"
        assert (asset["media"]["thumb"] is not None) == has_picture, name
        if has_picture:
            media = anna.http.get(f"/api/assets/{asset['id']}").json()["media"]
            assert anna.http.get(media["thumb"]).raise_for_status().headers["content-type"] == "image/webp", name
            preview = anna.http.get(media["preview"]).raise_for_status()
            assert preview.headers["content-type"] in {"image/jpeg", "image/webp"}, name


def test_a_live_photo_is_one_asset(assets: dict[str, Asset], anna: Person) -> None:
    still, clip = assets["livephoto/IMG_7943.HEIC"], assets["livephoto/IMG_7943_HEVC.MOV"]
    answer = anna.http.get(f"/api/assets/{still['id']}").raise_for_status().json()
    assert (
        anna.http.get(answer["live_video"]).raise_for_status().content
        == (PACK / "livephoto/IMG_7943_HEVC.MOV").read_bytes()
    )
    day = clip["taken_at"][:10]
    window = anna.http.get(
        "/api/timeline/window", params={"space_id": still["space_id"], "day": day, "offset": 0, "limit": 512}
    ).json()
    flags = dict(zip(window["ids"], window["flags"], strict=True))
    assert flags[still["id"]] & 32
    assert clip["id"] not in flags
    at = window["ids"].index(still["id"])
    address = f"/media/{window['blobs'][at]}/{window['thumb']}?e={window['expires']}&s={window['sigs'][at]}"
    assert anna.http.get(address).raise_for_status().headers["content-type"] == "image/webp"


def test_sidecars_belong_to_their_photos(assets: dict[str, Asset], gallery: Installation) -> None:
    pairs = {
        "metadata/IMG_5910.jpg.xmp": "metadata/IMG_5910.jpg",
        "metadata/bonton.xmp": "metadata/bonton.jpg",
        "heic/iphone7.xmp": "heic/iphone7.heic",
        "video/20240128_120909.mp4.xmp": "video/20240128_120909.mp4",
    }
    with gallery.database() as connection:
        found = dict(
            connection.execute("SELECT id::text, sidecar_of::text FROM assets WHERE kind = 'sidecar'").fetchall()
        )
    wrong = {name: photo for name, photo in pairs.items() if found[assets[name]["id"]] != assets[photo]["id"]}
    assert wrong == {}
    assert found[assets["metadata/2000.xmp"]["id"]] is None
