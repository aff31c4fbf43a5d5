"""The demo photos: real photos to everything that meets them."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from gallery.media.demo import DemoPhoto, demo_photos
from gallery.media.toolbox import Examination

from .processes import alive, our_descendants, wait_until

Examine = Callable[[bytes], Awaitable[Examination]]


@pytest.fixture(scope="module")
def photos() -> list[DemoPhoto]:
    return list(demo_photos(24))


def test_the_same_arguments_give_the_same_photos() -> None:
    assert list(demo_photos(3, seed=5)) == list(demo_photos(3, seed=5))
    assert [photo.data for photo in demo_photos(1, seed=6)] != [photo.data for photo in demo_photos(1, seed=5)]


async def test_they_are_varied_photos_with_facts(examine: Examine, photos: list[DemoPhoto]) -> None:
    made = [await examine(photo.data) for photo in photos]
    assert all(one.failure is None and not one.damaged for one in made)
    assert all(one.facts.taken_at is not None and one.facts.camera for one in made)
    moments = [one.facts.taken_at for one in made if one.facts.taken_at]
    assert 2023 <= min(moments).year <= max(moments).year <= 2026
    assert (max(moments) - min(moments)).days > 180
    assert any(0 < (later - earlier).total_seconds() < 1200 for earlier, later in pairwise(moments))
    assert len({(round(one.facts.latitude), one.facts.utc_offset) for one in made if one.facts.latitude}) >= 3
    assert any((one.height or 0) > (one.width or 0) for one in made)
    hashes = {one.phash for one in made}
    assert len(hashes) == len(made)


async def test_a_phone_held_upright_stores_its_picture_on_its_side(examine: Examine, photos: list[DemoPhoto]) -> None:
    turned = 0
    for photo in photos:
        stored = Image.open(BytesIO(photo.data))
        if stored.getexif().get(0x0112) == 6:
            made = await examine(photo.data)
            assert (made.width, made.height) == (stored.height, stored.width)
            turned += 1
    assert turned


def test_measurements_get_photos_of_twelve_megapixels() -> None:
    for photo in demo_photos(2, megapixels=12):
        width, height = Image.open(BytesIO(photo.data)).size
        assert 11.8e6 < width * height < 12.2e6
        assert 1_500_000 < len(photo.data) < 5_000_000


def test_stopping_early_leaves_no_painter() -> None:
    before = our_descendants()
    photos = demo_photos(1000)
    next(photos)
    painters = our_descendants() - before
    photos.close()  # type: ignore[attr-defined]  # the iterator is a generator
    assert painters
    assert wait_until(lambda: not any(map(alive, painters)))
