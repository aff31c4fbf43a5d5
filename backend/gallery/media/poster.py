"""One picture out of a film, by ffmpeg as a confined program of its own.

The container's demuxer is named, so a playlist cannot pass for a film, and only the `file` and `pipe`
protocols exist for it. Rotation is ffmpeg's business; a black first frame is ours: we look further on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from . import recipe
from .decoding import PROGRAM_LIMITS, DecoderCrashed, DecodeTimeout, ForkServer, Picture

FRAME_SECONDS: Final = 20
_DARK: Final = 16.0
_FLAT: Final = 8.0
_FRAMES_COMPARED: Final = 30

DEMUXERS: Final = {
    "mp4": "mov", "mov": "mov", "3gp": "mov", "matroska": "matroska", "webm": "matroska", "avi": "avi",
    "mpegts": "mpegts", "mpeg": "mpeg", "asf": "asf", "flv": "flv",
}  # fmt: skip

_SIDE: Final = recipe.PREVIEW_SIDE
_BOX: Final = f"scale=w='if(gte(iw,ih),min({_SIDE},iw),-2)':h='if(gte(iw,ih),-2,min({_SIDE},ih))'"


async def poster(server: ForkServer, ffmpeg: Path, path: Path, format: str, duration: float | None) -> Picture | None:
    """The derivatives of a telling frame of the film at `path`; None when ffmpeg finds no frame.

    DecoderCrashed when every attempt ended with a killed process.
    """
    best: Picture | None = None
    crash: DecoderCrashed | None = None
    used = 0.0
    for moment in _moments(duration):
        try:
            frame, cpu = await _frame(server, ffmpeg, path, format, moment)
        except DecodeTimeout:
            raise
        except DecoderCrashed as error:
            crash = error
            continue
        used += cpu
        picture = await server.derive_bytes(frame, "jpeg", None) if frame else None
        if picture is None or picture.failure:
            continue
        used += picture.cpu_seconds
        if best is None or picture.contrast > best.contrast:
            best = picture
        if picture.brightness >= _DARK and picture.contrast >= _FLAT:
            break
    if best is None and crash is not None:
        raise crash
    return None if best is None else best.having_used(used)


def _moments(duration: float | None) -> Iterator[float]:
    """Seconds to look at: soon, but past a fade-in; then further on if that was dark."""
    if duration is None:
        yield 0.0
        return
    yield min(duration * 0.1, 3.0)
    yield from (duration * part for part in (0.3, 0.5, 0.8))
    yield 0.0


async def _frame(server: ForkServer, ffmpeg: Path, path: Path, format: str, moment: float) -> tuple[bytes, float]:
    """A JPEG of the most typical frame after `moment`, or nothing; and the CPU seconds it took."""
    argv = [
        str(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1",
        "-protocol_whitelist", "file,pipe", "-f", DEMUXERS[format], "-ss", f"{moment:.3f}", "-i",
        f"file:{path}", "-map", "0:v:0", "-frames:v", "1", "-vf",
        f"{_BOX},thumbnail={_FRAMES_COMPARED},format=yuvj420p", "-threads", "1", "-c:v", "mjpeg", "-q:v", "2",
        "-f", "image2pipe", "pipe:1",
    ]  # fmt: skip
    output, ended = await server.run(argv, FRAME_SECONDS, PROGRAM_LIMITS)
    ended.raise_if_killed()
    return output if ended.succeeded else b"", ended.cpu_seconds


async def still(server: ForkServer, ffmpeg: Path, path: Path, demuxer: str) -> tuple[bytes, float]:
    """A picture that ffmpeg knows and libvips does not, as a PNG; and the CPU seconds it took."""
    argv = [
        str(ffmpeg), "-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1",
        "-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", f"file:{path}", "-frames:v", "1", "-vf",
        _BOX, "-threads", "1", "-c:v", "png", "-compression_level", "1", "-f", "image2pipe", "pipe:1",
    ]  # fmt: skip
    output, ended = await server.run(argv, FRAME_SECONDS, PROGRAM_LIMITS)
    ended.raise_if_killed()
    return output if ended.succeeded else b"", ended.cpu_seconds
