"""Rotation: how far people have turned what the camera made.

A column with a constant default is added without rewriting the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("assets", sa.Column("rotation", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_assets_rotation"), "assets", "rotation IN (0, 90, 180, 270)")


def downgrade() -> None:
    op.drop_column("assets", "rotation")
