"""The door of the API: every request is matched with the policy table before anything else is done with it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from gallery.access.actors import Member
from gallery.access.policy import POLICY, Audience
from gallery.infra.db import Database, Session
from gallery.infra.errors import Forbidden, NotFound, Unauthorized

Authenticate = Callable[[Session, str], Awaitable[Member]]
"""Finds out whose access token it is; raises Unauthorized. The composition root provides it as `state.authenticate`."""


async def enforce_policy(request: Request) -> None:
    """Lets a request through by the rule of its route; a route without one is not there.

    The actor is found on a connection that is given back at once: nothing is held while a body streams.
    """
    method = "GET" if request.method == "HEAD" and not _has_rule(request, "HEAD") else request.method
    rule = POLICY.get((method, _route_path(request)))
    if rule is None:
        raise NotFound
    if rule.audience is Audience.PUBLIC:
        return
    request.state.actor = actor = await _authenticated(request)
    if rule.audience is Audience.OPERATOR and not actor.is_operator:
        raise Forbidden


async def _authenticated(request: Request) -> Member:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    database: Database = request.app.state.database
    authenticate: Authenticate = request.app.state.authenticate
    async with database.question() as session:
        return await authenticate(session, token)


def _route_path(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))


def _has_rule(request: Request, method: str) -> bool:
    return (method, _route_path(request)) in POLICY


def current_member(request: Request) -> Member:
    """Whoever the door let in."""
    actor = getattr(request.state, "actor", None)
    if not isinstance(actor, Member):
        raise Unauthorized
    return actor


CurrentMember = Annotated[Member, Depends(current_member)]
