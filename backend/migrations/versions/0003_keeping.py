"""Keeping: backups and what came of them, passes over the originals, and what such a pass found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("blobs", sa.Column("integrity", sa.Text(), server_default="sound", nullable=False))
    # The column is new: all rows hold its default, so the check need not read two million of them under a lock.
    op.execute(
        "ALTER TABLE blobs ADD CONSTRAINT ck_blobs_integrity"
        " CHECK (integrity IN ('sound', 'missing', 'damaged')) NOT VALID"
    )
    op.execute("ALTER TABLE blobs VALIDATE CONSTRAINT ck_blobs_integrity")
    op.create_index("ix_blobs_unsound", "blobs", ["sha256"], postgresql_where=sa.text("integrity <> 'sound'"))
    op.create_table(
        "backup_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="running", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problems", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.CheckConstraint("work IN ('backup', 'check')", name=op.f("ck_backup_runs_work")),
        sa.CheckConstraint("outcome IN ('running', 'good', 'failed')", name=op.f("ck_backup_runs_outcome")),
        sa.CheckConstraint("(outcome = 'running') = (finished_at IS NULL)", name=op.f("ck_backup_runs_finished")),
        sa.PrimaryKeyConstraint("id", name="pk_backup_runs"),
    )
    op.create_index("ix_backup_runs_latest", "backup_runs", ["work", "outcome", sa.text("started_at DESC")])
    op.create_table(
        "scrubs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.LargeBinary(), nullable=False),
        sa.Column("files", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unknown", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scrubs"),
    )
    op.create_index("ix_scrubs_started_at", "scrubs", ["started_at"])
    op.create_index(
        "uq_scrubs_under_way",
        "scrubs",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("scrubs")
    op.drop_table("backup_runs")
    op.drop_index("ix_blobs_unsound", "blobs")
    op.drop_column("blobs", "integrity")
