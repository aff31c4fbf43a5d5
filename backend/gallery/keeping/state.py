"""How well the gallery is kept: what the operator's page, `/health` and Prometheus are told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from prometheus_client import Gauge

from gallery.assets.queries import is_mass_loss
from gallery.infra import metrics
from gallery.infra.db import Session
from gallery.keeping import queries
from gallery.keeping.queries import Runs
from gallery.keeping.scrub import progress
from gallery.models import BackupOutcome, BackupRun, Integrity, Scrub

BACKUP_OVERDUE: Final = timedelta(hours=26)
CHECK_OVERDUE: Final = timedelta(days=8)

BackupState = Literal["ok", "none", "overdue", "unverified"]
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
        backup=_backup_state(runs, now),
        originals="lost" if lost else "damaged" if unsound else "ok",
        missing=unsound.get(Integrity.MISSING, 0),
        damaged=unsound.get(Integrity.DAMAGED, 0),
        scrub=await queries.scrub_under_way(session),
        last_scrub=await queries.last_whole_scrub(session),
    )


def _backup_state(runs: Runs, now: datetime) -> BackupState:
    if runs.first is None:
        return "none"
    if _ended(runs.last_good, or_else=runs.first.started_at) < now - BACKUP_OVERDUE:
        return "overdue"
    if _ended(runs.last_good_check, or_else=runs.first.started_at) < now - CHECK_OVERDUE:
        return "unverified"
    return "ok"


def _ended(run: BackupRun | None, *, or_else: datetime) -> datetime:
    return run.finished_at if run and run.finished_at else or_else


def tell_metrics(keeping: Keeping) -> None:
    """Sets what Prometheus may ask of it."""
    good, check = keeping.runs.last_good, keeping.runs.last_good_check
    _tell(metrics.BACKUP_LAST_GOOD, good, _timestamp(good))
    _tell(metrics.BACKUP_RESULT, keeping.runs.last, _is_good(keeping.runs.last))
    _tell(metrics.BACKUP_PROBLEMS, good, good.problems if good else 0)
    _tell(metrics.BACKUP_BYTES, good, good.size if good else 0)
    _tell(metrics.BACKUP_SECONDS, good, good.details.get("seconds", 0) if good else 0)
    _tell(metrics.BACKUP_CHECKED, check, _timestamp(check))
    _tell(metrics.BACKUP_CHECK_RESULT, keeping.runs.last_check, _is_good(keeping.runs.last_check))
    metrics.BACKUP_OVERDUE.set(keeping.backup == "overdue")
    metrics.BACKUP_UNVERIFIED.set(keeping.backup == "unverified")
    metrics.SCRUB_MISSING.set(keeping.missing)
    metrics.SCRUB_DAMAGED.set(keeping.damaged)
    metrics.SCRUB_UNKNOWN.set(keeping.unknown)
    metrics.SCRUB_PROGRESS.set(keeping.scrub_progress)
    metrics.SCRUB_STARTED.set(keeping.scrub.started_at.timestamp() if keeping.scrub else 0)
    metrics.SCRUB_FINISHED.set(_timestamp(keeping.last_scrub))


def _tell(gauge: Gauge, run: BackupRun | None, value: float) -> None:
    gauge.clear()
    if run is not None:
        gauge.labels(run.target).set(value)


def _timestamp(done: BackupRun | Scrub | None) -> float:
    return done.finished_at.timestamp() if done and done.finished_at else 0.0


def _is_good(run: BackupRun | None) -> bool:
    return run is not None and run.outcome == BackupOutcome.GOOD
