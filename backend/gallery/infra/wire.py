"""What every schema of the API shares: strict input, complete output, storable text."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Input(BaseModel):
    """What a caller sends: an unknown field is an error, not a surprise."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Output(BaseModel):
    """What a caller gets: every field always there, so output schemas have no defaults."""

    model_config = ConfigDict(from_attributes=True)


def _line(value: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise ValueError("control characters are not allowed")
    return unicodedata.normalize("NFC", value)


def _prose(value: str) -> str:
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value.replace("\r\n", "\n")):
        raise ValueError("control characters are not allowed")
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n"))


def no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is expected")
    return value


Line = Annotated[str, AfterValidator(_line)]
"""One line of text without control characters."""
Prose = Annotated[str, AfterValidator(_prose)]
"""Text of several lines without other control characters."""
Name = Annotated[Line, Field(min_length=1, max_length=100)]
Whole = Annotated[int, BeforeValidator(no_bool)]
Real = Annotated[float, BeforeValidator(no_bool), Field(allow_inf_nan=False)]
