"""Assets and uploads on the wire."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from gallery.infra.wire import Input, Line, Output, Prose, Real, Whole, no_bool

Checksum = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$", description="SHA-256, 64 hex digits.")]
AssetIds = Annotated[list[UUID], Field(min_length=1, max_length=1000)]
Rotation = Annotated[Literal[0, 90, 180, 270], BeforeValidator(no_bool), Field(description="Degrees clockwise.")]
MOST_SHIFT: Final = 200 * 366 * 86_400
MOST_FILES: Final = 5000
Status = Literal["processing", "ready", "failed"]


class StoredOut(Output):
    id: UUID
    duplicate: bool = Field(description="The space had these bytes already; `id` is the asset that was there.")
    status: Status
    trashed: bool = Field(description="The asset that was there lies in the trash.")


class CheckIn(Input):
    space_id: UUID
    checksums: list[Checksum] = Field(min_length=1, max_length=1000)


class CheckedOut(Output):
    checksum: str
    state: Literal["new", "present", "trashed", "deleted"]
    id: UUID | None


class CheckOut(Output):
    items: list[CheckedOut]


class AssetPatch(Input):
    title: Annotated[Line, Field(max_length=300)] | None = None
    description: Annotated[Prose, Field(max_length=10_000)] | None = None
    rating: Annotated[Whole, Field(ge=0, le=5)] | None = None
    taken_at: datetime | None = Field(
        default=None, description="Local time without an offset; null restores the camera's."
    )
    utc_offset: Annotated[Whole, Field(ge=-14 * 60, le=14 * 60)] | None = None
    latitude: Annotated[Real, Field(ge=-90, le=90)] | None = Field(
        default=None, description="Together with longitude; null for both restores the camera's."
    )
    longitude: Annotated[Real, Field(ge=-180, le=180)] | None = None
    placeless: bool | None = Field(
        default=None, description="True takes the place away, whatever the camera said; instead of a position."
    )
    rotation: Rotation | None = Field(
        default=None, description="How far it is shown turned from what the camera made; the original stays as it is."
    )
    archived: bool | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.taken_at is not None and (self.taken_at.tzinfo is not None or self.taken_at.year < 1800):
            raise ValueError("taken_at is a local time without an offset, from 1800 on")
        if {"latitude", "longitude"} & self.model_fields_set not in (set(), {"latitude", "longitude"}):
            raise ValueError("latitude and longitude go together")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        if "placeless" in self.model_fields_set and (self.placeless is not True or "latitude" in self.model_fields_set):
            raise ValueError("placeless is true, and stands instead of a position")
        for name in ("archived", "rotation"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} is not null")
        return self


class IdsIn(Input):
    ids: AssetIds


class FavouriteIn(Input):
    ids: AssetIds
    favourite: bool


class ArchiveIn(Input):
    ids: AssetIds
    archived: bool


class DateIn(Input):
    """Exactly one of shift_seconds, taken_at and restore; utc_offset goes with the first two or stands alone."""

    ids: AssetIds
    shift_seconds: Annotated[Whole, Field(ge=-MOST_SHIFT, le=MOST_SHIFT)] | None = Field(
        default=None, description="How much later it was, in seconds; earlier below 0.", examples=[3600]
    )
    taken_at: datetime | None = Field(default=None, description="Local time without an offset, for all of them.")
    restore: Literal[True] | None = Field(default=None, description="Brings back what the camera said.")
    utc_offset: Annotated[Whole, Field(ge=-14 * 60, le=14 * 60)] | None = Field(
        default=None, description="Minutes east of UTC; null makes it unknown."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.taken_at is not None and (self.taken_at.tzinfo is not None or self.taken_at.year < 1800):
            raise ValueError("taken_at is a local time without an offset, from 1800 on")
        ways = [way for way in (self.shift_seconds, self.taken_at, self.restore) if way is not None]
        sets_offset = "utc_offset" in self.model_fields_set
        if len(ways) > 1 or not (ways or sets_offset) or (self.restore and sets_offset):
            raise ValueError("one of shift_seconds, taken_at, restore")
        return self


class PlaceIn(Input):
    """Where it was; without coordinates, nowhere that is known."""

    ids: AssetIds
    latitude: Annotated[Real, Field(ge=-90, le=90)] | None = Field(default=None, description="Together with longitude.")
    longitude: Annotated[Real, Field(ge=-180, le=180)] | None = None
    restore: Literal[True] | None = Field(default=None, description="Brings back what the camera said.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        if self.restore and self.latitude is not None:
            raise ValueError("restore goes without coordinates")
        return self


class BringIn(Input):
    ids: AssetIds
    space_id: UUID = Field(description="The space to bring them to.")
    revive: bool = Field(default=False, description="Also what was deleted from that space on purpose.")


class BroughtOut(Output):
    changed: int
    present: int = Field(description="So many were in that space already (or in its trash) and stayed where they were.")
    deleted: list[UUID] = Field(description="Deleted from that space on purpose; `revive` brings them all the same.")
    undo: list[UUID]


class EditedOut(Output):
    changed: int
    undo: list[UUID] = Field(description="For POST /api/assets/undo.")


class UndoIn(Input):
    activity_ids: list[UUID] = Field(min_length=1, max_length=200)


class DownloadIn(Input):
    ids: list[UUID] = Field(min_length=1, max_length=MOST_FILES)


class DownloadOut(Output):
    url: str = Field(description="Opens once and again until `expires_at`, without a token.")
    name: str
    files: int
    bytes: int = Field(description="Of the whole ZIP.")
    missing: int = Field(description="So many originals cannot be read and are left out.")
    expires_at: datetime


class ChangedOut(Output):
    changed: int


class FailureOut(Output):
    code: str
    message: str = Field(description="Why there is no picture, in the caller's language.")


class ContributorOut(Output):
    id: UUID
    name: str


class MediaOut(Output):
    thumb: str | None
    preview: str | None
    original: str
    download: str
    expires_at: datetime = Field(description="When the first of these addresses ends.")


class AssetOut(Output):
    id: UUID
    space_id: UUID
    kind: Literal["image", "video", "sidecar"]
    status: Status
    failure: FailureOut | None
    damaged: bool = Field(description="Only a part of the picture could be read.")
    file_name: str
    mime: str
    bytes: int
    sha256: str
    width: int | None = Field(description="Pixels as displayed: the orientation and `rotation` are applied.")
    height: int | None
    rotation: Rotation
    duration: float | None = Field(description="Seconds.")
    thumbhash: str | None = Field(description="Base64.")
    taken_at: str = Field(description="Local time by the camera's clock.", examples=["2024-05-01T14:20:05"])
    taken_at_source: Literal["exif", "gps", "file_name", "file_time", "upload_time", "edited"]
    utc_offset: int | None = Field(description="Minutes east of UTC, where known.", examples=[180])
    latitude: float | None
    longitude: float | None
    altitude: float | None
    place_edited: bool = Field(description="Somebody set the place, or took it away; the camera's can be restored.")
    camera: str | None
    lens: str | None
    title: str
    description: str
    rating: int | None
    favourite: bool
    archived: bool
    trashed_at: datetime | None
    contributor: ContributorOut | None
    created_at: datetime
    exif: dict[str, Any]
    live_video: str | None = Field(description="The moving half of a live photo.")
    can_edit: bool
    media: MediaOut


class UploadOut(Output):
    id: UUID
    offset: int
    length: int
    expires_at: datetime
    asset: StoredOut | None


class OperatorStatus(Output):
    version: str
    assets: int
    used_bytes: int
    free_bytes: int
    jobs_waiting: int
    oldest_job_seconds: float
    dead_letters: int


class DeadLetterOut(Output):
    blob_id: UUID
    code: str
    message: str
    attempts: int
    failed_at: datetime | None
    file_names: list[str]


class DeadLettersOut(Output):
    items: list[DeadLetterOut]
