"""What the operator's page is told about backups and originals."""

from datetime import datetime
from typing import Literal

from gallery.infra.wire import Output


class BackupRunOut(Output):
    """A backup, or a look into one, that has ended."""

    target: str
    snapshot: str | None
    outcome: Literal["good", "failed"]
    started_at: datetime
    finished_at: datetime
    files: int
    bytes: int
    problems: int
    """Originals that could not be taken; copies that were missing or damaged."""
    error: str | None


class ScrubOut(Output):
    """The passes over all originals."""

    progress: float
    """How far the pass under way has come, 0 to 1."""
    started_at: datetime | None
    finished_at: datetime | None
    """When the last whole pass ended."""
    files: int
    """How many originals the last whole pass looked at."""


class KeepingOut(Output):
    backup: Literal["ok", "none", "overdue", "unverified"]
    """`overdue`: a target has no good one for 26 hours, or what its schedule says.
    `unverified`: none was read again for 8 days. `none`: never was one."""
    originals: Literal["ok", "damaged", "lost"]
    """`damaged`: some are missing or damaged. `lost`: more than one of a hundred is missing; nothing is tidied up."""
    last_good_backup: BackupRunOut | None
    last_backup: BackupRunOut | None
    last_good_check: BackupRunOut | None
    last_check: BackupRunOut | None
    missing: int
    damaged: int
    unknown: int
    """Originals that no photo belongs to."""
    scrub: ScrubOut
