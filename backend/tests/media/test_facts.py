"""How tags become facts: which date wins, what is not believed, and what strangers' text may contain."""

import json
import math
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.media.facts import Facts, Tags, clean, gather, parse_moment, parse_offset, shape
from gallery.media.sniff import MediaKind


def facts(kind: MediaKind = MediaKind.IMAGE, /, **tags: Any) -> Facts:
    """The facts of tags given as Group__Name=value."""
    answer = json.dumps([{key.replace("__", ":"): value for key, value in tags.items()}])
    return gather(Tags.parse(answer.encode()), kind)


ORIGINAL = {"ExifIFD__DateTimeOriginal": "2021:02:03 04:05:06"}


# --- Time ---


def test_the_cameras_own_date_wins() -> None:
    later = {
        "ExifIFD__CreateDate": "2022:01:01 00:00:00",
        "XMP-exif__DateTimeOriginal": "2023:01:01 00:00:00",
        "XMP-photoshop__DateCreated": "2024:01:01 00:00:00",
        "XMP-xmp__CreateDate": "2025:01:01 00:00:00",
        "IPTC__DateCreated": "2026:01:01",
    }
    assert facts(**ORIGINAL, **later).taken_at == datetime(2021, 2, 3, 4, 5, 6)
    years = []
    while later:
        order = (
            "XMP-exif__DateTimeOriginal",
            "ExifIFD__CreateDate",
            "XMP-photoshop__DateCreated",
            "XMP-xmp__CreateDate",
        )
        found = facts(**later).taken_at
        assert found is not None
        years.append(found.year)
        later.pop(next((key for key in order if key in later), "IPTC__DateCreated"))
    assert years == [2023, 2022, 2024, 2025, 2026]


def test_a_time_wins_over_a_mere_day() -> None:
    found = facts(**{"XMP-photoshop__DateCreated": "2003:08:30", "XMP-xmp__CreateDate": "2003:09:05 16:30:00+02:00"})
    assert (found.taken_at, found.utc_offset) == (datetime(2003, 9, 5, 16, 30), 120)
    assert facts(**{"XMP-photoshop__DateCreated": "2003:08:30"}).taken_at == datetime(2003, 8, 30, 12)


def test_a_modification_date_is_no_capture_date() -> None:
    found = facts(IFD0__ModifyDate="2020:01:01 00:00:00")
    assert (found.taken_at, found.taken_source) == (None, None)


def test_parts_of_a_second_and_the_offset_belong_to_the_date() -> None:
    found = facts(**ORIGINAL, ExifIFD__SubSecTimeOriginal="08", ExifIFD__OffsetTimeOriginal="+05:45")
    assert (found.taken_at, found.utc_offset) == (datetime(2021, 2, 3, 4, 5, 6, 80_000), 345)


@pytest.mark.parametrize(
    ("utc", "offset"),
    [
        ("2021:02:03 01:05:06Z", 180),
        ("2021:02:03 01:04:12Z", 180),
        ("2021:02:02 22:35:06Z", 330),
        ("2021:02:03 08:05:06Z", -240),
        ("2021:02:02 15:05:06Z", 780),
        ("2021:02:03 02:15:06Z", None),  # 1:50 exists nowhere: one of the clocks is wrong
        ("2021:02:01 04:05:06Z", None),
        ("2015:02:03 01:05:06Z", None),
    ],
)
def test_gps_time_implies_the_offset(utc: str, offset: int | None) -> None:
    day, time = utc.removesuffix("Z").split(" ")
    found = facts(**ORIGINAL, GPS__GPSDateStamp=day, GPS__GPSTimeStamp=time)
    assert (found.taken_at, found.utc_offset) == (datetime(2021, 2, 3, 4, 5, 6), offset)


def test_the_offset_tag_wins_over_gps_time() -> None:
    found = facts(
        **ORIGINAL, ExifIFD__OffsetTimeOriginal="+02:00", GPS__GPSDateStamp="2021:02:03", GPS__GPSTimeStamp="01:05:06"
    )
    assert found.utc_offset == 120


def test_gps_time_alone_is_utc() -> None:
    found = facts(GPS__GPSDateStamp="2021:02:03", GPS__GPSTimeStamp="01:05:06")
    assert (found.taken_at, found.utc_offset, found.taken_source) == (datetime(2021, 2, 3, 1, 5, 6), 0, "gps")


def test_a_films_own_zone_wins_over_its_container() -> None:
    told = {"QuickTime__CreateDate": "2023:06:30 21:15:00"}
    found = facts(MediaKind.VIDEO, **told, Keys__CreationDate="2023:07:01 00:15:00+03:00")
    assert (found.taken_at, found.utc_offset) == (datetime(2023, 7, 1, 0, 15), 180)
    found = facts(MediaKind.VIDEO, **told)
    assert (found.taken_at, found.utc_offset) == (datetime(2023, 6, 30, 21, 15), 0)


@pytest.mark.parametrize("zero", ["0000:00:00 00:00:00", "1904:01:01 00:00:00"])
def test_a_films_zero_date_is_no_date(zero: str) -> None:
    assert facts(MediaKind.VIDEO, QuickTime__CreateDate=zero).taken_at is None


@pytest.mark.parametrize(
    "text",
    ["0000:00:00 00:00:00", "    :  :     :  :  ", "2021:13:01 00:00:00", "2021:02:30 00:00:00", "2021:02:03 24:61:00",
     "1799:12:31 23:59:59", "9999:01:01 00:00:00", "2021", "2021:02", "yesterday", "", "2021:02:03 04:05:06 or so"],
)  # fmt: skip
def test_impossible_dates_are_none(text: str) -> None:
    assert parse_moment(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("Z", 0), ("+00:00", 0), ("+03:00", 180), ("-03:30", -210), ("+0545", 345), ("+14:00", 840), ("-12:00", -720)],
)
def test_offsets(text: str, minutes: int) -> None:
    assert parse_offset(text) == minutes


@pytest.mark.parametrize("text", [None, "", "+99:00", "-13:00", "+14:01", "3", "MSK", "+3"])
def test_impossible_offsets_are_none(text: str | None) -> None:
    assert parse_offset(text) is None


# --- Place ---


def place(latitude: Any, longitude: Any, north: str = "N", east: str = "E") -> tuple[float | None, float | None]:
    found = facts(
        GPS__GPSLatitude=latitude, GPS__GPSLatitudeRef=north, GPS__GPSLongitude=longitude, GPS__GPSLongitudeRef=east
    )
    return found.latitude, found.longitude


def test_the_side_gives_the_sign() -> None:
    assert place(34.6037, 58.3816, "S", "W") == (-34.6037, -58.3816)
    assert place(55.7558, 37.6173) == (55.7558, 37.6173)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0, 0), (95, 10), (10, 213), ("", ""), ("undef", "undef"), ("nan", 3), (1, "inf"), (1e308, 1), ("x/0", 1)],
)
def test_impossible_places_are_none(latitude: Any, longitude: Any) -> None:
    assert place(latitude, longitude) == (None, None)


@pytest.mark.parametrize(("stored", "below", "metres"), [(430, 1, -430), (1650.5, 0, 1650.5), (4294967284, 0, None)])
def test_height(stored: float, below: int, metres: float | None) -> None:
    assert facts(GPS__GPSAltitude=stored, GPS__GPSAltitudeRef=below).altitude == metres


# --- Camera and words ---


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [("Canon", "Canon EOS 40D", "Canon EOS 40D"), ("Apple", "iPhone 13", "Apple iPhone 13"),
     ("NIKON CORPORATION", "NIKON D70", "NIKON D70"), ("", "KODAK", "KODAK"), ("FLIR Systems AB", "", "FLIR Systems AB"),
     ("", "", None)],
)  # fmt: skip
def test_camera(make: str, model: str, camera: str | None) -> None:
    assert facts(IFD0__Make=make, IFD0__Model=model).camera == camera


def test_lens_by_name_or_by_numbers() -> None:
    assert facts(ExifIFD__LensModel="RF50mm F1.8 STM").lens == "RF50mm F1.8 STM"
    assert facts(ExifIFD__LensModel="----", ExifIFD__LensInfo="18 55 3.5 5.6").lens == "18-55mm f/3.5-5.6"
    assert facts(ExifIFD__LensInfo="35 35 1.8 1.8").lens == "35mm f/1.8"
    assert facts(ExifIFD__LensInfo="0 0 0 0").lens is None


def test_a_cameras_own_name_is_no_description() -> None:
    assert facts(IFD0__ImageDescription="OLYMPUS DIGITAL CAMERA").description is None
    assert facts(IFD0__ImageDescription="SONY DSC").description is None
    assert facts(IFD0__ImageDescription="At the dacha").description == "At the dacha"


def as_latin(text: str, encoding: str) -> str:
    """What ExifTool hands over for bytes that it takes for windows-1252."""
    return "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in text.encode(encoding)
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Новый год", "cp1251"), ("Новый год", "utf-8"), ("Café Müller", "cp1252"), ("表参道", "utf-8")],
)
def test_text_without_a_charset_is_read_right(text: str, encoding: str) -> None:
    assert facts(IFD0__ImageDescription=as_latin(text, encoding)).description == text
    assert facts(IPTC__Keywords=[as_latin(text, encoding), "x"]).keywords == (text, "x")


def test_xmp_text_is_taken_as_it_is() -> None:
    assert facts(**{"XMP-dc__Description": "Ñandú Ðå éáí"}).description == "Ñandú Ðå éáí"


def test_words_that_are_numbers_stay_words() -> None:
    found = facts(**{"XMP-dc__Title": 2024, "XMP-dc__Subject": [1.50, "sea", "sea", ""]})
    assert (found.title, found.keywords) == ("2024", ("1.5", "sea"))


@pytest.mark.parametrize(
    ("told", "rating"), [(0, 0), (5, 5), (3.0, 3), (-1, None), (99, None), ("five", None), (2.5, None)]
)
def test_rating(told: Any, rating: int | None) -> None:
    assert facts(**{"XMP-xmp__Rating": told}).rating == rating


def test_live_and_motion_photos() -> None:
    assert (
        facts(Apple__ContentIdentifier="E905E6C6-C747-4805-942F-9904A0281F02").content_id
        == "E905E6C6-C747-4805-942F-9904A0281F02"
    )
    assert facts(Apple__ContentIdentifier="<script>").content_id is None
    assert facts(**{"XMP-GCamera__MotionPhoto": 1}).motion_photo
    assert facts(Samsung__EmbeddedVideoType="MotionPhoto_Data").motion_photo
    assert not facts(**{"XMP-GCamera__MotionPhoto": 0}).motion_photo


# --- Hostile tags ---


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("a\0b", "ab"), ("tab\tand\nline", "tab\tand\nline"), ("\x1b[31mred", "[31mred"), ("lone \ud83d surrogate", "lone  surrogate"),
     ("  spaces ", "spaces"), ("семь", "семь"), ("<b>", "<b>"), ("\ufeffmark", "mark")],
)  # fmt: skip
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_long_text_is_cut_between_letters() -> None:
    assert len(clean("ы" * 5000).encode()) == 1024
    assert clean("я" + "ы" * 511 + "x") == "я" + "ы" * 511


def test_exif_is_curated_and_small() -> None:
    found = facts(
        ExifIFD__ExposureTime=0.004,
        ExifIFD__FNumber=2.8,
        ExifIFD__ISO=100,
        IFD0__Make="Canon\0",
        Canon__SharpnessTone=7,
        Canon__SerialNumber="0123456789",
        ExifIFD__SerialNumber="0123456789",
        ExifIFD__BrightnessValue="inf",
        ExifIFD__SubjectDistance=1e300,
        **{"XMP-dc__Creator": ["Anna", "Boris"]},
    )
    assert found.exif == {
        "ExposureTime": 0.004,
        "FNumber": 2.8,
        "ISO": 100,
        "Make": "Canon",
        "Creator": ["Anna", "Boris"],
    }


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense", b"[]", b"{}", b"[1]", b"[[", b'[{"a":' + b"[" * 100_000, b"\xff\xfe"]
)
def test_an_answer_that_is_none_has_no_tags(answer: bytes) -> None:
    assert gather(Tags.parse(answer), MediaKind.IMAGE) == Facts()


NAMES = st.sampled_from(
    ["ExifIFD:DateTimeOriginal", "ExifIFD:OffsetTimeOriginal", "ExifIFD:SubSecTimeOriginal", "GPS:GPSLatitude",
     "GPS:GPSLatitudeRef", "GPS:GPSLongitude", "GPS:GPSLongitudeRef", "GPS:GPSAltitude", "GPS:GPSAltitudeRef",
     "GPS:GPSDateStamp", "GPS:GPSTimeStamp", "IFD0:Make", "IFD0:Model", "IFD0:Orientation", "XMP-xmp:Rating",
     "XMP-dc:Title", "XMP-dc:Subject", "ExifIFD:ISO", "ExifIFD:ExposureTime", "ExifIFD:UserComment",
     "QuickTime:Duration", "QuickTime:Rotation", "Composite:Rotation", "Composite:ImageSize", "File:ImageWidth",
     "File:ImageHeight", "File:FileType", "SubIFD:PreviewImage", "ExifIFD:LensInfo", "QuickTime:CreateDate"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=60),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.from_regex(r"\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,9})?([+-]\d{2}:\d{2})?", fullmatch=True),
    st.from_regex(r"\(Binary data \d{1,12} bytes, use -b option to extract\)", fullmatch=True),
    st.lists(st.one_of(st.text(max_size=20), st.floats(), st.lists(st.integers()))),
)


@given(st.dictionaries(NAMES, VALUES), st.sampled_from(MediaKind))
def test_no_tags_break_anything(tags: dict[str, Any], kind: MediaKind) -> None:
    parsed = Tags.parse(json.dumps([tags]).encode())
    found, form = gather(parsed, kind), shape(parsed, kind)
    json.dumps(found.exif, allow_nan=False).encode()
    assert "\0" not in json.dumps(found.exif, ensure_ascii=False)
    assert found.taken_at is None or (found.taken_at.tzinfo is None and 1800 <= found.taken_at.year <= 2100)
    assert found.utc_offset is None or -720 <= found.utc_offset <= 840
    assert found.latitude is None or (abs(found.latitude) <= 90 and math.isfinite(found.latitude))
    assert form.orientation in range(1, 9)
    assert form.duration is None or 0 < form.duration < 1e6
