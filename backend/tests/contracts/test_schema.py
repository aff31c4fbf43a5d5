"""One schema, three accounts of it: the migrations, `database.sql` and `gallery.models`."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from gallery.infra.migrate import alembic_config, migrate
from gallery.models import Base

CATALOG = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "types": """
        SELECT t.typname, e.enumlabel, e.enumsortorder FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid""",
    "stamp": "SELECT version_num FROM alembic_version",
}


def catalog(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that makes two databases the same but their rows."""
    with psycopg.connect(url) as connection:
        return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in CATALOG.items()}


def test_database_sql_and_the_migrations_lead_to_the_same_schema(fresh_database: Callable[..., str]) -> None:
    by_file, by_migrations = fresh_database(migrated=False), fresh_database(migrated=False)
    assert migrate(by_file)
    command.upgrade(alembic_config(by_migrations), "head")
    one, other = catalog(by_file), catalog(by_migrations)
    for name in CATALOG:
        assert one[name] == other[name], name
    assert {"assets", "blobs", "procrastinate_jobs"} <= {row[0] for row in one["columns"]}


def test_a_second_start_changes_nothing(fresh_database: Callable[..., str]) -> None:
    url = fresh_database()
    before = catalog(url)
    assert not migrate(url)
    assert catalog(url) == before


def test_photos_from_before_rotation_stand_upright(fresh_database: Callable[..., str]) -> None:
    url = fresh_database(migrated=False)
    command.upgrade(alembic_config(url), "0001")
    with psycopg.connect(url) as connection:
        space, blob = [
            connection.execute(statement).fetchone()
            for statement in (
                "INSERT INTO spaces (id, kind, name) VALUES (gen_random_uuid(), 'group', 'Old') RETURNING id",
                "INSERT INTO blobs (id, sha256, bytes, kind, format, mime)"
                " VALUES (gen_random_uuid(), 'old', 1, 'image', 'jpeg', 'image/jpeg') RETURNING id",
            )
        ]
        assert space
        assert blob
        connection.execute(
            "INSERT INTO assets (id, space_id, blob_id, kind, file_name, taken_at, taken_source)"
            " VALUES (gen_random_uuid(), %s, %s, 'image', 'old.jpg', '2001-01-01', 'exif')",
            [space[0], blob[0]],
        )
    command.upgrade(alembic_config(url), "0002")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT file_name, rotation FROM assets").fetchall() == [("old.jpg", 0)]
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE assets SET rotation = 45")
    command.downgrade(alembic_config(url), "0001")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT file_name FROM assets").fetchall() == [("old.jpg",)]


def test_the_models_say_what_the_database_is(fresh_database: Callable[..., str]) -> None:
    engine = create_engine(fresh_database().replace("postgresql://", "postgresql+psycopg://", 1))
    ours = {
        "include_object": lambda thing, name, kind, *_: not (kind == "table" and str(name).startswith("procrastinate"))
    }
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata)
    engine.dispose()
    assert found == []


@pytest.mark.parametrize(
    "defect",
    [
        "ALTER TABLE assets ADD COLUMN extra text",
        "ALTER TABLE assets ALTER COLUMN file_name DROP NOT NULL",
        "ALTER TABLE spaces ALTER COLUMN used_bytes TYPE integer",
        "DROP INDEX ix_assets_timeline",
        "ALTER TABLE assets DROP CONSTRAINT ck_assets_rating",
        "DROP TRIGGER assets_inserted ON assets",
        "CREATE OR REPLACE FUNCTION gallery_assets_deleted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE spaces ALTER COLUMN used_bytes SET DEFAULT 1",
        "UPDATE alembic_version SET version_num = 'other'",
    ],
)
def test_the_comparison_would_notice(fresh_database: Callable[..., str], defect: str) -> None:
    url = fresh_database()
    before = catalog(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(defect)
    assert catalog(url) != before
