"""The containers' settings are explained, handed on, and harmless as they come."""

import re
from pathlib import Path

import pytest

from gallery.settings import Settings, UnfitSettings, load_settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / ".env.example"
COMPOSE = ROOT / "docker-compose.yml"

if not EXAMPLE.exists():
    pytest.skip("the compose files are not beside the package", allow_module_level=True)


def offered() -> dict[str, str]:
    """Names and values of .env.example, those that stand in comments too."""
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


def asked_for(path: Path) -> set[str]:
    """Names that a compose file takes from .env: `${NAME}` in all its forms, and `NAME:` without a value."""
    text = path.read_text()
    return set(re.findall(r"\$\{([A-Z_]+)", text)) | set(re.findall(r"^ +([A-Z_]+):$", text, re.MULTILINE))


def test_every_setting_is_in_the_example() -> None:
    text = EXAMPLE.read_text()
    missing = {name.upper() for name in Settings.model_fields if not re.search(rf"\b{name.upper()}\b", text)}
    assert not missing


def test_the_example_offers_what_the_services_take_and_nothing_else() -> None:
    beyond = {"BACKEND_TARGET"}  # which image is built is said on the command line
    taken = asked_for(COMPOSE).union(*(asked_for(path) for path in (ROOT / "deploy").rglob("*.yml")))
    assert set(offered()) == taken - beyond


def test_development_takes_nothing_unexplained() -> None:
    assert asked_for(ROOT / "docker-compose.dev.yml") - set(offered()) == {"POSTGRES_PORT"}


def test_the_example_itself_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in offered().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app_user@db/app_db")
    with pytest.raises(UnfitSettings, match="SECRET_KEY"):
        load_settings()
