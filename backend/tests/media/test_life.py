"""Processes: what dies alone, what is restarted, and that nothing is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from gallery.media.decoding import PROGRAM_LIMITS, DecoderCrashed, DecodeTimeout, ForkServer, ToolUnavailable
from gallery.media.exiftool import ExifTool, ExifToolFailed
from gallery.media.sniff import JPEG
from gallery.media.toolbox import Toolbox, ToolPaths

from .processes import alive, children, descendants, environment, our_descendants, program, wait_until
from .samples import photo, scene

BACKEND = Path(__file__).resolve().parents[2]


@pytest_asyncio.fixture
async def fresh(tool_paths: ToolPaths) -> AsyncIterator[tuple[Toolbox, int]]:
    """A toolbox of this test's own, and its fork server's process id."""
    before = our_descendants()
    async with Toolbox.open(tool_paths, workers=1) as toolbox:
        yield toolbox, next(pid for pid in children(os.getpid()) if pid not in before)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small"
    path.write_bytes(photo("2024:05:06 07:08:09"))
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A picture that takes a decoder long enough to be killed meanwhile."""
    path = tmp_path / "slow"
    scene().resize((7000, 5000), Image.Resampling.NEAREST).save(path, "JPEG", progressive=True)
    return path


async def the_child(server: int, kind: str) -> int:
    """The fork server's child that runs a program of this kind, as soon as there is one."""
    for _ in range(500):
        found = [pid for pid in children(server) if program(pid).startswith(kind)]
        if found:
            return found[0]
        await asyncio.sleep(0.005)
    raise AssertionError(f"no {kind} below the fork server")


async def test_a_killed_decoder_is_reported_and_the_next_photo_works(
    fresh: tuple[Toolbox, int], slow: Path, small: Path
) -> None:
    toolbox, server = fresh
    examining = asyncio.create_task(toolbox.examine(slow, JPEG))
    os.kill(await the_child(server, "python"), signal.SIGKILL)
    with pytest.raises(DecoderCrashed) as crash:
        await examining
    assert not isinstance(crash.value, DecodeTimeout)
    assert crash.value.examination is not None
    assert (crash.value.examination.failure, crash.value.examination.width) == ("decoder-crashed", 7000)
    assert (await toolbox.examine(small, JPEG)).failure is None


async def test_a_dead_exiftool_is_replaced(fresh: tuple[Toolbox, int], small: Path) -> None:
    toolbox, server = fresh
    for _ in range(3):
        os.kill(await the_child(server, "perl"), signal.SIGKILL)
        assert (await toolbox.examine(small, JPEG)).facts.taken_at is not None


async def test_an_exiftool_that_hangs_is_replaced(tool_paths: ToolPaths, small: Path) -> None:
    assert tool_paths.perl is not None
    assert tool_paths.exiftool is not None
    before = our_descendants()
    server = await ForkServer.start()
    reader = ExifTool(server, tool_paths.perl, tool_paths.exiftool, patience=0.5)
    try:
        assert b"2024:05:06" in await reader.ask(small, ["-DateTimeOriginal"], 1000)
        hanging = next(pid for pid in our_descendants() - before if program(pid).startswith("perl"))
        os.kill(hanging, signal.SIGSTOP)
        with pytest.raises(ExifToolFailed):
            await reader.ask(small, ["-DateTimeOriginal"], 1000)
        assert b"2024:05:06" in await reader.ask(small, ["-DateTimeOriginal"], 1000)
        assert wait_until(lambda: not alive(hanging))
    finally:
        reader.close()
        await server.close()


async def test_an_answer_that_is_too_long_is_no_answer(tool_paths: ToolPaths, small: Path) -> None:
    assert tool_paths.perl is not None
    assert tool_paths.exiftool is not None
    server = await ForkServer.start()
    reader = ExifTool(server, tool_paths.perl, tool_paths.exiftool)
    try:
        with pytest.raises(ExifToolFailed):
            await reader.ask(small, ["-a", "-G1"], 100)
        assert await reader.version()
    finally:
        reader.close()
        await server.close()


async def test_a_dead_fork_server_is_replaced(fresh: tuple[Toolbox, int], small: Path) -> None:
    toolbox, server = fresh
    below = descendants(server)
    os.kill(server, signal.SIGKILL)
    assert wait_until(lambda: not any(map(alive, below)))
    for attempt in range(3):
        try:
            made = await toolbox.examine(small, JPEG)
        except ToolUnavailable:
            assert attempt < 2
        else:
            assert made.failure is None
            return
    raise AssertionError("no new fork server")


async def test_what_takes_too_long_is_killed() -> None:
    server = await ForkServer.start()
    try:
        started = time.monotonic()
        output, ended = await server.run(["/bin/sleep", "60"], 0.3, PROGRAM_LIMITS)
        assert time.monotonic() - started < 5
        assert (output, ended.timed_out) == (b"", True)
        with pytest.raises(DecodeTimeout):
            ended.raise_if_killed()
    finally:
        await server.close()


async def test_a_cancelled_examination_leaves_no_child(fresh: tuple[Toolbox, int], slow: Path, small: Path) -> None:
    toolbox, server = fresh
    examining = asyncio.create_task(toolbox.examine(slow, JPEG))
    child = await the_child(server, "python")
    examining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await examining
    assert wait_until(lambda: not alive(child))
    assert (await toolbox.examine(small, JPEG)).facts.taken_at is not None


async def test_closing_is_quick_and_leaves_nothing(tool_paths: ToolPaths, small: Path) -> None:
    before = our_descendants()
    async with Toolbox.open(tool_paths, workers=3) as toolbox:
        await asyncio.gather(*(toolbox.examine(small, JPEG) for _ in range(6)))
        started = our_descendants() - before
        assert len(started) >= 2
        closing = time.monotonic()
    assert time.monotonic() - closing < 2
    assert wait_until(lambda: not any(map(alive, started)))


async def test_closing_amid_work_leaves_nothing(tool_paths: ToolPaths, slow: Path) -> None:
    before = our_descendants()
    async with Toolbox.open(tool_paths, workers=2) as toolbox:
        work = [asyncio.create_task(toolbox.examine(slow, JPEG)) for _ in range(2)]
        await asyncio.sleep(0.1)
        started = our_descendants() - before
    results = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(result, ToolUnavailable | DecoderCrashed) for result in results)
    assert wait_until(lambda: not any(map(alive, started)))


ORPHANED = """
import asyncio, sys
from gallery.media.toolbox import Toolbox, ToolPaths
async def main():
    async with Toolbox.open(ToolPaths.find()) as toolbox:
        print("ready", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def test_a_killed_parent_takes_everything_with_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHANED], cwd=BACKEND, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    below = descendants(parent.pid)
    assert {program(pid)[:4] for pid in below} >= {"pyth", "perl"}
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not any(map(alive, below)), 3)


async def test_no_secret_reaches_a_decoder(tool_paths: ToolPaths, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret that nobody may see")
    before = our_descendants()
    async with Toolbox.open(tool_paths, workers=1) as toolbox:
        await toolbox.examine(small, JPEG)
        started = our_descendants() - before
        assert len(started) >= 2
        assert not any(b"nobody may see" in environment(pid) for pid in started)


async def test_a_toolbox_without_exiftool_says_so(tmp_path: Path) -> None:
    with pytest.raises(ToolUnavailable, match="ExifTool"):
        async with Toolbox.open(ToolPaths()):
            pass
    broken = tmp_path / "exiftool"
    broken.write_text("die 'broken';")
    found = ToolPaths.find()
    with pytest.raises(ToolUnavailable, match="ExifTool"):
        async with Toolbox.open(ToolPaths(exiftool=broken, perl=found.perl)):
            pass


def test_paths_are_found_where_the_operator_says(tmp_path: Path) -> None:
    for tool in ("exiftool", "ffmpeg"):
        (tmp_path / tool).touch()
    mine = tmp_path / "mine"
    mine.touch()
    found = ToolPaths.find(tmp_path, {"FFMPEG": str(mine), "PATH": ""})
    assert (found.exiftool, found.ffmpeg) == (tmp_path / "exiftool", mine)
    assert (
        ToolPaths.find(tmp_path, {"EXIFTOOL": str(tmp_path / "absent"), "PATH": ""}).exiftool == tmp_path / "exiftool"
    )


def test_the_api_process_imports_no_decoder() -> None:
    script = (
        "import sys; import gallery.media.toolbox, gallery.media.demo, gallery.media.sniff, gallery.media.dates; "
        "print(sorted({'pyvips', 'PIL', 'pillow_heif', 'imageio_ffmpeg'} & set(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", script], cwd=BACKEND, capture_output=True, check=True, text=True)
    assert output.stdout.strip() == "[]"
