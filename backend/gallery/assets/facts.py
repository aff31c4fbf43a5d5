"""What the camera said, what the file's name and time say, and what people made of it.

A photo lives at the local time of its camera. Its `taken_at` is, best first: what a person set; the camera's own
clock (Exif, XMP, QuickTime), with its offset when the file tells one; the GPS time, in UTC; a date in the file's
name; the file's own modification time; the moment of the upload. An edit never touches what the camera said, which
stays on the blob: clearing the edit restores it.
"""

from datetime import UTC, datetime, timedelta

from gallery.media.dates import from_file_name
from gallery.models import Asset, Blob, TimeSource


def provisional_time(file_name: str, file_time: datetime | None, now: datetime) -> tuple[datetime, TimeSource]:
    """Where an asset stands in the timeline while nothing is known of its inside."""
    named = from_file_name(file_name)
    if named is not None:
        return named, TimeSource.FILE_NAME
    if file_time is not None:
        return file_time, TimeSource.FILE_TIME
    return now.astimezone(UTC).replace(tzinfo=None), TimeSource.UPLOAD_TIME


def adopt_facts(asset: Asset, blob: Blob) -> None:
    """Takes over what was read from the bytes, except what people have set."""
    asset.kind = blob.kind
    if asset.taken_source != TimeSource.EDITED:
        restore_time(asset, blob)
    if not asset.place_edited:
        restore_place(asset, blob)
    asset.title = asset.title or blob.title or ""
    asset.description = asset.description or blob.description or ""
    if asset.rating is None:
        asset.rating = blob.rating


def restore_time(asset: Asset, blob: Blob) -> None:
    """Back to the camera's clock, or to the best guess where it says nothing."""
    if blob.taken_at is not None and blob.taken_source is not None:
        asset.taken_at, asset.taken_source = blob.taken_at, TimeSource(blob.taken_source)
        asset.utc_offset = blob.utc_offset
        return
    asset.taken_at, asset.taken_source = provisional_time(asset.file_name, asset.file_time, asset.created_at)
    asset.utc_offset = None


def restore_place(asset: Asset, blob: Blob) -> None:
    """Back to where the camera said it was."""
    asset.latitude, asset.longitude, asset.altitude = blob.latitude, blob.longitude, blob.altitude
    asset.place_edited = False


def displayed_size(width: int | None, height: int | None, rotation: int) -> tuple[int | None, int | None]:
    """Width and height of a picture after people have turned it."""
    return (height, width) if rotation % 180 else (width, height)


def local_file_time(moment: datetime, now: datetime) -> datetime | None:
    """A client's file time as the local time it was told in; None for times that no photo has."""
    naive = moment.replace(tzinfo=None)
    latest = now.astimezone(UTC).replace(tzinfo=None) + timedelta(days=2)
    return naive if datetime(1800, 1, 1) <= naive <= latest else None
