"""What the demo library consists of: outings with a place, a time of day, a camera and a few photos each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_FIRST_DAY: Final = datetime(2023, 9, 1)
_DAYS: Final = 3 * 365


@dataclass(frozen=True, slots=True)
class Camera:
    make: str
    model: str
    lens: str
    focal_length: float
    aperture: float
    name: str
    is_phone: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its offset from UTC in minutes; all of them keep it the year round."""

    latitude: float
    longitude: float
    altitude: int
    offset: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo to be painted. `mood` is what the photos of an outing share, `chance` what tells them apart."""

    scene: str
    mood: int
    chance: int
    width: int
    height: int
    taken_at: datetime
    place: Place
    camera: Camera
    file_name: str


_CAMERAS: Final = (
    Camera("Google", "Pixel 8", "Pixel 8 back camera 6.9mm f/1.68", 6.9, 1.68, "PXL_{at:%Y%m%d_%H%M%S}.jpg", True),
    Camera(
        "Apple",
        "iPhone 14",
        "iPhone 14 back dual wide camera 5.7mm f/1.5",
        5.7,
        1.5,
        "IMG_{number:04}.JPG",
        True,
    ),
    Camera("samsung", "SM-S911B", "Samsung S23 Rear Camera", 5.4, 1.8, "{at:%Y%m%d_%H%M%S}.jpg", True),
    Camera("Canon", "Canon EOS R6", "RF24-105mm F4 L IS USM", 35.0, 8.0, "IMG_{number:04}.JPG", False),
    Camera("NIKON CORPORATION", "NIKON Z 6", "NIKKOR Z 24-70mm f/4 S", 28.0, 5.6, "DSC_{number:04}.JPG", False),
)

_SEASIDE: Final = (
    Place(43.5855, 39.7231, 5, 180), Place(41.0082, 28.9784, 20, 180), Place(43.1155, 131.8855, 12, 600),
    Place(25.2048, 55.2708, 3, 240), Place(-34.6037, -58.3816, 10, -180), Place(64.1466, -21.9426, 15, 0),
)  # fmt: skip
_MOUNTAINS: Final = (
    Place(43.2915, 41.6236, 1650, 180), Place(42.6618, 44.6203, 1740, 240), Place(27.7172, 85.3240, 1400, 345),
    Place(50.3110, 87.6100, 900, 420), Place(40.1792, 44.4991, 1000, 240),
)  # fmt: skip
_CITIES: Final = (
    Place(55.7558, 37.6173, 150, 180), Place(59.9386, 30.3141, 5, 180), Place(35.6762, 139.6503, 40, 540),
    Place(55.0084, 82.9357, 160, 420), Place(56.8389, 60.6057, 250, 300), Place(1.3521, 103.8198, 15, 480),
)  # fmt: skip
_COUNTRY: Final = (
    Place(56.8587, 35.9176, 140, 180), Place(61.7849, 34.3469, 60, 180), Place(54.1961, 37.6182, 170, 180),
    Place(51.9581, 85.9603, 270, 420), Place(58.0105, 56.2502, 160, 300),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Outing:
    """A kind of outing: what is painted, where it may be, at which hours."""

    scene: str
    places: Sequence[Place]
    hours: Sequence[int]


_OUTINGS: Final = (
    _Outing("peaks", _MOUNTAINS, (7, 8, 10, 16, 18)),
    _Outing("lake", _MOUNTAINS, (6, 9, 17, 19)),
    _Outing("sunset", _SEASIDE, (18, 19, 20)),
    _Outing("waves", _SEASIDE, (10, 11, 13, 15)),
    _Outing("skyline", _CITIES, (20, 21, 22)),
    _Outing("lights", _CITIES, (19, 21, 23)),
    _Outing("hills", _COUNTRY, (9, 11, 14, 16)),
    _Outing("forest", _COUNTRY, (6, 7, 8)),
    _Outing("stars", _COUNTRY, (22, 23)),
    _Outing("snow", _COUNTRY, (10, 12, 15)),
    _Outing("balloons", _MOUNTAINS, (6, 7, 18)),
)

_LANDSCAPES: Final = ((2048, 1536), (2400, 1600), (1920, 1440), (2560, 1440), (2560, 1280))
_PORTRAITS: Final = ((1536, 2048), (1440, 2160), (1500, 2000))


def plan(count: int, seed: int, megapixels: float) -> Iterator[Shot]:
    """`count` shots, outing by outing, in no order of time."""
    chance = random.Random(f"demo {seed}")  # noqa: S311 - chance, not secrecy
    numbers = dict.fromkeys((camera.model for camera in _CAMERAS), 1000 + chance.randrange(3000))
    planned = 0
    outing = 0
    while planned < count:
        kind = _OUTINGS[outing % len(_OUTINGS)]
        outing += 1
        for shot in _outing(kind, chance, numbers, megapixels):
            yield shot
            planned += 1
            if planned == count:
                return


def _outing(kind: _Outing, chance: random.Random, numbers: dict[str, int], megapixels: float) -> Iterator[Shot]:
    place, camera = chance.choice(kind.places), chance.choice(_CAMERAS)
    mood = chance.getrandbits(32)
    at = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS), hours=chance.choice(kind.hours))
    at += timedelta(minutes=chance.randrange(50), seconds=chance.randrange(60))
    for _ in range(chance.choice((1, 2, 2, 3, 4, 6))):
        at += timedelta(seconds=1 + chance.choice((1, 4, 20, 90, 300)) * (1 + chance.random()) // 1)
        numbers[camera.model] += 1
        width, height = _size(chance, megapixels)
        yield Shot(
            scene=kind.scene,
            mood=mood,
            chance=chance.getrandbits(32),
            width=width,
            height=height,
            taken_at=at,
            place=Place(
                round(place.latitude + chance.gauss(0, 0.01), 6),
                round(place.longitude + chance.gauss(0, 0.015), 6),
                place.altitude + chance.randrange(8),
                place.offset,
            ),
            camera=camera,
            file_name=camera.name.format(at=at, number=numbers[camera.model]),
        )


def _size(chance: random.Random, megapixels: float) -> tuple[int, int]:
    upright = chance.random() < 0.28
    if megapixels:
        short = round((megapixels * 1e6 * 3 / 4) ** 0.5 / 16) * 16
        long = round(short * 4 / 3)
        return (short, long) if upright else (long, short)
    return chance.choice(_PORTRAITS if upright else _LANDSCAPES)
