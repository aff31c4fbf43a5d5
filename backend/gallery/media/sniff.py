"""What some bytes are, by content alone. A name or a declared type is only a label and is never asked.

The list is short on purpose: a format is here when it is a photo, a video or an XMP sidecar, and nothing
that a browser could run as a document is. Everything else is `None`, which the web answers with 415.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SNIFF_BYTES: Final = 4096
"""How much of a file's beginning `sniff` wants to see; it never needs more."""

_SMALLEST: Final = 32
"""A file of only a magic number is nothing: even a one-pixel GIF has more bytes than this."""


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The type of a file: `format` is our short name, `extension` (no dot) is for names that we make."""

    kind: MediaKind
    format: str
    mime: str
    extension: str


def _image(format: str, mime: str, extension: str | None = None) -> Sniffed:
    return Sniffed(MediaKind.IMAGE, format, mime, extension or format)


def _video(format: str, mime: str, extension: str | None = None) -> Sniffed:
    return Sniffed(MediaKind.VIDEO, format, mime, extension or format)


def _raw(mime: str, extension: str) -> Sniffed:
    return Sniffed(MediaKind.IMAGE, "raw", mime, extension)


JPEG = _image("jpeg", "image/jpeg", "jpg")
PNG = _image("png", "image/png")
WEBP = _image("webp", "image/webp")
GIF = _image("gif", "image/gif")
TIFF = _image("tiff", "image/tiff", "tif")
AVIF = _image("avif", "image/avif")
HEIC = _image("heic", "image/heic")
JXL = _image("jxl", "image/jxl")
MP4 = _video("mp4", "video/mp4")
MOV = _video("mov", "video/quicktime")
THREE_GP = _video("3gp", "video/3gpp")
MATROSKA = _video("matroska", "video/x-matroska", "mkv")
WEBM = _video("webm", "video/webm")
AVI = _video("avi", "video/x-msvideo")
MPEG_TS = _video("mpegts", "video/mp2t", "mts")
MPEG_PS = _video("mpeg", "video/mpeg", "mpg")
ASF = _video("asf", "video/x-ms-asf", "wmv")
FLV = _video("flv", "video/x-flv")
XMP = Sniffed(MediaKind.SIDECAR, "xmp", "application/rdf+xml", "xmp")


def sniff(head: bytes) -> Sniffed | None:
    """The type of the file that begins with `head` (`SNIFF_BYTES` of it), or None if not accepted."""
    if len(head) < _SMALLEST:
        return None
    for recognise in _RECOGNISERS:
        found = recognise(head)
        if found is not None:
            return found
    return None


def _jpeg(head: bytes) -> Sniffed | None:
    """SOI, then a marker that may begin a JPEG: a frame, a table, an application segment or a comment."""
    return JPEG if head[:3] == b"\xff\xd8\xff" and head[3] >= 0xC0 else None


def _png(head: bytes) -> Sniffed | None:
    return PNG if head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:16] in (b"IHDR", b"CgBI") else None


def _gif(head: bytes) -> Sniffed | None:
    return GIF if head[:6] in (b"GIF87a", b"GIF89a") else None


def _riff(head: bytes) -> Sniffed | None:
    if head[:4] != b"RIFF":
        return None
    return {b"WEBP": WEBP, b"AVI ": AVI}.get(head[8:12])


def _jxl(head: bytes) -> Sniffed | None:
    """ISO/IEC 18181-2: a bare codestream, or the container's signature box."""
    bare = head[:2] == b"\xff\x0a"
    return JXL if bare or head[:12] == b"\0\0\0\x0cJXL \r\n\x87\n" else None


_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"})
_MP4_BRANDS: Final = frozenset(
    {b"isom", b"avc1", b"mp41", b"mp42", b"dash", b"msdh", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"f4v ",
     b"XAVC", b"hvc1", b"av01", b"vp09", b"mmp4", b"ndsc", b"ndsh", b"nvr1"}
)  # fmt: skip
_AUDIO_BRANDS: Final = frozenset({b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"})
_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})


def _iso_media(head: bytes) -> Sniffed | None:
    """ISO base media (ISO/IEC 14496-12): the brands of `ftyp` say which of its many children this is."""
    if head[4:8] != b"ftyp":
        return MOV if head[4:8] in _QUICKTIME_ATOMS and _plausible_atom(head) else None
    size = int.from_bytes(head[:4], "big")
    if size < 8:
        return None
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, min(size, 256, len(head)) - 3, 4)]
    return _by_brand(major, frozenset([major, *compatible]))


def _by_brand(major: bytes, brands: frozenset[bytes]) -> Sniffed | None:
    if major == b"crx ":
        return _raw("image/x-canon-cr3", "cr3")
    if major in _AUDIO_BRANDS:
        return None
    if brands & {b"avif", b"avis"}:
        return AVIF
    if brands & _HEIF_BRANDS:
        return HEIC
    if major == b"qt  ":
        return MOV
    if major[:2] == b"3g":
        return THREE_GP
    return MP4 if brands & _MP4_BRANDS or major[:3] == b"iso" else None


def _plausible_atom(head: bytes) -> bool:
    """Old QuickTime files have no `ftyp`; their first atom must have a size that an atom can have."""
    size = int.from_bytes(head[:4], "big")
    return size == 1 or size >= 8 or (size == 0 and head[4:8] == b"mdat")


def _matroska(head: bytes) -> Sniffed | None:
    """EBML header (RFC 8794): element 0x4282 is the DocType."""
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    at = head.find(b"\x42\x82", 4, 96)
    if at < 0:
        return None
    length = head[at + 2] & 0x7F
    return {b"webm": WEBM, b"matroska": MATROSKA}.get(head[at + 3 : at + 3 + length].rstrip(b"\0"))


def _streams(head: bytes) -> Sniffed | None:
    if head[:4] == b"\0\0\x01\xba":
        return MPEG_PS
    if head[:16] == bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"):
        return ASF
    if head[:4] == b"FLV\x01" and head[4] & 1:
        return FLV
    return MPEG_TS if _has_packets(head, 0, 188) or _has_packets(head, 4, 192) else None


def _has_packets(head: bytes, first: int, step: int) -> bool:
    """MPEG transport stream: a sync byte at the beginning of every packet, five times in a row."""
    places = range(first, first + 5 * step, step)
    return len(head) > places[-1] and all(head[at] == 0x47 for at in places)


_RAW_MAGICS: Final = (
    (0, b"FUJIFILMCCD-RAW", _raw("image/x-fujifilm-raf", "raf")),
    (0, b"IIU\0", _raw("image/x-panasonic-rw2", "rw2")),
    (0, b"IIRO", _raw("image/x-olympus-orf", "orf")),
    (0, b"IIRS", _raw("image/x-olympus-orf", "orf")),
    (0, b"MMOR", _raw("image/x-olympus-orf", "orf")),
    (0, b"\0MRM", _raw("image/x-minolta-mrw", "mrw")),
    (0, b"FOVb", _raw("image/x-sigma-x3f", "x3f")),
    (6, b"HEAPCCDR", _raw("image/x-canon-crw", "crw")),
)


def _raw_magic(head: bytes) -> Sniffed | None:
    return next((found for at, magic, found in _RAW_MAGICS if head[at:].startswith(magic)), None)


def _tiff(head: bytes) -> Sniffed | None:
    """TIFF 6.0 and BigTIFF. Most cameras' raw files are TIFFs too: the first directory tells them."""
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or head[2:4] not in (b"*\0", b"\0*", b"+\0", b"\0+"):
        return None
    if struct.unpack_from(order + "H", head, 2)[0] not in (42, 43):
        return None
    if head[8:10] == b"CR":
        return _raw("image/x-canon-cr2", "cr2")
    tags = dict(_first_directory(head, order))
    if _DNG_VERSION in tags:
        return _raw("image/x-adobe-dng", "dng")
    if tags.get(_PHOTOMETRIC) in _SENSOR_PHOTOMETRIC or tags.get(_COMPRESSION) == _NIKON_COMPRESSION:
        return _raw("image/x-raw", "raw")
    shows_thumbnail = tags.get(_SUBFILE_TYPE, 0) & 1 and _SUB_DIRECTORIES in tags
    return _raw("image/x-raw", "raw") if shows_thumbnail else TIFF


_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _SUB_DIRECTORIES, _DNG_VERSION = 254, 259, 262, 330, 50706
_SENSOR_PHOTOMETRIC: Final = frozenset({32803, 34892})
_NIKON_COMPRESSION: Final = 34713


def _first_directory(head: bytes, order: str) -> Iterator[tuple[int, int]]:
    """(tag, value or offset) of classic TIFF's first directory, as far as it lies within `head`."""
    (at,) = struct.unpack_from(order + "I", head, 4)
    if head[2:4] in (b"+\0", b"\0+") or at + 2 > len(head):
        return
    (count,) = struct.unpack_from(order + "H", head, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(head) - 11), 12):
        tag, kind = struct.unpack_from(order + "HH", head, entry)
        yield tag, struct.unpack_from(order + ("H" if kind == 3 else "I"), head, entry + 8)[0]


_XMP_START: Final = re.compile(
    r"\ufeff?\s*(?:<\?(?:(?!\?>).)*\?>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:x:xmpmeta|rdf:RDF)[\s>]", re.DOTALL
)
_XMP_ENCODINGS: Final = ((b"\xff\xfe<\0", "utf-16-le"), (b"\xfe\xff\0<", "utf-16-be"))


def _xmp(head: bytes) -> Sniffed | None:
    """An XMP packet or file: its first element is x:xmpmeta or rdf:RDF. A DOCTYPE is refused."""
    encoding = next((name for magic, name in _XMP_ENCODINGS if head.startswith(magic)), "utf-8")
    return XMP if _XMP_START.match(head.decode(encoding, "replace")) else None


_RECOGNISERS: Final[tuple[Callable[[bytes], Sniffed | None], ...]] = (
    _jpeg, _png, _gif, _riff, _jxl, _iso_media, _matroska, _raw_magic, _tiff, _streams, _xmp,
)  # fmt: skip
