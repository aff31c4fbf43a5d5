"""Assets and uploads on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from gallery.infra.wire import Input, Line, Output, Prose, Real, Whole, no_bool

Checksum = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$", description="SHA-256, 64 hex digits.")]
AssetIds = Annotated[list[UUID], Field(min_length=1, max_length=1000)]
Rotation = Annotated[Literal[0, 90, 180, 270], BeforeValidator(no_bool), Field(description="Degrees clockwise.")]
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
