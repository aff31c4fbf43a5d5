"""tus 1.0 over real HTTP: what the gallery promises, and what it refuses (https://tus.io/protocols/resumable-upload)."""

import base64
import hashlib
import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .serving import Installation, Person, assets_of, audit, eventually, photo


def code(response: httpx.Response) -> str:
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    return str(response.json()["code"])


class TestCreation:
    def test_upload_in_pieces(self, anna: Person, space: str) -> None:
        data = photo(300_000)
        location = anna.begin(space, data, last_modified="2024-05-01T10:00:00Z")
        assert anna.offset(location) == 0
        first = anna.patch(location, 0, data[:100_000])
        assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100000")
        assert "Asset-Id" not in first.headers
        assert "Upload-Expires" in first.headers
        last = anna.patch(location, 100_000, data[100_000:])
        assert (last.status_code, last.headers["Asset-Duplicate"]) == (204, "false")
        assert anna.original(last.headers["Asset-Id"]) == data
        state = anna.http.get(location).json()
        assert state["asset"]["id"] == last.headers["Asset-Id"]
        assert (state["offset"], state["length"]) == (len(data), len(data))

    def test_bytes_may_come_with_the_creation(self, anna: Person, space: str) -> None:
        data = photo()
        created = anna.http.post(
            "/api/uploads",
            content=data,
            headers={
                "Upload-Length": str(len(data)),
                "Upload-Metadata": f"space_id {base64.b64encode(space.encode()).decode()},filename YS5qcGc=",
                "Content-Type": "application/offset+octet-stream",
            },
        )
        assert (created.status_code, created.headers["Upload-Offset"]) == (201, str(len(data)))
        assert anna.original(created.headers["Asset-Id"]) == data

    def test_what_is_no_photo_is_refused_by_its_first_bytes(self, anna: Person, space: str) -> None:
        data = b"PK\x03\x04" + bytes(300_000)
        location = anna.begin(space, data)
        refused = anna.patch(location, 0, data[:100_000])
        assert (refused.status_code, code(refused)) == (415, "unsupported-type")
        assert anna.patch(location, 100_000, data[100_000:]).status_code == 404

    def test_what_the_server_can_do(self, anna: Person) -> None:
        told = anna.http.options("/api/uploads").headers
        assert told["Tus-Version"] == "1.0.0"
        assert set(told["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
        }
        assert set(told["Tus-Checksum-Algorithm"].split(",")) >= {"sha1", "sha256"}

    @pytest.mark.parametrize("length", ["-1", "1.5", "1e3", "0x10", "", "abc", str(2**63), str(2**64 + 5)])
    def test_strange_lengths(self, anna: Person, space: str, length: str) -> None:
        assert anna.create(space, length).status_code in {400, 413, 422}

    def test_missing_length(self, anna: Person) -> None:
        assert anna.http.post("/api/uploads").status_code in {400, 422}

    def test_empty_file(self, anna: Person, space: str) -> None:
        assert (anna.create(space, 0).status_code, code(anna.create(space, 0))) == (422, "empty-file")

    def test_larger_than_the_gallery_takes(self, anna: Person, space: str, gallery: Installation) -> None:
        before = sorted((gallery.uploads / "spool").iterdir())
        refused = anna.create(space, 21 << 30)
        assert (refused.status_code, code(refused)) == (413, "too-large")
        assert sorted((gallery.uploads / "spool").iterdir()) == before

    def test_fifty_gigabytes_are_refused_before_any_is_sent(self, anna: Person, space: str) -> None:
        assert anna.create(space, 53_687_091_200).status_code in {413, 507}

    @pytest.mark.parametrize("version", ["0.2.2", "", "2.0.0"])
    def test_another_version_of_tus(self, anna: Person, space: str, version: str) -> None:
        response = anna.http.post("/api/uploads", headers={"Tus-Resumable": version, "Upload-Length": "5"})
        assert response.status_code == 412

    @pytest.mark.parametrize(
        "metadata",
        ["filename", "filename !!!", "filename YQ==,filename YQ==", "space_id bm90IGFuIGlk", "space_id /w==", ",,,"],
    )
    def test_malformed_metadata(self, anna: Person, metadata: str) -> None:
        response = anna.http.post("/api/uploads", headers={"Upload-Length": "5", "Upload-Metadata": metadata})
        assert response.status_code in {400, 422}

    def test_without_identity(self, anna: Person, space: str, gallery: Installation) -> None:
        with httpx.Client(base_url=gallery.url, headers={"Tus-Resumable": "1.0.0"}) as nobody:
            location = anna.begin(space, photo())
            assert nobody.post("/api/uploads", headers={"Upload-Length": "5"}).status_code == 401
            assert nobody.head(location).status_code == 401
            assert nobody.patch(location, content=b"x", headers={"Upload-Offset": "0"}).status_code == 401


class TestOffsets:
    @pytest.fixture
    def half(self, anna: Person, space: str) -> tuple[str, bytes]:
        data = photo(10_000)
        location = anna.begin(space, data)
        assert anna.patch(location, 0, data[:5_000]).status_code == 204
        return location, data

    @pytest.mark.parametrize("offset", [0, 4_999, 5_001, 10_000, 10_001])
    def test_another_offset(self, anna: Person, half: tuple[str, bytes], offset: int) -> None:
        location, data = half
        refused = anna.patch(location, offset, data[5_000:])
        assert (refused.status_code, code(refused)) == (409, "offset-conflict")
        assert anna.offset(location) == 5_000
        assert anna.original(anna.finish(location, data).headers["Asset-Id"]) == data

    @pytest.mark.parametrize("offset", ["-1", "x", "5000.0", ""])
    def test_no_offset_at_all(self, anna: Person, half: tuple[str, bytes], offset: str) -> None:
        location, data = half
        response = anna.http.patch(
            location,
            content=data[5_000:],
            headers={"Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"},
        )
        assert response.status_code in {400, 422}
        assert anna.offset(location) == 5_000

    def test_more_bytes_than_announced(self, anna: Person, half: tuple[str, bytes]) -> None:
        location, data = half
        refused = anna.patch(location, 5_000, data[5_000:] + b"more")
        assert refused.status_code in {400, 413}
        assert anna.offset(location) <= len(data)
        assert assets_of(anna.installation, data + b"more") == 0

    def test_another_content_type(self, anna: Person, half: tuple[str, bytes]) -> None:
        location, data = half
        refused = anna.http.patch(
            location, content=data, headers={"Upload-Offset": "5000", "Content-Type": "image/jpeg"}
        )
        assert refused.status_code == 415
        assert anna.offset(location) == 5_000

    def test_finishing_twice_is_finishing_once(self, anna: Person, half: tuple[str, bytes]) -> None:
        location, data = half
        first = anna.patch(location, 5_000, data[5_000:])
        again = anna.patch(location, len(data), b"")
        looked = anna.http.head(location)
        assert {each.headers["Asset-Id"] for each in (first, again, looked)} == {first.headers["Asset-Id"]}
        assert anna.patch(location, 5_000, data[5_000:]).status_code == 409
        assert assets_of(anna.installation, data) == 1


class TestTwoWriters:
    def test_the_second_is_told_to_wait(self, anna: Person, space: str) -> None:
        data = photo(200_000)
        location = anna.begin(space, data)
        connection = http.client.HTTPConnection("127.0.0.1", anna.installation.port)
        connection.putrequest("PATCH", location)
        for name, value in {
            "Authorization": f"Bearer {anna.token}",
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(data)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(data[:150_000])
        time.sleep(0.2)

        second = anna.patch(location, 0, data)
        assert (second.status_code, code(second)) == (423, "upload-locked")
        assert anna.http.delete(location).status_code == 423

        connection.send(data[150_000:])
        first = connection.getresponse()
        assert (first.status, first.getheader("Upload-Offset")) == (204, "200000")
        connection.close()
        assert anna.original(str(first.getheader("Asset-Id"))) == data

    def test_many_writers_of_one_upload_store_one_asset(self, anna: Person, space: str) -> None:
        data = photo(400_000)
        location = anna.begin(space, data)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: anna.patch(location, 0, data), range(8)))
        assert {answer.status_code for answer in answers} <= {204, 409, 423}
        assert anna.original(anna.finish(location, data).headers["Asset-Id"]) == data
        assert assets_of(anna.installation, data) == 1

    def test_a_writer_who_vanished_leaves_what_came(self, anna: Person, space: str) -> None:
        data = photo(3_000_000)
        location = anna.begin(space, data)

        def cut_short() -> Iterator[bytes]:
            yield data[:2_000_000]
            raise ConnectionError("the phone went into a tunnel")

        with pytest.raises(ConnectionError):
            anna.patch(location, 0, cut_short(), **{"Content-Length": str(len(data))})
        with eventually() as soon:
            while soon.waiting(anna.offset(location) > 0):
                pass
        with eventually() as soon:
            while soon.waiting((answer := anna.finish(location, data)).status_code == 204):
                pass
        assert anna.original(answer.headers["Asset-Id"]) == data


class TestChecksums:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_of_a_piece(self, anna: Person, space: str, algorithm: str) -> None:
        data = photo(20_000)
        location = anna.begin(space, data)

        def checksum(piece: bytes) -> dict[str, str]:
            return {
                "Upload-Checksum": f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"
            }

        assert anna.patch(location, 0, data[:8_000], **checksum(data[:8_000])).status_code == 204
        wrong = anna.patch(location, 8_000, data[8_000:], **checksum(b"another"))
        assert (wrong.status_code, code(wrong)) == (460, "checksum-mismatch")
        assert anna.offset(location) == 8_000
        assert anna.patch(location, 8_000, data[8_000:], **checksum(data[8_000:])).status_code == 204

    @pytest.mark.parametrize("header", ["crc32 AAAAAA==", "sha1", "sha1 ?", "sha256 AAAA", ""])
    def test_that_makes_no_sense(self, anna: Person, space: str, header: str) -> None:
        data = photo(5_000)
        location = anna.begin(space, data)
        assert anna.patch(location, 0, data, **{"Upload-Checksum": header}).status_code in {400, 422}
        assert anna.offset(location) == 0

    def test_of_the_whole_file(self, anna: Person, space: str) -> None:
        data = photo(20_000)
        good = anna.begin(space, data, sha256=hashlib.sha256(data).hexdigest())
        assert anna.patch(good, 0, data).status_code == 204
        other = photo(20_000)
        bad = anna.begin(space, other, sha256="0" * 64)
        refused = anna.patch(bad, 0, other)
        assert (refused.status_code, code(refused)) == (460, "checksum-mismatch")
        assert assets_of(anna.installation, other) == 0

    def test_bytes_are_required_even_when_the_gallery_knows_them(self, anna: Person, boris: Person, space: str) -> None:
        data = photo(20_000)
        assert anna.finish(anna.begin(space, data), data).status_code == 204
        digest = hashlib.sha256(data).hexdigest()
        location = boris.begin(boris.personal_space, data, sha256=digest)
        assert boris.offset(location) == 0
        asked = boris.http.post("/api/assets/check", json={"space_id": boris.personal_space, "checksums": [digest]})
        assert asked.json()["items"][0]["state"] == "new"
        stored = boris.patch(location, 0, data)
        assert (stored.status_code, stored.headers["Asset-Duplicate"]) == (204, "false")


class TestEnds:
    def test_expired(self, anna: Person, space: str, gallery: Installation) -> None:
        data = photo()
        location = anna.begin(space, data)
        with gallery.database() as connection:
            connection.execute(
                "UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = %s",
                (location.rpartition("/")[2],),
            )
        assert anna.http.head(location).status_code == 410
        refused = anna.patch(location, 0, data)
        assert (refused.status_code, code(refused)) == (410, "gone")
        assert assets_of(gallery, data) == 0

    def test_terminated(self, anna: Person, space: str, gallery: Installation) -> None:
        data = photo()
        location = anna.begin(space, data)
        anna.patch(location, 0, data[:50_000])
        assert anna.http.delete(location).status_code == 204
        assert anna.http.head(location).status_code in {404, 410}
        assert anna.patch(location, 50_000, data[50_000:]).status_code in {404, 410}
        assert not (gallery.uploads / "spool" / location.rpartition("/")[2].replace("-", "")).exists()

    def test_terminating_a_finished_upload_keeps_the_photo(self, anna: Person, space: str) -> None:
        data = photo()
        location = anna.begin(space, data)
        asset = anna.patch(location, 0, data).headers["Asset-Id"]
        assert anna.http.delete(location).status_code == 204
        assert anna.original(asset) == data


class TestStrangers:
    def test_an_upload_of_somebody_else_does_not_exist(self, anna: Person, boris: Person, space: str) -> None:
        data = photo()
        location = anna.begin(space, data)
        missing = "/api/uploads/018f0000-0000-7000-8000-000000000000"
        for ask in (
            boris.http.head,
            boris.http.get,
            boris.http.delete,
            lambda path: boris.patch(path, 0, data),
        ):
            foreign, absent = ask(location), ask(missing)
            assert foreign.status_code == absent.status_code == 404
            assert _facts(foreign) == _facts(absent)
        assert anna.finish(location, data).status_code == 204

    def test_a_space_of_somebody_else_does_not_exist(self, boris: Person, space: str) -> None:
        refused = boris.create(space, 5_000)
        assert (refused.status_code, code(refused)) == (404, "not-found")

    def test_a_viewer_may_not_add(self, anna: Person, boris: Person) -> None:
        space = anna.new_space()
        anna.http.post(f"/api/spaces/{space}/members", json={"login": "boris", "role": "viewer"}).raise_for_status()
        refused = boris.create(space, 5_000)
        assert (refused.status_code, code(refused)) == (403, "forbidden")

    def test_who_loses_the_right_in_the_middle_cannot_finish(self, anna: Person, boris: Person) -> None:
        space, data = anna.new_space(), photo()
        members = f"/api/spaces/{space}/members"
        anna.http.post(members, json={"login": "boris", "role": "contributor"}).raise_for_status()
        location = boris.begin(space, data)
        assert boris.patch(location, 0, data[:50_000]).status_code == 204
        boris_id = boris.http.get("/api/me").json()["id"]
        anna.http.patch(f"{members}/{boris_id}", json={"role": "viewer"}).raise_for_status()
        assert boris.patch(location, 50_000, data[50_000:]).status_code in {403, 404}
        assert assets_of(anna.installation, data) == 0


def _facts(response: httpx.Response) -> object:
    if not response.content:
        return None
    return {name: value for name, value in response.json().items() if name != "request_id"}


class TestRefusedFiles:
    @pytest.mark.parametrize(
        "data",
        [
            b"<html><script>alert(1)</script></html>" * 20,
            b"%PDF-1.7" + bytes(500),
            b"MZ" + bytes(500),
            b"PK\x03\x04" + bytes(500),
        ],
        ids=["html", "pdf", "exe", "zip"],
    )
    def test_by_content_whatever_the_name_says(self, anna: Person, space: str, data: bytes) -> None:
        location = anna.begin(space, data, name="photo.jpg")
        refused = anna.patch(location, 0, data)
        assert (refused.status_code, code(refused)) == (415, "unsupported-type")
        assert anna.http.head(location).status_code in {404, 410}
        assert assets_of(anna.installation, data) == 0

    def test_over_the_quota_of_the_space(self, anna: Person, space: str, gallery: Installation) -> None:
        with gallery.database() as connection:
            connection.execute("UPDATE spaces SET quota_bytes = 150000 WHERE id = %s", (space,))
        refused = anna.create(space, 150_001)
        assert (refused.status_code, code(refused)) == (413, "quota-exceeded")
        assert refused.json()["quota_bytes"] == 150_000
        # Two that fit alone and not together: announced at the same time, the second fails at its end.
        one, two = photo(100_000), photo(100_000)
        first, second = anna.begin(space, one), anna.begin(space, two)
        assert anna.patch(first, 0, one).status_code == 204
        late = anna.patch(second, 0, two)
        assert (late.status_code, code(late)) == (413, "quota-exceeded")
        with gallery.database() as connection:
            connection.execute("UPDATE spaces SET quota_bytes = NULL WHERE id = %s", (space,))
        assert anna.original(anna.finish(second, two).headers["Asset-Id"]) == two

    def test_quota_holds_against_many_at_once(self, anna: Person, space: str, gallery: Installation) -> None:
        with gallery.database() as connection:
            connection.execute("UPDATE spaces SET quota_bytes = 350000 WHERE id = %s", (space,))
        photos = [photo(100_000) for _ in range(10)]
        locations = [anna.begin(space, data) for data in photos]
        with ThreadPoolExecutor(10) as pool:
            answers = list(
                pool.map(lambda pair: anna.patch(pair[0], 0, pair[1]).status_code, zip(locations, photos, strict=True))
            )
        assert sorted(answers) == [204] * 3 + [413] * 7

    def test_what_was_deleted_comes_back_only_when_asked_for(self, anna: Person, space: str) -> None:
        data = photo()
        asset = anna.finish(anna.begin(space, data), data).headers["Asset-Id"]
        anna.http.post("/api/assets/trash", json={"ids": [asset]}).raise_for_status()
        in_trash = anna.finish(anna.begin(space, data), data)
        assert (in_trash.headers["Asset-Trashed"], in_trash.headers["Asset-Duplicate"]) == ("true", "true")
        anna.http.post("/api/assets/purge", json={"ids": [asset]}).raise_for_status()
        refused = anna.finish(anna.begin(space, data), data)
        assert (refused.status_code, code(refused)) == (409, "deleted-before")
        revived = anna.finish(anna.begin(space, data, revive="true"), data)
        assert (revived.status_code, revived.headers["Asset-Duplicate"]) == (204, "false")
        assert anna.original(revived.headers["Asset-Id"]) == data


class TestDuplicates:
    def test_twenty_at_once_make_one_asset(self, anna: Person, space: str, gallery: Installation) -> None:
        data = photo(500_000)
        locations = [anna.begin(space, data, name=f"copy {index}.jpg") for index in range(20)]
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda location: anna.patch(location, 0, data), locations))
        assert [answer.status_code for answer in answers] == [204] * 20
        assert len({answer.headers["Asset-Id"] for answer in answers}) == 1
        assert [answer.headers["Asset-Duplicate"] for answer in answers].count("false") == 1
        assert assets_of(gallery, data) == 1
        assert anna.original(answers[0].headers["Asset-Id"]) == data

    def test_the_same_bytes_in_two_spaces_are_kept_once(
        self, anna: Person, boris: Person, gallery: Installation
    ) -> None:
        data = photo(500_000)
        mine = anna.finish(anna.begin(anna.personal_space, data), data)
        theirs = boris.finish(boris.begin(boris.personal_space, data), data)
        assert (mine.headers["Asset-Duplicate"], theirs.headers["Asset-Duplicate"]) == ("false", "false")
        assert mine.headers["Asset-Id"] != theirs.headers["Asset-Id"]
        originals = audit(gallery)
        assert originals[hashlib.sha256(data).hexdigest()].read_bytes() == data
        assert boris.http.get(f"/api/assets/{mine.headers['Asset-Id']}").status_code == 404
