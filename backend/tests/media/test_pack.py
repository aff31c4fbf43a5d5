"""Every file of the photo pack: it does what its `expect` says, and its facts are those of MANIFEST.csv."""

import asyncio
import csv
import shutil
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image, ImageChops, ImageStat

from gallery.media.decoding import PROGRAM_LIMITS
from gallery.media.facts import parse_offset
from gallery.media.recipe import PREVIEW_MOST
from gallery.media.sniff import SNIFF_BYTES, MediaKind, Sniffed, sniff
from gallery.media.toolbox import Examination, Toolbox

Row = dict[str, str]

# A height of zero is no height.
WITHOUT_SIZE = {"corrupt/beach_zero_height.jpg"}


@pytest.fixture(scope="module")
def rows(pack: Path) -> list[Row]:
    with (pack / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest_asyncio.fixture(scope="module")
async def examined(
    toolbox: Toolbox, pack: Path, rows: list[Row], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Examination | None]:
    """Every file under a name that tells nothing, as the gallery stores it; None for what is refused."""
    folder = tmp_path_factory.mktemp("blobs")

    async def examine(row: Row) -> Examination | None:
        path = folder / row["sha256"]
        if not path.exists():
            shutil.copyfile(pack / row["file"], path)
        with path.open("rb") as file:
            sniffed = sniff(file.read(SNIFF_BYTES))
        return None if sniffed is None else await toolbox.examine(path, sniffed)

    results = await asyncio.gather(*(examine(row) for row in rows))
    return {row["file"]: result for row, result in zip(rows, results, strict=True)}


Examined = dict[str, Examination | None]


def kept(rows: list[Row], examined: Examined) -> Iterator[tuple[Row, Examination]]:
    for row in rows:
        made = examined[row["file"]]
        if made is not None:
            yield row, made


def outcome(made: Examination | None) -> str:
    if made is None:
        return "refused"
    return made.failure or ("damaged" if made.damaged else "ready")


OUTCOMES = {
    "ok": {"ready"},
    "keep-original": {"ready"},
    "sidecar": {"ready"},
    "partial": {"damaged"},
    "refuse-too-large": {"too-large"},
    "metadata-only": {"no-preview", "corrupt"},
    "reject-corrupt": {"refused", "corrupt", "no-picture"},
    "reject-type": {"refused"},
}


async def test_every_file_does_what_is_expected_of_it(rows: list[Row], examined: Examined) -> None:
    # Five flipped bits that leave a valid stream: no decoder notices them.
    unnoticed = {"corrupt/bitflips_2mp.jpg"}
    wrong = {
        row["file"]: (row["expect"], outcome(examined[row["file"]]))
        for row in rows
        if outcome(examined[row["file"]]) not in OUTCOMES[row["expect"]] and row["file"] not in unnoticed
    }
    assert wrong == {}
    assert {name: outcome(examined[name]) for name in unnoticed} == dict.fromkeys(unnoticed, "ready")


async def test_what_has_a_picture_has_all_of_it(rows: list[Row], examined: Examined) -> None:
    for row, made in kept(rows, examined):
        if made.failure or made.kind is MediaKind.SIDECAR:
            assert (made.thumb, made.preview, made.thumbhash, made.phash, made.colour) == (None,) * 5, row["file"]
            continue
        assert made.thumb is not None, row["file"]
        assert made.preview is not None, row["file"]
        thumb, preview = Image.open(BytesIO(made.thumb)), Image.open(BytesIO(made.preview))
        assert thumb.format == "WEBP", row["file"]
        assert preview.format in ("JPEG", "WEBP"), row["file"]
        assert max(thumb.size) <= 400, row["file"]
        assert max(preview.size) <= PREVIEW_MOST, row["file"]
        assert made.phash is not None, row["file"]
        assert 0 <= made.phash < 1 << 64, row["file"]


def expected_moment(row: Row) -> datetime | None:
    """The manifest writes as many digits of a second as the file has; Python 3.11 wants three or six."""
    whole, _, fraction = row["taken"].partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6].ljust(6, '0')}" if fraction else whole) if whole else None


async def test_moments(rows: list[Row], examined: Examined) -> None:
    wrong: dict[str, Any] = {}
    for row, made in kept(rows, examined):
        told = made.facts.taken_at if made.facts.taken_source != "gps" else None
        if told != expected_moment(row):
            wrong[row["file"]] = (row["taken"], told)
    assert wrong == {}


async def test_offsets(rows: list[Row], examined: Examined) -> None:
    """The file's own offset, or the one that its GPS time implies; never another."""
    wrong: dict[str, Any] = {}
    implied = set()
    for row, made in kept(rows, examined):
        facts, told = made.facts, parse_offset(row["taken_offset"] or None)
        if told is not None:
            if facts.utc_offset != told:
                wrong[row["file"]] = (row["taken_offset"], facts.utc_offset)
        elif facts.utc_offset is not None:
            implied.add(row["file"])
            if row["gps_utc"] and row["taken"]:
                utc = datetime.fromisoformat(row["gps_utc"].split(".")[0].replace(":", "-", 2))
                minutes = ((expected_moment(row) or utc) - utc).total_seconds() / 60
                if abs(minutes - facts.utc_offset) > 7.5:
                    wrong[row["file"]] = (minutes, facts.utc_offset)
    assert wrong == {}
    assert implied >= {
        "time/big_ben_no_tsoffset_but_gps_utc.jpg",
        "time/moscow_2012_plus4.jpg",
        "time/sydney_opera_house_no_tsoffset_but_gps_utc.jpg",
        "phones/pixel_12mp_gps.jpg",
    }
    assert not implied & {"gps/DSCN0010.jpg", "time/dst_gap_moscow_2010.jpg", "time/big_ben_only_time.jpg"}


async def test_gps_time_alone(examined: Examined) -> None:
    made = examined["time/gps-datetime.jpg"]
    assert made is not None
    assert (made.facts.taken_source, made.facts.utc_offset) == ("gps", 0)


async def test_places(rows: list[Row], examined: Examined) -> None:
    wrong: dict[str, Any] = {}
    for row, made in kept(rows, examined):
        expected = (float(row["lat"]), float(row["lon"])) if row["lat"] else (None, None)
        told = (made.facts.latitude, made.facts.longitude)
        if (expected[0] is None) != (told[0] is None) or (
            expected[0] is not None and told != pytest.approx(expected, abs=1e-6)
        ):
            wrong[row["file"]] = (expected, told)
    assert wrong == {}


async def test_heights(rows: list[Row], examined: Examined) -> None:
    overflow = "gps/altitude.jpg"
    for row, made in kept(rows, examined):
        expected = None if row["file"] == overflow or not row["alt"] else pytest.approx(float(row["alt"]), abs=0.06)
        assert made.facts.altitude == expected, row["file"]


async def test_sizes_as_displayed(rows: list[Row], examined: Examined) -> None:
    wrong: dict[str, Any] = {}
    for row, made in kept(rows, examined):
        if made.kind is MediaKind.SIDECAR or row["file"] in WITHOUT_SIZE:
            continue
        expected = [int(row[side]) if row[side] else None for side in ("width", "height")]
        told = [made.width, made.height]
        if any(
            (a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 1)
            for a, b in zip(expected, told, strict=True)
        ):
            wrong[row["file"]] = (expected, told)
    assert wrong == {}


async def test_cameras(rows: list[Row], examined: Examined) -> None:
    wrong = {
        row["file"]: (row["camera"], made.facts.camera)
        for row, made in kept(rows, examined)
        if (row["camera"] or None) != made.facts.camera
    }
    assert wrong == {}


async def test_formats_are_refined(rows: list[Row], examined: Examined) -> None:
    types = {"Extended WEBP": "webp", "APNG": "png", "BTF": "tiff", "HEIF": "heic", "MKV": "matroska", "M4A": "mp4"}
    unknown_without_its_name = {"raw/synthetic.nef": "raw"}
    wrong = {}
    for row, made in kept(rows, examined):
        expected = unknown_without_its_name.get(row["file"], types.get(row["type"], row["type"].lower()))
        if made.format != expected:
            wrong[row["file"]] = (row["type"], made.format, made.mime)
    assert wrong == {}


async def test_a_refined_format_is_examined_again_alike(toolbox: Toolbox, pack: Path, examined: Examined) -> None:
    """What is stored of a first examination is what the second begins with."""
    for name in ("raw/synthetic.cr2", "raw/synthetic.nef", "heic/iphone7.heic", "video/utc_rot180.mp4"):
        first = examined[name]
        assert first is not None
        again = await toolbox.examine(pack / name, Sniffed(first.kind, first.format, first.mime, first.format))
        assert (again.failure, again.width, again.height) == (None, first.width, first.height), name


async def test_bombs_stay_under_the_limits(rows: list[Row], examined: Examined) -> None:
    bombs = {row["file"]: made for row, made in kept(rows, examined) if row["file"].startswith("bombs/")}
    assert len(bombs) == 8
    assert {name: made.peak_rss for name, made in bombs.items() if made.peak_rss > 120_000_000} == {}
    assert {name: made.cpu_seconds for name, made in bombs.items() if made.cpu_seconds > 2} == {}
    assert all(made.peak_rss <= (PROGRAM_LIMITS.memory or 0) for _, made in kept(rows, examined))


async def test_films(rows: list[Row], examined: Examined) -> None:
    durations = {row["file"]: made.duration for row, made in kept(rows, examined) if made.kind is MediaKind.VIDEO}
    assert durations["video/rotate270.mp4"] == pytest.approx(13.667)
    assert durations["video/h264.mkv"] == pytest.approx(2.023)
    assert durations["video/audio_only.mp4"] == pytest.approx(2.0)
    assert durations["corrupt/cut_half.mp4"] is None


def preview(examined: Examined, name: str) -> Image.Image:
    made = examined[name]
    assert made is not None
    assert made.preview is not None
    return Image.open(BytesIO(made.preview)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    small = [picture.resize((64, 64)) for picture in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3


async def test_raw_files_show_their_largest_picture(examined: Examined) -> None:
    assert max(preview(examined, "raw/canon_eos_6d.dng").size) == 1024
    for name in ("raw/synthetic.arw", "raw/synthetic.cr2", "raw/synthetic.dng", "raw/synthetic.nef"):
        assert max(preview(examined, name).size) == 672, name
    upright = preview(examined, "raw/synthetic.arw")
    assert upright.height > upright.width


async def test_a_poster_is_not_black(examined: Examined) -> None:
    assert sum(ImageStat.Stat(preview(examined, "video/black_first_2s.mp4")).mean) / 3 > 40


async def test_posters_stand_upright(rows: list[Row], examined: Examined) -> None:
    for row, made in kept(rows, examined):
        if made.kind is MediaKind.VIDEO and made.preview:
            shown = preview(examined, row["file"])
            assert (shown.width > shown.height) == (int(row["width"]) > int(row["height"])), row["file"]


async def test_the_eight_orientations_are_one_picture(examined: Examined) -> None:
    first = preview(examined, "orientation/landscape_1.jpg")
    hashes = set()
    for number in range(9):
        name = f"orientation/landscape_{number}.jpg"
        if number:
            assert difference(first, preview(examined, name)) < 6, name
        made = examined[name]
        assert made is not None
        if number and made.phash is not None:
            hashes.add(made.phash)
    reference = next(iter(hashes))
    assert all((reference ^ other).bit_count() <= 6 for other in hashes)


async def test_colours_are_right(examined: Examined) -> None:
    assert difference(preview(examined, "jpeg/display_srgb.jpg"), preview(examined, "jpeg/display_p3.jpg")) < 14
    hole = examined["png/oval_transparent.png"]
    assert hole is not None
    assert hole.preview is not None
    corner = Image.open(BytesIO(hole.preview)).convert("RGBA").getpixel((2, 2))
    assert isinstance(corner, tuple)
    assert corner[3] == 0


async def test_likeness(examined: Examined) -> None:
    def phash(name: str) -> int:
        made = examined[name]
        assert made is not None
        assert made.phash is not None
        return made.phash

    assert phash("duplicates/IMG_4120.JPG") == phash("duplicates/IMG_4120 copy.JPG")
    small = phash("duplicates/IMG_20180725_163423-tiny.jpg")
    assert (small ^ phash("phones/pixel_12mp_gps.jpg")).bit_count() <= 4
    assert (small ^ phash("phones/nexus5x_12mp_aarhus.jpg")).bit_count() > 10


async def test_live_and_motion_photos(examined: Examined) -> None:
    def identifier(name: str) -> str | None:
        made = examined[name]
        assert made is not None
        return made.facts.content_id

    assert identifier("livephoto/IMG_0001_train.JPG") == identifier("livephoto/IMG_0001_train.MOV") is not None
    assert identifier("livephoto/IMG_7943.HEIC") == identifier("livephoto/IMG_7943_HEVC.MOV") is not None
    motion = {name for name, made in examined.items() if made is not None and made.facts.motion_photo}
    assert motion == {"livephoto/PXL_20240308_090001250.MP.jpg", "heic/galaxy_s22_motion_photo.heic"}


async def test_russian_words(examined: Examined) -> None:
    modern, old = examined["metadata/cyrillic_utf8.jpg"], examined["metadata/cyrillic_cp1251.jpg"]
    assert modern is not None
    assert old is not None
    assert (modern.facts.title, modern.facts.description) == ("Дача", "Бабушка и внуки на даче")
    assert (modern.facts.keywords, modern.facts.rating) == (("семья", "лето"), 5)
    assert old.facts.description == "Новый год"
