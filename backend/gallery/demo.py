"""A first look that is never empty: photos that the gallery makes itself, taken in like anybody's."""

from uuid import uuid4

from gallery.access.actors import Member, Operator
from gallery.accounts import queries as account_queries
from gallery.accounts.service import list_users, login_key
from gallery.assembly import Gallery
from gallery.assets.intake import Arrival
from gallery.infra.errors import NotFound
from gallery.media.demo import demo_photos


async def fill_with_demo(gallery: Gallery, login: str | None, count: int) -> int:
    """Adds `count` demo photos to a personal space; how many of them are new. Raises NotFound without an account."""
    async with gallery.database.transaction() as session:
        users = [item for item in await list_users(session, Operator()) if item.disabled_at is None]
        wanted = [item for item in users if (login and item.login_key == login_key(login)) or (not login)]
        owner = next(iter(sorted(wanted, key=lambda item: not item.is_operator)), None)
        if owner is None:
            raise NotFound("no-such-login")
        space_id = await account_queries.personal_space_id(session, owner.id)
    actor = Member(owner.id, owner.id, owner.is_operator, owner.locale)
    added = 0
    for photo in demo_photos(count):
        path = gallery.storage.spool_path(uuid4())
        path.write_bytes(photo.data)
        try:
            arrival = Arrival(path, photo.file_name, revive=True)
            stored = await gallery.intake.take_in(actor, space_id, arrival, now=gallery.clock())
        finally:
            path.unlink(missing_ok=True)
        added += not stored.duplicate
    return added
