"""Picture bytes in, derivatives out. Imports decoders, so it runs only in a child of the fork server.

The recipe (measured; the constants are in `recipe`): decode at the smallest size that still covers the
preview, scale once to the preview, make the thumb from the preview's pixels, and everything smaller from
the thumb's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, TypeAlias

import pillow_heif
import pyvips
from PIL import Image as Pillow
from PIL import ImageFile, JpegImagePlugin

from . import recipe, small

Bytes: TypeAlias = bytes | memoryview | Any
"""Anything with the buffer protocol: a memory map of the original, mostly."""

Picture: TypeAlias = Any
"""A pyvips.Image; the package has no types that a checker could use."""

LOADERS: Final = ("Jpeg", "Png", "Webp", "Heif", "Tiff", "Nsgif")
FORMATS: Final = frozenset({"jpeg", "png", "webp", "gif", "tiff", "avif", "heic", "ppm"})
"""`ppm` is what our own tools hand over, never a stranger's file."""
_LOAD_OPERATIONS: Final = ("jpegload", "pngload", "webpload", "gifload", "tiffload", "heifload")
_OTHER_OPERATIONS: Final = (
    "autorot", "avg", "bandjoin_const", "cast", "colourspace", "copy", "crop", "extract_band", "flatten",
    "icc_transform", "jpegsave_buffer", "min", "premultiply", "resize", "thumbnail_image", "unpremultiply",
    "webpsave_buffer",
)  # fmt: skip
_FOREIGN_SPACES: Final = frozenset({"cmyk", "lab", "labs", "lch"})
_SMALL_PROFILE: Final = 4096
"""Profiles up to this size stay with the pictures: converting a phone's Display P3 costs a quarter more."""


class Refused(Exception):
    """No derivative can be made; `code` is one of the failures of `toolbox.Examination`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Derived:
    """All that is made of one picture. Sizes are those of the original, upright."""

    width: int
    height: int
    thumb: bytes
    preview: bytes
    thumbhash: bytes
    phash: int
    colour: str
    damaged: bool
    brightness: float
    contrast: float


def prepare() -> None:
    """Loads all that decoding needs and shuts what it does not, without starting a thread.

    A process that has run a libvips operation has threads and must not fork any more, so nothing is run here.
    """
    pyvips.cache_set_max(0)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for loader in LOADERS:
        pyvips.operation_block_set(f"VipsForeignLoad{loader}", False)
    for name in (*(f"{load}_source" for load in _LOAD_OPERATIONS), *_OTHER_OPERATIONS):
        pyvips.Introspect.get(name)
    pillow_heif.options.DECODE_THREADS = 1
    Pillow.MAX_IMAGE_PIXELS = recipe.MAX_PIXELS["jpeg-progressive"]
    Pillow.register_open(JpegImagePlugin.JpegImageFile.format, JpegImagePlugin.jpeg_factory, _is_jpeg)


def _is_jpeg(prefix: bytes) -> bool:
    return prefix[:2] == b"\xff\xd8"


def derive(data: Bytes, format: str, orientation: int | None) -> Derived:
    """The derivatives of the picture in `data`; `Refused` says why there are none.

    `orientation` (1-8, as in Exif) replaces what the picture itself says; None lets the picture speak.
    """
    if format not in FORMATS:
        raise Refused("unsupported")
    try:
        return _derive(data, format, orientation)
    except MemoryError as error:
        raise Refused("too-large") from error
    except pyvips.Error as error:
        raise Refused("too-large" if _out_of_memory(error) else "corrupt") from error


def _derive(data: Bytes, format: str, orientation: int | None) -> Derived:
    opened = _open(data, format, orientation)
    preview = _upright(_to_srgb(opened.picture), opened.orientation)
    preview, transparent = _without_needless_alpha(preview)
    thumb = _scaled(preview, recipe.THUMB_SIDE).copy_memory()
    tiny, rgba = _tiny(thumb)
    grey = _grey(thumb)
    brightness, contrast = small.spread(grey)
    turned = opened.orientation >= 5
    return Derived(
        width=opened.height if turned else opened.width,
        height=opened.width if turned else opened.height,
        thumb=bytes(thumb.webpsave_buffer(Q=recipe.THUMB_QUALITY, effort=recipe.WEBP_EFFORT, keep="icc")),
        preview=_encoded_preview(preview, transparent),
        thumbhash=small.thumbhash(tiny.width, tiny.height, rgba),
        phash=small.perceptual_hash(grey),
        colour=small.dominant_colour(rgba),
        damaged=opened.damaged,
        brightness=brightness,
        contrast=contrast,
    )


# --- Opening ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Opened:
    """A picture with its original size as stored, and the Exif orientation still to be applied."""

    picture: Picture
    width: int
    height: int
    orientation: int
    damaged: bool = False


def _open(data: Bytes, format: str, orientation: int | None) -> _Opened:
    if format == "heic":
        return _open_heic(data, orientation or 1)
    if format == "ppm":
        return _open_ppm(data, orientation or 1)
    try:
        return _strictly_or_leniently(lambda fail_on: _open_by_vips(data, format, orientation, fail_on))
    except pyvips.Error as error:
        if format == "jpeg" and not _out_of_memory(error):
            return _open_by_pillow(data, orientation)
        raise


def _strictly_or_leniently(opener: Callable[[str], _Opened]) -> _Opened:
    """A whole picture if it is whole; else what can be read of it, marked as damaged."""
    try:
        opened = opener("truncated")
        return _Opened(_decoded(opened), opened.width, opened.height, opened.orientation)
    except pyvips.Error as error:
        if _out_of_memory(error):
            raise
        opened = opener("none")
        return _Opened(_decoded(opened), opened.width, opened.height, opened.orientation, damaged=True)


def _decoded(opened: _Opened) -> Picture:
    """The pixels at preview size, in memory: a sequential picture can be read only once."""
    picture = opened.picture
    fits = max(picture.width, picture.height) <= recipe.PREVIEW_MOST
    return (picture if fits else _scaled(picture, recipe.PREVIEW_SIDE)).copy_memory()


def _open_by_vips(data: Bytes, format: str, orientation: int | None, fail_on: str) -> _Opened:
    options = {"access": "sequential", "fail_on": fail_on}
    picture = pyvips.Image.new_from_source(_source(data), "", **options)
    width, height = picture.width, picture.height
    interlaced = format in ("jpeg", "png") and _has(picture, "interlaced") and picture.get("interlaced")
    limit = {"jpeg": "jpeg-progressive", "png": "png-interlaced"}[format] if interlaced else format
    if width * height > recipe.MAX_PIXELS[limit]:
        raise Refused("too-large")
    shrink = _shrink(max(width, height)) if format == "jpeg" else 1
    if shrink > 1:
        picture = pyvips.Image.new_from_source(_source(data), "", shrink=shrink, **options)
    own = picture.get("orientation") if _has(picture, "orientation") and format != "avif" else 1
    return _Opened(picture, width, height, _valid_orientation(own if orientation is None else orientation))


def _source(data: Bytes) -> Any:
    """Unlike a buffer, a source does not copy what it reads from."""
    return pyvips.Source.new_from_memory(data)


def _shrink(side: int) -> int:
    """The most that a JPEG's own transform may shrink it while the preview is still scaled down."""
    shrink = 1
    while shrink < 8 and side // (shrink * 2) >= recipe.PREVIEW_SIDE:
        shrink *= 2
    return shrink


def _open_heic(data: Bytes, orientation: int) -> _Opened:
    """libheif has applied the file's own rotation (`irot`); `orientation` is what is left to do."""
    try:
        container = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True, bgr_mode=False)
        image = container[container.primary_index]
        width, height = image.size
        if width * height > recipe.MAX_PIXELS["heic"]:
            raise Refused("too-large")
        pixels, bands = image.data, len(image.mode)
    except (ValueError, RuntimeError, SyntaxError, EOFError, OSError, IndexError) as error:
        raise Refused("too-large" if _out_of_memory(error) else "corrupt") from error
    stored: Picture = pyvips.Image.new_from_memory(pixels, image.stride // bands, height, bands, "uchar")
    picture = stored.copy(interpretation="srgb" if bands > 2 else "b-w").crop(0, 0, width, height)
    profile = image.info.get("icc_profile")
    if profile:
        picture = picture.copy()
        picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    decoded = _decoded(_Opened(picture, width, height, 1))
    return _Opened(decoded, width, height, _valid_orientation(orientation))


def _open_ppm(data: Bytes, orientation: int) -> _Opened:
    """Plain pixels after a line each for magic, size and depth."""
    magic, size, depth, pixels = bytes(data).split(b"\n", 3)
    width, height = map(int, size.split())
    if (magic, depth) != (b"P6", b"255") or len(pixels) < width * height * 3:
        raise Refused("corrupt")
    stored = pyvips.Image.new_from_memory(pixels, width, height, 3, "uchar").copy(interpretation="srgb")
    return _Opened(_decoded(_Opened(stored, width, height, 1)), width, height, _valid_orientation(orientation))


def _open_by_pillow(data: Bytes, orientation: int | None) -> _Opened:
    """Arithmetic, lossless and badly broken JPEGs: rare, and beyond libvips and the browsers."""
    try:
        return _pillow_pixels(data, orientation, damaged=False)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError):
        try:
            return _pillow_pixels(data, orientation, damaged=True)
        except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError) as error:
            raise Refused("corrupt") from error


def _pillow_pixels(data: Bytes, orientation: int | None, damaged: bool) -> _Opened:
    ImageFile.LOAD_TRUNCATED_IMAGES = damaged
    with Pillow.open(BytesIO(data), formats=["JPEG"]) as image:
        width, height = image.size
        if width * height > recipe.MAX_PIXELS["jpeg-progressive"]:
            raise Refused("too-large")
        own = image.getexif().get(0x0112, 1)
        pixels = image.convert("RGB").tobytes()
    stored = pyvips.Image.new_from_memory(pixels, width, height, 3, "uchar").copy(interpretation="srgb")
    turn = _valid_orientation(own if orientation is None else orientation)
    return _Opened(_decoded(_Opened(stored, width, height, turn)), width, height, turn, damaged)


def _valid_orientation(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return "out of memory" in text or "memory allocation" in text


# --- Pixels -----------------------------------------------------------------------------------------------


def _scaled(picture: Picture, side: int) -> Picture:
    """The picture with a long side of at most `side`. Colours are weighted by alpha on the way."""
    scale = side / max(picture.width, picture.height)
    if scale >= 1:
        return picture
    across, down = max(scale, 1 / picture.width), max(scale, 1 / picture.height)
    if not picture.hasalpha():
        return picture.resize(across, vscale=down)
    return picture.premultiply().resize(across, vscale=down).unpremultiply().cast(picture.format)


def _to_srgb(picture: Picture) -> Picture:
    """Eight bits per band, in sRGB or in a small RGB profile that travels with the picture."""
    profile = bytes(picture.get("icc-profile-data")) if _has(picture, "icc-profile-data") else b""
    space = picture.interpretation
    if space in _FOREIGN_SPACES or picture.format == "ushort" or len(profile) > _SMALL_PROFILE:
        picture = _converted(picture, profile if space not in ("lab", "labs", "lch") else b"")
        if _has(picture, "icc-profile-data"):
            picture = picture.copy()
            picture.remove("icc-profile-data")
    if picture.interpretation not in ("srgb", "b-w"):
        picture = picture.colourspace("srgb")
    return picture if picture.format == "uchar" else picture.cast("uchar")


def _converted(picture: Picture, profile: bytes) -> Picture:
    if profile:
        try:
            converted = picture.icc_transform("srgb", embedded=True, intent="relative", black_point_compensation=True)
            return converted.copy_memory()
        except pyvips.Error:
            return picture.colourspace("srgb")
    return picture.colourspace("srgb")


def _upright(picture: Picture, orientation: int) -> Picture:
    """The picture as it is to be seen: all eight Exif orientations."""
    if orientation == 1:
        return picture.copy_memory()
    picture = picture.copy()
    picture.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return picture.autorot().copy_memory()


def _without_needless_alpha(picture: Picture) -> tuple[Picture, bool]:
    """Most alpha channels are full; only a real hole is worth a preview in WebP."""
    if not picture.hasalpha():
        return picture, False
    if picture.extract_band(picture.bands - 1).min() < 250:
        return picture, True
    return picture.extract_band(0, n=picture.bands - 1).copy_memory(), False


def _encoded_preview(picture: Picture, transparent: bool) -> bytes:
    if transparent:
        options = {"Q": recipe.PREVIEW_ALPHA_QUALITY, "effort": recipe.WEBP_EFFORT, "keep": "icc"}
        return bytes(picture.webpsave_buffer(**options))
    return bytes(picture.jpegsave_buffer(Q=recipe.PREVIEW_QUALITY, keep="icc"))


def _tiny(thumb: Picture) -> tuple[Picture, bytes]:
    """The picture within 32 x 32, and its RGBA bytes."""
    tiny = thumb.thumbnail_image(small.SIDE, height=small.SIDE, size="down", no_rotate=True).colourspace("srgb")
    if not tiny.hasalpha():
        tiny = tiny.bandjoin(255)
    tiny = tiny.cast("uchar").copy_memory()
    return tiny, bytes(tiny.write_to_memory())


def _grey(thumb: Picture) -> bytes:
    """The picture squeezed to 32 x 32 grey pixels, transparency on white."""
    flat = thumb.flatten(background=255) if thumb.hasalpha() else thumb
    square = flat.colourspace("b-w").thumbnail_image(small.SIDE, height=small.SIDE, size="force", no_rotate=True)
    return bytes(square.cast("uchar").extract_band(0).write_to_memory())


def _has(picture: Picture, field: str) -> bool:
    return bool(picture.get_typeof(field))
