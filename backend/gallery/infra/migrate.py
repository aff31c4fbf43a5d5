"""Bringing a database to today's schema: an empty one by `database.sql`, any other by migrations."""

from pathlib import Path
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

BACKEND: Final = Path(__file__).resolve().parents[2]
SCHEMA_FILE: Final = BACKEND / "database.sql"
_LOCK: Final = 4_105_219_873


def migrate(libpq_url: str) -> bool:
    """Migrates under a lock, so that several processes may start at once; true when the database was empty.

    Raises psycopg.OperationalError when the database is away.
    """
    with psycopg.connect(libpq_url, autocommit=True, connect_timeout=5) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        row = guard.execute("SELECT to_regclass('public.alembic_version') IS NULL").fetchone()
        is_new = row is not None and bool(row[0])
        if is_new:
            _load_schema(libpq_url)
        command.upgrade(alembic_config(libpq_url), "head")
        return is_new


def known_migrations() -> set[str]:
    """The schemas that this version comes from or has."""
    return {each.revision for each in ScriptDirectory.from_config(alembic_config("")).walk_revisions()}


def alembic_config(libpq_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(BACKEND / "migrations"))
    config.attributes["url"] = libpq_url
    return config


def _load_schema(libpq_url: str) -> None:
    with psycopg.connect(libpq_url) as connection:
        connection.execute(SCHEMA_FILE.read_bytes())
