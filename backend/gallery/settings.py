"""Configuration: environment variables, or files named by `NAME_FILE`. Read by the composition roots alone.

With DATABASE_URL the gallery runs as a service: secrets must be given, and weak ones refuse to start. Without it the
gallery keeps a PostgreSQL of its own under DATA_DIR, and makes and keeps its own secrets there.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MIN_SECRET_BYTES: Final = 32
_PLACEHOLDERS: Final = (
    "changeme",
    "changethis",
    "placeholder",
    "example",
    "yoursecret",
    "insecure",
    "default",
)


class UnfitSettings(Exception):
    """The gallery must not start like this; the message says what to mend and shows no secret."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=None, extra="ignore", case_sensitive=False)

    database_url: str | None = None
    secret_key: str = ""
    refresh_secret_key: str = ""
    bot_token: str | None = None
    cors_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Field(default=Path("data"), validate_default=True)
    uploads_dir: Path | None = None
    storage_url: Annotated[
        str, Field(pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?)?$")
    ] = ""
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key_id: str | None = None
    s3_secret_access_key: str | None = None
    front_dir: Path | None = None
    error_log: Path | None = None
    debug: bool = False
    jobs_in_process: bool = True
    ingest_workers: int = Field(default=2, ge=1, le=64)
    max_upload_bytes: int = Field(default=20 << 30, ge=1)
    min_free_bytes: int = Field(default=512 << 20, ge=0)
    trash_days: int = Field(default=30, ge=0)
    blob_grace_days: int = Field(default=30, ge=0)
    scrub_days: int = Field(default=30, ge=0)
    scrub_mb_per_second: float = Field(default=10, gt=0)
    metrics_token: str | None = None
    worker_port: int = Field(default=0, ge=0, le=65535)
    trusted_proxies: str = "127.0.0.1"

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _comma_separated(cls, value: Any) -> Any:
        if isinstance(value, str):
            listed = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
            return [str(item).strip().rstrip("/") for item in listed if str(item).strip()]
        return value

    @field_validator("data_dir", "uploads_dir")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        """Originals are handed to other programs, which stand elsewhere."""
        return folder and folder.absolute()

    @property
    def storage_root(self) -> Path:
        return self.uploads_dir or self.data_dir / "uploads"

    @property
    def web_root(self) -> Path | None:
        """Where the built web application lies, if this process should serve it: FRONT_DIR, or the checkout's own."""
        folder = self.front_dir or Path(__file__).resolve().parents[2] / "front" / "dist"
        return folder if (folder / "index.html").is_file() else None

    @property
    def base_url(self) -> str:
        """Where people find the gallery; links are built from this and never from a request's Host."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host in {"0.0.0.0", "127.0.0.1", "::", "::1"} else self.host  # noqa: S104  # compared, not bound
        return f"http://{host}:{self.port}"


def load_settings(*, keys: bool = True) -> Settings:
    """The settings of this process. Raises UnfitSettings. Who signs nothing does without `keys`."""
    try:
        settings = Settings(**_from_files())
    except ValidationError as error:
        names = ", ".join(str(item["loc"][0]).upper() for item in error.errors())
        raise UnfitSettings(f"These settings cannot be read: {names}.") from None
    if settings.database_url and keys:
        _require_fit_secrets(settings)
    elif not settings.database_url:
        _use_own_secrets(settings)
    settings.bot_token = (settings.bot_token or "").strip() or None
    if settings.bot_token is not None and _is_placeholder(settings.bot_token):
        raise UnfitSettings("BOT_TOKEN is a placeholder. Give the bot's token, or leave it out.")
    return settings


def _from_files() -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"{name.upper()}_FILE")
        if path:
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise UnfitSettings(f"{name.upper()}_FILE cannot be read: {error.strerror}.") from None
    return values


def _require_fit_secrets(settings: Settings) -> None:
    for name in ("secret_key", "refresh_secret_key"):
        value = getattr(settings, name).strip()
        setattr(settings, name, value)
        if not value:
            raise UnfitSettings(f"{name.upper()} is not set. Make one with: openssl rand -hex 32")
        if _is_weak(value, least=MIN_SECRET_BYTES):
            raise UnfitSettings(
                f"{name.upper()} is too short or a placeholder: {MIN_SECRET_BYTES} random characters or more are"
                " needed. Make one with: openssl rand -hex 32"
            )
    if settings.secret_key == settings.refresh_secret_key:
        raise UnfitSettings("SECRET_KEY and REFRESH_SECRET_KEY must differ.")


def _is_weak(value: str, *, least: int) -> bool:
    return len(value.encode()) < least or len(set(value)) < 8 or _is_placeholder(value)


def _is_placeholder(value: str) -> bool:
    letters = "".join(character for character in value.lower() if character.isalnum())
    return any(word in letters for word in _PLACEHOLDERS)


def _use_own_secrets(settings: Settings) -> None:
    """Makes the embedded gallery's secrets on the first start and keeps them, readable by their owner alone."""
    path = settings.data_dir / "secrets.json"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        made = json.dumps({"secret_key": secrets.token_hex(32), "refresh_secret_key": secrets.token_hex(32)})
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    kept = json.loads(path.read_text(encoding="utf-8"))
    settings.secret_key = kept["secret_key"]
    settings.refresh_secret_key = kept["refresh_secret_key"]
