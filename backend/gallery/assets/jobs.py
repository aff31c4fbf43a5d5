"""Background doors into the assets' use cases."""

from datetime import timedelta
from uuid import UUID

from gallery.access.actors import Operator
from gallery.accounts import service as accounts
from gallery.assets import upkeep
from gallery.assets.ingest import Ingest
from gallery.infra.clock import Clock
from gallery.infra.db import Database
from gallery.infra.jobs import Jobs
from gallery.infra.spool import Spools
from gallery.infra.storage import Storage


def register(
    jobs: Jobs,
    ingest: Ingest,
    database: Database,
    storage: Storage,
    spools: Spools,
    clock: Clock,
    *,
    trash_age: timedelta,
    blob_grace: timedelta,
) -> None:
    """Names the jobs; what they do stands elsewhere."""

    async def run_ingest(blob_id: str) -> None:
        await ingest.run(UUID(blob_id))

    async def keep_house() -> None:
        await upkeep.empty_trash(database, now=clock(), older_than=trash_age)
        await upkeep.drop_expired_uploads(database, spools, now=clock())
        await upkeep.drop_unused_blobs(database, storage, now=clock(), grace=blob_grace)
        async with database.transaction() as session:
            await accounts.forget_old(session, Operator(), now=clock())

    jobs.register("assets.ingest", run_ingest)
    jobs.register_periodic("assets.sweep", "* * * * *", ingest.sweep)
    jobs.register_periodic("jobs.rescue", "* * * * *", jobs.rescue)
    jobs.register_periodic("assets.upkeep", "17 * * * *", keep_house)
