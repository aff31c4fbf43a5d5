"""Small pictures made on the spot, so that the core tests need no files."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """Red, green, blue and yellow quarters: any turn or mirror image of it differs from it."""
    picture = Image.new("RGB", (width, height), "red")
    half, middle = width // 2, height // 2
    picture.paste("green", (half, 0, width, middle))
    picture.paste("blue", (0, middle, half, height))
    picture.paste("yellow", (half, middle, width, height))
    return picture


def scene(width: int = 640, height: int = 480, seed: int = 1) -> Image.Image:
    """Soft patches of colour, different for every seed, with a photo's mixture of frequencies."""
    patches = Image.frombytes("RGB", (12, 9), random.Random(seed).randbytes(12 * 9 * 3))
    return patches.resize((width, height), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def exif(
    main: dict[int, Any] | None = None, details: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> bytes:
    """An Exif block with the tags given: of the picture, of the exposure, of the place."""
    block = Image.Exif()
    block.update(main or {})
    block.get_ifd(ExifTags.IFD.Exif).update(details or {})
    if gps:
        block.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return bytes(block.tobytes())


def photo(taken: str, gps: dict[int, Any] | None = None) -> bytes:
    """A JPEG with a moment, and with a place if one is given."""
    return encoded(quarters(), exif=exif(details={ExifTags.Base.DateTimeOriginal: taken}, gps=gps))


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds a few compressed zeros."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )
