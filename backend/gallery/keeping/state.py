"""How well the gallery is kept: what the operator's page, `/health` and Prometheus are told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from gallery.assets.queries import is_mass_loss
from gallery.infra.db import Session
from gallery.keeping import queries
from gallery.keeping.queries import Runs
from gallery.keeping.scrub import progress
from gallery.models import BackupRun, Integrity, Scrub

BACKUP_OVERDUE: Final = timedelta(hours=26)
CHECK_OVERDUE: Final = timedelta(days=8)

_GRACE: Final = timedelta(hours=2)
"""What a backup may take, if its schedule is a rare one."""

BackupState = Literal["ok", "none", "overdue", "unverified"]
_WORST_FIRST: Final[tuple[BackupState, ...]] = ("overdue", "unverified", "ok", "none")
OriginalsState = Literal["ok", "damaged", "lost"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is known of backups and originals."""

    runs: Runs
    backup: BackupState
    """`none` as long as nobody has ever begun a backup; only then is its absence nothing to warn of."""
    originals: OriginalsState
    missing: int
    damaged: int
    scrub: Scrub | None
    """The pass under way."""
    last_scrub: Scrub | None

    @property
    def is_well(self) -> bool:
        return self.originals == "ok" and self.backup in {"ok", "none"}

    @property
    def scrub_progress(self) -> float:
        return progress(self.scrub.position) if self.scrub else 0.0

    @property
    def unknown(self) -> int:
        """Originals that no row names, as the last whole pass counted them."""
        return self.last_scrub.unknown if self.last_scrub else 0


async def how_is_keeping(session: Session, now: datetime) -> Keeping:
    runs = await queries.runs(session)
    unsound = await queries.count_unsound(session)
    lost = await is_mass_loss(session) if unsound else False
    return Keeping(
        runs=runs,
        backup=await _backup_state(session, runs, now),
        originals="lost" if lost else "damaged" if unsound else "ok",
        missing=unsound.get(Integrity.MISSING, 0),
        damaged=unsound.get(Integrity.DAMAGED, 0),
        scrub=await queries.scrub_under_way(session),
        last_scrub=await queries.last_whole_scrub(session),
    )


async def _backup_state(session: Session, runs: Runs, now: datetime) -> BackupState:
    """The worst of those targets that a schedule has tried lately; where there is none, that of all together."""
    schedules = await queries.schedules(session, now - CHECK_OVERDUE)
    states = [_state(await queries.runs(session, target), now, every) for target, every in schedules.items()]
    every = runs.last_good.details.get(queries.EVERY, 0) if runs.last_good else 0
    return min(states or [_state(runs, now, every)], key=_WORST_FIRST.index)


def _state(runs: Runs, now: datetime, every: float) -> BackupState:
    if runs.first is None:
        return "none"
    patience = max(BACKUP_OVERDUE, timedelta(seconds=every) + _GRACE)
    if _ended(runs.last_good, or_else=runs.first.started_at) < now - patience:
        return "overdue"
    if _ended(runs.last_good_check, or_else=runs.first.started_at) < now - CHECK_OVERDUE:
        return "unverified"
    return "ok"


def _ended(run: BackupRun | None, *, or_else: datetime) -> datetime:
    return run.finished_at if run and run.finished_at else or_else
