"""Writing down what was done, with what it takes to undo it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from gallery.access.actors import Member
from gallery.infra.db import Session
from gallery.infra.ids import uuid7
from gallery.models import Activity, Asset


def remember(
    session: Session, actor: Member, space_id: UUID, verb: str, asset_ids: list[UUID], details: dict[str, Any]
) -> UUID:
    """The id by which the actor may undo it, if that is possible."""
    done = Activity(
        id=uuid7(), space_id=space_id, user_id=actor.user_id, verb=verb, asset_ids=asset_ids, details=details
    )
    session.add(done)
    return done.id


def ids_by_space(assets: Iterable[Asset]) -> list[tuple[UUID, list[UUID]]]:
    """The assets' ids for each of their spaces, always in the same order."""
    by_space: dict[UUID, list[UUID]] = {}
    for asset in assets:
        by_space.setdefault(asset.space_id, []).append(asset.id)
    return sorted(by_space.items())
