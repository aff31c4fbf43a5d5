"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from gallery.infra.wire import Input, Line, Name, Output

Login = Annotated[Line, Field(min_length=1, max_length=100, examples=["anna"])]
Password = Annotated[str, Field(min_length=1, max_length=1024, examples=["correct horse battery"])]
Token = Annotated[str, Field(min_length=16, max_length=200)]


class _Verbatim(Input):
    """Passwords and signed strings are taken as they are, spaces included."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class SetupIn(_Verbatim):
    token: Token
    login: Login
    password: Password
    name: Name


class PasswordSignIn(_Verbatim):
    login: Login
    password: Password
    refresh_in_body: bool = False


class MaxSignIn(_Verbatim):
    init_data: str = Field(max_length=8192, description="`window.WebApp.initData`, as MAX gave it.")
    refresh_in_body: bool = False


class RegisterIn(_Verbatim):
    invitation: Token
    login: Login
    password: Password
    name: Name


class RefreshIn(_Verbatim):
    refresh_token: str | None = Field(default=None, max_length=2048)


class MePatch(Input):
    name: Name | None = None
    locale: Literal["ru", "en"] | None = None


class PasswordChange(_Verbatim):
    current_password: Password
    new_password: Password


class UserOut(Output):
    id: UUID
    login: str | None
    name: str
    locale: Literal["ru", "en"] | None
    is_operator: bool
    personal_space_id: UUID
    created_at: datetime


class TokensOut(Output):
    access_token: str
    expires_in: int = Field(description="Seconds until the access token ends.", examples=[600])
    user: UserOut
    refresh_token: str | None = Field(description="Only when it was asked for; else it is in a cookie.")


class SessionOut(Output):
    id: UUID
    kind: Literal["password", "max", "setup", "invitation"]
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class SessionsOut(Output):
    items: list[SessionOut]
