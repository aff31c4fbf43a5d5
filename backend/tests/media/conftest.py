"""What the media tests share: the tools, one open toolbox, the photo pack, and small samples made on the spot."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from gallery.media.sniff import SNIFF_BYTES, sniff
from gallery.media.toolbox import Examination, Toolbox, ToolPaths
from tests.factories import PACK


@pytest.fixture(scope="session")
def tool_paths() -> ToolPaths:
    paths = ToolPaths.find()
    if paths.exiftool is None or paths.perl is None:
        pytest.fail("ExifTool is missing: run npm ci in backend/")
    return paths


@pytest_asyncio.fixture(scope="session")
async def toolbox(tool_paths: ToolPaths) -> AsyncIterator[Toolbox]:
    async with Toolbox.open(tool_paths, workers=2) as toolbox:
        yield toolbox


@pytest.fixture(scope="session")
def pack() -> Path:
    if not PACK.is_dir():
        pytest.skip("the photo pack is not beside the repository")
    return PACK


@pytest.fixture
def examine(toolbox: Toolbox, tmp_path: Path) -> Callable[..., object]:
    """Examines bytes as the gallery does: from a file named by nothing, with the type that content tells."""

    async def examine(data: bytes) -> Examination:
        path = tmp_path / f"{len(list(tmp_path.iterdir())):032x}"
        path.write_bytes(data)
        sniffed = sniff(data[:SNIFF_BYTES])
        assert sniffed is not None
        return await toolbox.examine(path, sniffed)

    return examine
