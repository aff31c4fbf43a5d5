"""Addresses of media: what they open, until when, and in what wrapping (D4-D6, W06, W08, W10)."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from gallery.assets.delivery import disposition
from gallery.media.recipe import PREVIEW, THUMB
from tests.factories import Person, World, tiny_jpeg

DATA = tiny_jpeg("media") + bytes(range(256)) * 20


class Addresses:
    """One photo and its addresses."""

    def __init__(self, world: World, person: Person, asset: UUID, media: dict[str, Any]) -> None:
        self.world, self.person, self.asset, self.blob = world, person, asset, world.blob_of(asset)
        self.thumb, self.preview = str(media["thumb"]), str(media["preview"])
        self.original, self.download = str(media["original"]), str(media["download"])

    @property
    def all(self) -> list[str]:
        return [self.thumb, self.preview, self.original, self.download]

    async def status(self, address: str, method: str = "GET") -> int:
        path, _, query = address.partition("?")
        return (await self.world.raw(method, path, query=query.encode())).status


@pytest.fixture
async def media(world: World) -> Addresses:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna, data=DATA, file_name="Дача.jpg")
    return Addresses(world, anna, asset, (await anna.http.get(f"/api/assets/{asset}")).json()["media"])


# --- They open


async def test_addresses_open_without_identity(media: Addresses) -> None:
    nobody = media.world.client()
    for address in media.all:
        assert (await nobody.get(address)).status_code == 200
    for address in (media.original, media.download):
        assert (await nobody.get(address)).content == DATA


async def test_head_is_get_without_a_body(media: Addresses) -> None:
    for address in media.all:
        got, head = await media.world.client().get(address), await media.world.client().head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert dict(head.headers) == dict(got.headers)


async def test_everybody_gets_the_same_address_within_a_window(media: Addresses) -> None:
    boris = await media.world.person("boris")
    space = await media.world.space(owner=boris)
    twin = await media.world.asset(space, by=boris, data=DATA)
    shown = (await boris.http.get(f"/api/assets/{twin}")).json()["media"]
    assert shown["thumb"] == media.thumb, "caches in between may keep it"
    assert shown["original"] != media.original, "an original is asked for by its asset"


# --- They open nothing else


def bent(address: str, **changes: str) -> str:
    path, _, query = address.partition("?")
    parameters = dict(pair.split("=", 1) for pair in query.split("&"))
    parameters.update(changes)
    return path + "?" + "&".join(f"{name}={value}" for name, value in parameters.items())


async def test_a_signature_is_of_its_own_bytes_time_and_kind(media: Addresses) -> None:
    world, anna = media.world, media.person
    other = await world.asset(anna.personal_space, by=anna)
    theirs = Addresses(world, anna, other, (await anna.http.get(f"/api/assets/{other}")).json()["media"])
    expires = int(re.search(r"e=(\d+)", media.thumb)[1])  # type: ignore[index]  # it is there
    signature = re.search(r"s=([^&]+)", media.thumb)[1]  # type: ignore[index]  # as above
    original_signature = re.search(r"s=([^&]+)", media.original)[1]  # type: ignore[index]  # as above
    forged = {
        "another blob": media.thumb.replace(str(media.blob), str(theirs.blob)),
        "a later end": bent(media.thumb, e=str(expires + 3600)),
        "an earlier end": bent(media.thumb, e=str(expires - 1)),
        "no signature": media.thumb.partition("&s=")[0],
        "an empty signature": bent(media.thumb, s=""),
        "a cut signature": bent(media.thumb, s=signature[:-1]),
        "a longer signature": bent(media.thumb, s=signature + "A"),
        "padding": bent(media.thumb, s=signature + "="),
        "capitals": bent(media.thumb, s=signature.swapcase()),
        "an original's signature": bent(media.thumb, s=original_signature),
        "an original by a thumb's": f"/media/{media.blob}/original?a={media.asset}&e={expires}&s={signature}",
        "another asset": bent(media.original, a=str(other)),
        "no asset": re.sub(r"a=[^&]+&", "", media.original),
        "another blob's original": media.original.replace(str(media.blob), str(theirs.blob)),
        "no end": re.sub(r"e=\d+&", "", media.thumb),
        "a negative end": bent(media.thumb, e=f"-{expires}"),
        "an endless end": bent(media.thumb, e="9" * 12),
        "an end beyond numbers": bent(media.thumb, e="9" * 200),
        "an end in other digits": bent(media.thumb, e="".join(chr(0x660 + int(digit)) for digit in str(expires))),
        "an end with a plus": bent(media.thumb, e=f"%2B{expires}"),
        "an end with a space": bent(media.thumb, e=f"%20{expires}"),
    }  # fmt: skip
    for name, address in forged.items():
        assert await media.status(address) == 404, name


@pytest.mark.parametrize("name", ["e", "s", "a"])
async def test_a_parameter_that_occurs_twice_is_refused(media: Addresses, name: str) -> None:
    for address in media.all:
        found = re.search(rf"[?&]({name}=[^&]+)", address)
        if found:
            assert await media.status(f"{address}&{found[1]}") == 404
            assert await media.status(f"{address}&{name}=") == 404


async def test_noise_in_the_query_changes_nothing(media: Addresses) -> None:
    assert await media.status(media.thumb + "&x=" + "y" * 400) == 404, "too much of it"
    assert await media.status(media.thumb + "&width=99999&format=svg") == 200
    body = (await media.world.client().get(media.thumb + "&width=99999")).content
    assert body == (await media.world.client().get(media.thumb)).content, "there are no other sizes"


@pytest.mark.parametrize(
    "name",
    ["original/", "originals", "thumb", "thumb-0", "thumb-99", "preview-", "../thumb-1", "..", "%2e%2e", "thumb-1/..", "thumb-1.webp",
     "THUMB-1", "thumb-1\x00", "thumb-1;x", "..\\..\\x", "", "original%00", "download.jpg", "raw", "poster", "x" * 5000],
)  # fmt: skip
async def test_only_known_names_are_there(media: Addresses, name: str) -> None:
    query = media.thumb.partition("?")[2].encode()
    answer = await media.world.raw("GET", f"/media/{media.blob}/{name}", query=query)
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize(
    "path",
    ["/media/", "/media/../api/me", "/media/..%5c..%5cetc/passwd", "/media//etc/passwd", "/media/%2e%2e/%2e%2e/etc/passwd",
     "/media/originals/ab/cd/x", "/media/.", "/media/x/thumb-1", "/media/" + "0" * 32 + "/thumb-1", "/media/\x00/thumb-1"],
)  # fmt: skip
async def test_no_path_leads_to_a_file(media: Addresses, path: str) -> None:
    answer = await media.world.raw("GET", path, query=media.thumb.partition("?")[2].encode())
    assert (answer.status, answer.body) == (404, b"")


async def test_another_spelling_of_an_id_is_another_address(media: Addresses) -> None:
    text = str(media.blob)
    for spelling in (text.upper(), text.replace("-", ""), "{" + text + "}", f"urn:uuid:{text}", text + "%00"):
        path = f"/media/{spelling}/{THUMB}"
        assert (await media.world.raw("GET", path, query=media.thumb.partition("?")[2].encode())).status == 404


# --- They end


async def test_addresses_end(media: Addresses) -> None:
    world = media.world
    for address, least, most in ((media.thumb, 3600, 7200), (media.original, 300, 600)):
        expires = int(re.search(r"e=(\d+)", address)[1])  # type: ignore[index]  # it is there
        lasts = expires - int(world.clock().timestamp())
        assert least <= lasts <= most
    for address in (media.original, media.download, media.thumb, media.preview):
        expires = int(re.search(r"e=(\d+)", address)[1])  # type: ignore[index]  # as above
        world.clock.now = datetime.fromtimestamp(expires - 1, world.clock().tzinfo)
        answer = await world.client().get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, max-age=1, immutable"
        world.clock.now = datetime.fromtimestamp(expires, world.clock().tzinfo)
        assert await media.status(address) == 410


async def test_an_original_ends_with_its_asset(media: Addresses) -> None:
    """The database is asked each time: what was purged is gone at once, whatever the address says."""
    media.world.execute("DELETE FROM assets")
    assert await media.status(media.original) == 404
    assert await media.status(media.download) == 404


async def test_bytes_that_are_gone_are_404(media: Addresses) -> None:
    storage = media.world.gallery.storage
    sha256 = media.world.rows("SELECT sha256 FROM blobs")[0][0]
    storage.original(bytes(sha256)).unlink()
    assert await media.status(media.original) == 404
    storage.remove_derivatives(media.blob)
    assert await media.status(media.thumb) == 404
    assert media.world.rows("SELECT recipe FROM blobs") == [(None,)], "the sweep makes it again"


async def test_links_on_the_disk_are_not_followed(media: Addresses) -> None:
    storage = media.world.gallery.storage
    secret = storage.root / "secret"
    secret.write_bytes(b"secret")
    for file in (
        storage.derivative(media.blob, THUMB),
        storage.original(bytes(media.world.rows("SELECT sha256 FROM blobs")[0][0])),
    ):
        file.unlink()
        file.symlink_to(secret)
    for address in (media.thumb, media.original):
        path, _, query = address.partition("?")
        answer = await media.world.raw("GET", path, query=query.encode())
        assert (answer.status, answer.body) == (404, b"")
    secret.unlink()


# --- Their wrapping


async def test_media_are_never_documents(media: Addresses) -> None:
    for address in media.all:
        headers = (await media.world.client().get(address)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer"
        assert re.fullmatch(r"private, max-age=\d+, immutable", headers["cache-control"])
        assert "set-cookie" not in headers
        assert "server" not in headers


async def test_refusals_are_not_kept(media: Addresses) -> None:
    for address in (bent(media.thumb, s="x"), f"/media/{uuid4()}/{PREVIEW}"):
        headers = (await media.world.client().get(address)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("mime", "kind", "shown", "served"),
    [
        ("image/jpeg", "image", "inline", "image/jpeg"),
        ("image/heic", "image", "attachment", "application/octet-stream"),
        ("image/tiff", "image", "attachment", "application/octet-stream"),
        ("image/x-adobe-dng", "image", "attachment", "application/octet-stream"),
        ("video/mp4", "video", "inline", "video/mp4"),
        ("application/rdf+xml", "sidecar", "attachment", "application/octet-stream"),
        ("image/svg+xml", "image", "attachment", "application/octet-stream"),
        ("text/html", "image", "attachment", "application/octet-stream"),
    ],
)
async def test_only_what_a_browser_shows_safely_is_shown(
    world: World, mime: str, kind: str, shown: str, served: str
) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna, blob={"mime": mime, "kind": kind})
    addresses = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]
    original = await world.client().get(addresses["original"])
    assert original.headers["content-type"] == served
    assert original.headers["content-disposition"].startswith(shown)
    download = await world.client().get(addresses["download"])
    assert download.headers["content-disposition"].startswith("attachment")


async def test_an_original_has_its_checksum_for_a_tag(media: Addresses) -> None:
    http = media.world.client()
    whole = await http.get(media.original)
    tag = whole.headers["etag"]
    assert re.fullmatch('"[0-9a-f]{64}"', tag)
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await http.get(media.original, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["x-content-type-options"] == "nosniff"
        assert "content-disposition" not in again.headers
    for other in ("", '"x"', tag[:-1], tag.strip('"')):
        assert (await http.get(media.original, headers={"If-None-Match": other})).content == DATA
    refused = await http.get(bent(media.original, s="x"), headers={"If-None-Match": tag})
    assert refused.status_code == 404


def test_a_name_without_letters_still_has_one() -> None:
    assert disposition("...", inline=False) == b"attachment; filename=\"photo\"; filename*=UTF-8''photo"
    assert disposition("дача.jpg", inline=True).startswith(b'inline; filename="____.jpg"; filename*=UTF-8')


# --- Ranges (W10)

RANGES: list[tuple[str, int, tuple[int, int] | None]] = [
    ("bytes=0-0", 206, (0, 1)), ("bytes=0-9", 206, (0, 10)), ("bytes=10-", 206, (10, len(DATA))), ("bytes=-10", 206, (len(DATA) - 10, len(DATA))),
    (f"bytes=0-{len(DATA) * 2}", 206, (0, len(DATA))), (f"bytes={len(DATA) - 1}-", 206, (len(DATA) - 1, len(DATA))),
    (f"bytes=-{len(DATA) * 2}", 206, (0, len(DATA))), (f"bytes={len(DATA)}-", 416, None), ("bytes=-0", 416, None),
    ("bytes=999999999999999999-", 416, None), ("bytes=9-5", 200, None), ("bytes=-", 200, None), ("bytes=a-b", 200, None),
    ("bytes=0-1,3-4", 200, None), ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, None), ("items=0-1", 200, None),
    ("bytes=--1", 200, None), ("bytes= 0-1", 200, None), ("bytes=0-1\x00", 200, None), ("bytes=" + "9" * 5000 + "-", 200, None),
    ("bytes=" + "0-1," * 25_000, 200, None), ("bytes=0x1-2", 200, None), ("bytes=\u0661-2", 200, None), ("", 200, None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "status", "span"), RANGES)
async def test_ranges_of_an_original(media: Addresses, header: str, status: int, span: tuple[int, int] | None) -> None:
    path, _, query = media.original.partition("?")
    for method in ("GET", "HEAD"):
        answer = await media.world.raw(method, path, query=query.encode(), headers=[(b"range", header.encode("utf-8"))])
        assert answer.status == status
        if status == 416:
            assert answer.header("content-range") == f"bytes */{len(DATA)}"
            assert answer.body == b""
            continue
        start, stop = span or (0, len(DATA))
        assert answer.header("content-length") == str(stop - start)
        assert answer.header("accept-ranges") == "bytes"
        assert answer.body == (DATA[start:stop] if method == "GET" else b"")
        assert answer.header("content-range") == (f"bytes {start}-{stop - 1}/{len(DATA)}" if status == 206 else None)


async def test_a_large_original_streams_whole(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg("large") + bytes(range(256)) * 5000
    asset = await world.asset(anna.personal_space, by=anna, data=data)
    address = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["original"]
    assert (await world.client().get(address)).content == data
    part = await world.client().get(address, headers={"Range": "bytes=262143-786433"})
    assert part.content == data[262143:786434]


# --- In the timeline's answer


async def test_the_windows_signatures_open_the_same_doors(media: Addresses) -> None:
    answer = await media.person.http.get(f"/api/timeline/window?space_id={media.person.personal_space}&day=2024-05-01")
    window = answer.json()
    for name in (window["thumb"], window["preview"]):
        address = f"/media/{window['blobs'][0]}/{name}?e={window['expires']}&s={window['sigs'][0]}"
        assert address in {media.thumb, media.preview}
        assert await media.status(address) == 200


async def test_another_galleries_key_opens_nothing(media: Addresses, new_world: Any) -> None:
    """The key comes of SECRET_KEY: whoever has another one has other signatures."""
    other: World = new_world(secret_key="another-access-key-0123456789abcdefgh")
    expires = other.gallery.links.view_expiry(media.world.clock())
    forged = other.gallery.links.view_signature(media.blob, expires)
    assert await media.status(f"/media/{media.blob}/{THUMB}?e={expires}&s={forged}") == 404
