"""The timeline on the wire."""

from datetime import date
from uuid import UUID

from pydantic import Field

from gallery.infra.wire import Output


class SkeletonOut(Output):
    total: int
    days: list[date] = Field(description="Days that have assets, newest first.")
    counts: list[int]
    revision: str = Field(description="Changes when the skeleton does.")


class WindowOut(Output):
    """Parallel arrays, one entry an asset, newest first."""

    day: date | None = Field(description="As asked for, else that of the newest asset; null where there is none.")
    offset: int
    days: list[tuple[date, int]] = Field(description="The window's days and how many of its assets are of each.")
    ids: list[UUID]
    blobs: list[UUID]
    sigs: list[str]
    expires: int = Field(description="Unix seconds until which the signatures hold.")
    thumb: str = Field(examples=["thumb-1"])
    preview: str = Field(examples=["preview-1"])
    ratios: list[float] = Field(description="Width by height as displayed; 1 while unknown.")
    thumbhashes: list[str | None] = Field(description="Base64.")
    times: list[int] = Field(description="Minutes after midnight, local time.")
    flags: list[int] = Field(
        description="1 video, 2 favourite, 4 processing, 8 failed, 16 damaged, 32 live photo, 64 one's own; added up."
    )
    sizes: list[int] = Field(description="Kilobytes of the original, to three figures; of a live photo, with its clip.")
    durations: dict[str, float] = Field(description="Seconds, by index; videos only.")
    rotations: dict[str, int] = Field(
        description="Degrees clockwise by which to show thumb and preview, by index; only those that people turned."
    )
    titles: dict[str, str] = Field(description="By index; only those that have one. Long ones are cut.")
