"""One file in, one record out: `Toolbox.examine` is how the rest of the gallery meets pixels and metadata.

Decoders, ExifTool and ffmpeg run in confined processes below a fork server; nothing of theirs is in this
process.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from . import facts as tag_facts
from . import recipe
from .decoding import PROGRAM_LIMITS, DecoderCrashed, DecodeTimeout, ForkServer, Picture, ToolUnavailable
from .exiftool import ExifTool, ExifToolFailed
from .facts import Facts, Shape, Tags
from .poster import poster, still
from .sniff import MediaKind, Sniffed, sniff

__all__ = [
    "DecodeTimeout",
    "DecoderCrashed",
    "Examination",
    "Facts",
    "ToolPaths",
    "ToolUnavailable",
    "Toolbox",
]


@dataclass(frozen=True, slots=True)
class ToolPaths:
    """Where the programs are that are not Python. Without `exiftool` and `perl` nothing can be examined."""

    exiftool: Path | None = None
    perl: Path | None = None
    ffmpeg: Path | None = None
    dcraw_emu: Path | None = None

    @classmethod
    def find(cls, extra: Path | None = None, environment: Mapping[str, str] = os.environ) -> Self:
        """Looks in the variables EXIFTOOL and FFMPEG, in `extra`, beside the code, on PATH and in
        imageio-ffmpeg.

        `extra` is a folder that holds the programs themselves or a `node_modules` with them.
        """
        folders = [folder for folder in (extra, Path(__file__).resolve().parents[2]) if folder is not None]
        vendored = [folder / "node_modules/exiftool-vendored.pl/bin/exiftool" for folder in folders]
        beside = [extra] if extra is not None else []
        search = environment.get("PATH")
        return cls(
            exiftool=_first(
                environment.get("EXIFTOOL"),
                *(folder / "exiftool" for folder in beside),
                *vendored,
                shutil.which("exiftool", path=search),
            ),
            perl=_first(shutil.which("perl", path=search)),
            ffmpeg=_first(
                environment.get("FFMPEG"),
                *(folder / "ffmpeg" for folder in beside),
                shutil.which("ffmpeg", path=search),
                *_carried_ffmpeg(),
            ),
            dcraw_emu=_first(shutil.which("dcraw_emu", path=search)),
        )


def _first(*candidates: str | Path | None) -> Path | None:
    paths = (Path(candidate).absolute() for candidate in candidates if candidate)
    return next((path for path in paths if path.is_file()), None)


def _carried_ffmpeg() -> list[Path]:
    """The program inside the package imageio-ffmpeg, found without importing it."""
    package = importlib.util.find_spec("imageio_ffmpeg")
    folders = list(package.submodule_search_locations or []) if package else []
    return [path for folder in folders for path in sorted(Path(folder, "binaries").glob("ffmpeg-*"))]


@dataclass(frozen=True, slots=True)
class Examination:
    """All that is known of a file's content.

    `width` and `height` are pixels as displayed, `duration` is in seconds. `failure` says why there is no
    picture: corrupt, no-preview (facts only), too-large (over the limit of pixels), no-picture (a film of
    sound), unsupported. `cpu_seconds` and `peak_rss` (bytes) are those of the children that worked on it,
    ExifTool excepted.
    """

    format: str
    mime: str
    kind: MediaKind
    facts: Facts = field(default_factory=Facts)
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    thumb: bytes | None = None
    preview: bytes | None = None
    thumbhash: bytes | None = None
    phash: int | None = None
    colour: str | None = None
    damaged: bool = False
    failure: str | None = None
    cpu_seconds: float = 0.0
    peak_rss: int = 0


_ORIENTED_BY_TAGS: Final = frozenset({"heic", "avif"})
_SPEAKS_FOR_ITSELF: Final = frozenset({"jpeg", "png", "webp", "gif"})
_SMALLEST_PICTURE: Final = 512
_SMALLEST_SIDE: Final = 64
_LARGEST_PICTURE: Final = 128 * 1024 * 1024
_GOOD_PICTURE_SIDE: Final = 1000
_PICTURES_TRIED: Final = 3
_DEVELOPING_SECONDS: Final = 25
_QUESTIONS: Final = 2
"""A process that died of something else must not cost a photo its date."""


class Toolbox:
    """The processes that examine files; made by `open`, shared by all tasks of one event loop."""

    def __init__(self, paths: ToolPaths, workers: int, server: ForkServer) -> None:
        self._paths = paths
        self._slots = asyncio.Semaphore(workers)
        self._repair = asyncio.Lock()
        self._server = server
        self._readers: asyncio.Queue[ExifTool] = asyncio.Queue()
        self._workers = workers
        self._fill_readers()

    @classmethod
    @asynccontextmanager
    async def open(cls, paths: ToolPaths, workers: int = 2) -> AsyncIterator[Self]:
        """Starts the processes, for `workers` files at a time; ToolUnavailable if one does not run."""
        if paths.exiftool is None or paths.perl is None:
            raise ToolUnavailable("ExifTool is missing: it needs perl, and EXIFTOOL or a PATH that leads to it")
        toolbox = cls(paths, workers, await ForkServer.start())
        try:
            await toolbox._check_reader()
            yield toolbox
        finally:
            await toolbox._close()

    async def examine(self, path: Path, sniffed: Sniffed) -> Examination:
        """Facts and derivatives of the file at `path`.

        Whatever the file contains is answered, not raised. DecoderCrashed (its `examination` holds the
        facts) means that a child died of it; ToolUnavailable that our own processes failed; both are worth
        another attempt.
        """
        async with self._slots:
            server = await self._living_server()
            if sniffed.kind is MediaKind.SIDECAR:
                return _described(sniffed, await self._tags(path, sniffed))
            if sniffed.kind is MediaKind.VIDEO:
                return await self._examine_film(server, path, sniffed)
            if sniffed.format in _SPEAKS_FOR_ITSELF:
                return await self._examine_at_once(server, path, sniffed)
            return await self._examine_in_order(server, path, sniffed)

    # --- Kinds of files ---

    async def _examine_at_once(self, server: ForkServer, path: Path, sniffed: Sniffed) -> Examination:
        """Most photos: the decoder needs nothing that ExifTool knows."""
        decoding = asyncio.create_task(server.derive(path, sniffed.format, None))
        try:
            tags = await self._tags(path, sniffed)
        except BaseException:
            decoding.cancel()
            with contextlib.suppress(asyncio.CancelledError, DecoderCrashed, ToolUnavailable):
                await decoding
            raise
        described = _described(sniffed, tags)
        with _facts_kept(described):
            return _pictured(described, await decoding, tag_facts.shape(tags, sniffed.kind))

    async def _examine_in_order(self, server: ForkServer, path: Path, sniffed: Sniffed) -> Examination:
        """Photos whose tags say how to decode them."""
        tags = await self._tags(path, sniffed)
        shape = tag_facts.shape(tags, sniffed.kind)
        described = _described(sniffed, tags)
        with _facts_kept(described):
            if sniffed.format == "raw" or shape.is_raw:
                picture = await self._picture_within(server, path, shape)
            elif sniffed.format == "jxl":
                picture = await self._picture_by_ffmpeg(server, path, shape)
            else:
                orientation = shape.orientation_left if sniffed.format in _ORIENTED_BY_TAGS else None
                picture = await server.derive(path, sniffed.format, orientation)
            return _pictured(described, picture, shape)

    async def _examine_film(self, server: ForkServer, path: Path, sniffed: Sniffed) -> Examination:
        tags = await self._tags(path, sniffed)
        shape = tag_facts.shape(tags, sniffed.kind)
        described = replace(_described(sniffed, tags), duration=shape.duration)
        if shape.width is None:
            failure = "corrupt" if shape.duration is None else "no-picture"
            return replace(described, failure=failure, damaged=failure == "corrupt")
        if self._paths.ffmpeg is None:
            return replace(described, failure="no-preview")
        with _facts_kept(described):
            frame = await poster(server, self._paths.ffmpeg, path, sniffed.format, shape.duration)
        if frame is None:
            return replace(described, failure="no-preview")
        return replace(_pictured(described, frame, shape), width=described.width, height=described.height)

    # --- Pictures that libvips cannot open ---

    async def _picture_within(self, server: ForkServer, path: Path, shape: Shape) -> Picture:
        """The largest JPEG that the camera put into its raw file; developed from the sensor's data if that
        is small.

        A raw file never reaches libvips: it would open as a TIFF and show its thumbnail for the picture.
        """
        found = Picture(failure="no-preview")
        for key, size in shape.pictures[:_PICTURES_TRIED]:
            if size < _SMALLEST_PICTURE or not found.failure:
                break
            data = await self._extracted(path, key)
            kind = sniff(data)
            if kind is not None and kind.format in ("jpeg", "tiff"):
                made = await server.derive_bytes(data, kind.format, shape.orientation)
                found = made if max(made.width, made.height) >= _SMALLEST_SIDE else found
        large_enough = max(found.width, found.height) >= _GOOD_PICTURE_SIDE
        if large_enough or self._paths.dcraw_emu is None or _without_sensor_data(path, shape):
            return found
        developed = await self._developed(server, self._paths.dcraw_emu, path, shape)
        return developed if developed.width > found.width else found

    async def _extracted(self, path: Path, key: str) -> bytes:
        async with self._reader() as reader:
            try:
                return await reader.ask(path, ["-b", "-m", f"-{key}"], _LARGEST_PICTURE)
            except ExifToolFailed:
                return b""

    async def _developed(self, server: ForkServer, dcraw_emu: Path, path: Path, shape: Shape) -> Picture:
        """LibRaw with the camera's white balance; at half size, which is cheap, if that still covers a preview."""
        half = ["-h"] if max(shape.width or 0, shape.height or 0) >= 2 * recipe.PREVIEW_SIDE else []
        argv = [str(dcraw_emu), *half, "-w", "-q", "0", "-Z", "-", str(path)]
        limits = replace(PROGRAM_LIMITS, file_bytes=_LARGEST_PICTURE)
        output, ended = await server.run(argv, _DEVELOPING_SECONDS, limits)
        ended.raise_if_killed()
        picture = await server.derive_bytes(output, "ppm", 1) if output else Picture(failure="no-preview")
        return picture.having_used(picture.cpu_seconds + ended.cpu_seconds)

    async def _picture_by_ffmpeg(self, server: ForkServer, path: Path, shape: Shape) -> Picture:
        """JPEG XL, where ffmpeg has libjxl. It comes upright, so nothing is left to turn."""
        if (shape.width or 0) * (shape.height or 0) > recipe.MAX_PIXELS["jxl"]:
            return Picture(failure="too-large")
        if self._paths.ffmpeg is None:
            return Picture(failure="no-preview")
        png, used = await still(server, self._paths.ffmpeg, path, "jpegxl_pipe")
        picture = await server.derive_bytes(png, "png", 1) if png else Picture(failure="no-preview")
        return picture.having_used(used + picture.cpu_seconds)

    # --- ExifTool ---

    async def _tags(self, path: Path, sniffed: Sniffed) -> Tags:
        """The tags of the file; none, if ExifTool fails on this file twice and works otherwise."""
        question = tag_facts.arguments(sniffed.format)
        async with self._reader() as reader:
            for _ in range(_QUESTIONS):
                with contextlib.suppress(ExifToolFailed):
                    return Tags.parse(await reader.ask(path, question, tag_facts.ANSWER_BYTES))
            await self._assert_reads(reader)
            return Tags({})

    async def _check_reader(self) -> None:
        async with self._reader() as reader:
            await self._assert_reads(reader)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[ExifTool]:
        """An ExifTool for one task alone. One that has outlived its fork server is not used again."""
        readers = self._readers
        reader = await readers.get()
        try:
            yield reader
        finally:
            if readers is self._readers:
                readers.put_nowait(reader)
            else:
                reader.close()

    async def _assert_reads(self, reader: ExifTool) -> None:
        try:
            version = await reader.version()
        except ExifToolFailed as error:
            raise ToolUnavailable("ExifTool does not run") from error
        if not version:
            raise ToolUnavailable("ExifTool does not run")

    def _fill_readers(self) -> None:
        self._readers = asyncio.Queue()
        assert self._paths.exiftool is not None
        assert self._paths.perl is not None
        for _ in range(self._workers):
            self._readers.put_nowait(ExifTool(self._server, self._paths.perl, self._paths.exiftool))

    # --- Life ---

    async def _living_server(self) -> ForkServer:
        """The fork server, a new one if the last has died."""
        async with self._repair:
            if not self._server.alive:
                await self._close()
                self._server = await ForkServer.start()
                self._fill_readers()
            return self._server

    async def _close(self) -> None:
        while not self._readers.empty():
            self._readers.get_nowait().close()
        await self._server.close()


@contextlib.contextmanager
def _facts_kept(described: Examination) -> Iterator[None]:
    """A crash of the decoder carries what ExifTool found, for the caller who gives up."""
    try:
        yield
    except DecoderCrashed as crash:
        failure = "timeout" if isinstance(crash, DecodeTimeout) else "decoder-crashed"
        crash.examination = replace(described, failure=failure, damaged=True)
        raise


def _described(sniffed: Sniffed, tags: Tags) -> Examination:
    """What is known without a picture."""
    shape = tag_facts.shape(tags, sniffed.kind)
    width, height = shape.displayed if sniffed.kind is not MediaKind.SIDECAR else (None, None)
    refined = shape.is_raw and shape.file_type not in (None, "TIFF")
    raw = sniffed.format == "raw" or shape.is_raw
    return Examination(
        format=(shape.file_type or "raw").lower() if refined else "raw" if raw else sniffed.format,
        mime=(shape.mime or sniffed.mime) if refined else sniffed.mime,
        kind=sniffed.kind,
        facts=tag_facts.gather(tags, sniffed.kind),
        width=width,
        height=height,
    )


def _pictured(described: Examination, picture: Picture, shape: Shape) -> Examination:
    """The examination with what the decoder made, or with why it made nothing."""
    used = replace(described, cpu_seconds=picture.cpu_seconds, peak_rss=picture.peak_rss)
    if picture.failure:
        pixels = (shape.width or 0) * (shape.height or 0)
        oversized = picture.failure == "corrupt" and pixels > recipe.MAX_PIXELS.get(described.format, pixels)
        failure = "too-large" if oversized else picture.failure
        return replace(used, failure=failure, damaged=failure == "corrupt")
    # The picture inside a raw file is smaller than the raw itself; a HEIC that decodes smaller than it says
    # is cut.
    within = shape.is_raw or described.format == "raw"
    cut = described.format == "heic" and not _alike(shape.displayed, (picture.width, picture.height))
    keeps_size = (within or cut) and described.width is not None
    return replace(
        used,
        width=described.width if keeps_size else picture.width,
        height=described.height if keeps_size else picture.height,
        thumb=picture.thumb,
        preview=picture.preview,
        thumbhash=picture.thumbhash,
        phash=picture.phash,
        colour=picture.colour,
        damaged=picture.damaged or cut,
    )


def _without_sensor_data(path: Path, shape: Shape) -> bool:
    """Less than a bit for each pixel: the sensor's data was cut away, and LibRaw would develop it to black."""
    return path.stat().st_size * 8 < (shape.width or 0) * (shape.height or 0)


def _alike(told: tuple[int | None, int | None], seen: tuple[int, int]) -> bool:
    """Within a pixel or two: a clean aperture may trim a row."""
    return all(one is None or abs(one - other) <= 2 for one, other in zip(told, seen, strict=True))
