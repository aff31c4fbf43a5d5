"""${message}

The database is busy while this runs: no long locks, and the version before this one must go on working. Add first,
fill in batches, remove a release later.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "raise AssertionError"}


def downgrade() -> None:
    ${downgrades if downgrades else "raise AssertionError"}
