"""The three things a picture is known by before it is seen: placeholder, likeness and colour.

All three work on pictures of at most 32 x 32 pixels, so plain Python costs less than loading a number
library.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from operator import mul
from typing import NamedTuple

SIDE = 32
"""The side of the pictures that these functions are given."""


@lru_cache(maxsize=256)
def _cosines(size: int, frequency: int) -> tuple[float, ...]:
    return tuple(math.cos(math.pi / size * frequency * (place + 0.5)) for place in range(size))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    total: float = sum(map(mul, left, right))
    return total


# --- ThumbHash: https://evanw.github.io/thumbhash/ --------------------------------------------------------


class _Channel(NamedTuple):
    """One channel as cosines: its mean, its waves scaled to 0..1, and the scale."""

    mean: float
    waves: list[float]
    scale: float


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """The ThumbHash (5 to 25 bytes) of a picture of `width` x `height` RGBA pixels, not premultiplied."""
    alpha = [value / 255 for value in rgba[3::4]]
    opacity = sum(alpha)
    transparent = opacity < width * height
    colours = [_over_mean(rgba[band::4], alpha, opacity) for band in range(3)]
    luminance, yellow_blue, red_green = _opponent(*colours)

    long_side = max(width, height)
    most = 5 if transparent else 7
    across, down = max(1, _round(most * width / long_side)), max(1, _round(most * height / long_side))
    light = _channel(luminance, width, height, max(3, across), max(3, down))
    warm = _channel(yellow_blue, width, height, 3, 3)
    rosy = _channel(red_green, width, height, 3, 3)
    channels = [light, warm, rosy]

    landscape = width > height
    first = (
        _round(63 * light.mean)
        | _round(31.5 + 31.5 * warm.mean) << 6
        | _round(31.5 + 31.5 * rosy.mean) << 12
        | _round(31 * light.scale) << 18
        | transparent << 23
    )
    second = (
        (down if landscape else across) | _round(63 * warm.scale) << 3 | _round(63 * rosy.scale) << 9 | landscape << 15
    )
    packed = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    if transparent:
        cover = _channel(alpha, width, height, 5, 5)
        packed += bytes([_round(15 * cover.mean) | _round(15 * cover.scale) << 4])
        channels.append(cover)
    return packed + _nibbles([_round(15 * wave) for channel in channels for wave in channel.waves])


def _over_mean(band: bytes, alpha: Sequence[float], opacity: float) -> list[float]:
    """One colour laid over the picture's own mean colour, so that transparency does not darken it."""
    mean = _dot(band, alpha) / 255 / opacity if opacity else 0.0
    return [mean * (1 - cover) + cover / 255 * value for value, cover in zip(band, alpha, strict=True)]


def _opponent(
    red: Sequence[float], green: Sequence[float], blue: Sequence[float]
) -> tuple[list[float], list[float], list[float]]:
    triples = list(zip(red, green, blue, strict=True))
    return (
        [(r + g + b) / 3 for r, g, b in triples],
        [(r + g) / 2 - b for r, g, b in triples],
        [r - g for r, g, _ in triples],
    )


def _channel(values: Sequence[float], width: int, height: int, across: int, down: int) -> _Channel:
    """The low triangle of the channel's cosine transform, row by row and then column by column."""
    rows = [values[at : at + width] for at in range(0, width * height, width)]
    by_row = [[_dot(row, _cosines(width, x)) for row in rows] for x in range(across)]
    area = width * height
    waves = [
        _dot(by_row[x], _cosines(height, y)) / area
        for y, x in product(range(down), range(across))
        if x * down < across * (down - y)
    ]
    mean, *rest = waves
    scale = max(map(abs, rest), default=0.0)
    return _Channel(mean, [0.5 + 0.5 / scale * wave for wave in rest] if scale else rest, scale)


def _round(value: float) -> int:
    """Halves go up, as in the published algorithm."""
    return math.floor(value + 0.5)


def _nibbles(values: Sequence[int]) -> bytes:
    even = [*values, 0] if len(values) % 2 else values
    return bytes(low | high << 4 for low, high in zip(even[::2], even[1::2], strict=True))


# --- Likeness ---------------------------------------------------------------------------------------------


def perceptual_hash(grey: bytes) -> int:
    """64 bits that stay nearly the same when the picture is scaled or compressed again.

    `grey` is 32 x 32 pixels, one byte each. Every bit says whether one low frequency (0-7 down, 1-8 across)
    lies above the median. Up to 4 different bits mean the same picture, up to 8 perhaps; 0 is a picture
    without detail.
    """
    rows = [grey[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]
    by_row = [[_dot(row, _cosines(SIDE, x)) for row in rows] for x in range(1, 9)]
    waves = [round(_dot(column, _cosines(SIDE, y)), 3) for y in range(8) for column in by_row]
    ordered = sorted(waves)
    median = (ordered[31] + ordered[32]) / 2
    return sum((wave > median) << bit for bit, wave in enumerate(waves))


def spread(grey: bytes) -> tuple[float, float]:
    """Mean and standard deviation of brightness, 0-255: a black video frame has little of both."""
    mean = sum(grey) / len(grey)
    return mean, math.sqrt(max(0.0, sum(value * value for value in grey) / len(grey) - mean * mean))


# --- Colour -----------------------------------------------------------------------------------------------


def dominant_colour(rgba: bytes) -> str:
    """`#rrggbb`: the mean of the fullest of 64 boxes of colour, among the pixels that can be seen."""
    boxes: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for red, green, blue, alpha in zip(rgba[::4], rgba[1::4], rgba[2::4], rgba[3::4], strict=True):
        if alpha > 127:
            boxes[red >> 6 << 4 | green >> 6 << 2 | blue >> 6].append((red, green, blue))
    if not boxes:
        return "#ffffff"
    fullest = max(boxes.values(), key=len)
    return "#" + "".join(f"{round(sum(band) / len(fullest)):02x}" for band in zip(*fullest, strict=True))
