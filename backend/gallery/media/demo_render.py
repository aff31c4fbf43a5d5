"""The painter of the demo photos: skies, mountains, seas and city lights out of gradients and noise.

Runs as a process of its own (`python -m gallery.media.demo_render COUNT SEED MEGAPIXELS`) and writes each photo to
standard output as a length and a name, a length and a JPEG. A picture is painted at half its size or less, enlarged,
and given the grain of a sensor, so that it costs little and still has a photo's amount of detail.
"""

import math
import os
import random
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

import pyvips
from PIL import ExifTags, ImageDraw
from PIL import Image as Pillow
from PIL.TiffImagePlugin import IFDRational

from . import sandbox
from .demo_plan import Shot, plan

Picture: TypeAlias = Any
"""A pyvips.Image."""

Colour: TypeAlias = tuple[float, float, float]

_PAINTED_SIDE: Final = 1024
_GRAIN_TILE: Final = 512


def main() -> None:
    count, seed, megapixels = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    sandbox.die_with_parent(os.getppid())
    pyvips.cache_set_max(0)
    output = sys.stdout.buffer
    try:
        for shot in plan(count, seed, megapixels):
            for part in (shot.file_name.encode(), _photo(shot, detailed=megapixels > 0)):
                output.write(len(part).to_bytes(4, "big") + part)
            output.flush()
    except BrokenPipeError:
        os._exit(0)


# --- From a painting to a photo ---


def _photo(shot: Shot, detailed: bool) -> bytes:
    shrink = max(1.0, max(shot.width, shot.height) / _PAINTED_SIDE)
    brush = _Brush(shot, round(shot.width / shrink), round(shot.height / shrink))
    painted = _SCENES[shot.scene](brush)
    large = painted.copy_memory().resize(
        shot.width / painted.width, vscale=shot.height / painted.height, kernel="cubic"
    )
    grain = 5.5 if detailed else 2.2
    photo = (large + _grain(grain, shot)).cast("uchar")
    upright = shot.height > shot.width and shot.camera.is_phone
    if upright:
        # A phone held upright stores what its sensor sees, and says in Exif how to turn it.
        photo = photo.copy_memory().rot("d270")
    return _with_exif(photo.jpegsave_buffer(Q=90 if detailed else 87, keep="none"), _exif(shot, 6 if upright else 1))


def _grain(strength: float, shot: Shot) -> Picture:
    tile = _grain_tile(strength)
    across, down = -(-shot.width // _GRAIN_TILE) + 1, -(-shot.height // _GRAIN_TILE) + 1
    left, top = shot.chance % _GRAIN_TILE, shot.chance // 512 % _GRAIN_TILE
    return tile.replicate(across, down).crop(left, top, shot.width, shot.height)


@lru_cache(maxsize=2)
def _grain_tile(strength: float) -> Picture:
    return pyvips.Image.gaussnoise(_GRAIN_TILE, _GRAIN_TILE, sigma=strength, mean=0, seed=7).cast("short").copy_memory()


def _with_exif(jpeg: bytes, exif: bytes) -> bytes:
    """The JPEG with an Exif segment in the place of the JFIF header that it may have."""
    rest = jpeg[4 + int.from_bytes(jpeg[4:6], "big") :] if jpeg[2:4] == b"\xff\xe0" else jpeg[2:]
    body = b"Exif\0\0" + exif
    return b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + rest


def _exif(shot: Shot, orientation: int) -> bytes:
    base, place, camera = ExifTags.Base, shot.place, shot.camera
    exif = Pillow.Exif()
    exif[base.Make], exif[base.Model] = camera.make, camera.model
    exif[base.Orientation] = orientation
    exif[base.Software] = "Max Photo Gallery demo"
    written = f"{shot.taken_at:%Y:%m:%d %H:%M:%S}"
    exif[base.DateTime] = written
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[base.DateTimeOriginal] = details[base.DateTimeDigitized] = written
    details[base.LensModel] = camera.lens
    details[base.FocalLength] = IFDRational(round(camera.focal_length * 10), 10)
    details[base.FNumber] = IFDRational(round(camera.aperture * 100), 100)
    dark = shot.scene in ("skyline", "lights", "stars")
    details[base.ExposureTime] = IFDRational(1, 15 if dark else 500)
    details[base.ISOSpeedRatings] = 1600 if dark else 100
    if camera.is_phone:
        details[base.OffsetTimeOriginal] = _offset(place.offset)
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(shot))
    return bytes(exif.tobytes()).removeprefix(b"Exif\0\0")


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _gps(shot: Shot) -> dict[int, object]:
    tags, place = ExifTags.GPS, shot.place
    return {
        tags.GPSLatitudeRef: "S" if place.latitude < 0 else "N",
        tags.GPSLatitude: _degrees(place.latitude),
        tags.GPSLongitudeRef: "W" if place.longitude < 0 else "E",
        tags.GPSLongitude: _degrees(place.longitude),
        tags.GPSAltitudeRef: b"\0",
        tags.GPSAltitude: IFDRational(place.altitude, 1),
    }


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    thousandths = round(abs(value) * 3_600_000)
    degrees, rest = divmod(thousandths, 3_600_000)
    minutes, seconds = divmod(rest, 60_000)
    return IFDRational(degrees, 1), IFDRational(minutes, 1), IFDRational(seconds, 1000)


# --- Brushes ---


class _Brush:
    """A canvas' size and two sources of chance: one for the whole outing, one for this photo alone."""

    def __init__(self, shot: Shot, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.mood = random.Random(shot.mood)  # noqa: S311 - chance, not secrecy
        self.chance = random.Random(shot.chance)  # noqa: S311 - chance, not secrecy
        self.places = pyvips.Image.xyz(width, height)

    def gradient(self, *stops: tuple[float, Colour]) -> Picture:
        """A vertical gradient through `stops`: heights from 0 (top) to 1 (bottom), and colours."""
        column = array("f")
        for row in range(self.height):
            column.extend(_between(stops, row / max(1, self.height - 1)))
        image = pyvips.Image.new_from_memory(column.tobytes(), 1, self.height, 3, "float")
        return image.copy(interpretation="srgb").replicate(self.width, 1)

    def below(self, heights: Sequence[float]) -> Picture:
        """A mask of everything below a line that is given by its height (0 top, 1 bottom) in every column."""
        line = array("f", (height * self.height for height in heights))
        row = pyvips.Image.new_from_memory(line.tobytes(), self.width, 1, 1, "float").replicate(1, self.height)
        return ((self.places[1] - row) * 255 + 128).cast("uchar")

    def ridge(self, level: float, rise: float, roughness: float, chance: random.Random) -> list[float]:
        """The outline of hills (roughness 0.3) to peaks (0.6) around `level`, for every column."""
        outline = [0.0] * self.width
        size, waves = rise, 2.2
        for _ in range(7):
            knots = [chance.uniform(-1, 1) for _ in range(int(waves) + 3)]
            start = chance.random()
            for x in range(self.width):
                place = start + x / self.width * waves
                knot = int(place)
                part = place - knot
                part = part * part * (3 - 2 * part)
                outline[x] += size * (knots[knot] * (1 - part) + knots[knot + 1] * part)
            size *= roughness
            waves *= 2
        return [level - height for height in outline]

    def spruces(self, ground: Sequence[float], tallest: float, count: int, chance: random.Random) -> list[float]:
        """The outline of a wood: pointed trees with ragged sides, standing on `ground`."""
        outline = list(ground)
        for _ in range(count):
            middle, tall = chance.uniform(-0.02, 1.02) * self.width, tallest * chance.uniform(0.45, 1)
            half = max(2.0, tall * self.height * 0.17)
            for x in range(max(0, int(middle - half)), min(self.width, int(middle + half) + 1)):
                side = 1 - abs(x - middle) / half
                ragged = side + 0.1 * math.sin(side * 40 + middle) * (1 - side)
                outline[x] = min(outline[x], ground[x] - tall * max(0.0, ragged) ** 1.15)
        return outline

    def glow(self, x: float, y: float, radius: float) -> Picture:
        """Light around a point (0..1 each), from 1 in the middle to 0; `radius` is a part of the longer side."""
        side = max(self.width, self.height) * radius
        across, down = self.places[0] - x * self.width, self.places[1] - y * self.height
        return (((across * across + down * down) * (-1 / (side * side))).exp()).cast("float")

    def disc(self, x: float, y: float, radius: float) -> Picture:
        """A mask of a round shape with a soft edge of a pixel."""
        side = max(self.width, self.height) * radius
        across, down = self.places[0] - x * self.width, self.places[1] - y * self.height
        return ((side - (across * across + down * down) ** 0.5) * 255 + 128).cast("uchar")

    def clouds(self, stretch: float, seed: int) -> Picture:
        """Soft noise between 0 and 1, drawn out sideways by `stretch`."""
        width, height = max(8, round(self.width / 6 / stretch)), max(8, round(self.height / 6))
        noise: Picture = pyvips.Image.black(width, height)
        for cell, part in ((48, 0.55), (24, 0.3), (12, 0.15)):
            noise = noise + pyvips.Image.perlin(width, height, cell_size=cell, seed=seed + cell) * part
        wide = noise.copy_memory().resize(self.width / width, vscale=self.height / height, kernel="cubic")
        return self._fitted(wide) * 0.5 + 0.5

    def streaks(self, fineness: int, seed: int) -> Picture:
        """Horizontal streaks around 0, like light on moving water."""
        width = max(4, self.width // fineness)
        noise = pyvips.Image.gaussnoise(width, self.height // 2, sigma=1, mean=0, seed=seed).gaussblur(0.9)
        return self._fitted(noise.copy_memory().resize(self.width / width, vscale=2.0, kernel="cubic"))

    def down(self, start: float, end: float) -> Picture:
        """0 above `start`, 1 below `end`, evenly between."""
        row = self.places[1] / self.height
        value = (row - start) * (1 / (end - start))
        return (value > 1).ifthenelse(1, (value < 0).ifthenelse(0, value))

    def vignette(self, picture: Picture, strength: float = 0.22) -> Picture:
        """Corners a little darker, as lenses draw them; and back to eight bits."""
        across = self.places[0] * (2 / self.width) - 1
        down = self.places[1] * (2 / self.height) - 1
        shade = (across * across + down * down) * (-strength / 2) + 1
        return (picture * shade).cast("uchar").copy(interpretation="srgb")

    def _fitted(self, picture: Picture) -> Picture:
        """Exactly as large as the canvas: enlarging may miss it by a pixel."""
        return picture.embed(0, 0, self.width, self.height, extend="copy")


def _between(stops: Sequence[tuple[float, Colour]], place: float) -> Colour:
    for (start, first), (end, second) in pairwise(stops):
        if place <= end:
            part = max(0.0, (place - start) / (end - start)) if end > start else 1.0
            return _mixed(first, second, part)
    return stops[-1][1]


def _mixed(first: Colour, second: Colour, part: float) -> Colour:
    red, green, blue = (a * (1 - part) + b * part for a, b in zip(first, second, strict=True))
    return red, green, blue


def _over(canvas: Picture, mask: Picture, layer: Picture | Sequence[float]) -> Picture:
    """`layer` (a picture or a colour) where the mask is white."""
    return mask.ifthenelse(layer, canvas, blend=True).cast("float")


def _lit(canvas: Picture, light: Picture, colour: Colour) -> Picture:
    """`colour` added by the strength of `light`."""
    return canvas + light * list(colour)


def _drawn(canvas: Picture, draw: Callable[[ImageDraw.ImageDraw], None]) -> Picture:
    """The canvas with small things drawn on it; libvips would copy it for every one of them."""
    whole = canvas.cast("uchar")
    paper = Pillow.frombytes("RGB", (whole.width, whole.height), bytes(whole.write_to_memory()))
    draw(ImageDraw.Draw(paper))
    image = pyvips.Image.new_from_memory(paper.tobytes(), paper.width, paper.height, 3, "uchar")
    return image.copy(interpretation="srgb").cast("float")


def _ink(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(part))) for part in colour)
    return red, green, blue


# --- Scenes ---

_DAWNS: Final[tuple[tuple[Colour, Colour, Colour], ...]] = (
    ((46, 74, 128), (190, 140, 160), (255, 196, 140)),
    ((70, 120, 190), (160, 195, 225), (245, 232, 210)),
    ((28, 44, 92), (132, 84, 128), (250, 140, 96)),
    ((92, 150, 205), (170, 205, 230), (228, 240, 246)),
    ((64, 92, 120), (150, 165, 175), (226, 214, 196)),
)


def _sky(brush: _Brush, horizon: float) -> tuple[Picture, tuple[Colour, Colour, Colour]]:
    high, middle, low = brush.mood.choice(_DAWNS)
    sky = brush.gradient((0, high), (horizon * 0.6, middle), (horizon, low), (1, low))
    cover = brush.clouds(brush.mood.uniform(1.5, 4), brush.chance.randrange(1 << 20))
    veil = (cover - brush.mood.uniform(0.45, 0.6)) * 3
    veil = (veil > 0).ifthenelse(veil, 0) * (1 - brush.down(horizon * 0.2, horizon * 1.1))
    return _lit(sky, veil, (70, 64, 60)), (high, middle, low)


def _peaks(brush: _Brush) -> Picture:
    """Ranges behind ranges, each nearer one darker, the far ones in the colour of the air."""
    horizon = brush.mood.uniform(0.5, 0.68)
    canvas, (high, _, low) = _sky(brush, horizon)
    sun = (
        brush.mood.uniform(0.15, 0.85) + brush.chance.uniform(-0.08, 0.08),
        horizon - brush.mood.uniform(0.05, 0.3),
    )
    canvas = _lit(canvas, brush.glow(*sun, 0.3), (70, 52, 30))
    canvas = _over(canvas, brush.disc(*sun, 0.022), [300, 292, 276])
    ranges = 5
    ground = _mixed(high, (14, 30, 34), 0.75)
    for number in range(ranges):
        near = number / (ranges - 1)
        level = horizon - 0.06 + 0.4 * near**1.2
        outline = brush.ridge(level, 0.13 - 0.05 * near, 0.47, brush.chance if number > 1 else brush.mood)
        top = _mixed(_mixed(low, high, 0.35), ground, near**0.8)
        foot = _mixed(top, low, 0.45 * (1 - near))
        canvas = _over(canvas, brush.below(outline), brush.gradient((level - 0.2, top), (level + 0.25, foot)))
    return brush.vignette(canvas)


def _lake(brush: _Brush) -> Picture:
    """A range and its mirror image, with the water drawing streaks through it."""
    shore = brush.mood.uniform(0.52, 0.6)
    canvas, (high, _, low) = _sky(brush, shore)
    for number, level in enumerate((shore - 0.16, shore - 0.06)):
        outline = brush.ridge(level, 0.12, 0.5, brush.mood if number == 0 else brush.chance)
        colour = _mixed(_mixed(low, high, 0.5), (20, 34, 44), 0.35 + 0.4 * number)
        snow = _mixed(colour, (245, 246, 250), 0.55 - 0.4 * number)
        canvas = _over(canvas, brush.below(outline), brush.gradient((level - 0.15, snow), (level + 0.06, colour)))
    wood = brush.spruces(brush.ridge(shore - 0.012, 0.012, 0.5, brush.mood), 0.1, 90, brush.mood)
    canvas = _over(canvas, brush.below(wood), [18, 36, 34]).cast("uchar").copy_memory()
    edge = round(shore * brush.height)
    land = canvas.crop(0, 0, brush.width, edge)
    depth = brush.height - edge
    mirror = land.flip("vertical").resize(1, vscale=depth / edge * 1.02).crop(0, 0, brush.width, depth)
    mirror = mirror.copy_memory().gaussblur(1.5)
    ripples = brush.streaks(24, brush.chance.randrange(1 << 20)).crop(0, edge, brush.width, depth)
    water = mirror * [0.72, 0.78, 0.84] + [6, 12, 18] + ripples * 14
    whole = land.cast("float").join(water.cast("float"), "vertical")
    return brush.vignette(brush._fitted(whole))


def _sunset(brush: _Brush) -> Picture:
    """The sun low over the sea and its path on the water."""
    horizon = brush.mood.uniform(0.45, 0.62)
    high, low = brush.mood.choice(
        (((34, 40, 96), (255, 138, 70)), ((70, 60, 120), (255, 176, 120)), ((20, 52, 92), (255, 196, 96)))
    )
    middle = _mixed(high, (230, 90, 100), 0.55)
    canvas = brush.gradient((0, high), (horizon * 0.65, middle), (horizon, low), (1, low))
    cover = brush.clouds(4, brush.chance.randrange(1 << 20)) - 0.5
    canvas = _lit(canvas, (cover > 0).ifthenelse(cover, 0) * 2.4, (60, 6, -20))
    sun = (
        brush.mood.uniform(0.25, 0.75) + brush.chance.uniform(-0.05, 0.05),
        horizon - brush.chance.uniform(0.02, 0.14),
    )
    canvas = _lit(canvas, brush.glow(*sun, 0.35), (90, 60, 24))
    canvas = _over(canvas, brush.disc(*sun, 0.032), [300, 270, 216])
    sea = brush.gradient((horizon, _mixed(low, high, 0.45)), (1, _mixed(high, (6, 16, 34), 0.55)))
    shimmer = brush.streaks(14, brush.chance.randrange(1 << 20))
    sea = sea + shimmer * 9
    across = brush.places[0] * (1 / brush.width) - sun[0]
    spread = brush.down(horizon, 1) * 0.12 + 0.018
    path = ((across * across) / (spread * spread) * -1).exp()
    sea = _lit(sea, path * (shimmer * 0.45 + 0.75), (190, 130, 60))
    canvas = _over(canvas, brush.below([horizon] * brush.width), sea)
    if brush.mood.random() < 0.5:
        cape = brush.ridge(horizon + 0.01, 0.05, 0.5, brush.mood)
        outline = [min(1.0, level + 0.12 * x / brush.width) for x, level in enumerate(cape)]
        canvas = _over(
            canvas,
            brush.below([max(level, horizon - 0.12) if level < horizon else 1.1 for level in outline]),
            sea,
        )
    return brush.vignette(canvas)


def _waves(brush: _Brush) -> Picture:
    """A beach from above: deep water, shallow water, foam, wet sand, dry sand."""
    bands = (
        (0.0, (20, 98, 122)), (0.3, (44, 150, 162)), (0.46, (128, 205, 198)), (0.56, (214, 232, 222)),
        (0.64, (206, 180, 142)), (1.0, (238, 216, 178)),
    )  # fmt: skip
    canvas = brush.gradient(*bands) + (brush.clouds(1, brush.chance.randrange(1 << 20)) - 0.5) * 26
    for number in range(4):
        level = 0.3 + 0.1 * number + brush.chance.uniform(-0.03, 0.03)
        wave = brush.ridge(level, 0.035, 0.45, brush.chance)
        end = [
            height + 0.012 + 0.02 * brush.mood.random() for height in brush.ridge(level + 0.02, 0.03, 0.5, brush.chance)
        ]
        foam = (brush.below(wave) - brush.below(end)).cast("uchar")
        canvas = _over(canvas, (foam * (0.45 + 0.13 * number)).cast("uchar"), [246, 250, 248])
    return brush.vignette(canvas, 0.12)


def _skyline(brush: _Brush) -> Picture:
    """Towers with lit windows against the last light."""
    high, low = brush.mood.choice(
        (((14, 20, 52), (226, 120, 92)), ((10, 24, 58), (94, 120, 168)), ((30, 18, 56), (230, 150, 120)))
    )
    canvas = brush.gradient((0, high), (0.5, _mixed(high, low, 0.45)), (0.78, low), (1, low))
    canvas = _lit(canvas, brush.clouds(3, brush.chance.randrange(1 << 20)) * 0.4, (50, 30, 36))

    def draw(paper: ImageDraw.ImageDraw) -> None:
        for row, (tall, shade) in enumerate(((0.34, 0.45), (0.46, 0.22), (0.3, 0.08))):
            colour = _mixed((8, 10, 24), low, shade)
            _towers(brush, paper, tall, colour, windows=row > 0, base=0.9 + 0.05 * row)

    return brush.vignette(_drawn(canvas, draw))


def _towers(brush: _Brush, paper: ImageDraw.ImageDraw, tall: float, colour: Colour, windows: bool, base: float) -> None:
    width, height, chance = brush.width, brush.height, brush.chance
    x = -width * 0.03
    while x < width:
        wide = chance.uniform(0.045, 0.11) * max(width, height)
        top = (base - tall * chance.uniform(0.35, 1)) * height
        paper.rectangle((x, top, x + wide, height), fill=_ink(colour))
        if windows:
            _windows(paper, chance, x, top, wide, height)
        x += wide * chance.uniform(0.9, 1.4)


def _windows(paper: ImageDraw.ImageDraw, chance: random.Random, x: float, top: float, wide: float, height: int) -> None:
    step = max(6, height // 70)
    lamp = chance.choice(((255, 214, 140), (255, 236, 190), (190, 220, 255)))
    for down in range(int(top) + step, height, step):
        for across in range(int(x) + step // 2, int(x + wide) - step // 2, step):
            if chance.random() < 0.34:
                colour = _ink(_mixed((0, 0, 0), lamp, chance.uniform(0.5, 1)))
                corner = across + max(2, step // 2 - 1), down + max(2, step // 2)
                paper.rectangle((across, down, *corner), fill=colour)


def _lights(brush: _Brush) -> Picture:
    """A street out of focus: discs of light, large and dim to small and bright."""
    warm = brush.mood.choice((((18, 12, 34), (64, 26, 40)), ((8, 16, 34), (18, 52, 66)), ((26, 12, 12), (88, 42, 20))))
    canvas = brush.gradient((0, warm[0]), (1, warm[1]))
    palette = brush.mood.sample(
        [
            (255, 120, 70),
            (255, 200, 110),
            (90, 180, 255),
            (255, 80, 140),
            (130, 255, 200),
            (255, 240, 210),
            (190, 120, 255),
        ],
        4,
    )
    for radius, count, strength, blur in ((0.075, 16, 0.32, 7), (0.045, 26, 0.5, 2.5), (0.022, 34, 0.8, 1.2)):
        discs = [_disc(brush, radius, strength, palette) for _ in range(count)]

        def draw(paper: ImageDraw.ImageDraw, discs: list[_Disc] = discs) -> None:
            for place, colour in discs:
                paper.ellipse(place, fill=colour)

        black = pyvips.Image.black(brush.width, brush.height, bands=3)
        canvas = canvas + _drawn(black, draw).gaussblur(blur)
    return brush.vignette(canvas, 0.3)


_Disc: TypeAlias = tuple[tuple[float, float, float, float], tuple[int, int, int]]


def _disc(brush: _Brush, radius: float, strength: float, palette: Sequence[Colour]) -> _Disc:
    """Where a disc of light lies, and its colour."""
    chance = brush.chance
    size = radius * chance.uniform(0.7, 1.2) * max(brush.width, brush.height)
    x, y = chance.gauss(0.5, 0.32) * brush.width, chance.gauss(0.55, 0.24) * brush.height
    colour = _mixed((0, 0, 0), chance.choice(palette), strength * chance.uniform(0.4, 1))
    return (x - size, y - size, x + size, y + size), _ink(colour)


def _hills(brush: _Brush) -> Picture:
    """Meadows under a summer sky, rows of trees between them."""
    horizon = brush.mood.uniform(0.42, 0.55)
    canvas = brush.gradient((0, (70, 140, 214)), (horizon, (206, 228, 240)), (1, (206, 228, 240)))
    cover = (brush.clouds(2.2, brush.chance.randrange(1 << 20)) - 0.48) * 5
    cover = (cover > 1).ifthenelse(1, (cover > 0).ifthenelse(cover, 0))
    canvas = canvas * (1 - cover * 0.8) + cover * 0.8 * 252
    greens = brush.mood.choice(
        (((150, 178, 96), (60, 112, 50)), ((196, 184, 88), (96, 120, 46)), ((206, 158, 76), (110, 84, 40)))
    )
    for number in range(5):
        near = number / 4
        level = horizon + 0.04 + 0.42 * near**1.3
        chance = brush.mood if number < 2 else brush.chance
        outline = brush.ridge(level, 0.06, 0.36, chance)
        top = _mixed(_mixed(greens[0], (200, 222, 232), 0.5 * (1 - near)), greens[1], near * 0.4)
        layer = brush.gradient((level - 0.05, top), (level + 0.35, _mixed(top, greens[1], 0.8)))
        grass = brush.streaks(40, brush.chance.randrange(1 << 20)) * (3 + 5 * near)
        canvas = _over(canvas, brush.below(outline), layer + grass)
        if number in (1, 2):
            wood = brush.spruces(outline, 0.05 + 0.03 * number, 26, chance)
            bare = [top if top < ground - 0.002 else 1.2 for top, ground in zip(wood, outline, strict=True)]
            shade = _mixed((30, 66, 44), (190, 214, 224), 0.45 - 0.2 * number)
            grown = (brush.below(bare) - brush.below([ground + 0.012 for ground in outline])).cast("uchar")
            canvas = _over(canvas, grown, list(shade))
    return brush.vignette(canvas, 0.15)


def _forest(brush: _Brush) -> Picture:
    """Morning fog between spruces, row behind row."""
    air = brush.mood.choice(((206, 216, 214), (226, 214, 196), (190, 206, 220)))
    dark = brush.mood.choice(((16, 36, 34), (22, 40, 28), (26, 34, 46)))
    canvas = brush.gradient((0, _mixed(air, (255, 250, 240), 0.4)), (1, air))
    sun = brush.mood.uniform(0.2, 0.8), brush.mood.uniform(0.15, 0.35)
    canvas = _lit(canvas, brush.glow(*sun, 0.3), (40, 34, 16))
    for number in range(5):
        near = number / 4
        level = 0.5 + 0.42 * near
        ground = brush.ridge(level, 0.05, 0.45, brush.chance)
        wood = brush.spruces(ground, 0.24 + 0.26 * near, round(52 - 32 * near), brush.chance)
        tone = _mixed(air, dark, 0.14 + 0.8 * near**1.3)
        foot = _mixed(tone, air, 0.75 - 0.5 * near)
        canvas = _over(canvas, brush.below(wood), brush.gradient((level - 0.3, tone), (level + 0.12, foot)))
    return brush.vignette(canvas)


def _stars(brush: _Brush) -> Picture:
    """A clear night over a wood, now and then with northern lights."""
    canvas = brush.gradient((0, (6, 10, 30)), (0.6, (22, 36, 74)), (0.85, (58, 70, 104)), (1, (40, 50, 80)))
    band = brush.clouds(1.2, brush.mood.randrange(1 << 20)) - 0.45
    canvas = _lit(canvas, (band > 0).ifthenelse(band, 0) * 1.2, (46, 40, 62))
    if brush.mood.random() < 0.6:
        folds = brush.streaks(1, 3).resize(1, vscale=0.02).resize(1, vscale=50, kernel="linear")
        curtain = brush._fitted(folds) * 0.5 + 0.8
        veil = (1 - brush.down(0.1, 0.62)) * brush.down(0.02, 0.35)
        waves = brush.clouds(0.5, brush.chance.randrange(1 << 20)) - 0.4
        canvas = _lit(canvas, (waves > 0).ifthenelse(waves, 0) * veil * curtain * 5.5, (34, 180, 104))

    def draw(paper: ImageDraw.ImageDraw) -> None:
        for _ in range(420):
            light = brush.chance.random() ** 1.8
            x, y = brush.chance.randrange(brush.width), brush.chance.randrange(round(brush.height * 0.8))
            size = 1 if light > 0.45 else 0
            paper.ellipse(
                (x - size, y - size, x + size, y + size),
                fill=_ink(_mixed((120, 126, 150), (255, 255, 255), light)),
            )

    canvas = _drawn(canvas, draw)
    ground = brush.ridge(0.9, 0.03, 0.4, brush.mood)
    return brush.vignette(_over(canvas, brush.below(brush.spruces(ground, 0.3, 34, brush.mood)), [5, 9, 14]), 0.3)


def _snow(brush: _Brush) -> Picture:
    """Hills in snow, blue in the shade, and flakes in the air."""
    horizon = brush.mood.uniform(0.45, 0.6)
    canvas = brush.gradient((0, (140, 166, 198)), (horizon, (226, 228, 232)), (1, (226, 228, 232)))
    for number in range(4):
        near = number / 3
        level = horizon + 0.36 * near
        ground = brush.ridge(level, 0.06, 0.36, brush.mood if number < 2 else brush.chance)
        wood = brush.spruces(ground, 0.1 + 0.12 * near, 40 - 8 * number, brush.chance)
        canvas = _over(canvas, brush.below(wood), list(_mixed((150, 166, 182), (44, 62, 72), near)))
        white = brush.gradient((level, (246, 248, 252)), (level + 0.3, _mixed((176, 196, 226), (222, 230, 242), near)))
        canvas = _over(canvas, brush.below(ground), white)

    def draw(paper: ImageDraw.ImageDraw) -> None:
        for _ in range(300):
            size = brush.chance.random() ** 3 * 4
            x, y = brush.chance.randrange(brush.width), brush.chance.randrange(brush.height)
            paper.ellipse((x - size, y - size, x + size, y + size), fill=(250, 252, 255))

    return brush.vignette(_drawn(canvas, draw).gaussblur(0.6), 0.12)


def _balloons(brush: _Brush) -> Picture:
    """Hot-air balloons over a valley."""
    horizon = brush.mood.uniform(0.68, 0.8)
    canvas, (high, _, low) = _sky(brush, horizon)
    palettes = (((214, 66, 54), (250, 206, 90)), ((46, 110, 180), (240, 240, 230)), ((120, 60, 140), (250, 160, 90)),
                ((34, 140, 120), (250, 220, 130)))  # fmt: skip
    for number in range(3):
        level = horizon + 0.08 * number
        colour = _mixed(_mixed(low, high, 0.3), (120, 74, 50), 0.3 + 0.3 * number)
        canvas = _over(canvas, brush.below(brush.ridge(level, 0.06, 0.45, brush.mood)), list(colour))
    for number in range(brush.chance.randrange(3, 8)):
        size = 0.018 + 0.075 * brush.chance.random() ** 1.6
        at = brush.chance.uniform(0.08, 0.92), brush.chance.uniform(0.12, horizon - 0.05)
        canvas = _balloon(brush, canvas, at, size, palettes[(number + brush.mood.randrange(4)) % 4], low)
    return brush.vignette(canvas)


def _balloon(
    brush: _Brush,
    canvas: Picture,
    at: tuple[float, float],
    size: float,
    colours: tuple[Colour, Colour],
    air: Colour,
) -> Picture:
    """Stripes bent round a globe, in the colour of the air when far away, with a basket below."""
    side = size * max(brush.width, brush.height)
    x, y = at[0] * brush.width, at[1] * brush.height
    left, top = max(0, int(x - 1.3 * side)), max(0, int(y - 1.3 * side))
    right, bottom = min(brush.width, int(x + 1.3 * side) + 1), min(brush.height, int(y + 1.9 * side) + 1)
    places = brush.places.crop(left, top, right - left, bottom - top)
    across, down = (places[0] - x) * (1 / side), (places[1] - y) * (1 / side)
    taper = (down > 0.2).ifthenelse((down - 0.2) * 0.55, 0)
    bent = across / (1.0001 - taper)
    shape = ((1 - (bent * bent + down * down * 0.8) ** 0.5) * (side * 255) + 128).cast("uchar")
    inside = (bent * bent > 0.98).ifthenelse(0.98, bent * bent)
    stripe: Picture = ((bent / (1 - inside) ** 0.5).atan() * (1 / 18)).floor() % 2
    far = max(0.0, 0.5 - size * 6)
    first, second = (_mixed(colour, air, far) for colour in colours)
    shade = 1.08 - (across + 0.5) * 0.28
    painted = (stripe == 0).ifthenelse(list(first), list(second)) * shade
    near = _over(canvas.crop(left, top, right - left, bottom - top), shape, painted)
    basket = (across > -0.17) & (across < 0.17) & (down > 1.42) & (down < 1.7)
    near = _over(near, basket, list(_mixed((70, 46, 30), air, far)))
    return canvas.insert(near, left, top)


_SCENES: Final[dict[str, Callable[[_Brush], Picture]]] = {
    "peaks": _peaks, "lake": _lake, "sunset": _sunset, "waves": _waves, "skyline": _skyline, "lights": _lights,
    "hills": _hills, "forest": _forest, "stars": _stars, "snow": _snow, "balloons": _balloons,
}  # fmt: skip


if __name__ == "__main__":
    main()
