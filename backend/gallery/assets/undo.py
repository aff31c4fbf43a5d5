"""Taking back what one has done oneself."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from gallery.access.actors import Member
from gallery.assets import queries
from gallery.assets.activity import remember
from gallery.assets.bulk import undo_date, undo_place
from gallery.assets.moving import undo_copy, undo_move
from gallery.infra.db import Session
from gallery.infra.errors import Conflict, NotFound
from gallery.models import Activity

_Undo = Callable[[Session, Member, Activity], Awaitable[list[UUID]]]
_WAYS: Final[dict[str, _Undo]] = {"date": undo_date, "place": undo_place, "move": undo_move}


async def undo(session: Session, actor: Member, activity_ids: Sequence[UUID], *, now: datetime) -> int:
    """Takes these back, all or none; how many assets changed. What has changed once more since stays as it is, so to
    undo twice is to undo once.

    Raises NotFound for what the actor has not done, Conflict for what cannot be undone.
    """
    wanted = set(activity_ids)
    found = await queries.own_activities(session, actor.user_id, activity_ids)
    if len(found) != len(wanted):
        raise NotFound
    ways: dict[str, _Undo] = {**_WAYS, "copy": partial(undo_copy, now=now)}
    if any(done.verb not in ways for done in found):
        raise Conflict
    changed = 0
    for done in found:
        ids = await ways[done.verb](session, actor, done)
        if ids:
            remember(session, actor, done.space_id, "undo", ids, {"of": str(done.id)})
        changed += len(ids)
    return changed
