"""HTTP for the operator's view of backups and originals."""

from fastapi import APIRouter

from gallery.access.door import CurrentMember
from gallery.infra.http import Now, Tx, problem_responses
from gallery.keeping.schemas import BackupRunOut, KeepingOut, ScrubOut
from gallery.keeping.state import how_is_keeping
from gallery.models import BackupRun

router = APIRouter(prefix="/api/operator", tags=["operator"])


@router.get("/keeping", responses=problem_responses(401, 403))
async def get_keeping(session: Tx, actor: CurrentMember, now: Now) -> KeepingOut:
    """How the backups and the originals are."""
    found = await how_is_keeping(session, now())
    return KeepingOut(
        backup=found.backup,
        originals=found.originals,
        last_good_backup=_run_out(found.runs.last_good),
        last_backup=_run_out(found.runs.last),
        last_good_check=_run_out(found.runs.last_good_check),
        last_check=_run_out(found.runs.last_check),
        missing=found.missing,
        damaged=found.damaged,
        unknown=found.unknown,
        scrub=ScrubOut(
            progress=found.scrub_progress,
            started_at=found.scrub.started_at if found.scrub else None,
            finished_at=found.last_scrub.finished_at if found.last_scrub else None,
            files=found.last_scrub.files if found.last_scrub else 0,
        ),
    )


def _run_out(run: BackupRun | None) -> BackupRunOut | None:
    if run is None:
        return None
    return BackupRunOut.model_validate(
        {
            "target": run.target,
            "snapshot": run.snapshot,
            "outcome": run.outcome,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "files": run.files,
            "bytes": run.size,
            "problems": run.problems,
            "error": run.details.get("error"),
        }
    )
