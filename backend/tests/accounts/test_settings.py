"""Configuration that refuses to start, and what the embedded gallery makes for itself (A08, A20)."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gallery.settings import Settings, UnfitSettings, load_settings
from tests.accounts.processes import Verb, environment, gallery

STRONG = "5f1d0c9be2a74836917d0f3a8c52e64b"
OTHER = "c03b7a1e95d24f68b0e6a7431f8d92c5"
NOWHERE = "postgresql://nobody@127.0.0.1:9/nowhere"
WEAK = {
    "empty": "",
    "blank": " " * 40,
    "short": STRONG[:31],
    "one letter": "a" * 64,
    "two letters": "ab" * 32,
    "placeholder": "changeme-changeme-changeme-0123456789",
    "placeholder in disguise": "CHANGE_ME_please_0123456789_abcdefgh",
    "from the example": "your-secret-key-here-0123456789-abcdef",
    "an example": "example-secret-0123456789-abcdefghijk",
    "a default": "default-secret-0123456789-abcdefghijk",
}


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Settings out of an environment that holds nothing else."""

    def load(**variables: str | None) -> Settings:
        for name in Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
            monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
        for name, value in variables.items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return load_settings()

    return load


def test_strong_secrets_are_fit(configured: Callable[..., Settings]) -> None:
    made = configured(DATABASE_URL=NOWHERE, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=OTHER)
    assert (made.secret_key, made.refresh_secret_key) == (STRONG, OTHER)


@pytest.mark.parametrize("weakness", WEAK)
@pytest.mark.parametrize("name", ["SECRET_KEY", "REFRESH_SECRET_KEY"])
def test_weak_secrets_do_not_start(configured: Callable[..., Settings], name: str, weakness: str) -> None:
    secrets = {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": OTHER, name: WEAK[weakness]}
    with pytest.raises(UnfitSettings, match=rf"\b{name}\b") as raised:
        configured(DATABASE_URL=NOWHERE, **secrets)
    assert not WEAK[weakness].strip() or WEAK[weakness] not in str(raised.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "REFRESH_SECRET_KEY"])
def test_missing_secrets_do_not_start(configured: Callable[..., Settings], missing: str) -> None:
    secrets: dict[str, str | None] = {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": OTHER, missing: None}
    with pytest.raises(UnfitSettings, match="is not set"):
        configured(DATABASE_URL=NOWHERE, **secrets)


@pytest.mark.parametrize("other", [STRONG, f" {STRONG}", f"{STRONG}\n"])
def test_one_secret_for_two_purposes_does_not_start(configured: Callable[..., Settings], other: str) -> None:
    with pytest.raises(UnfitSettings):
        configured(DATABASE_URL=NOWHERE, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=other)


@pytest.mark.parametrize("token", ["changeme", "CHANGE-ME", "placeholder", "your_secret_token"])
def test_a_placeholder_bot_token_does_not_start(configured: Callable[..., Settings], token: str) -> None:
    with pytest.raises(UnfitSettings, match="BOT_TOKEN"):
        configured(DATABASE_URL=NOWHERE, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=OTHER, BOT_TOKEN=token)


@pytest.mark.parametrize("token", ["", " ", "\t"])
def test_a_blank_bot_token_is_none(configured: Callable[..., Settings], token: str) -> None:
    made = configured(DATABASE_URL=NOWHERE, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=OTHER, BOT_TOKEN=token)
    assert made.bot_token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("PORT", "70000"), ("INGEST_WORKERS", "0"), ("DEBUG", "perhaps"), ("MAX_UPLOAD_BYTES", "-1")],
)
def test_nonsense_is_named_and_not_shown(configured: Callable[..., Settings], name: str, value: str) -> None:
    with pytest.raises(UnfitSettings, match=name):
        configured(**{"DATABASE_URL": NOWHERE, "SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": OTHER, name: value})


@pytest.mark.parametrize("url", ["gallery", "ftp://gallery", "s3://", "s3://Photos", "s3://a b", "s3://gallery?x=1"])
def test_a_store_that_cannot_be_meant_does_not_start(configured: Callable[..., Settings], url: str) -> None:
    with pytest.raises(UnfitSettings, match="STORAGE_URL"):
        configured(DATABASE_URL=NOWHERE, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=OTHER, STORAGE_URL=url)


def test_a_stores_key_may_stand_in_a_file(configured: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "key").write_text("the store's key\n")
    made = configured(
        DATABASE_URL=NOWHERE,
        SECRET_KEY=STRONG,
        REFRESH_SECRET_KEY=OTHER,
        STORAGE_URL="s3://gallery/some/where",
        S3_SECRET_ACCESS_KEY_FILE=str(tmp_path / "key"),
    )
    assert made.s3_secret_access_key == "the store's key"


def test_secrets_may_stand_in_files(configured: Callable[..., Settings], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(STRONG + "\n")
    (tmp_path / "refresh").write_text(OTHER)
    files = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "REFRESH_SECRET_KEY_FILE": str(tmp_path / "refresh")}
    made = configured(DATABASE_URL=NOWHERE, **files)
    assert (made.secret_key, made.refresh_secret_key) == (STRONG, OTHER)
    with pytest.raises(UnfitSettings, match="SECRET_KEY_FILE cannot be read"):
        configured(DATABASE_URL=NOWHERE, SECRET_KEY_FILE=str(tmp_path / "missing"))


def test_the_embedded_gallery_makes_and_keeps_its_own(configured: Callable[..., Settings], tmp_path: Path) -> None:
    first = configured(DATA_DIR=str(tmp_path / "data"), SECRET_KEY="weak", REFRESH_SECRET_KEY="weak")
    kept = tmp_path / "data" / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(first.secret_key) >= 32
    assert first.secret_key != first.refresh_secret_key
    assert set(json.loads(kept.read_text()).values()) == {first.secret_key, first.refresh_secret_key}
    again = configured(DATA_DIR=str(tmp_path / "data"))
    assert (again.secret_key, again.refresh_secret_key) == (first.secret_key, first.refresh_secret_key)
    other = configured(DATA_DIR=str(tmp_path / "other"))
    assert other.secret_key != first.secret_key
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secrets.json"]


REFUSALS: list[tuple[str, dict[str, str], str]] = [
    ("serve", {"SECRET_KEY": WEAK["placeholder"], "REFRESH_SECRET_KEY": OTHER}, "SECRET_KEY is too short"),
    ("migrate", {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": STRONG}, "must differ"),
    ("worker", {}, "SECRET_KEY is not set"),
    ("serve", {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": OTHER[:20]}, "REFRESH_SECRET_KEY is too short"),
    ("serve", {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": OTHER, "BOT_TOKEN": "changeme"}, "BOT_TOKEN"),
    ("setup-link", {"SECRET_KEY": STRONG}, "REFRESH_SECRET_KEY is not set"),
]


def test_the_process_refuses_to_start(tmp_path: Path) -> None:
    base = environment(DATABASE_URL=NOWHERE, DATA_DIR=str(tmp_path))
    blank = dict.fromkeys(("SECRET_KEY", "REFRESH_SECRET_KEY", "BOT_TOKEN"), "")
    verbs = [Verb([verb], env={**blank, **secrets}) for verb, secrets, _ in REFUSALS]
    for ended, (verb, secrets, complaint) in zip(gallery(*verbs, env=base, cwd=tmp_path), REFUSALS, strict=True):
        assert ended.returncode == 2, verb
        assert complaint in ended.stderr
        assert "Traceback" not in ended.stderr
        assert not any(value in ended.stderr + ended.stdout for value in secrets.values())
    assert not os.listdir(tmp_path), "nothing was made"


def test_the_command_itself_refuses_to_start(tmp_path: Path) -> None:
    """Once through the installed command and a real exit status."""
    command = Path(sys.executable).with_name("gallery")
    secrets = {"SECRET_KEY": STRONG, "REFRESH_SECRET_KEY": STRONG}
    ended = subprocess.run(
        [command, "serve"],
        env=environment(DATABASE_URL=NOWHERE, DATA_DIR=str(tmp_path), **secrets),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, "must differ" in ended.stderr) == (2, True)
    assert STRONG not in ended.stderr + ended.stdout
