"""The import contracts hold, and each of them would notice being broken."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]

DEFECTS: dict[str, tuple[str, str]] = {
    "Imports go downwards": ("infra/clock.py", "from gallery.assets import queries"),
    "FastAPI only at the doors": ("spaces/service.py", "import fastapi"),
    "SQL has a home": ("timeline/service.py", "import sqlalchemy"),
    "Decoders only in media": ("assets/facts.py", "import PIL"),
    "The API process loads no decoder": ("media/recipe.py", "import pyvips"),
    "Settings are read by the composition roots": ("health/router.py", "from gallery.settings import Settings"),
}
"""For each contract a line that breaks it, and where."""


def verdicts(folder: Path) -> dict[str, str]:
    """What import-linter says of the package in a folder: KEPT or BROKEN by contract."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE))
    assert found, done.stdout + done.stderr
    assert (done.returncode == 0) is (set(found.values()) == {"KEPT"})
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its configuration, to be spoiled."""
    folder = tmp_path_factory.mktemp("imports")
    shutil.copytree(BACKEND / "gallery", folder / "gallery", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BACKEND / "pyproject.toml", folder)
    return folder


def test_the_contracts_are_kept_and_would_notice(copy: Path) -> None:
    assert verdicts(copy) == dict.fromkeys(DEFECTS, "KEPT")
    for place, line in DEFECTS.values():
        path = copy / "gallery" / place
        path.write_text(f"{path.read_text()}\n{line}\n")
    assert verdicts(copy) == dict.fromkeys(DEFECTS, "BROKEN")
