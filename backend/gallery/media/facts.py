"""What a file says about itself: ExifTool's tags, judged and put into one frozen record.

Three rules hold everywhere. The moment is the camera's own clock, kept as it was written; the offset stands
beside it when the file tells it. What cannot be true (the year 0, latitude 95, an offset of 99 hours) is
not kept as a fact. And all text is a stranger's: it is cut, cleaned of what databases and terminals choke
on, and never more than text.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from .dates import EARLIEST_YEAR, NOON
from .sniff import MediaKind

TEXT_BYTES: Final = 1024
_LATEST_YEAR: Final = 2100
_MOST_VALUES: Final = 100
_MOST_KEYWORDS: Final = 100

Json: TypeAlias = str | int | float | list[str | int | float]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one file; what it does not tell is None or empty.

    `taken_at` is local time without a zone; `utc_offset` (minutes) is known when the file says it or when
    GPS time implies it. With `taken_source` "gps" the time is UTC and the offset 0, because nothing else
    was written down. `exif` holds chosen tags by ExifTool's names, as text, finite numbers or lists of
    them.
    """

    taken_at: datetime | None = None
    utc_offset: int | None = None
    taken_source: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    camera: str | None = None
    lens: str | None = None
    content_id: str | None = None
    motion_photo: bool = False
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    exif: dict[str, Json] = field(default_factory=dict)


# --- Questions --------------------------------------------------------------------------------------------

_COMMON: Final = (
    "-j", "-n", "-G1", "-a", "-fast", "-m",
    # Bytes of unmarked encodings come through unharmed; `_decoded` finds out which encoding it was.
    "-charset", "exif=Latin", "-charset", "iptc=Latin",
    "-api", "LimitLongValues=2048",
)  # fmt: skip
_PLAIN: Final = (*_COMMON, "-e")
_PLAIN_FORMATS: Final = frozenset({"jpeg", "png", "webp"})


def arguments(format: str) -> tuple[str, ...]:
    """What to ask ExifTool about a file of this format, before its path.

    All tags, because choosing among them costs more than printing them. Tags composed of others cost as
    much as all the rest together; a plain photo has only four that we need, and `Tags` composes those
    itself.
    """
    return _PLAIN if format in _PLAIN_FORMATS else _COMMON


ANSWER_BYTES: Final = 4 * 1024 * 1024
"""The longest answer that is read: a hundred times what a camera's fullest file gives."""

_PICTURES_WITHIN: Final = ("JpgFromRaw", "PreviewImage", "OtherImage", "ThumbnailTIFF")

_EXIF_NUMBERS: Final = (
    "ExposureTime", "FNumber", "ISO", "FocalLength", "FocalLengthIn35mmFormat", "ExposureCompensation",
    "ExposureProgram", "ExposureMode", "MeteringMode", "Flash", "WhiteBalance", "LightSource",
    "SceneCaptureType", "DigitalZoomRatio", "BrightnessValue", "MaxApertureValue", "SubjectDistance",
    "Contrast", "Saturation", "Sharpness", "SensingMethod", "ColorSpace", "Orientation", "GPSImgDirection",
    "GPSSpeed", "GPSHPositioningError", "VideoFrameRate", "AudioChannels", "FullPanoWidthPixels",
    "FullPanoHeightPixels",
)  # fmt: skip
_EXIF_TEXTS: Final = (
    "Make", "Model", "LensMake", "LensModel", "Software", "HostComputer", "Artist", "Creator", "By-line",
    "Copyright", "Rights", "CopyrightNotice", "Credit", "Source", "Headline", "City", "Sub-location",
    "Location", "State", "Province-State", "Country", "Country-PrimaryLocationName", "PersonInImage",
    "RegionName", "Label", "CreatorTool", "ProjectionType", "ProfileDescription", "CompressorID", "CodecID",
    "AudioFormat", "MajorBrand", "UserComment", "DateTimeOriginal", "CreateDate", "ModifyDate",
    "CreationDate", "OffsetTimeOriginal", "SubSecTimeOriginal", "GPSDateTime",
)  # fmt: skip


# --- Answers ----------------------------------------------------------------------------------------------

Value: TypeAlias = str | list[str]


class Tags:
    """ExifTool's answer for one file: values as text, by group and name, in the order of the file.

    A key is "Group:Name", or "Name" for every group that a standard defines; maker notes must be named.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = {**_composed(values), **values}
        self._by_name: dict[str, list[tuple[str, Value]]] = {}
        for key, value in self._values.items():
            group, _, name = key.rpartition(":")
            self._by_name.setdefault(name, []).append((group, value))

    @classmethod
    def parse(cls, answer: bytes) -> "Tags":
        """The tags of `answer`, which may be empty or nonsense: then there are none."""
        try:
            documents = json.loads(answer.decode("utf-8", "replace"), parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            return cls({})
        if not (isinstance(documents, list) and documents and isinstance(documents[0], dict)):
            return cls({})
        return cls({key: _as_text(value, key) for key, value in documents[0].items()})

    def text(self, *keys: str) -> str | None:
        """The first of `keys` that has text, cleaned."""
        return next((text for key in keys for text in self.all(key)), None)

    def number(self, *keys: str) -> float | None:
        """The first of `keys` that is a finite number."""
        numbers = (_number(text) for key in keys for text in self.all(key))
        return next((number for number in numbers if number is not None), None)

    def all(self, key: str) -> list[str]:
        """Every text under `key`, lists flattened."""
        if ":" in key:
            values = [self._values[key]] if key in self._values else []
        else:
            values = [value for group, value in self.groups(key) if group.startswith(_STANDARD_GROUPS)]
        return [text for value in values for text in (value if isinstance(value, list) else [value]) if text]

    def groups(self, name: str) -> list[tuple[str, Value]]:
        """Everything called `name`, maker notes included, with its group."""
        return self._by_name.get(name, [])

    def __contains__(self, key: str) -> bool:
        return key in self._values or key in self._by_name


_STANDARD_GROUPS: Final = (
    "IFD", "ExifIFD", "SubIFD", "GPS", "InteropIFD", "XMP", "IPTC", "ICC", "File", "PNG", "GIF", "RIFF",
    "Composite", "QuickTime", "Keys", "ItemList", "UserData", "Track", "Info", "ASF", "FLV", "MPEG", "H264",
    "M2TS", "Jpeg2000",
)  # fmt: skip


def _composed(values: Mapping[str, Value]) -> dict[str, Value]:
    """What ExifTool would compose for a plain photo: signed position and height, GPS time, and size."""
    composed: dict[str, Value] = {}
    for name, negative in (("GPSLatitude", "S"), ("GPSLongitude", "W"), ("GPSAltitude", "1")):
        size, side = values.get(f"GPS:{name}"), values.get(f"GPS:{name}Ref")
        if isinstance(size, str) and isinstance(side, str) and _number(size) is not None:
            composed[f"Composite:{name}"] = f"-{size}" if side.upper() == negative else size
    day, time = values.get("GPS:GPSDateStamp"), values.get("GPS:GPSTimeStamp")
    if day and time:
        composed["Composite:GPSDateTime"] = f"{day} {time}Z"
    for group in ("File", "PNG", "RIFF"):
        width, height = values.get(f"{group}:ImageWidth"), values.get(f"{group}:ImageHeight")
        if width and height:
            composed["Composite:ImageSize"] = f"{width} {height}"
    return composed


def _as_text(value: object, key: str) -> Value:
    if isinstance(value, list):
        return [text for item in value[:_MOST_KEYWORDS] if isinstance(text := _as_text(item, key), str)]
    if isinstance(value, str):
        return clean(_decoded(value) if key.startswith(_UNMARKED_GROUPS) else value)
    return clean(str(value))


_UNMARKED_GROUPS: Final = ("IFD", "ExifIFD:", "IPTC", "GPS:", "SubIFD")
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """Text fit for a database and a page: no control characters or lone surrogates, at most 1 KB of UTF-8."""
    text = _UNWANTED.sub("", text).strip()
    return text.encode()[:TEXT_BYTES].decode("utf-8", "ignore") if len(text) > TEXT_BYTES // 4 else text


_LATIN: Final = {
    (bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)): byte
    for byte in range(256)
}
_CYRILLIC_RUN: Final = re.compile("[А-Яа-яЁё]{3}")


def _decoded(text: str) -> str:
    """Text whose bytes came through as windows-1252, in the encoding that they were most likely written in.

    Exif's ASCII and unmarked IPTC hold whatever the program's author spoke: UTF-8 today, windows-1251 in
    old Russian software. UTF-8 has a check built in; three Cyrillic letters in a row hardly happen by
    chance.
    """
    if text.isascii():
        return text
    try:
        stored = bytes(_LATIN[character] for character in text)
    except KeyError:
        return text
    try:
        return stored.decode()
    except UnicodeDecodeError:
        russian = stored.decode("cp1251", "ignore")
        return russian if _CYRILLIC_RUN.search(russian) else text


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# --- Time -------------------------------------------------------------------------------------------------

_MOMENT: Final = re.compile(
    r"(\d{4}):(\d{2}):(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d{2})")

_REAL_OFFSETS: Final = frozenset(
    [hours * 60 for hours in range(-12, 15)]
    + [-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 645, 690, 765, 825]
)
"""Every offset that a clock on Earth has had since there are digital cameras, in minutes."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A local time, with its offset in minutes where that is known; a mere day stands at noon."""

    at: datetime
    offset: int | None = None
    day_only: bool = False


def parse_moment(text: str | None, fraction: str | None = None, offset: str | None = None) -> Moment | None:
    """ExifTool's `YYYY:MM:DD HH:MM:SS[.fff][zone]`; None for what is no such day."""
    found = _MOMENT.fullmatch(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second, own_fraction, own_offset = found.groups()
    digits = own_fraction or (fraction or "").strip()
    microsecond = int(digits[:6].ljust(6, "0")) if digits.isdecimal() and digits.isascii() else 0
    time = (int(hour), int(minute), int(second or 0), microsecond) if hour else (NOON.hour, 0, 0, 0)
    try:
        at = datetime(int(year), int(month), int(day), *time)
    except ValueError:
        return None
    if not EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
        return None
    return Moment(at, parse_offset(own_offset or offset), day_only=hour is None)


def parse_offset(text: str | None) -> int | None:
    """Minutes east of Greenwich; None for what no clock shows."""
    if text is None:
        return None
    if text.strip() == "Z":
        return 0
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    total = int(hours) * 60 + int(minutes)
    signed = -total if sign == "-" else total
    return signed if -12 * 60 <= signed <= 14 * 60 else None


def _still_moment(tags: Tags, kind: MediaKind) -> Moment | None:
    """The camera's own words first, then those of programs; any time wins over a mere day.

    A modification date is no capture date, and neither is the day on which a sidecar was written.
    """
    zone = tags.text("ExifIFD:OffsetTime", "IFD0:OffsetTime")
    original_zone = tags.text("ExifIFD:OffsetTimeOriginal", "IFD0:OffsetTimeOriginal") or zone
    digitized_zone = tags.text("ExifIFD:OffsetTimeDigitized", "IFD0:OffsetTimeDigitized") or zone
    original = tags.text("ExifIFD:SubSecTimeOriginal")
    digitized = tags.text("ExifIFD:SubSecTimeDigitized")
    iptc = f"{tags.text('IPTC:DateCreated') or ''} {tags.text('IPTC:TimeCreated') or ''}".strip()
    candidates = (
        parse_moment(tags.text("ExifIFD:DateTimeOriginal"), original, original_zone),
        parse_moment(tags.text("IFD0:DateTimeOriginal"), original, original_zone),
        parse_moment(tags.text("XMP-exif:DateTimeOriginal")),
        parse_moment(tags.text("ExifIFD:CreateDate"), digitized, digitized_zone),
        parse_moment(tags.text("IFD0:CreateDate"), digitized, digitized_zone),
        parse_moment(tags.text("XMP-photoshop:DateCreated")),
        None if kind is MediaKind.SIDECAR else parse_moment(tags.text("XMP-xmp:CreateDate")),
        parse_moment(iptc),
    )
    moments = [moment for moment in candidates if moment is not None]
    return min(moments, key=lambda moment: moment.day_only, default=None)


def _video_moment(tags: Tags) -> Moment | None:
    """A date with a zone wins over the container's own date, which is UTC by definition."""
    told = ("Keys:CreationDate", "QuickTime:CreationDate", "ItemList:ContentCreateDate", "DateTimeOriginal")
    for key in told:
        moment = parse_moment(tags.text(key))
        if moment is not None:
            return moment
    container = parse_moment(tags.text("QuickTime:CreateDate"))
    return None if container is None or container.at.year < 1970 else Moment(container.at, 0)


def _gps_moment(tags: Tags) -> datetime | None:
    moment = parse_moment(tags.text("Composite:GPSDateTime", "XMP-exif:GPSDateTime"), offset="Z")
    return None if moment is None else moment.at


def _implied_offset(local: datetime, utc: datetime) -> int | None:
    """The offset between a camera's clock and GPS time, rounded to 15 minutes.

    A GPS fix may be minutes old and a clock may be wrong, so only an offset that exists somewhere is
    believed.
    """
    quarters = round((local - utc) / timedelta(minutes=15))
    minutes = quarters * 15
    return minutes if minutes in _REAL_OFFSETS else None


def _taken(tags: Tags, kind: MediaKind) -> tuple[datetime | None, int | None, str | None]:
    moment = _video_moment(tags) if kind is MediaKind.VIDEO else _still_moment(tags, kind)
    utc = _gps_moment(tags)
    if moment is None:
        return (None, None, None) if utc is None else (utc, 0, "gps")
    offset = moment.offset
    if offset is None and utc is not None:
        offset = _implied_offset(moment.at, utc)
    return moment.at, offset, "exif"


# --- Place, camera, words ---------------------------------------------------------------------------------


def _position(tags: Tags) -> tuple[float | None, float | None]:
    """Signed decimal degrees, as a receiver wrote them. 0, 0 is what it writes without a fix."""
    latitude, longitude = tags.number("Composite:GPSLatitude"), tags.number("Composite:GPSLongitude")
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None, None
    if abs(latitude) < 1e-6 and abs(longitude) < 1e-6:
        return None, None
    return round(latitude, 7), round(longitude, 7)


def _altitude(tags: Tags) -> float | None:
    """Metres above the sea, negative below; a sensor's overflow (4294967284 m) is nothing."""
    altitude = tags.number("Composite:GPSAltitude")
    return round(altitude, 2) if altitude is not None and -11_000 <= altitude <= 50_000 else None


def _camera(tags: Tags) -> str | None:
    """Maker and model as one name; most makers repeat theirs in the model."""
    own = ("IFD0", "Keys", "UserData", "QuickTime", "XMP-tiff")
    make = tags.text(*(f"{group}:Make" for group in own), "Make") or ""
    model = tags.text(*(f"{group}:Model" for group in own), "Model") or ""
    first_word = make.split(" ", 1)[0].lower()
    name = model if first_word and model.lower().startswith(first_word) else f"{make} {model}"
    return clean(name) or None


_UNKNOWN_LENS: Final = re.compile(r"unknown|^[-0-9. ]*$|^\(?n/a\)?$", re.IGNORECASE)


def _lens(tags: Tags) -> str | None:
    """The lens by name (the standard's, a maker's own, a program's), else by its focal lengths."""
    told = [
        *tags.all("LensModel"),
        *(value for _, value in tags.groups("LensModel")),
        *tags.all("XMP-aux:Lens"),
    ]
    named = (lens for lens in told if isinstance(lens, str) and lens and not _UNKNOWN_LENS.search(lens))
    return next(named, None) or _lens_by_numbers(tags.text("ExifIFD:LensInfo", "Nikon:Lens", "XMP-aux:LensInfo"))


def _lens_by_numbers(text: str | None) -> str | None:
    """`18 55 3.5 5.6` as photographers write it."""
    numbers = [_number(part) for part in (text or "").split()]
    if len(numbers) != 4 or not numbers[0] or not numbers[1]:
        return None
    shortest, longest, wide, tele = (f"{number:g}" if number else "" for number in numbers)
    focal = shortest if shortest == longest else f"{shortest}-{longest}"
    aperture = wide if wide == tele or not tele else f"{wide}-{tele}"
    return f"{focal}mm f/{aperture}" if wide else f"{focal}mm"


_CAMERA_TALK: Final = re.compile(
    r"(?:olympus|(?:konica )?minolta|sony|samsung|kodak|nikon|pentax|casio|fuji\w*)? ?"
    r"(?:digital (?:still )?camera|dsc)"
    r"|samsung|exif_jpeg.*|dcim.*|default|untitled|created with .*|screenshot",
    re.IGNORECASE,
)


def _description(tags: Tags) -> str | None:
    """What a person wrote; many cameras write their own name there."""
    told = ("XMP-dc:Description", "IPTC:Caption-Abstract", "IFD0:ImageDescription", "IFD0:XPComment",
            "Keys:Description", "ItemList:Description", "XMP-tiff:ImageDescription")  # fmt: skip
    texts = (tags.text(key) for key in told)
    return next((text for text in texts if text and not _CAMERA_TALK.fullmatch(text)), None)


def _keywords(tags: Tags) -> tuple[str, ...]:
    spoken = [*tags.all("XMP-dc:Subject"), *tags.all("IPTC:Keywords")]
    for key in ("IFD0:XPKeywords", "Keys:Keywords"):
        spoken += [part.strip() for text in tags.all(key) for part in re.split("[;,]", text)]
    return tuple(dict.fromkeys(word for word in spoken if word))[:_MOST_KEYWORDS]


def _rating(tags: Tags) -> int | None:
    rating = tags.number("XMP-xmp:Rating", "IFD0:Rating")
    return int(rating) if rating is not None and rating.is_integer() and 0 <= rating <= 5 else None


_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


def _content_id(tags: Tags) -> str | None:
    """What Apple's still and its film have in common."""
    told = tags.text("Apple:ContentIdentifier", "Apple:MediaGroupUUID", "Keys:ContentIdentifier")
    return told if told and _IDENTIFIER.fullmatch(told) else None


def _is_motion_photo(tags: Tags) -> bool:
    flags = ("XMP-GCamera:MotionPhoto", "XMP-GCamera:MicroVideo")
    parts = ("MotionPhotoVideo", "EmbeddedVideoFile", "EmbeddedVideoType")
    return any(tags.text(flag) == "1" for flag in flags) or any(part in tags for part in parts)


def _exif(tags: Tags) -> dict[str, Json]:
    """Chosen tags, numbers as numbers: few enough to send with every asset."""
    chosen: dict[str, Json] = {}
    for name in _EXIF_NUMBERS:
        number = tags.number(name)
        if number is not None and abs(number) < 1e15:
            chosen[name] = int(number) if number.is_integer() else number
    for name in _EXIF_TEXTS:
        texts = list(dict.fromkeys(tags.all(name)))[:20]
        if texts:
            several = any(isinstance(value, list) for _, value in tags.groups(name)) and len(texts) > 1
            chosen[name] = list(texts) if several else texts[0]
    return dict(list(chosen.items())[:_MOST_VALUES])


def gather(tags: Tags, kind: MediaKind) -> Facts:
    """The facts in `tags`."""
    taken_at, utc_offset, source = _taken(tags, kind)
    latitude, longitude = _position(tags)
    return Facts(
        taken_at=taken_at,
        utc_offset=utc_offset,
        taken_source=source,
        latitude=latitude,
        longitude=longitude,
        altitude=_altitude(tags),
        camera=_camera(tags),
        lens=_lens(tags),
        content_id=_content_id(tags),
        motion_photo=kind is MediaKind.IMAGE and _is_motion_photo(tags),
        title=tags.text("XMP-dc:Title", "IPTC:ObjectName", "IFD0:XPTitle", "Keys:Title", "ItemList:Title"),
        description=_description(tags),
        keywords=_keywords(tags),
        rating=_rating(tags),
        exif=_exif(tags),
    )


# --- Shape ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """What the tags tell about the picture itself: stored size, turn, length, and pictures inside it."""

    file_type: str | None
    mime: str | None
    width: int | None
    height: int | None
    orientation: int
    rotated_by_container: bool
    duration: float | None
    is_raw: bool
    pictures: Sequence[tuple[str, int]] = ()

    @property
    def displayed(self) -> tuple[int | None, int | None]:
        """Width and height upright."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    @property
    def orientation_left(self) -> int:
        """The Exif orientation that a HEIF decoder leaves undone: a rotation of the container voids it."""
        return 1 if self.rotated_by_container else self.orientation


_RAW_TYPES: Final = frozenset(
    {"3FR", "ARW", "CR2", "CR3", "CRW", "DCR", "DNG", "ERF", "FFF", "GPR", "IIQ", "K25", "KDC", "MEF", "MOS",
     "MRW", "NEF", "NRW", "ORF", "PEF", "RAF", "RAW", "RW2", "RWL", "SR2", "SRF", "SRW", "X3F"}
)  # fmt: skip
_MIME: Final = re.compile(r"(?:image|video)/[a-z0-9][a-z0-9.+-]{0,60}")
_SIZE: Final = re.compile(r"(\d{1,7})[ x](\d{1,7})")
_BINARY: Final = re.compile(r"\(Binary data (\d{1,10}) bytes")
_QUARTER_TURNS: Final = {90: 6, 180: 3, 270: 8}


def shape(tags: Tags, kind: MediaKind) -> Shape:
    """The shape in `tags`."""
    file_type = tags.text("File:FileType")
    size = _SIZE.fullmatch(tags.text("Composite:ImageSize") or "")
    width, height = (int(size[1]) or None, int(size[2]) or None) if size else (None, None)
    mime = tags.text("File:MIMEType")
    return Shape(
        file_type=file_type,
        mime=mime if mime and _MIME.fullmatch(mime) else None,
        width=width,
        height=height,
        orientation=_orientation(tags, kind),
        rotated_by_container=kind is MediaKind.IMAGE and "QuickTime:Rotation" in tags,
        duration=_duration(tags) if kind is MediaKind.VIDEO else None,
        is_raw=file_type in _RAW_TYPES or (file_type == "TIFF" and _is_raw_tiff(tags)),
        pictures=_pictures(tags),
    )


def _orientation(tags: Tags, kind: MediaKind) -> int:
    if kind is MediaKind.VIDEO:
        return _QUARTER_TURNS.get(int(tags.number("Composite:Rotation") or 0) % 360, 1)
    quarter_turns = tags.number("QuickTime:Rotation")
    if quarter_turns is not None:
        return {1: 8, 2: 3, 3: 6}.get(int(quarter_turns), 1)
    stored = tags.number("IFD0:Orientation")
    return int(stored) if stored is not None and stored in range(1, 9) else 1


def _duration(tags: Tags) -> float | None:
    seconds = tags.number("QuickTime:Duration", "Info:Duration", "Composite:Duration", "Duration")
    return round(seconds, 3) if seconds is not None and 0 < seconds < 1e6 else None


def _is_raw_tiff(tags: Tags) -> bool:
    """A TIFF whose picture is what a sensor saw; only a thumbnail of it would open as a TIFF."""
    sensor = {"32803", "34892"}
    seen = any(value in sensor for _, value in tags.groups("PhotometricInterpretation"))
    return seen or "DNGVersion" in tags or any(value == "34713" for _, value in tags.groups("Compression"))


def _pictures(tags: Tags) -> tuple[tuple[str, int], ...]:
    """Pictures inside the file as "Group:Name" and bytes: JPEGs first, the largest first."""
    found = [
        (f"{group}:{name}", int(size[1]))
        for name in _PICTURES_WITHIN
        for group, value in tags.groups(name)
        if isinstance(value, str) and (size := _BINARY.match(value))
    ]
    return tuple(sorted(found, key=lambda picture: (picture[0].endswith("TIFF"), -picture[1])))
