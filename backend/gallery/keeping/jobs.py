"""The background door into the scrub."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from gallery.infra.jobs import Jobs
from gallery.keeping.reading import Interrupted, Pace
from gallery.keeping.scrub import Scrubber

_PATIENCE: Final = 300.0
"""Seconds of a ten-minute turn that reading may take: the other half belongs to those who upload."""


def register(jobs: Jobs, scrubber: Scrubber, *, days: int, mb_per_second: float) -> None:
    """Names the job. With no days the originals are looked at only when somebody asks for it."""

    async def scrub() -> None:
        if days:
            pace = Pace(mb_per_second * 1_000_000, should_stop=lambda: jobs.is_stopping)
            with suppress(Interrupted):
                await scrubber.keep_up(within=timedelta(days=days), pace=pace, patience=_PATIENCE)

    jobs.register_periodic("keeping.scrub", "*/10 * * * *", scrub)
