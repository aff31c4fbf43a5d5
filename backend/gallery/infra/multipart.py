"""Reading a multipart/form-data body (RFC 7578) as it streams: one file, a few short fields, hard limits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gallery.infra.errors import Invalid

if TYPE_CHECKING:  # exists for type checkers alone
    from python_multipart.multipart import MultipartCallbacks

_MAX_PARTS: Final = 10
_MAX_HEADER: Final = 4096
_MAX_FIELD: Final = 4096
_MAX_BOUNDARY: Final = 200

Sink = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True)
class Form:
    """What stood beside the file's bytes."""

    file_name: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


async def read_form(content_type: str, chunks: AsyncIterator[bytes], *, file_field: str, sink: Sink) -> Form:
    """Feeds the bytes of the part `file_field` to `sink` as they come, and returns the rest.

    Raises Invalid for anything that is not such a body, and whatever `sink` raises.
    """
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise Invalid("malformed")
    reader = _Reader(file_field)
    parser = MultipartParser(boundary, reader.callbacks())
    try:
        async for chunk in chunks:
            parser.write(chunk)
            for data in reader.take():
                await sink(data)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError):
        raise Invalid("malformed") from None
    if not reader.ended:
        raise Invalid("malformed")
    if reader.form.file_name is None:
        raise Invalid("no-file")
    return reader.form


class _Reader:
    """Collects what the parser calls back with; the file's bytes only until they are taken."""

    def __init__(self, file_field: str) -> None:
        self.form = Form()
        self.ended = False
        self._file_field = file_field
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._field: str | None = None
        self._is_file = False
        self._text = b""
        self._data: list[bytes] = []

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def take(self) -> list[bytes]:
        data, self._data = self._data, []
        return data

    def _part_begin(self) -> None:
        self._parts += 1
        self._headers, self._field, self._is_file, self._text = {}, None, False, b""
        if self._parts > _MAX_PARTS:
            raise FormParserError("too many parts")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name = self._grown(self._name, data[start:end], _MAX_HEADER)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = self._grown(self._value, data[start:end], _MAX_HEADER)

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""
        if len(self._headers) > _MAX_PARTS:
            raise FormParserError("too many headers")

    def _headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8")
        if disposition != b"form-data" or not name:
            raise FormParserError("no name")
        if name == self._file_field:
            if self.form.file_name is not None:
                raise FormParserError("two files")
            self._is_file = True
            self.form.file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        else:
            self._field = name

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._data.append(data[start:end])
        else:
            self._text = self._grown(self._text, data[start:end], _MAX_FIELD)

    def _part_end(self) -> None:
        if self._field is not None:
            self.form.fields[self._field] = self._text.decode("utf-8")

    def _end(self) -> None:
        self.ended = True

    @staticmethod
    def _grown(sofar: bytes, more: bytes, limit: int) -> bytes:
        if len(sofar) + len(more) > limit:
            raise FormParserError("too long")
        return sofar + more
