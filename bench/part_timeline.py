"""The timeline over a library of generated rows: how long the skeleton and any window take, and what they weigh.

The rows come as twenty phones would send them, one after the other and each from its oldest photo to its newest, so
that neighbours in time lie far apart on the disk. One month holds 70,000 of them, half of these on a single day.
"""

import random
import time
from urllib.parse import urlencode

import psycopg
from results import Results, client, percentile
from server import Server

from gallery.assets.ingest import RECIPE
from gallery.infra.embedded import embedded_postgres

DENSE_DAY, DENSE_MONTH = "2019-07-20", "2019-07-01"
_DENSE_ROWS = 70_000
_BATCH = 50_000
_REQUESTS = 200
_LIMIT = 512

_ROWS = """
CREATE TEMP TABLE batch AS
SELECT n,
       (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(m, 1, 3) || '8' || substr(m, 4, 15))::uuid AS blob_id,
       (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(m, 5, 3) || '9' || substr(m, 8, 15))::uuid
         AS asset_id,
       CASE WHEN n >= %(dense)s
            THEN timestamp '2006-01-01' + interval '7200 days' * (n %% %(per_phone)s / %(per_phone)s::float8)
                 + interval '1 day' * random()
            WHEN n %% 2 = 0 THEN timestamp '2019-07-20' + interval '86399 seconds' * random()
            ELSE timestamp '2019-07-01' + interval '31 days' * random()
       END AS taken_at,
       n %% 29 = 0 AS is_video,
       n %% 3 = 0 AS is_portrait
FROM (SELECT n, md5(n::text || 'gallery') AS m FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) numbered;
"""
_BLOBS = """
INSERT INTO blobs (id, sha256, bytes, kind, format, mime, state, recipe, width, height, duration, thumbhash, phash,
                   colour, taken_at, taken_source, camera, lens, exif, created_at, processed_at)
SELECT blob_id, sha256(blob_id::text::bytea), 3000000 + n %% 1000000,
       CASE WHEN is_video THEN 'video' ELSE 'image' END, CASE WHEN is_video THEN 'mp4' ELSE 'jpeg' END,
       CASE WHEN is_video THEN 'video/mp4' ELSE 'image/jpeg' END, 'ready', %(recipe)s,
       CASE WHEN is_portrait THEN 3024 ELSE 4032 END, CASE WHEN is_portrait THEN 4032 ELSE 3024 END,
       CASE WHEN is_video THEN 12.5 + n %% 50 END, substr(sha256(n::text::bytea), 1, 21), n * 7919, '#7a6f5d',
       taken_at, 'exif', 'Apple iPhone 13', 'iPhone 13 back dual wide camera 5.1mm f/1.6',
       jsonb_build_object('ISO', n %% 3200, 'FNumber', 1.6, 'ExposureTime', '1/120', 'FocalLength', '5.1 mm',
                          'Software', '17.4.1', 'Flash', 'Off, Did not fire', 'ExposureProgram', 'Program AE',
                          'MeteringMode', 'Multi-segment', 'ColorSpace', 'Uncalibrated'), now(), now()
FROM batch;
"""
_ASSETS = """
INSERT INTO assets (id, space_id, blob_id, contributor_id, kind, file_name, taken_at, taken_source)
SELECT asset_id, %(space)s, blob_id, %(user)s, CASE WHEN is_video THEN 'video' ELSE 'image' END,
       'IMG_' || n || CASE WHEN is_video THEN '.MP4' ELSE '.JPG' END, taken_at, 'exif'
FROM batch;
"""


def fill(server: Server, rows: int) -> None:
    """Makes the rows, once a folder; the gallery must be running."""
    token, space = server.sign_in()
    user = server.ask("/api/me", token=token)["id"]
    with embedded_postgres(server.folder) as url, psycopg.connect(url) as database:
        database.execute("SET synchronous_commit = off")
        found = database.execute("SELECT count(*) FROM assets").fetchone()
        done = found[0] if found else 0
        dense = min(_DENSE_ROWS, rows // 2)
        for first in range(done, rows, _BATCH):
            facts = {
                "first": first,
                "last": min(first + _BATCH, rows) - 1,
                "dense": dense,
                "per_phone": max(1, rows // 20),
                "recipe": RECIPE,
                "space": space,
                "user": user,
            }
            for statement in (_ROWS, _BLOBS, _ASSETS, "DROP TABLE batch"):
                database.execute(statement, facts if "%" in statement else None)  # type: ignore[arg-type]  # constants
            database.commit()


def measure(results: Results, server: Server, rows: int) -> None:
    """Fills and measures a running gallery."""
    part = f"timeline {rows:,}"
    begun = time.perf_counter()
    fill(server, rows)
    results.add(part, "rows made in", time.perf_counter() - begun, "s")
    token, space = server.sign_in()
    chance = random.Random(1)
    skeleton = server.ask(f"/api/timeline?space_id={space}", token=token)
    places = _places(chance, skeleton, space)
    for name, paths in (
        ("skeleton", [f"/api/timeline?space_id={space}"] * _REQUESTS),
        ("window anywhere", places["anywhere"]),
        ("window in the dense month", places["dense"]),
        ("window deep in the dense day", places["deep"]),
        ("window of videos", [f"{path}&kind=video" for path in places["anywhere"]]),
    ):
        with server.measured() as used:
            got = client("ask", port=server.port, token=token, paths=paths)
        results.add(part, f"{name}: p50", percentile(got["ms"], 0.5), "ms", most=20)
        results.add(part, f"{name}: p99", percentile(got["ms"], 0.99), "ms", most=60)
        results.add(part, f"{name}: server CPU each", used.cpu_seconds * 1000 / len(paths), "ms")
        results.add(part, f"{name}: bytes", max(got["plain"]) / 1000, "kB")
        limit = 40 if name.startswith("window") else None
        results.add(part, f"{name}: bytes gzip", max(got["sent"]) / 1000, "kB", most=limit)


def _places(chance: random.Random, skeleton: dict[str, list[str]], space: str) -> dict[str, list[str]]:
    days = skeleton["days"]
    deepest = dict(zip(days, skeleton["counts"], strict=True))[DENSE_DAY] - _LIMIT
    dense = [day for day in days if day[:7] == DENSE_MONTH[:7]]

    def window(day: str, offset: int = 0) -> str:
        return "/api/timeline/window?" + urlencode({"space_id": space, "day": day, "offset": offset, "limit": _LIMIT})

    return {
        "anywhere": [window(chance.choice(days)) for _ in range(_REQUESTS)],
        "dense": [window(chance.choice(dense), chance.randrange(1000)) for _ in range(_REQUESTS)],
        "deep": [window(DENSE_DAY, chance.randrange(deepest // 2, deepest)) for _ in range(_REQUESTS)],
    }
