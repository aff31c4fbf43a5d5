"""What is written down is true: settings, verbs and words that stand in two places."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from gallery.cli import app
from gallery.infra.problems import FAILURES, LOCALES, TITLES
from gallery.infra.web import PAGE_POLICY
from gallery.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = ROOT / "docs" / "operations.md"

if not OPERATIONS.exists():
    pytest.skip(
        "the documents are not beside the package (an image carries the backend alone)", allow_module_level=True
    )


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name.upper()}`" in OPERATIONS.read_text(), name


def test_no_setting_is_explained_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`[A-Z0-9_`, ]+`) \|", OPERATIONS.read_text(), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}
    assert explained == {name.upper() for name in Settings.model_fields}


def test_every_verb_is_explained() -> None:
    text = OPERATIONS.read_text()
    for name in get_command(app).commands:  # type: ignore[attr-defined]  # a group
        assert f"gallery {name}" in text, name


PAGES = ("README.md", "docs/docker.md", "docs/operations.md", "docs/ru/docker.md", "docs/ru/operations.md")


def commands(page: str) -> list[str]:
    """All that stands as code, a line each."""
    text = re.sub(r"^#.*$", "", (ROOT / page).read_text(), flags=re.MULTILINE)
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [*inline, *(line.partition(" #")[0].strip() for block in blocks for line in block.splitlines())]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_target_and_service_that_is_typed_is_there(page: str) -> None:
    services: set[str] = set()
    for path in (*ROOT.glob("docker-compose*.yml"), *(ROOT / "deploy").glob("*/*.yml")):
        services |= set(yaml.safe_load(path.read_text()).get("services") or {})
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in commands(page):
        files = re.findall(r"-f (\S+\.yml)", line) if "docker-compose" in line else []
        listed = re.match(r"COMPOSE_FILE=(\S+)", line)
        assert [
            name for name in [*files, *(listed[1].split(":") if listed else ())] if not (ROOT / name).exists()
        ] == []
        assert set(re.findall(r"^make ([a-z-]+)", line)) <= targets, line
        assert set(re.findall(r"docker-compose (?:exec|logs|stop)(?: -\S+)* ([a-z]+)\b", line)) <= services, line


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_is_written_with_options_that_it_has(page: str) -> None:
    verbs = get_command(app).commands  # type: ignore[attr-defined]  # a group
    written = [
        found
        for line in commands(page)
        if "kubectl" not in line
        for found in re.findall(r"(?<![/@])\bgallery ([a-z][a-z-]*)((?: [^\s|&]+)*)", line)
    ]
    assert written
    for verb, text in written:
        assert verb in verbs
        command, words = verbs[verb], text.split()
        if words and words[0] in getattr(command, "commands", ()):
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        used = {re.sub(r"[=,].*", "", word) for word in words if word.startswith("--")}
        assert {name for name in used if "…" not in name} <= known, f"{verb} {text}"


def test_nginx_and_the_gallery_itself_let_pages_do_the_same() -> None:
    conf = "".join(path.read_text() for path in (ROOT / "front" / "nginx").iterdir())
    assert f'Content-Security-Policy "{PAGE_POLICY}"' in conf


@pytest.mark.parametrize("table", [TITLES, FAILURES])
def test_every_problem_has_words_in_every_language(table: dict[str, dict[str, str]]) -> None:
    for code, words in table.items():
        assert set(words) == set(LOCALES), code
        assert re.search("[а-яё]", words["ru"]), code
        assert not re.search("[а-яё]", words["en"]), code
