"""Photos of our own making, for a first look that is never empty and for measurements.

The pictures are painted by `demo_render` in a process of its own, because painting needs a decoder's library and this
module may be imported by the API.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class DemoPhoto:
    """A JPEG with Exif, under the name that its camera would have given it."""

    file_name: str
    data: bytes


def demo_photos(count: int, seed: int = 1, megapixels: float | None = None) -> Iterator[DemoPhoto]:
    """`count` different photos, the same for the same arguments: places, cameras and three years of dates in bursts.

    With `megapixels` all have that size and a phone's amount of fine detail (12: 2 to 4 MB a photo), as measurements
    need them; without, sizes vary from 1440 to 2560 pixels and the files are smaller.
    """
    module = f"{__package__}.demo_render"
    arguments = [str(count), str(seed), str(megapixels or 0)]
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", module, *arguments],
        cwd=Path(__file__).resolve().parents[2],
        env={"LANG": "C.UTF-8", "VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        for _ in range(count):
            name = _part(process.stdout)
            yield DemoPhoto(name.decode(), _part(process.stdout))
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def _part(stream: IO[bytes]) -> bytes:
    """A length and as many bytes."""
    head = stream.read(_LENGTH_BYTES)
    body = stream.read(int.from_bytes(head, "big"))
    if len(head) < _LENGTH_BYTES or len(body) < int.from_bytes(head, "big"):
        raise RuntimeError("the demo painter ended early")
    return body
