"""The database as one file: PostgreSQL's own pg_dump and pg_restore, of the server's version."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gallery.infra.embedded import embedded_programs

_KEPT_LINES: Final = 20


class DumpFailed(Exception):
    """One of PostgreSQL's programs did not do what it was asked; the message is its own."""


async def dump_database(libpq_url: str, into: Path, *, snapshot: str | None = None) -> None:
    """Writes the database to a file, as one exported snapshot sees it. Raises DumpFailed."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={into}"]
    if snapshot is not None:
        arguments.append(f"--snapshot={snapshot}")
    await _run("pg_dump", arguments, libpq_url)


async def check_dump(dump: Path) -> None:
    """Whether pg_restore can read the file's table of contents. Raises DumpFailed."""
    await _run("pg_restore", ["--list", str(dump)], None)


async def restore_database(libpq_url: str, dump: Path, judge: Callable[["Occupied"], None]) -> None:
    """Empties the database and fills it from the dump, wholly or not at all. Raises DumpFailed.

    `judge` raises if what stands there has to stay, and nobody adds to it once it was asked. The schema carries
    HALF_RESTORED until whoever restores has done what is left to do.
    """
    await asyncio.to_thread(_empty, libpq_url, judge)
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--schema=public"]
    await _run("pg_restore", [*arguments, str(dump)], libpq_url)


HALF_RESTORED: Final = "gallery: this restore has not come to its end"
"""What the schema's comment says meanwhile."""
_PEOPLES: Final = ("users", "spaces", "blobs")


@dataclass(frozen=True, slots=True)
class Occupied:
    """What stands in a database that somebody wants to fill."""

    tables: frozenset[str]
    rows: int
    """People, spaces, photos."""
    visitors: int
    """Connections of a gallery that runs."""
    half_restored: bool
    """Whether a restore broke off that had emptied the database: what it left is nobody's yet."""


def look_around(libpq_url: str) -> Occupied:
    """Looks at a database without changing it. Raises psycopg.OperationalError when it is away."""
    with psycopg.connect(libpq_url, connect_timeout=5) as connection:
        return _look(connection, lock=False)


def _look(connection: psycopg.Connection[Any], *, lock: bool) -> Occupied:
    listed = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    tables = frozenset(name for (name,) in listed)
    rows = 0
    for table in map(sql.Identifier, tables.intersection(_PEOPLES)):
        if lock:
            connection.execute(sql.SQL("LOCK TABLE {}").format(table))
        rows += connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()[0]  # type: ignore[index]  # one row
    visitors, comment = connection.execute(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name LIKE 'gallery%'), obj_description(to_regnamespace('public'), 'pg_namespace')"
    ).fetchone()  # type: ignore[misc]  # one row
    return Occupied(tables, rows, visitors, comment == HALF_RESTORED)


def _empty(libpq_url: str, judge: Callable[[Occupied], None]) -> None:
    with psycopg.connect(libpq_url, connect_timeout=5, options="-c lock_timeout=10s") as connection:
        judge(_look(connection, lock=True))
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        connection.execute(sql.SQL("COMMENT ON SCHEMA public IS {}").format(HALF_RESTORED))


async def _run(name: str, arguments: list[str], libpq_url: str | None) -> None:
    environment = dict(os.environ)
    if libpq_url is not None:
        # A process's arguments are for everybody to read; its environment is not.
        parts = conninfo_to_dict(libpq_url)
        password = parts.pop("password", None)
        if password:
            environment["PGPASSWORD"] = str(password)
        arguments = [f"--dbname={make_conninfo('', **parts)}", *arguments]
    process = await asyncio.create_subprocess_exec(
        _program(name), *arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _, told = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        lines = told.decode(errors="replace").strip().splitlines()[-_KEPT_LINES:]
        raise DumpFailed("\n".join(lines) or f"{name} ended with status {process.returncode}")


def _program(name: str) -> str:
    """The one beside the embedded PostgreSQL where there is one, since it is of the right version; else the PATH's."""
    embedded = embedded_programs()
    if embedded is not None and (embedded / name).is_file():
        return str(embedded / name)
    found = shutil.which(name)
    if found is None:
        raise DumpFailed(f"{name} is not installed; it belongs to PostgreSQL's client programs")
    return found
