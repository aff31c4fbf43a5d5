"""One ZIP out of many files, written while it is sent: nothing of it is kept in memory or on the disk.

The files are stored as they are, since photos do not get smaller. The format is the standard library's; what is ours is
the label that each file gets, and the length of the whole before its first byte, so that a browser shows how far it is
and notices when the end is missing.
"""

import re
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO, Final
from zipfile import ZIP64_LIMIT, ZIP_FILECOUNT_LIMIT, ZIP_STORED, ZipFile, ZipInfo

CHUNK: Final = 256 << 10
_LABEL_BYTES: Final = 200
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the ZIP. What `open` opens holds exactly `size` bytes."""

    label: str
    open: Callable[[], BinaryIO]
    size: int
    moment: datetime


class Labels:
    """Names for files that every system can unpack into one folder: no path, no twin, nothing that hides its end."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """The last number that was given for each name: a camera calls thousands of photos alike."""

    def add(self, file_name: str) -> str:
        """The file's own name, or that with a number when another has it already (case does not matter)."""
        safe = _safe(file_name)
        stem, extension = PurePath(safe).stem, PurePath(safe).suffix
        label, number = safe, self._numbers.get(safe.casefold(), 1)
        while label.casefold() in self._taken:
            number += 1
            label = f"{stem} ({number}){extension}"
        self._taken.add(label.casefold())
        self._numbers[safe.casefold()] = number
        return label


def _safe(file_name: str) -> str:
    plain = unicodedata.normalize("NFC", file_name)
    # Format characters, among them those that turn the direction of writing, make a name look like another.
    kept = "".join(c for c in plain if c not in _FORBIDDEN and unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    name = kept.strip(" .") or "photo"
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    extension = PurePath(name).suffix
    if len(extension.encode()) > 20:
        extension = ""
    stem = name[: len(name) - len(extension)].encode()[: _LABEL_BYTES - len(extension.encode())]
    return stem.decode(errors="ignore").rstrip(" .") + extension


def zip_length(members: Iterable[Member]) -> int:
    """How many bytes `zip_chunks` will make."""
    offset, directory, count = 0, 0, 0
    for member in members:
        name, large = len(member.label.encode()), member.size > ZIP64_LIMIT
        extra = 16 * large + 8 * (offset > ZIP64_LIMIT)
        directory += 46 + name + (4 + extra if extra else 0)
        offset += 30 + name + 20 * large + member.size + (24 if large else 16)
        count += 1
    beyond = count > ZIP_FILECOUNT_LIMIT or offset > ZIP64_LIMIT or directory > ZIP64_LIMIT
    return offset + directory + 22 + (76 if beyond else 0)


def zip_chunks(members: Sequence[Member]) -> Generator[bytes, None, None]:
    """The bytes of the ZIP, in pieces of a few hundred kilobytes. One file is open at a time."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for member in members:
            with archive.open(_info(member), "w", force_zip64=member.size > ZIP64_LIMIT) as entry:
                for data in _read(member):
                    entry.write(data)
                    if sink.size >= CHUNK:
                        yield sink.take()
    yield sink.take()


def _info(member: Member) -> ZipInfo:
    year = min(2107, max(1980, member.moment.year))
    moment = member.moment.replace(
        year=year, day=min(28, member.moment.day) if year != member.moment.year else member.moment.day
    )
    info = ZipInfo(member.label, moment.timetuple()[:6])
    info.file_size = member.size
    info.external_attr = 0o100644 << 16
    return info


def _read(member: Member) -> Iterator[bytes]:
    """Exactly the bytes that were announced, or OSError."""
    left = member.size
    with member.open() as file:
        while left > 0:
            data = file.read(min(CHUNK, left))
            if not data:
                raise OSError("the file is shorter than announced")
            left -= len(data)
            yield data


class _Sink:
    """What the ZIP is written into. It cannot seek, so sizes and checksums follow the bytes that they are of."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing behind this, nor anything to close."""

    close = flush

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.size = [], 0
        return taken
