"""The files that say what is installed agree with pyproject.toml and with each other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BACKEND = Path(__file__).resolve().parents[2]
FILES = {
    "requirements.txt": ((), ()),
    "requirements-run.txt": (("embedded",), ()),
    "requirements-dev.txt": (("embedded",), ("dev",)),
}
"""Each file with the extras and groups that it is made for."""

if not all((BACKEND / name).exists() for name in FILES):
    pytest.skip("the files are not all beside the package (an image carries what it needs)", allow_module_level=True)


def pins(name: str) -> dict[str, str]:
    """The versions that a file pins, each with at least one checksum."""
    entries = (BACKEND / name).read_text().replace("\\\n", " ").splitlines()
    found: dict[str, str] = {}
    for entry in (line.strip() for line in entries if line.strip() and not line.startswith("#")):
        match = re.match(r"([\w.-]+)==([^\s;]+)(?:\s*;[^-]*)?((?:\s+--hash=sha256:[0-9a-f]{64})+)$", entry)
        assert match, f"{name}: {entry[:100]} is not a pinned version with its checksums"
        found[canonicalize_name(match[1])] = match[2]
    return found


def wanted(extras: tuple[str, ...], groups: tuple[str, ...]) -> list[Requirement]:
    project: dict[str, Any] = tomllib.loads((BACKEND / "pyproject.toml").read_text())
    lines = [
        *project["project"]["dependencies"],
        *(line for extra in extras for line in project["project"]["optional-dependencies"][extra]),
        *(line for group in groups for line in project["dependency-groups"][group]),
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_is_pinned_as_wanted(name: str) -> None:
    pinned = pins(name)
    for requirement in wanted(*FILES[name]):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {name}: make lock"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{name} pins {requirement.name} {version}: make lock"
        )


def test_what_runs_is_what_is_tested() -> None:
    """The same versions in the image, on a newcomer's machine and in the tests."""
    image, run, dev = (pins(name) for name in FILES)
    assert image.items() <= run.items() <= dev.items()


def test_no_file_names_a_registry() -> None:
    for name in FILES:
        assert not re.search(
            r"^\s*(-i|--index-url|--extra-index-url|--find-links)|://", (BACKEND / name).read_text(), re.MULTILINE
        )
