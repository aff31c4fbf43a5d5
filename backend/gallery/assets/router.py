"""HTTP for assets, uploads (tus 1.0) and the operator's view of ingest."""

import asyncio
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.requests import ClientDisconnect

from gallery import __version__
from gallery.access.door import CurrentMember
from gallery.assets import bulk, moving, queries, service
from gallery.assets.downloads import Downloads
from gallery.assets.facts import displayed_size, local_file_time
from gallery.assets.intake import Arrival, Intake, Stored
from gallery.assets.links import MediaLinks
from gallery.assets.queries import AssetView
from gallery.assets.schemas import (
    ArchiveIn,
    AssetOut,
    AssetPatch,
    BringIn,
    BroughtOut,
    ChangedOut,
    CheckedOut,
    CheckIn,
    CheckOut,
    DateIn,
    DeadLetterOut,
    DeadLettersOut,
    DownloadIn,
    DownloadOut,
    EditedOut,
    FavouriteIn,
    IdsIn,
    OperatorStatus,
    PlaceIn,
    StoredOut,
    UndoIn,
    UploadOut,
)
from gallery.assets.undo import undo
from gallery.assets.uploads import CHECKSUM_ALGORITHMS, Checksum, NewUpload, Progress, Uploads
from gallery.infra import jobs as queue
from gallery.infra import problems
from gallery.infra.errors import GalleryError, Invalid, PreconditionFailed, UnsupportedType
from gallery.infra.http import Locale, Now, Tx, from_state, problem_responses
from gallery.infra.jobs import Jobs
from gallery.infra.metrics import UPLOAD_FAILURES
from gallery.infra.multipart import read_form
from gallery.infra.spool import SpoolFile
from gallery.infra.storage import Storage
from gallery.media.recipe import PREVIEW, THUMB

assets = APIRouter(prefix="/api/assets", tags=["assets"])
tus = APIRouter(prefix="/api/uploads", tags=["uploads"])
operator = APIRouter(prefix="/api/operator", tags=["operator"])

Intakes = Annotated[Intake, Depends(from_state("intake"))]
Resumable = Annotated[Uploads, Depends(from_state("uploads"))]
Files = Annotated[Storage, Depends(from_state("storage"))]
Queue = Annotated[Jobs, Depends(from_state("jobs"))]
Links = Annotated[MediaLinks, Depends(from_state("links"))]
Bundles = Annotated[Downloads, Depends(from_state("downloads"))]

_UPLOAD_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "last_modified": {"type": "string", "format": "date-time"},
                    },
                }
            }
        },
    }
}
_INTAKE_PROBLEMS: Final = problem_responses(401, 403, 404, 409, 413, 415, 422, 503, 507)


async def count_failures() -> AsyncIterator[None]:
    """Around the routes that take bytes: what goes wrong is counted by the problem's name, who left as `aborted`."""
    try:
        yield
    except GalleryError as error:
        UPLOAD_FAILURES.labels(error.problem).inc()
        raise
    except RequestValidationError:
        UPLOAD_FAILURES.labels("invalid").inc()
        raise
    except (ClientDisconnect, asyncio.CancelledError):
        UPLOAD_FAILURES.labels("aborted").inc()
        raise
    except Exception:
        UPLOAD_FAILURES.labels("internal").inc()
        raise


CountsFailures = Depends(count_failures, scope="function")


@assets.post(
    "",
    status_code=201,
    responses={
        200: {"model": StoredOut, "description": "The space had these bytes already."},
        **_INTAKE_PROBLEMS,
    },
    dependencies=[CountsFailures],
    openapi_extra=_UPLOAD_BODY,
)
async def add_asset(
    request: Request,
    response: Response,
    space_id: UUID,
    actor: CurrentMember,
    intake: Intakes,
    uploads: Resumable,
    storage: Files,
    clock: Now,
    revive: Annotated[bool, Query(description="Take it even if it was deleted from the space before.")] = False,
) -> StoredOut:
    """Adds one file in one request (the part `file`). 201 means that it is stored durably."""
    await intake.require_welcome(actor, space_id)
    uploads.require_disk(_announced_length(request))
    path = storage.spool_path(uuid4())
    try:
        async with uploads.patience.with_sender() as alive, SpoolFile(path) as spool:

            async def keep(data: bytes) -> None:
                alive()
                await spool.write(data, limit=uploads.max_bytes)

            content_type = request.headers.get("content-type", "")
            form = await read_form(content_type, request.stream(), file_field="file", sink=keep)
        arrival = Arrival(
            spooled=path,
            file_name=file_label(form.file_name or ""),
            file_time=_file_time(form.fields.get("last_modified"), clock()),
            revive=revive,
        )
        stored = await intake.take_in(actor, space_id, arrival, now=clock())
    finally:
        path.unlink(missing_ok=True)
    response.status_code = 200 if stored.duplicate else 201
    return _stored_out(stored)


@assets.post("/check", responses=problem_responses(401, 403, 404, 422))
async def check_assets(body: CheckIn, session: Tx, actor: CurrentMember) -> CheckOut:
    """Which of these files a space has, so that they need not be sent."""
    wanted = [bytes.fromhex(checksum) for checksum in body.checksums]
    found = await service.check(session, actor, body.space_id, wanted)
    return CheckOut(
        items=[
            CheckedOut(checksum=checksum.hex(), state=known.state, id=known.asset_id)  # type: ignore[arg-type]  # states are those of the schema
            for checksum, known in found
        ]
    )


@assets.post("/trash", responses=problem_responses(401, 403, 404, 422))
async def trash_assets(body: IdsIn, session: Tx, actor: CurrentMember, clock: Now) -> ChangedOut:
    """Puts assets in the trash, all or none."""
    return ChangedOut(changed=await service.trash(session, actor, body.ids, now=clock()))


@assets.post("/restore", responses=problem_responses(401, 403, 404, 422))
async def restore_assets(body: IdsIn, session: Tx, actor: CurrentMember) -> ChangedOut:
    """Takes assets out of the trash, all or none."""
    return ChangedOut(changed=await service.restore(session, actor, body.ids))


@assets.post("/purge", responses=problem_responses(401, 403, 404, 409, 422))
async def purge_assets(body: IdsIn, session: Tx, actor: CurrentMember, clock: Now) -> ChangedOut:
    """Removes trashed assets for good, all or none."""
    return ChangedOut(changed=await service.purge(session, actor, body.ids, now=clock()))


@assets.post("/favourite", responses=problem_responses(401, 404, 422))
async def favourite_assets(body: FavouriteIn, session: Tx, actor: CurrentMember) -> ChangedOut:
    """Marks assets as the caller's favourites, or unmarks them."""
    return ChangedOut(changed=await service.set_favourite(session, actor, body.ids, body.favourite))


@assets.post("/archive", responses=problem_responses(401, 403, 404, 422))
async def archive_assets(body: ArchiveIn, session: Tx, actor: CurrentMember, clock: Now) -> ChangedOut:
    """Puts assets aside or brings them back to the timeline, all or none."""
    return ChangedOut(changed=await service.set_archived(session, actor, body.ids, body.archived, now=clock()))


@assets.post("/date", responses=problem_responses(401, 403, 404, 422))
async def date_assets(body: DateIn, session: Tx, actor: CurrentMember) -> EditedOut:
    """Corrects when assets were taken, all or none."""
    new = bulk.NewTime(
        shift=timedelta(seconds=body.shift_seconds or 0),
        taken_at=body.taken_at,
        restore=body.restore is not None,
        utc_offset=body.utc_offset,
        sets_offset="utc_offset" in body.model_fields_set,
    )
    return EditedOut.model_validate(await bulk.set_date(session, actor, body.ids, new))


@assets.post("/place", responses=problem_responses(401, 403, 404, 422))
async def place_assets(body: PlaceIn, session: Tx, actor: CurrentMember) -> EditedOut:
    """Corrects where assets were taken, all or none."""
    new = bulk.NewPlace(body.latitude, body.longitude, restore=body.restore is not None)
    return EditedOut.model_validate(await bulk.set_place(session, actor, body.ids, new))


_BRING_PROBLEMS: Final = problem_responses(401, 403, 404, 409, 413, 422)


@assets.post("/move", responses=_BRING_PROBLEMS)
async def move_assets(body: BringIn, session: Tx, actor: CurrentMember) -> BroughtOut:
    """Moves assets to another space with what belongs to them, all or none of those that are not there already."""
    return BroughtOut.model_validate(await moving.move(session, actor, body.ids, body.space_id, revive=body.revive))


@assets.post("/copy", responses=_BRING_PROBLEMS)
async def copy_assets(body: BringIn, session: Tx, actor: CurrentMember) -> BroughtOut:
    """The same, and they also stay where they are."""
    return BroughtOut.model_validate(await moving.copy(session, actor, body.ids, body.space_id, revive=body.revive))


@assets.post("/undo", responses=problem_responses(401, 403, 404, 409, 413, 422))
async def undo_edits(body: UndoIn, session: Tx, actor: CurrentMember, clock: Now) -> ChangedOut:
    """Takes back what the caller did to date, place or space; what has changed once more since stays."""
    return ChangedOut(changed=await undo(session, actor, body.activity_ids, now=clock()))


@assets.post("/download", responses=problem_responses(401, 404, 422, 429, 503))
async def download_assets(
    body: DownloadIn, actor: CurrentMember, downloads: Bundles, links: Links, clock: Now
) -> DownloadOut:
    """An address from which the originals come as one ZIP, with the clips of live photos and sidecars."""
    prepared, now = await downloads.prepare(actor, body.ids), clock()
    return DownloadOut(
        url=links.bundle(prepared.id, now),
        name=prepared.name,
        files=prepared.files,
        bytes=prepared.size,
        missing=prepared.missing,
        expires_at=datetime.fromtimestamp(links.original_expiry(now), UTC),
    )


@assets.get("/{asset_id}", responses=problem_responses(401, 404))
async def get_asset(
    asset_id: UUID, session: Tx, actor: CurrentMember, links: Links, clock: Now, locale: Locale
) -> AssetOut:
    """One asset with its facts and its addresses."""
    view = await service.get_asset(session, actor, asset_id)
    return asset_out(view, links, clock(), locale)


@assets.patch("/{asset_id}", responses=problem_responses(401, 403, 404, 422))
async def change_asset(
    asset_id: UUID,
    body: AssetPatch,
    session: Tx,
    actor: CurrentMember,
    links: Links,
    clock: Now,
    locale: Locale,
) -> AssetOut:
    """Changes what the body names; what is not sent stays."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    await service.edit(session, actor, asset_id, changes, now=clock())
    view = await service.get_asset(session, actor, asset_id)
    return asset_out(view, links, clock(), locale)


@assets.post("/{asset_id}/retry", responses=problem_responses(401, 403, 404, 409))
async def retry_asset(
    asset_id: UUID, session: Tx, actor: CurrentMember, jobs: Queue, links: Links, clock: Now, locale: Locale
) -> AssetOut:
    """Lets a failed asset be examined again."""
    await service.retry(session, actor, jobs, asset_id)
    view = await service.get_asset(session, actor, asset_id)
    return asset_out(view, links, clock(), locale)


# --- tus

TUS_VERSION: Final = "1.0.0"
_TUS_HEADERS: Final = {"Tus-Resumable": TUS_VERSION}
_LENGTH = re.compile(r"[0-9]{1,16}")
_METADATA_KEYS: Final = frozenset(
    {"filename", "name", "filetype", "type", "space_id", "last_modified", "sha256", "revive", "relativePath"}
)


async def speaks_tus(request: Request, response: Response) -> None:
    """Every answer names the protocol's version; every request has to name the same."""
    response.headers.update(_TUS_HEADERS)
    if request.headers.get("tus-resumable") != TUS_VERSION:
        raise PreconditionFailed(supported=TUS_VERSION)


SpeaksTus = Depends(speaks_tus)
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "Tus-Resumable": {"type": "string", "enum": [TUS_VERSION]},
    "Upload-Length": {"type": "string", "pattern": "^[0-9]{1,16}$", "description": "Bytes of the whole file."},
    "Upload-Offset": {"type": "string", "pattern": "^[0-9]{1,16}$", "description": "Where these bytes begin."},
    "Upload-Metadata": {
        "type": "string",
        "description": "Pairs of a key and a base64 value, separated by commas: filename, space_id; optional"
        " last_modified (ISO 8601), sha256 (hex), revive (`true`).",
        "examples": ["filename SU1HXzAwMDEuSlBH,space_id MDE5MDAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx"],
    },
    "Upload-Checksum": {
        "type": "string",
        "description": "`sha1` or `sha256`, a space, base64: of this request's bytes.",
    },
}
"""What tus asks of a request's headers, for the API's description."""


def _taking(*required: str, optional: tuple[str, ...] = (), body: bool = False) -> dict[str, Any]:
    """An operation's headers besides the version, and whether bytes follow them."""
    names = {"Tus-Resumable": True, **dict.fromkeys(required, True), **dict.fromkeys(optional, False)}
    described: dict[str, Any] = {
        "parameters": [
            {"in": "header", "name": name, "required": needed, "schema": _HEADERS[name]}
            for name, needed in names.items()
        ]
    }
    if body:
        content = {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        described["requestBody"] = {"required": "Upload-Offset" in required, "content": content}
    return described


@tus.options("", status_code=204)
async def describe_uploads(response: Response, uploads: Resumable) -> None:
    """What this server's tus can do."""
    response.headers.update(
        {
            **_TUS_HEADERS,
            "Tus-Version": TUS_VERSION,
            "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
            "Tus-Checksum-Algorithm": ",".join(CHECKSUM_ALGORITHMS),
            "Tus-Max-Size": str(uploads.max_bytes),
        }
    )


@tus.post(
    "",
    status_code=201,
    responses={**_INTAKE_PROBLEMS, **problem_responses(412, 460)},
    dependencies=[CountsFailures, SpeaksTus],
    openapi_extra=_taking("Upload-Length", "Upload-Metadata", optional=("Upload-Checksum",), body=True),
)
async def create_upload(
    request: Request,
    response: Response,
    actor: CurrentMember,
    uploads: Resumable,
    clock: Now,
) -> None:
    """Announces a file by `Upload-Length`, and `Upload-Metadata` with filename and space_id. May carry first bytes."""
    new = _announced(request, clock())
    upload = await uploads.create(actor, new, now=clock())
    response.headers["Location"] = f"/api/uploads/{upload.id}"
    if request.headers.get("content-type") == "application/offset+octet-stream":
        progress = await uploads.begin(actor, upload, request.stream(), checksum=_checksum(request), now=clock())
    else:
        progress = await uploads.progress(actor, upload.id, now=clock())
    _tell_progress(response, progress)


@tus.head(
    "/{upload_id}",
    responses={**_INTAKE_PROBLEMS, **problem_responses(410, 412, 460)},
    dependencies=[SpeaksTus],
    openapi_extra=_taking(),
)
async def head_upload(
    upload_id: UUID, response: Response, actor: CurrentMember, uploads: Resumable, clock: Now
) -> None:
    """Where to go on. An offset equal to the length promises that the file is stored."""
    progress = await uploads.progress(actor, upload_id, now=clock())
    response.headers["Upload-Length"] = str(progress.length)
    _tell_progress(response, progress)


@tus.get("/{upload_id}", responses={**_INTAKE_PROBLEMS, **problem_responses(410, 460)})
async def get_upload(upload_id: UUID, actor: CurrentMember, uploads: Resumable, clock: Now) -> UploadOut:
    """The same in JSON, with the asset that came of it."""
    progress = await uploads.progress(actor, upload_id, now=clock())
    return UploadOut(
        id=progress.id,
        offset=progress.offset,
        length=progress.length,
        expires_at=progress.expires_at,
        asset=None if progress.stored is None else _stored_out(progress.stored),
    )


@tus.patch(
    "/{upload_id}",
    status_code=204,
    responses={**_INTAKE_PROBLEMS, **problem_responses(410, 412, 423, 460)},
    dependencies=[CountsFailures, SpeaksTus],
    openapi_extra=_taking("Upload-Offset", optional=("Upload-Checksum",), body=True),
)
async def append_to_upload(
    upload_id: UUID,
    request: Request,
    response: Response,
    actor: CurrentMember,
    uploads: Resumable,
    clock: Now,
) -> None:
    """Adds bytes at `Upload-Offset`. The answer to the last of them is given when the file is stored."""
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise UnsupportedType
    offset = _whole(request, "upload-offset")
    progress = await uploads.append(
        actor, upload_id, offset, request.stream(), checksum=_checksum(request), now=clock()
    )
    _tell_progress(response, progress)


@tus.delete(
    "/{upload_id}",
    status_code=204,
    responses=problem_responses(401, 404, 410, 412, 423),
    dependencies=[SpeaksTus],
    openapi_extra=_taking(),
)
async def terminate_upload(upload_id: UUID, actor: CurrentMember, uploads: Resumable, clock: Now) -> None:
    """Forgets an upload; an asset that came of it stays."""
    await uploads.terminate(actor, upload_id, now=clock())


def _announced(request: Request, now: datetime) -> NewUpload:
    length = _whole(request, "upload-length")
    if length == 0:
        raise Invalid("empty-file")
    metadata = _metadata(request.headers.get("upload-metadata", ""))
    try:
        space_id = UUID(metadata.get("space_id") or request.query_params.get("space_id", ""))
    except ValueError:
        raise _wrong("space_id") from None
    sha256 = metadata.get("sha256")
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise _wrong("sha256")
    return NewUpload(
        space_id=space_id,
        length=length,
        file_name=file_label(metadata.get("filename") or metadata.get("name", "")),
        file_time=_file_time(metadata.get("last_modified"), now),
        sha256=None if sha256 is None else bytes.fromhex(sha256),
        revive=metadata.get("revive") == "true",
    )


def _metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a base64 value, separated by commas."""
    metadata: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else []:
        key, _, encoded = pair.strip().partition(" ")
        if not key or key in metadata:
            raise Invalid("malformed")
        try:
            value = b64decode(encoded, validate=True).decode("utf-8")
        except ValueError:
            raise Invalid("malformed") from None
        if key in _METADATA_KEYS:
            metadata[key] = value
    return metadata


def _checksum(request: Request) -> Checksum | None:
    header = request.headers.get("upload-checksum")
    return None if header is None else Checksum.parse(header)


def _whole(request: Request, header: str) -> int:
    raw = request.headers.get(header, "")
    if not _LENGTH.fullmatch(raw):
        raise Invalid(errors=[{"field": header, "reason": "whole"}])
    return int(raw)


def _tell_progress(response: Response, progress: Progress) -> None:
    response.headers["Upload-Offset"] = str(progress.offset)
    response.headers["Upload-Expires"] = format_datetime(progress.expires_at.astimezone(UTC), usegmt=True)
    response.headers["Cache-Control"] = "no-store"
    if progress.stored is not None:
        response.headers["Asset-Id"] = str(progress.stored.asset_id)
        response.headers["Asset-Duplicate"] = str(progress.stored.duplicate).lower()
        response.headers["Asset-Trashed"] = str(progress.stored.trashed).lower()


# --- The operator


@operator.get("/status", responses=problem_responses(401, 403))
async def get_status(session: Tx, actor: CurrentMember, storage: Files) -> OperatorStatus:
    """How the installation is doing."""
    count, size = await queries.totals(session)
    backlog = await queue.backlog(session)
    return OperatorStatus(
        version=__version__,
        assets=count,
        used_bytes=size,
        free_bytes=storage.free_bytes(),
        jobs_waiting=sum(item.waiting + item.running for item in backlog),
        oldest_job_seconds=max((item.oldest_seconds for item in backlog), default=0),
        dead_letters=await queries.count_dead_letters(session),
    )


@operator.get("/dead-letters", responses=problem_responses(401, 403))
async def list_dead_letters(session: Tx, actor: CurrentMember, locale: Locale) -> DeadLettersOut:
    """Files whose examination was given up."""
    return DeadLettersOut(
        items=[
            DeadLetterOut(
                blob_id=letter.blob_id,
                code=letter.code,
                message=problems.failure_message(letter.code, locale),
                attempts=letter.attempts,
                failed_at=letter.failed_at,
                file_names=letter.file_names,
            )
            for letter in await queries.dead_letters(session, limit=200)
        ]
    )


@operator.post("/dead-letters/{blob_id}/retry", status_code=204, responses=problem_responses(401, 403, 404, 409))
async def retry_dead_letter(blob_id: UUID, session: Tx, actor: CurrentMember, jobs: Queue) -> None:
    """Lets one be examined again."""
    await service.retry_blob(session, jobs, blob_id)


# --- Between the wire and the use cases


def file_label(name: str) -> str:
    """A file's name as a label: no folders, no control characters, at most 255 characters. It never becomes a path."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"}).strip()
    return clean[-255:] or "unnamed"


def _file_time(raw: str | None, now: datetime) -> datetime | None:
    if raw is None:
        return None
    try:
        return local_file_time(datetime.fromisoformat(raw), now)
    except ValueError:
        raise _wrong("last_modified") from None


def _wrong(field: str) -> Invalid:
    return Invalid(errors=[{"field": field, "reason": "malformed"}])


def _announced_length(request: Request) -> int:
    raw = request.headers.get("content-length", "")
    return int(raw) if _LENGTH.fullmatch(raw) else 0


def _stored_out(stored: Stored) -> StoredOut:
    return StoredOut.model_validate(
        {
            "id": stored.asset_id,
            "duplicate": stored.duplicate,
            "status": stored.status,
            "trashed": stored.trashed,
        }
    )


def asset_out(view: AssetView, links: MediaLinks, now: datetime, locale: str) -> AssetOut:
    """An asset on the wire, with addresses that hold for a while."""
    asset, blob = view.asset, view.blob
    width, height = displayed_size(blob.width, blob.height, asset.rotation)
    has_picture = blob.thumbhash is not None
    return AssetOut.model_validate(
        {
            **{name: getattr(asset, name) for name in _FROM_ASSET},
            **{name: getattr(blob, name) for name in _FROM_BLOB},
            "width": width,
            "height": height,
            "status": blob.state,
            "failure": None
            if blob.failure is None
            else {"code": blob.failure, "message": problems.failure_message(blob.failure, locale)},
            "bytes": blob.size,
            "sha256": blob.sha256.hex(),
            "thumbhash": None if blob.thumbhash is None else b64encode(blob.thumbhash).decode(),
            "taken_at": asset.taken_at.isoformat(),
            "taken_at_source": asset.taken_source,
            "favourite": view.favourite,
            "archived": asset.archived_at is not None,
            "contributor": None
            if asset.contributor_id is None
            else {"id": asset.contributor_id, "name": view.contributor_name or ""},
            "live_video": None
            if view.clip is None
            else links.original(view.clip[1], view.clip[0], now, download=False),
            "can_edit": view.can_edit,
            "media": {
                "thumb": links.view(blob.id, THUMB, now) if has_picture else None,
                "preview": links.view(blob.id, PREVIEW, now) if has_picture else None,
                "original": links.original(blob.id, asset.id, now, download=False),
                "download": links.original(blob.id, asset.id, now, download=True),
                "expires_at": datetime.fromtimestamp(links.original_expiry(now), UTC),
            },
        }
    )


_FROM_ASSET: Final = (
    "id", "space_id", "kind", "file_name", "utc_offset", "latitude", "longitude", "altitude",
    "place_edited", "rotation", "title", "description", "rating", "trashed_at", "created_at",
)  # fmt: skip
_FROM_BLOB: Final = (
    "damaged", "mime", "duration", "camera", "lens", "exif",
)  # fmt: skip
