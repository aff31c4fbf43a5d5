"""What is written down is true: settings, verbs and words that stand in two places."""

import re
from pathlib import Path

import pytest
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


def test_nginx_and_the_gallery_itself_let_pages_do_the_same() -> None:
    conf = "".join(path.read_text() for path in (ROOT / "front" / "nginx").iterdir())
    assert f'Content-Security-Policy "{PAGE_POLICY}"' in conf


@pytest.mark.parametrize("table", [TITLES, FAILURES])
def test_every_problem_has_words_in_every_language(table: dict[str, dict[str, str]]) -> None:
    for code, words in table.items():
        assert set(words) == set(LOCALES), code
        assert re.search("[а-яё]", words["ru"]), code
        assert not re.search("[а-яё]", words["en"]), code
