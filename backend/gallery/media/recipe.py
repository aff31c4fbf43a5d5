"""What the derivatives are. A changed setting is a new version, never an overwrite."""

from typing import Final

THUMB: Final = "thumb-1"
"""WebP, long side at most 400 px: what the timeline shows."""

PREVIEW: Final = "preview-1"
"""JPEG, or WebP where the picture is transparent, long side about 1920 px and at most 2100: what the viewer shows."""

THUMB_SIDE: Final = 400
THUMB_QUALITY: Final = 78
PREVIEW_SIDE: Final = 1920
"""What larger pictures are scaled to. At most 2000: a 4000-px photo is then decoded at half its size."""
PREVIEW_MOST: Final = 2100
"""A picture that is no larger stays as it is. Half of a phone's 12 megapixels, or a quarter of its 48, is about
2016 px: to scale that by a few hundredths would cost a quarter of the whole work and make it softer."""
PREVIEW_QUALITY: Final = 75
PREVIEW_ALPHA_QUALITY: Final = 80
WEBP_EFFORT: Final = 2

MAX_PIXELS: Final[dict[str, int]] = {
    "jpeg": 400_000_000,
    "jpeg-progressive": 100_000_000,
    "png": 200_000_000,
    "png-interlaced": 60_000_000,
    "webp": 120_000_000,
    "tiff": 120_000_000,
    "gif": 60_000_000,
    "avif": 50_000_000,
    "heic": 60_000_000,
    "jxl": 60_000_000,
}
"""The most pixels decoded, by loader: what each can do within the memory limit of a decoding child."""
