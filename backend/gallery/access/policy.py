"""The one table of who may call what.

Every route is here or it is refused (and a test fails): deny by default. The table says who gets past the door; what
they may do with which space or asset is decided by the predicates beside this file, and `least` names that
expectation, from which the access matrix of the tests is generated.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gallery.models import Role


class Audience(StrEnum):
    PUBLIC = "public"
    """Anybody: the door itself checks a secret, a signature, or has nothing to hide."""
    MEMBER = "member"
    """Anybody who is signed in."""
    OPERATOR = "operator"
    """Signed in, and keeper of this installation."""


@dataclass(frozen=True, slots=True)
class Rule:
    audience: Audience
    least: Role | None = None
    """The least role in the space that the call is about; None where no space is involved."""
    own: bool = False
    """A contributor may do it to what they added; for the rest it takes a manager."""


_PUBLIC = Rule(Audience.PUBLIC)
_MEMBER = Rule(Audience.MEMBER)
_OPERATOR = Rule(Audience.OPERATOR)


def _space(least: Role, *, own: bool = False) -> Rule:
    return Rule(Audience.MEMBER, least, own)


_EDIT = _space(Role.MANAGER, own=True)

POLICY: Final[dict[tuple[str, str], Rule]] = {
    ("GET", "/health"): _PUBLIC,
    ("GET", "/metrics"): _PUBLIC,
    ("GET", "/api/openapi.json"): _PUBLIC,
    ("GET", "/api/docs"): _PUBLIC,
    ("POST", "/api/auth/setup"): _PUBLIC,
    ("POST", "/api/auth/password"): _PUBLIC,
    ("POST", "/api/auth/max"): _PUBLIC,
    ("POST", "/api/auth/register"): _PUBLIC,
    ("POST", "/api/auth/refresh"): _PUBLIC,
    ("POST", "/api/auth/logout"): _PUBLIC,
    ("GET", "/api/auth/sessions"): _MEMBER,
    ("DELETE", "/api/auth/sessions/{session_id}"): _MEMBER,
    ("GET", "/api/me"): _MEMBER,
    ("PATCH", "/api/me"): _MEMBER,
    ("POST", "/api/me/password"): _MEMBER,
    ("GET", "/api/spaces"): _MEMBER,
    ("POST", "/api/spaces"): _MEMBER,
    ("GET", "/api/spaces/{space_id}"): _space(Role.VIEWER),
    ("PATCH", "/api/spaces/{space_id}"): _space(Role.MANAGER),
    ("DELETE", "/api/spaces/{space_id}"): _space(Role.OWNER),
    ("GET", "/api/spaces/{space_id}/members"): _space(Role.VIEWER),
    ("POST", "/api/spaces/{space_id}/members"): _space(Role.MANAGER),
    ("PATCH", "/api/spaces/{space_id}/members/{user_id}"): _space(Role.MANAGER),
    ("DELETE", "/api/spaces/{space_id}/members/{user_id}"): _space(Role.MANAGER),
    ("GET", "/api/spaces/{space_id}/invitations"): _space(Role.MANAGER),
    ("POST", "/api/spaces/{space_id}/invitations"): _space(Role.MANAGER),
    ("DELETE", "/api/spaces/{space_id}/invitations/{invitation_id}"): _space(Role.MANAGER),
    ("POST", "/api/invitations/preview"): _PUBLIC,
    ("POST", "/api/invitations/accept"): _MEMBER,
    ("POST", "/api/assets"): _space(Role.CONTRIBUTOR),
    ("POST", "/api/assets/check"): _space(Role.CONTRIBUTOR),
    ("POST", "/api/assets/trash"): _EDIT,
    ("POST", "/api/assets/restore"): _EDIT,
    ("POST", "/api/assets/purge"): _EDIT,
    ("POST", "/api/assets/favourite"): _space(Role.VIEWER),
    ("POST", "/api/assets/archive"): _EDIT,
    ("POST", "/api/assets/date"): _EDIT,
    ("POST", "/api/assets/place"): _EDIT,
    ("POST", "/api/assets/move"): _EDIT,
    ("POST", "/api/assets/copy"): _space(Role.CONTRIBUTOR),
    ("POST", "/api/assets/undo"): _MEMBER,
    ("POST", "/api/assets/download"): _space(Role.VIEWER),
    ("GET", "/api/assets/{asset_id}"): _space(Role.VIEWER),
    ("PATCH", "/api/assets/{asset_id}"): _EDIT,
    ("POST", "/api/assets/{asset_id}/retry"): _EDIT,
    ("OPTIONS", "/api/uploads"): _PUBLIC,
    ("POST", "/api/uploads"): _space(Role.CONTRIBUTOR),
    ("HEAD", "/api/uploads/{upload_id}"): _MEMBER,
    ("GET", "/api/uploads/{upload_id}"): _MEMBER,
    ("PATCH", "/api/uploads/{upload_id}"): _MEMBER,
    ("DELETE", "/api/uploads/{upload_id}"): _MEMBER,
    ("GET", "/api/timeline"): _space(Role.VIEWER),
    ("GET", "/api/timeline/window"): _space(Role.VIEWER),
    ("GET", "/api/events"): _MEMBER,
    ("GET", "/media/{blob_id}/{name}"): _PUBLIC,
    ("HEAD", "/media/{blob_id}/{name}"): _PUBLIC,
    ("GET", "/api/operator/status"): _OPERATOR,
    ("GET", "/api/operator/keeping"): _OPERATOR,
    ("GET", "/api/operator/dead-letters"): _OPERATOR,
    ("POST", "/api/operator/dead-letters/{blob_id}/retry"): _OPERATOR,
}
"""Method and path template of every route. The web application's own files are not routes: they are public."""
