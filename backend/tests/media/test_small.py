"""Placeholders, likeness and colour."""

from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image, ImageEnhance

from gallery.media.small import SIDE, dominant_colour, perceptual_hash, spread, thumbhash

from .samples import scene

Paint = Callable[[int, int], tuple[int, int, int, int]]


def rgba(width: int, height: int, paint: Paint) -> bytes:
    return bytes(value for y in range(height) for x in range(width) for value in paint(x, y))


def grey(picture: Image.Image) -> bytes:
    return picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS).tobytes()


# Made with the algorithm's reference implementation in JavaScript.
PUBLISHED: dict[str, tuple[int, int, Paint, str]] = {
    "opaque": (
        16, 16, lambda x, y: ((x ^ y) * 16 % 256, (x * 3 + y * 7) % 256, 255 - x * 10, 255),
        "5f55064f0e7d7878029878778878898487770758858a0d08",
    ),
    "with a hole": (
        32, 32, lambda x, y: (x * 8 % 256, y * 8 % 256, 100, 255 if (x - 16) ** 2 + (y - 16) ** 2 < 200 else 0),
        "dd0886150a39808b807bb8b787808008f87807578788807758",
    ),
    "nothing to see": (8, 8, lambda x, y: (1, 2, 3, 0), "00088205000000000000000000000000000000000000000000"),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_thumbhash_is_the_published_one(name: str) -> None:
    width, height, paint, expected = PUBLISHED[name]
    ours, theirs = thumbhash(width, height, rgba(width, height, paint)).hex(), expected
    assert len(ours) == len(theirs)
    # A wave of exactly half a step may be rounded either way.
    assert sum(one != other for one, other in zip(ours, theirs, strict=True)) <= 1


@pytest.mark.parametrize(("width", "height"), [(32, 1), (1, 32), (32, 24), (24, 32), (1, 1)])
def test_thumbhash_of_any_shape_is_short(width: int, height: int) -> None:
    hashed = thumbhash(width, height, rgba(width, height, lambda x, y: (x * 7, y * 5, 90, 255)))
    assert 5 <= len(hashed) <= 25


def test_likeness_survives_size_and_light() -> None:
    original = perceptual_hash(grey(scene()))
    smaller = perceptual_hash(grey(scene().resize((160, 120))))
    brighter = perceptual_hash(grey(ImageEnhance.Brightness(scene()).enhance(1.15)))
    assert (original ^ smaller).bit_count() <= 4
    assert (original ^ brighter).bit_count() <= 8
    assert 0 < original < 1 << 64


def test_likeness_tells_pictures_apart() -> None:
    hashes = [perceptual_hash(grey(scene(seed=seed))) for seed in range(20)]
    apart = [(one ^ other).bit_count() for one, other in combinations(hashes, 2)]
    assert min(apart) >= 12


def test_a_picture_without_detail_has_no_likeness() -> None:
    assert perceptual_hash(bytes([77]) * SIDE * SIDE) == 0


def test_dominant_colour_is_that_of_most_pixels() -> None:
    assert dominant_colour(rgba(10, 10, lambda x, y: (200, 30, 40, 255) if x < 7 else (10, 10, 250, 255))) == "#c81e28"


def test_dominant_colour_ignores_what_cannot_be_seen() -> None:
    assert dominant_colour(rgba(10, 10, lambda x, y: (1, 2, 3, 255) if x == 0 else (250, 10, 10, 0))) == "#010203"
    assert dominant_colour(rgba(2, 2, lambda x, y: (9, 9, 9, 0))) == "#ffffff"


def test_spread_knows_black_from_a_picture() -> None:
    assert spread(bytes(1024)) == (0, 0)
    mean, deviation = spread(bytes([0, 255]) * 512)
    assert (mean, deviation) == (127.5, 127.5)
