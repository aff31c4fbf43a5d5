"""The moment that a file's name tells."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.media.dates import from_file_name

TOLD = {
    "IMG_20240131_235959.jpg": "2024-01-31 23:59:59",
    "IMG_20240131_235959_1.jpg": "2024-01-31 23:59:59",
    "IMG_20240131_235959123.jpg": "2024-01-31 23:59:59.123",
    "MVIMG_20190101_010203.jpg": "2019-01-01 01:02:03",
    "PXL_20240308_090001250.MP.jpg": "2024-03-08 09:00:01.250",
    "20240121_102400.JPG": "2024-01-21 10:24:00",
    "20240413-203800-Unknown.jpg": "2024-04-13 20:38:00",
    "20190203123456.jpg": "2019-02-03 12:34:56",
    "2018-04-12 19_24_49.gif": "2018-04-12 19:24:49",
    "WIN_20200405_12_13_14_Pro.jpg": "2020-04-05 12:13:14",
    "C360_2013-01-02-03-04-05-678.jpg": "2013-01-02 03:04:05.678",
    "signal-2021-01-02-030405.jpg": "2021-01-02 03:04:05",
    "telegram_2020-01-30_09-57-18.jpg": "2020-01-30 09:57:18",
    "photo_2021-02-03_04-05-06.jpg": "2021-02-03 04:05:06",
    "photo_5@12-05-2021_10-11-12.jpg": "2021-05-12 10:11:12",
    "WhatsApp Image 2020-01-02 at 11.22.33.jpeg": "2020-01-02 11:22:33",
    "WhatsApp Image 2020-01-02 at 1.22.33 PM (1).jpeg": "2020-01-02 13:22:33",
    "Screen Shot 2019-03-04 at 10.11.12 PM.png": "2019-03-04 22:11:12",
    "Screen Shot 2019-03-04 at 12.11.12 AM.png": "2019-03-04 00:11:12",
    "Screenshot_2023-05-06-07-08-09-123_com.android.chrome.png": "2023-05-06 07:08:09.123",
    "Screenshot_20230506-070809_Chrome.jpg": "2023-05-06 07:08:09",
    "Снимок экрана 2021-05-09 в 10.15.30.jpg": "2021-05-09 10:15:30",
    "Фото 01.02.2020 10.11.jpg": "2020-02-01 10:11:00",
    "image-2024-01-02T03:04:05.jpg": "2024-01-02 03:04:05",
    "1919-05-04.jpg": "1919-05-04 12:00:00",
    "2020-01-01.jpg": "2020-01-01 12:00:00",
    "IMG-20190704-WA0003.jpg": "2019-07-04 12:00:00",
    "VID-20200101-WA0001.mp4": "2020-01-01 12:00:00",
    "IMG_20240131_256199.jpg": "2024-01-31 12:00:00",
    "FB_IMG_1588888888888.jpg": "2020-05-07 22:01:28.888",
}

UNTOLD = [
    "",
    "IMG_0001.JPG",
    "DSC_20240.jpg",
    "DSC02024.ARW",
    "1600x1200.jpg",
    "IMG_20231340_010101.jpg",
    "IMG_20240230_101010.jpg",
    "99999999_101010.jpg",
    "00000000_000000.jpg",
    "GOPR1799-06-01.jpg",
    "2099-01-01 00.00.00.jpg",
    "12345678901234567890.jpg",
    "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3.jpg",
    "+7 916 123-45-67.jpg",
]


@pytest.mark.parametrize("name", TOLD)
def test_tells(name: str) -> None:
    assert from_file_name(name) == datetime.fromisoformat(TOLD[name])


@pytest.mark.parametrize("name", UNTOLD)
def test_tells_nothing(name: str) -> None:
    assert from_file_name(name) is None


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2025, 12, 31)), st.sampled_from(["%Y%m%d_%H%M%S", "%Y-%m-%d %H.%M.%S"])
)
def test_every_moment_survives_its_name(moment: datetime, pattern: str) -> None:
    assert from_file_name(f"IMG_{moment.strftime(pattern)}.jpg") == moment.replace(microsecond=0)


@given(st.text(max_size=600))
def test_never_fails(name: str) -> None:
    found = from_file_name(name)
    assert found is None or (found.tzinfo is None and found.year >= 1800)
