"""A file is what its content says, and only what is on the list."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.media.sniff import SNIFF_BYTES, MediaKind, Sniffed, sniff

from .samples import encoded, quarters

PADDING = bytes(64)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return box(b"ftyp", major + bytes(4) + b"".join(compatible)) + box(b"free", bytes(40))


def tiff(order: str, *tags: tuple[int, int]) -> bytes:
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    entries = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in tags)
    return mark + struct.pack(order + "IH", 8, len(tags)) + entries + PADDING


ACCEPTED = {
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + PADDING, "jpeg", "image/jpeg", "jpg"),
    "jpeg without jfif": (b"\xff\xd8\xff\xdb\0\x43" + PADDING, "jpeg", "image/jpeg", "jpg"),
    "png": (encoded(quarters(), "PNG"), "png", "image/png", "png"),
    "webp": (encoded(quarters(), "WEBP"), "webp", "image/webp", "webp"),
    "gif": (encoded(quarters(), "GIF"), "gif", "image/gif", "gif"),
    "tiff": (encoded(quarters(), "TIFF"), "tiff", "image/tiff", "tif"),
    "bigtiff": (b"II+\0\x08\0\0\0" + PADDING, "tiff", "image/tiff", "tif"),
    "avif": (ftyp(b"avif", b"mif1", b"miaf"), "avif", "image/avif", "avif"),
    "avif with a heif major brand": (ftyp(b"mif1", b"avif"), "avif", "image/avif", "avif"),
    "heic": (ftyp(b"heic", b"mif1"), "heic", "image/heic", "heic"),
    "heif": (ftyp(b"mif1", b"heic"), "heic", "image/heic", "heic"),
    "jxl codestream": (b"\xff\x0a" + PADDING, "jxl", "image/jxl", "jxl"),
    "jxl container": (b"\0\0\0\x0cJXL \r\n\x87\n" + PADDING, "jxl", "image/jxl", "jxl"),
    "mp4": (ftyp(b"isom", b"avc1"), "mp4", "video/mp4", "mp4"),
    "mp4 by a compatible brand": (ftyp(b"XYZW", b"mp42"), "mp4", "video/mp4", "mp4"),
    "mov": (ftyp(b"qt  "), "mov", "video/quicktime", "mov"),
    "old mov": (box(b"moov", bytes(80)), "mov", "video/quicktime", "mov"),
    "3gp": (ftyp(b"3gp5", b"isom"), "3gp", "video/3gpp", "3gp"),
    "webm": (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + PADDING, "webm", "video/webm", "webm"),
    "matroska": (b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska" + PADDING, "matroska", "video/x-matroska", "mkv"),
    "avi": (b"RIFF\0\0\0\0AVI LIST" + PADDING, "avi", "video/x-msvideo", "avi"),
    "transport stream": ((b"G" + bytes(187)) * 6, "mpegts", "video/mp2t", "mts"),
    "camcorder stream": ((bytes(4) + b"G" + bytes(187)) * 6, "mpegts", "video/mp2t", "mts"),
    "program stream": (b"\0\0\x01\xba" + PADDING, "mpeg", "video/mpeg", "mpg"),
    "windows media": (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + PADDING, "asf", "video/x-ms-asf", "wmv"),
    "flash video": (b"FLV\x01\x05" + PADDING, "flv", "video/x-flv", "flv"),
    "cr2": (b"II*\0\x10\0\0\0CR\x02\0" + PADDING, "raw", "image/x-canon-cr2", "cr2"),
    "cr3": (ftyp(b"crx ", b"isom"), "raw", "image/x-canon-cr3", "cr3"),
    "crw": (b"II\x1a\0\0\0HEAPCCDR" + PADDING, "raw", "image/x-canon-crw", "crw"),
    "raf": (b"FUJIFILMCCD-RAW 0201" + PADDING, "raw", "image/x-fujifilm-raf", "raf"),
    "rw2": (b"IIU\0" + PADDING, "raw", "image/x-panasonic-rw2", "rw2"),
    "orf": (b"IIRO" + PADDING, "raw", "image/x-olympus-orf", "orf"),
    "mrw": (b"\0MRM" + PADDING, "raw", "image/x-minolta-mrw", "mrw"),
    "x3f": (b"FOVb" + PADDING, "raw", "image/x-sigma-x3f", "x3f"),
    "dng": (tiff("<", (254, 1), (50706, 4)), "raw", "image/x-adobe-dng", "dng"),
    "sensor data in a tiff": (tiff(">", (262, 32803)), "raw", "image/x-raw", "raw"),
    "a tiff that shows a thumbnail": (tiff("<", (254, 1), (330, 100)), "raw", "image/x-raw", "raw"),
    "xmp": (b'<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>', "xmp", "application/rdf+xml", "xmp"),
    "xmp packet": (b'\xef\xbb\xbf<?xpacket begin="" id="x"?>\n<!-- hi -->\n<x:xmpmeta >', "xmp", "application/rdf+xml", "xmp"),
    "xmp in utf-16": ("\ufeff<?xpacket begin=''?><rdf:RDF >".encode("utf-16-le"), "xmp", "application/rdf+xml", "xmp"),
}  # fmt: skip

REFUSED = {
    "nothing": b"",
    "one byte": b"\xff",
    "only a magic": b"\x89PNG\r\n\x1a\n",
    "zeros": bytes(4096),
    "text": b"Dear diary, today I sniffed a file and found it to be text.",
    "html": b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>",
    "html in capitals": b"   <HTML><HEAD><TITLE>x</TITLE></HEAD><BODY></BODY></HTML>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "svg that mentions xmp": b'<?xml version="1.0"?><svg><metadata><x:xmpmeta xmlns:x="adobe:ns:meta/"/></metadata></svg>',
    "xml with a doctype": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta xmlns:x="adobe:ns:meta/">',
    "javascript": b"(function () { document.location = 'http://example.org/' })();",
    "php": b"<?php system($_GET['command']); ?>\n<html>more than the smallest</html>",
    "windows program": b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + PADDING,
    "linux program": b"\x7fELF\x02\x01\x01\0" + PADDING,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" + PADDING,
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0" + PADDING,
    "office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + PADDING,
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0" + PADDING,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n" + PADDING,
    "eps with a preview": b"\xc5\xd0\xd3\xc6" + PADDING,
    "photoshop": b"8BPS\0\x01\0\0\0\0\0\0\0\x03" + PADDING,
    "fits": b"SIMPLE  =                    T / conforms to FITS standard" + PADDING,
    "bmp": b"BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0" + PADDING,
    "icon": b"\0\0\x01\0\x01\0\x10\x10" + PADDING,
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + PADDING,
    "djvu": b"AT&TFORM\0\0\0\0DJVU" + PADDING,
    "m4a": ftyp(b"M4A ", b"isom", b"mp42"),
    "audiobook": ftyp(b"M4B ", b"isom"),
    "mp3": b"ID3\x04\0\0\0\0\0\0" + PADDING,
    "wav": b"RIFF\0\0\0\0WAVEfmt " + PADDING,
    "ogg": b"OggS\0\x02" + PADDING,
    "flac": b"fLaC\0\0\0\x22" + PADDING,
    "sound in a flash container": b"FLV\x01\x04" + PADDING,
    "playlist": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n" + PADDING,
    "unknown ebml": b"\x1a\x45\xdf\xa3\xa3\x42\x82\x84evil" + PADDING,
    "ftyp of size zero": b"\0\0\0\0ftypisom" + PADDING,
    "unknown brand": ftyp(b"EVIL"),
    "matlab": b"MATLAB 5.0 MAT-file, Platform: PCWIN" + PADDING,
    "csv": b"name,size\nphoto.jpg,123\nother.jpg,456\nthird.jpg,789\n",
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepts(name: str) -> None:
    head, format, mime, extension = ACCEPTED[name]
    found = sniff(head)
    assert found is not None
    assert (found.format, found.mime, found.extension) == (format, mime, extension)
    assert found.kind == {"video": MediaKind.VIDEO, "application": MediaKind.SIDECAR}.get(
        mime.split("/")[0], MediaKind.IMAGE
    )


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    assert sniff(REFUSED[name]) is None


@given(st.binary(max_size=300))
def test_never_fails(head: bytes) -> None:
    assert isinstance(sniff(head), Sniffed | None)


@given(st.sampled_from(sorted(ACCEPTED)), st.binary(max_size=200), st.integers(0, 120))
def test_never_fails_on_what_begins_well(name: str, noise: bytes, keep: int) -> None:
    assert isinstance(sniff(ACCEPTED[name][0][:keep] + noise), Sniffed | None)


@given(st.text(min_size=40, max_size=400))
def test_text_is_never_a_picture(text: str) -> None:
    found = sniff(text.encode())
    assert found is None or found.kind is MediaKind.SIDECAR or found.format == "mpegts"


@given(st.sampled_from(sorted(ACCEPTED)), st.binary(max_size=100))
def test_what_follows_the_head_does_not_matter(name: str, more: bytes) -> None:
    head = ACCEPTED[name][0].ljust(SNIFF_BYTES, b"\0")
    assert sniff(head) == sniff(head + more)
