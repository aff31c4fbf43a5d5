"""One file in, one record out: pictures made on the spot."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from io import BytesIO

import pytest
from PIL import ExifTags, Image

from gallery.media.recipe import PREVIEW_MOST, PREVIEW_SIDE, THUMB_SIDE
from gallery.media.sniff import MediaKind, sniff
from gallery.media.toolbox import Examination, Toolbox

from .samples import encoded, exif, photo, png_header_only, quarters, scene

Examine = Callable[[bytes], Awaitable[Examination]]
Rgb = tuple[int, int, int]


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(BytesIO(data))


def corners(data: bytes | None) -> list[str]:
    """The names of the colours in the four quarters, row by row."""
    picture = opened(data).convert("RGB")
    names = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}
    seen = []
    for y in (0.25, 0.75):
        for x in (0.25, 0.75):
            pixel = picture.getpixel((int(picture.width * x), int(picture.height * y)))
            assert isinstance(pixel, tuple)
            seen.append(min(names, key=lambda key: sum((a - b) ** 2 for a, b in zip(names[key], pixel, strict=True))))
    return seen


UPRIGHT = ["red", "green", "blue", "yellow"]


async def test_a_photo_gives_everything(examine: Examine) -> None:
    block = exif(
        {
            ExifTags.Base.Make: "Canon",
            ExifTags.Base.Model: "Canon EOS R6",
            ExifTags.Base.ImageDescription: "Дача".encode(),
        },
        {
            ExifTags.Base.DateTimeOriginal: "2024:05:06 07:08:09",
            ExifTags.Base.OffsetTimeOriginal: "+03:00",
            ExifTags.Base.ExposureTime: 0.004,
        },
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (55.0, 45.0, 20.88),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (37.0, 37.0, 2.28),
        },
    )
    made = await examine(encoded(scene(2400, 1600), exif=block, quality=90))

    assert (made.kind, made.format, made.mime) == (MediaKind.IMAGE, "jpeg", "image/jpeg")
    assert (made.width, made.height, made.failure, made.damaged) == (2400, 1600, None, False)
    preview, thumb = opened(made.preview), opened(made.thumb)
    assert (preview.format, preview.size) == ("JPEG", (PREVIEW_SIDE, 1280))
    assert (thumb.format, thumb.size) == ("WEBP", (THUMB_SIDE, 267))
    assert made.thumbhash is not None
    assert 5 <= len(made.thumbhash) <= 25
    assert made.phash is not None
    assert made.colour is not None
    assert made.facts.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert (made.facts.utc_offset, made.facts.taken_source) == (180, "exif")
    assert made.facts.latitude == pytest.approx(55.7558)
    assert made.facts.longitude == pytest.approx(37.6173)
    assert (made.facts.camera, made.facts.description) == ("Canon EOS R6", "Дача")
    assert made.facts.exif["ExposureTime"] == 0.004
    assert 0 < made.cpu_seconds < 5
    assert 0 < made.peak_rss < 200_000_000


async def test_derivatives_carry_no_metadata(examine: Examine) -> None:
    """A preview goes to more people than its original: it tells nobody where it was taken."""
    made = await examine(
        photo("2024:05:06 07:08:09", gps={ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (55.0, 0.0, 0.0)})
    )
    for data in (made.preview, made.thumb):
        assert data is not None
        assert b"Exif" not in data
        assert b"2024:05:06" not in data


# How the stored pixels of each orientation come from the upright ones.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
async def test_all_eight_orientations_are_upright(examine: Examine, orientation: int, format: str) -> None:
    turn = STORED[orientation]
    stored = quarters(600, 400) if turn is None else quarters(600, 400).transpose(turn)
    made = await examine(encoded(stored, format, exif=exif({ExifTags.Base.Orientation: orientation})))
    assert (made.width, made.height) == (600, 400)
    assert corners(made.preview) == UPRIGHT
    assert corners(made.thumb) == UPRIGHT


@pytest.mark.parametrize("orientation", [0, 9, 65535])
async def test_an_illegal_orientation_is_upright(examine: Examine, orientation: int) -> None:
    made = await examine(encoded(quarters(), exif=exif({ExifTags.Base.Orientation: orientation})))
    assert (made.width, made.height) == (60, 40)
    assert corners(made.preview) == UPRIGHT


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
async def test_formats(examine: Examine, format: str) -> None:
    made = await examine(encoded(quarters(), format))
    assert (made.format, made.failure, made.damaged) == (format.lower(), None, False)
    assert (made.width, made.height) == (60, 40)
    assert corners(made.preview) == UPRIGHT


@pytest.mark.parametrize("mode", ["L", "CMYK", "YCbCr"])
async def test_colour_spaces_become_what_browsers_show(examine: Examine, mode: str) -> None:
    made = await examine(encoded(quarters().convert(mode), quality=95))
    assert made.failure is None
    assert opened(made.preview).mode in ("RGB", "L")
    if mode != "L":
        assert corners(made.preview) == UPRIGHT


async def test_sixteen_bits(examine: Examine) -> None:
    made = await examine(
        encoded(Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16"), "PNG")
    )
    assert made.failure is None
    shades = opened(made.preview).convert("L").tobytes()
    assert min(shades) < 8
    assert max(shades) > 247


async def test_real_transparency_stays(examine: Examine) -> None:
    picture = quarters(200, 100).convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 100, 100))
    made = await examine(encoded(picture, "PNG"))
    preview = opened(made.preview).convert("RGBA")
    assert opened(made.preview).format == "WEBP"
    pixels = [preview.getpixel((50, 50)), preview.getpixel((150, 50))]
    assert [pixel[3] for pixel in pixels if isinstance(pixel, tuple)] == [0, 255]


async def test_needless_transparency_goes(examine: Examine) -> None:
    made = await examine(encoded(quarters().convert("RGBA"), "PNG"))
    assert opened(made.preview).format == "JPEG"
    assert corners(made.preview) == UPRIGHT


async def test_the_first_frame_of_an_animation(examine: Examine) -> None:
    frames = [Image.new("P", (64, 48), index) for index in range(40)]
    file = BytesIO()
    quarters(64, 48).save(file, "GIF", save_all=True, append_images=frames)
    made = await examine(file.getvalue())
    assert (made.width, made.height) == (64, 48)
    assert corners(made.preview) == UPRIGHT


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 5000), (401, 399), (1920, 1080), (2101, 11)])
async def test_any_shape(examine: Examine, size: tuple[int, int]) -> None:
    made = await examine(encoded(Image.new("RGB", size, "orange"), "PNG"))
    assert (made.width, made.height, made.failure) == (*size, None)
    assert max(opened(made.preview).size) <= PREVIEW_SIDE
    assert max(opened(made.thumb).size) <= THUMB_SIDE
    assert made.colour == "#ffa500"


@pytest.mark.parametrize(
    ("side", "shown"),
    [
        (1800, 1800),
        (PREVIEW_MOST, PREVIEW_MOST),
        (PREVIEW_MOST + 1, PREVIEW_SIDE),
        (4032, 2016),
        (8160, 2040),
        (4400, 1920),
    ],
)
async def test_no_picture_is_scaled_by_a_few_hundredths(examine: Examine, side: int, shown: int) -> None:
    """Half a phone's 12 megapixels, or a quarter of its 50, is what the decoder gives, and what is shown."""
    made = await examine(encoded(Image.new("RGB", (side, side // 16), "orange"), quality=90))
    assert (made.width, opened(made.preview).width) == (side, shown)


# --- Damage ---


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
async def test_half_a_picture_is_shown_and_marked(examine: Examine, format: str) -> None:
    whole = encoded(scene(800, 600), format)
    made = await examine(whole[: len(whole) // 2])
    assert (made.failure, made.damaged) == (None, True)
    assert (made.width, made.height) == (800, 600)


async def test_nothing_after_the_header_is_corrupt(examine: Examine) -> None:
    made = await examine(encoded(scene(800, 600))[:200])
    assert (made.failure, made.damaged, made.preview) == ("corrupt", True, None)


async def test_facts_survive_pixels(examine: Examine) -> None:
    whole = photo("2024:05:06 07:08:09")
    made = await examine(whole[: whole.index(b"\xff\xc0")])
    assert made.failure == "corrupt"
    assert made.facts.taken_at == datetime(2024, 5, 6, 7, 8, 9)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (65_000, 65_000), (1_000_000, 1_000)])
async def test_a_bomb_is_refused_by_its_header(examine: Examine, width: int, height: int) -> None:
    made = await examine(png_header_only(width, height))
    assert (made.failure, made.preview) == ("too-large", None)
    assert made.peak_rss < 60_000_000
    assert made.cpu_seconds < 0.5


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
async def test_mutations_never_break_anything(examine: Examine, format: str) -> None:
    """Whatever the bytes, there is an answer: a picture, or why there is none."""
    chance = random.Random(format)
    whole = (
        encoded(scene(96, 64), format, exif=exif({ExifTags.Base.Make: "Canon"}))
        if format != "GIF"
        else encoded(scene(96, 64), "GIF")
    )
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(16, len(data))] = chance.randrange(256)
        mutated = bytes(data[: chance.randrange(64, len(data) + 1)])
        if sniff(mutated) is None:
            continue
        made = await examine(mutated)
        assert (made.preview is None) == (made.failure is not None)


# --- Hostile metadata ---


async def test_what_strangers_write_is_only_text(examine: Examine) -> None:
    block = exif(
        {
            ExifTags.Base.Make: "<script>alert(1)</script>",
            ExifTags.Base.Model: "x" * 5000,
            ExifTags.Base.ImageDescription: "-execute\n-delete_original!\n{ready}",
            ExifTags.Base.Artist: "'; DROP TABLE blobs; --",
        },
        {
            ExifTags.Base.DateTimeOriginal: "0000:00:00 00:00:00",
            ExifTags.Base.OffsetTimeOriginal: "+99:00",
            ExifTags.Base.UserComment: b"ASCII\0\0\0nul\0nul",
        },
    )
    made = await examine(encoded(quarters(), exif=block))
    assert made.failure is None
    assert (made.facts.taken_at, made.facts.utc_offset) == (None, None)
    assert made.facts.camera is not None
    assert len(made.facts.camera) <= 1024
    assert made.facts.exif["Artist"] == "'; DROP TABLE blobs; --"
    assert "\0" not in repr(made.facts)


async def test_a_megabyte_of_comment_is_cut(examine: Examine) -> None:
    whole = encoded(quarters())
    comment = b"\xff\xfe\xff\xff" + b"A" * 65533
    made = await examine(whole[:2] + comment * 20 + whole[2:])
    assert made.failure is None
    assert all(len(str(value)) < 30_000 for value in made.facts.exif.values())


# --- Sidecars and names ---

SIDECAR = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 exif:DateTimeOriginal="2018-09-10T12:16:13+03:00" xmp:Rating="4" xmp:CreateDate="2020-01-01T00:00:00"/>
</rdf:RDF></x:xmpmeta>"""


async def test_a_sidecar_has_facts_and_no_picture(examine: Examine) -> None:
    made = await examine(SIDECAR)
    assert (made.kind, made.format, made.failure, made.thumb) == (MediaKind.SIDECAR, "xmp", None, None)
    assert (made.facts.taken_at, made.facts.utc_offset, made.facts.rating) == (
        datetime(2018, 9, 10, 12, 16, 13),
        180,
        4,
    )


async def test_paths_may_hold_any_character_but_a_line_break(toolbox: Toolbox, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    data = photo("2024:05:06 07:08:09")
    found = sniff(data)
    assert found is not None
    for name in ("-execute", "100% 'скидка' & #1 ; $(echo).jpg", " space", "{ready}", "ещё"):
        path = folder / name
        path.write_bytes(data)
        assert (await toolbox.examine(path, found)).facts.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    with pytest.raises(ValueError):
        await toolbox.examine(folder / "line\nbreak", found)
