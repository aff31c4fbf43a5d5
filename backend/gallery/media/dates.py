"""A moment out of a file's name: what is left of it when a messenger has stripped everything else.

The moment is the camera's local time, so it has no offset. A name with a date and no time gives noon: the
day is then right wherever the photo was taken, and it sorts into the middle of what else that day holds.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

EARLIEST_YEAR: Final = 1800
"""Before photography there are no photos: an earlier year is a mistake."""

NOON: Final = time(12)

_NAME_LENGTH: Final = 300

_MOMENT: Final = re.compile(
    r"""
    (?<!\d)
    (?P<year>\d{4}) (?P<sep>[-_. :]?) (?P<month>\d{2}) (?P=sep) (?P<day>\d{2})
    (?:
        # A photo's time: after a separator or a word such as "at" or "в", or nothing at all: 20240131235959.
        (?: [-_.,T ]{1,3} (?: (?:at|в|um|à|kl\.?|o) [ ] )? (?:\()? )?
        (?P<hour>\d{2}|\d(?=[.:])) (?P<tsep>[-_.:h ]?) (?P<minute>\d{2})
        (?: (?P=tsep)[m]? (?P<second>\d{2}) (?: [-.,_]? (?P<fraction>\d{3}) (?!\d) )? )?
        (?! \d )
        (?: [ \u202f] (?P<half>[AP])\.?M )?
    )?
    (?! \d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(?P<day>\d{2})(?P<sep>[-_.])(?P<month>\d{2})(?P=sep)(?P<year>\d{4})"
    r"(?:[-_., T]{1,3}(?:(?:at|в) )?(?P<hour>\d{2})(?P<tsep>[-_.:])(?P<minute>\d{2})"
    r"(?:(?P=tsep)(?P<second>\d{2}))?)?(?!\d)"
)
_MESSENGER_DAY: Final = re.compile(r"(?<![^\W_])(?:IMG|VID|STK|PTT|AUD)-(?P<day>\d{8})-WA\d+", re.IGNORECASE)
_UNIX_MILLISECONDS: Final = re.compile(
    r"^(?:FB_IMG_|mmexport|wx_camera_|received_)(?P<stamp>1\d{12})(?!\d)", re.IGNORECASE
)


def from_file_name(name: str) -> datetime | None:
    """The local moment that `name` tells, without an offset, or None.

    Impossible dates, years before 1800 and days after tomorrow are not believed.
    """
    name = name[-_NAME_LENGTH:]
    return next((moment for moment in _candidates(name) if _believable(moment)), None)


def _candidates(name: str) -> Iterator[datetime]:
    messenger = _MESSENGER_DAY.search(name)
    if messenger:
        day = messenger["day"]
        yield from _moment({"year": day[:4], "month": day[4:6], "day": day[6:]})
    for pattern in (_MOMENT, _DAY_FIRST):
        for found in pattern.finditer(name):
            yield from _moment(found.groupdict())
    stamp = _UNIX_MILLISECONDS.match(name)
    if stamp:
        # The name tells the instant, not the place: UTC is the only clock that it names.
        yield datetime(1970, 1, 1) + timedelta(milliseconds=int(stamp["stamp"]))


def _moment(parts: dict[str, str | None]) -> Iterator[datetime]:
    """The moment of a match, if there is such a day; a time that cannot be leaves the day at noon."""
    try:
        day = date(*(int(parts[part] or 0) for part in ("year", "month", "day")))
    except ValueError:
        return
    yield datetime.combine(day, _time(parts))


def _time(parts: dict[str, str | None]) -> time:
    if parts.get("hour") is None:
        return NOON
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").upper()
    if half:
        hour = hour % 12 + (12 if half == "P" else 0)
    fraction = (parts.get("fraction") or "").ljust(6, "0")
    try:
        return time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0), int(fraction))
    except ValueError:
        return NOON


def _believable(moment: datetime) -> bool:
    tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1, hours=14)
    return moment.year >= EARLIEST_YEAR and moment <= tomorrow
